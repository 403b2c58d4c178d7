"""The second factor: a code from a phone (TOTP), and recovery codes for when it is not at hand.

The devices, their tolerance, the refusal of a code that was used, and the growing pause after
wrong ones are django-otp's. Recovery codes are kept as keyed hashes.
"""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from rongjian.org.access import require
from rongjian.org.log_in_policy import policy
from rongjian.org.log_ins import note

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.org.models import Person

Proof = Literal["totp", "recovery"]
WRONG = "验证码不对、已经用过或已过期：请输入手机上现在显示的 6 位数字，或一个没有用过的恢复码"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_HALF = 5
_KEY_BYTES = 20


@dataclass(frozen=True)
class Enrolment:
    """A key before it is confirmed, in the ways in which a phone can take it over."""

    key: str
    uri: str
    text: str


def device_of(user: User) -> TOTPDevice | None:
    """The phone that somebody confirmed, if any."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return found


def new_key() -> str:
    """A fresh key, in hexadecimal."""
    return str(random_hex(_KEY_BYTES))


def offered(user: User, key: str) -> Enrolment:
    """A key as QR content and as letters to type."""
    text = b32encode(bytes.fromhex(key)).decode()
    groups = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
    return Enrolment(key, str(TOTPDevice(user=user, key=key).config_url), groups)


@transaction.atomic
def enrol(actor: Actor, user: User, key: str, code: str) -> list[str]:
    """Take a phone into use once it shows the right code; the recovery codes, told this once."""
    TOTPDevice.objects.filter(user=user).delete()
    device = TOTPDevice.objects.create(user=user, key=key, name="phone", confirmed=True)
    if not device.verify_token(_digits(code)):
        raise ValidationError(WRONG)
    note(actor, "enrol-second-factor", user)
    return renew_codes(actor, user)


@transaction.atomic
def renew_codes(actor: Actor, user: User) -> list[str]:
    """New recovery codes in place of all earlier ones; they are told this once."""
    StaticDevice.objects.filter(user=user).delete()
    kept = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [_code() for _ in range(policy().recovery_codes)]
    for code in codes:
        kept.token_set.create(token=_digest(code))
    note(actor, "renew-recovery-codes", user)
    return codes


def codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    device = StaticDevice.objects.filter(user=user).first()
    return device.token_set.count() if device else 0


def prove(actor: Actor, user: User, text: str) -> Proof:
    """Which factor the text proves; ValidationError if none, or if too many were wrong."""
    digits = _digits(text)
    by_phone = bool(re.fullmatch(r"[0-9]{6}", digits))
    device = device_of(user) if by_phone else StaticDevice.objects.filter(user=user).first()
    if device is None:
        raise ValidationError(WRONG)
    allowed, _ = device.verify_is_allowed()
    if not allowed:
        raise ValidationError("试错太多，请稍等片刻再输入；等待时间随次数加长")
    proof: Proof = "totp" if by_phone else "recovery"
    if verify_token(user, device.persistent_id, digits if by_phone else _digest(text)) is None:
        note(actor, "second-factor-failed", user)
        raise ValidationError(WRONG)
    if proof == "recovery":
        note(actor, "use-recovery-code", user, f"还剩 {codes_left(user)} 个")
    return proof


def forgive(user: User) -> None:
    """Let codes be tried again at once (an administrator has lifted the lock)."""
    for model in (TOTPDevice, StaticDevice):
        for device in model.objects.filter(user=user):
            device.throttle_reset()


@transaction.atomic
def remove(actor: Actor, person: Person) -> None:
    """Forget a lost phone; at the next log-in its owner sets up another one.

    The 安全管理员 does this and the 系统管理员 resets passwords: neither takes over an account alone.
    """
    require(actor, "grant", "role_grant", person.court)
    if actor.person.pk == person.pk:
        raise ValidationError("不能停用自己的手机验证码，请另一名安全管理员处理")
    user = User.objects.filter(person=person).first()
    if user is None:
        raise ValidationError(f"{person.name}没有账号")
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    note(actor, "remove-second-factor", user)


def _digits(text: str) -> str:
    return re.sub(r"\s", "", text)


def _code() -> str:
    halves = ["".join(secrets.choice(_ALPHABET) for _ in range(_HALF)) for _ in range(2)]
    return "-".join(halves)


def _digest(code: str) -> str:
    bare = re.sub(r"[\s-]", "", code).lower()
    return salted_hmac("rongjian.recovery", bare).hexdigest()[:16]
