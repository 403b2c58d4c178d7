"""Identity numbers at the door: only a keyed hash goes on, and only to know somebody again.

The number itself is never stored, logged or shown. The key is derived from the installation's own
secret, so the hashes of two installations cannot be compared.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.crypto import salted_hmac

_SHAPE = re.compile(r"\d{17}[\dX]|\d{15}")


def identity_hash(number: str) -> str:
    """The keyed hash (HMAC-SHA256) of an identity number; "" for what is none."""
    plain = "".join(unicodedata.normalize("NFKC", number).split()).upper()
    if not _SHAPE.fullmatch(plain):
        return ""
    return salted_hmac("rongjian.identity", plain, algorithm="sha256").hexdigest()
