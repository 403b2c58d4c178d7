"""How passwords are hashed: argon2id, strong enough for a stolen database, one at a time."""

from __future__ import annotations

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

# A hash takes 64 MiB and a whole core for about 0.1 s. When everybody logs in at half past eight
# they queue here, and the other threads go on serving pages.
_TURN = threading.Lock()


class OfficeArgon2(Argon2PasswordHasher):
    """argon2id with 64 MiB, three passes and one lane."""

    memory_cost = 64 * 1024
    time_cost = 3
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """The password hashed; waits for its turn."""
        with _TURN:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password is the hashed one; waits for its turn."""
        with _TURN:
            return bool(super().verify(password, encoded))
