"""What was dated ahead takes effect when its day comes: the copies on people, and accounts.

Idempotent: `tick` asks every time and changes only what differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from rongjian.log import audit
from rongjian.log.images import image_of
from rongjian.org.accounts import shut
from rongjian.org.belonging import stream_of
from rongjian.org.models import Affiliation, AffiliationKind, Membership, Person, in_force
from rongjian.org.people import follow

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True)
class Calendar:
    """The day itself as the doer of what had been dated ahead."""

    now: datetime
    ref: str = "s:calendar"
    address: str = ""


def settle(now: datetime) -> int:
    """Bring everybody up to the day of `now`; how many people changed."""
    by, today, changed = Calendar(now), now.date(), 0
    for pk in _behind(today):
        with transaction.atomic():
            person = Person.objects.select_for_update().get(pk=pk)
            before = image_of(person)
            if follow(person, today):
                person.save()
                stream = stream_of(person.court)
                audit.append_change(by, "settle", person, stream=stream, before=before)
            gone = person.left_on is not None and person.left_on <= today
            if gone and person.account is not None and person.account.is_active:
                shut(by, person, "离院")
        changed += 1
    return changed


def _behind(today: date) -> list[int]:
    """People whose copies are not those of the day, or who have left with an open account."""
    rows = Affiliation.objects.filter(in_force(today), person=OuterRef("pk"))
    department = rows.filter(kind=AffiliationKind.DEPARTMENT)
    home = rows.filter(kind=AffiliationKind.HOME)
    here = Exists(department)
    moved = here & ~Exists(department.filter(unit=OuterRef("department")))
    strayed = here & Q(branch__isnull=False) & ~Exists(home.filter(unit=OuterRef("branch")))
    housed = here & Q(branch__isnull=True) & Exists(home)
    full = Q(full_on__lte=today) & ~Q(membership=Membership.FULL)
    joined = Q(joined_on__lte=today, membership=Membership.NONE)
    early = Q(full_on__gt=today, membership=Membership.FULL)
    gone = Q(left_on__lte=today, account__is_active=True)
    found = Person.objects.filter(moved | strayed | housed | full | joined | early | gone)
    return list(found.order_by(F("staff_no").asc()).values_list("pk", flat=True))
