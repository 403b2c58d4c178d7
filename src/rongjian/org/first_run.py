"""The first run: names the procuratorate at the top and its three administrators.

Open only while nobody has an account, and afterwards for new slips until all three have activated
theirs; then closed for good. It asks for a code that only whoever runs the server can read.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare

from rongjian.log import audit
from rongjian.org.account_models import Account, AccountState
from rongjian.org.accounts import USERNAME, IssuedSlip, issue
from rongjian.org.actions import NewUnit, affiliate, appoint, found
from rongjian.org.log_ins import note
from rongjian.org.models import Membership, Person, Tree, Unit, UnitType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from rongjian.kernel.places import Place
    from rongjian.org.log_ins import Stranger

Stage = Literal["found", "slips", "closed"]
ADMINISTRATORS = ("sysadmin", "secadmin", "auditor")
BASIS = "首次设置"
_TYPES = {"region": UnitType.REGION, "city": UnitType.CITY, "county": UnitType.COUNTY}
_CODE_BYTES = 15


@dataclass(frozen=True)
class Administrator:
    """One of the three, as the wizard asks for them."""

    role: str
    name: str
    staff_no: str


def stage() -> Stage:
    """What is still to be done."""
    if not User.objects.exists():
        return "found"
    return "slips" if _waiting().exists() else "closed"


def _waiting() -> Any:
    """The accounts of the first run that nobody has activated yet."""
    first = Account.objects.filter(opened_by=None, decided_by=None, state=AccountState.APPROVED)
    return first.filter(password_at=None).select_related("user__person").order_by("pk")


def code_file() -> Path:
    """Where the set-up code lies, readable for whoever runs the server and nobody else."""
    return settings.DATA_DIR / "set-up-code"


def set_up_code() -> str:
    """The code while it is needed, made if there is none; empty and removed afterwards."""
    if stage() == "closed":
        code_file().unlink(missing_ok=True)
        return ""
    try:
        number = os.open(code_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return code_file().read_text(encoding="utf-8")
    with os.fdopen(number, "w", encoding="utf-8") as file:
        code = secrets.token_hex(_CODE_BYTES)
        file.write(code)
    return code


def knows_code(said: str) -> bool:
    """Whether somebody has read the set-up code."""
    try:
        kept = code_file().read_text(encoding="utf-8")
    except OSError:
        return False
    return bool(kept) and constant_time_compare(kept, said.strip().lower())


@transaction.atomic
def set_up(
    doer: Stranger, place: Place, since: date, people: Sequence[Administrator]
) -> list[IssuedSlip]:
    """Found the procuratorate, take on its administrators and open their accounts.

    ValidationError when they are not three different people. The slips are told this once.
    """
    if stage() != "found":
        raise ValidationError("已经设置过：这里不能再建立检察院和管理员")
    _three(people)
    code, kind = place.code, _TYPES[place.level]
    plan = NewUnit(code, place.court_name, place.court_short, Tree.BUSINESS, kind, "", code, since)
    court = found([plan])[code]
    audit.append_change(doer, "found", court, stream=code)
    return [_take_on(doer, court, each) for each in people]


def _three(people: Sequence[Administrator]) -> None:
    for each in people:
        if not each.name.strip() or not each.name.isprintable() or not each.staff_no.strip():
            raise ValidationError("三名管理员的姓名和工号都要填写")
        if not USERNAME.fullmatch(each.staff_no.strip().casefold()):
            raise ValidationError(
                f"工号“{each.staff_no}”不能作账号：应为 2–24 位字母、数字、点、横线，以字母或数字开头"
            )
    for said in ("name", "staff_no"):
        if len({getattr(each, said).strip().casefold() for each in people}) < len(people):
            raise ValidationError("三名管理员必须是三个不同的人：姓名和工号都不能相同")


def _take_on(doer: Stranger, court: Unit, each: Administrator) -> IssuedSlip:
    user = User(username=each.staff_no.strip().casefold())
    user.set_unusable_password()
    user.save()
    person = Person.objects.create(
        staff_no=each.staff_no.strip(),
        name=each.name.strip(),
        court=court,
        department=court,
        membership=Membership.NONE,
        account=user,
    )
    affiliate([person], doer.now.date())
    audit.append_change(doer, "take-on", person, stream=court.code)
    post = appoint(person, court, each.role, doer.now.date())
    audit.append_change(doer, "appoint", post, stream=court.code, detail=BASIS)
    account = Account.objects.create(user=user, state=AccountState.APPROVED, opened_at=doer.now)
    audit.append_change(doer, "open-account", account, stream=court.code, detail=BASIS)
    return issue(account, person.name, doer.now)


@transaction.atomic
def reissue(doer: Stranger) -> list[IssuedSlip]:
    """New slips for the administrators who have not activated their account yet."""
    slips = []
    for account in _waiting():
        note(doer, "reissue-slip", account.user, BASIS)
        slips.append(issue(account, account.user.person.name, doer.now))
    return slips
