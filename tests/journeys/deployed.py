"""What others do in the world of J2: cleared cases, the reports of the other nine, the morning's round.

A program of its own calls this beside the site, with the site's database.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rongjian.ledgers.stalled_case import StalledCase
from rongjian.notices.models import Digest, Mention
from rongjian.notices.rounds import make
from rongjian.org.access import actor_of
from rongjian.org.models import Person, Post, Unit
from rongjian.records.actions import move, save
from rongjian.supervision.answering import report
from rongjian.supervision.models import Deployment, Receipt, TaskFeedback

TOLD = ("450102", "450103", "450105")
"""Of whom the journey itself tells."""
MANY = 7


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def _cast(account: str) -> Person:
    return Person.objects.get(account__username=account)


def cleared(day: str) -> None:
    """兴宁区院 clears seven stalled cases."""
    now, court = _at(day), Unit.objects.get(code="450102")
    held = Post.objects.filter(unit=court, role="case_manager").select_related("person").first()
    assert held is not None
    manager = actor_of(held.person, now)
    made = [
        save(
            manager,
            StalledCase(
                unit=court,
                key=f"GA-J2-{number}",
                stage="investigation",
                happened_on=now.date(),
                opened_on=now.date() - timedelta(days=400),
                clear_by=now.date() + timedelta(days=60),
            ),
        )
        for number in range(MANY)
    ]
    # Who applied for it and who checked it is another journey.
    StalledCase.objects.filter(pk__in=[case.pk for case in made]).update(state="closed")


def others(day: str) -> None:
    """The nine of whom nothing is told report, and are accepted by whoever leads."""
    now = _at(day)
    lan = actor_of(_cast("lan"), now + timedelta(hours=1))
    deployment = Deployment.objects.get(title__contains="挂案清理")
    rest = Receipt.objects.filter(deployment=deployment).exclude(unit__code__in=TOLD)
    for receipt in rest.select_related("unit__court", "contact", "deployment"):
        contact = receipt.contact
        assert contact is not None
        feedback = report(actor_of(contact, now), receipt, TaskFeedback(text="已清理完毕。"))
        move(lan, feedback, "accept")


def quiet(day: str) -> None:
    """On this morning nobody is told anything."""
    _tell(day)
    assert not Digest.objects.filter(day=_at(day).date()).exists()


def told(day: str) -> None:
    """On this morning of the deployment only 吴九 is told, whose unit has not answered."""
    _tell(day)
    deployment = Deployment.objects.get(title__contains="挂案清理")
    rows = Mention.objects.filter(
        digest__day=_at(day).date(), subject__startswith=f"deployment:{deployment.pk}:"
    )
    names = {row.digest.person.name for row in rows.select_related("digest__person")}
    assert names == {"吴九"}, names


def _tell(day: str) -> None:
    """The round of half past eight."""
    make(_at(day).replace(hour=8, minute=30))
