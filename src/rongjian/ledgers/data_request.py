"""填报事项: what an office asks others to report, what that costs them, and who agreed to it.

A request cannot ask for what a ledger holds already; many new items, or asking county level, take the
word of the office (办公室). Once sent out it stays as it was agreed to, and it has an end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.ledgers.burden_rules import already_known, items_of, limits, request_minutes
from rongjian.org.models import COURT_TYPES, Unit, UnitType
from rongjian.records.actions import WrongState
from rongjian.records.flows import VOIDED, Flow, Move, State
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from rongjian.org.access import Actor

SENT_OUT = Flow(
    "sent-out",
    (
        State("draft", "拟稿", "off", counted=False),
        State("submitted", "待批准", "warn", counted=False),
        State("issued", "已下发", "ok", counted=True, sealed=True),
        State("ended", "已停用", "done", counted=True, sealed=True),
        VOIDED,
    ),
    (
        Move("submit", "报办公室批准", ("draft",), "submitted", "submit"),
        Move("issue", "下发", ("draft",), "issued", "submit"),
        Move("approve", "批准下发", ("submitted",), "issued", "approve", by_another=True),
        Move("return", "退回", ("submitted",), "draft", "approve", by_another=True, asks="原因"),
        Move("end", "停用", ("issued",), "ended", "edit"),
        Move("void", "作废", ("draft", "submitted"), "void", "void", asks="原因"),
    ),
)


class Reach(models.TextChoices):
    """Who is asked."""

    OWN = "own", "本院内设机构"
    CITY = "city", "市级院"
    COUNTY = "county", "县级院"


@kind(
    "data-request",
    flow=SENT_OUT,
    access="data_request",
    group="减负",
    form=("title", "unit", "questions", "reach", "basis", "due_on"),
    more=("key", "happened_on", "asked", "ends_on"),
    columns=("happened_on", "title", "unit", "reach", "asked", "due_on"),
    filters=("reach",),
    facts=("reach", "asked", "due_on"),
    headings={"unit": "提出单位", "happened_on": "提出日期"},
    unit_types=(*COURT_TYPES, UnitType.DEPARTMENT),
    fixed=("unit", "questions", "reach", "asked", "basis"),
    admits={"basis": ("case_number",)},
)
class DataRequest(Record):
    """One request; the record's unit is the office that asks, `asked` how many units are to answer."""

    title = models.CharField("事项和用途", max_length=120)
    questions = models.TextField("填报项（一行一项）", max_length=2000)
    reach = models.CharField("填报范围", max_length=8, choices=Reach)
    basis = models.CharField("依据文件", max_length=80)
    due_on = models.DateField("填报期限")
    asked = models.PositiveSmallIntegerField("填报单位（个）", default=0, blank=True)
    ends_on = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "填报事项"

    @property
    def size(self) -> tuple[int, int, int]:
        """(new items, units that answer, minutes that it takes all of them together)."""
        items = len(items_of(self.questions))
        return items, self.asked, request_minutes(items, self.asked)

    @property
    def needs_approval(self) -> bool:
        """Whether the office has to agree before it is sent out."""
        county = limits().county and self.reach == Reach.COUNTY
        return county or len(items_of(self.questions)) > limits().most_items

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Nothing is asked for that a ledger holds."""
        for known in already_known(items_of(row["questions"] or "")):
            yield "questions", known.words

    @classmethod
    def prepare(cls, row: Mapping[str, Any], today: date) -> dict[str, Any]:
        """It is asked for today, of all units of its level that stand below."""
        found: dict[str, Any] = {"happened_on": today}
        if row["unit_id"] and row["reach"]:
            # A form gives the unit itself, a file its number.
            unit = getattr(row["unit_id"], "pk", row["unit_id"])
            found["asked"] = asked_units(unit, row["reach"])
        return found

    @classmethod
    def follow(cls, actor: Actor, step: Move, records: Sequence[DataRequest], words: str) -> None:
        """Nothing large goes out on one's own word; what ends, ends today."""
        for record in records:
            if step.code == "issue" and record.needs_approval:
                items = len(items_of(record.questions))
                raise WrongState(
                    f"“{record.title}”有 {items} 项，填报范围为{Reach(record.reach).label}："
                    f"超过 {limits().most_items} 项或涉及县级院的，请报办公室批准"
                )
            if step.code == "end":
                record.ends_on = actor.today


def asked_units(unit: int, reach: str) -> int:
    """How many units of a level stand below the asking unit's procuratorate."""
    court = Unit.objects.select_related("court").get(pk=unit).court
    if court is None:
        return 0
    types = {
        Reach.OWN: UnitType.DEPARTMENT,
        Reach.CITY: UnitType.CITY,
        Reach.COUNTY: UnitType.COUNTY,
    }
    below = Unit.objects.filter(path__startswith=court.path, dissolved_on=None)
    near = below.filter(court=court) if reach == Reach.OWN else below
    return near.filter(type=types[Reach(reach)]).count()
