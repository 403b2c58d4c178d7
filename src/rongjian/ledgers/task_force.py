"""专班立项: the setting up of a task force; its approval founds the unit, its end dissolves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org import bodies
from rongjian.org.actions import NewUnit
from rongjian.org.models import COURT_TYPES, Person, Tree, Unit, UnitType
from rongjian.org.numbering import next_codes
from rongjian.records.actions import WrongState
from rongjian.records.bulk_moves import move_many
from rongjian.records.flows import VOIDED, Flow, Move, State
from rongjian.records.kinds import kind, kind_of
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from rongjian.org.access import Actor

SETTING_UP = Flow(
    "setting-up",
    (
        State("draft", "草稿", "off", counted=False),
        State("submitted", "待批", "warn", counted=False),
        State("approved", "在办", "ok", counted=True, sealed=True),
        State("ended", "已办结", "done", counted=True, sealed=True),
        VOIDED,
    ),
    (
        Move("submit", "报送立项", ("draft",), "submitted", "submit"),
        Move("approve", "同意立项", ("submitted",), "approved", "approve", by_another=True),
        Move("return", "退回", ("submitted",), "draft", "approve", by_another=True, asks="原因"),
        Move("end", "办结撤销", ("approved",), "ended", "void", asks="事由"),
        Move("void", "作废", ("draft", "submitted"), "void", "void", asks="原因"),
    ),
)


@kind(
    "task-force",
    flow=SETTING_UP,
    access="work",
    group="服务大局",
    form=("unit", "basis", "name", "leader", "happened_on", "ends_on"),
    more=("campaign", "line", "key", "goal"),
    columns=("name", "unit", "leader", "happened_on", "ends_on", "campaign"),
    filters=("campaign",),
    facts=("ends_on",),
    aliases={"happened_on": ("组建日期",)},
    headings={"happened_on": "开始日期"},
    unit_types=(*COURT_TYPES, UnitType.DEPARTMENT),
    fixed=("unit", "name", "happened_on"),
)
class TaskForce(Record):
    """One setting up; the record's unit sets it up, its day is the first day of the work.

    `task_force` is the unit that the approval founded.
    """

    name = models.CharField("专班名称", max_length=40)
    basis = models.CharField("立项依据", max_length=120)
    leader = models.ForeignKey(
        Person, models.PROTECT, related_name="led_task_forces", verbose_name="组长"
    )
    ends_on = models.DateField("预计结束日期")
    goal = models.CharField("任务目标", max_length=200, blank=True)

    class Meta:
        verbose_name = "专班立项"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The work ends after it began."""
        begun, ends = row["happened_on"], row["ends_on"]
        if begun and ends and ends < begun:
            yield "ends_on", f"预计结束日期 {ends} 早于开始日期 {begun}"

    @classmethod
    def follow(cls, actor: Actor, step: Move, records: Sequence[TaskForce], words: str) -> None:
        """Approval founds the unit and seconds its leader; the end takes both back."""
        if step.code == "approve":
            _found(actor, records)
        elif step.code == "end":
            end_forces(actor, [each.task_force for each in records if each.task_force], words)


def _found(actor: Actor, records: Sequence[TaskForce]) -> None:
    codes = next_codes("T", UnitType.TASK_FORCE, [record.court for record in records])
    plan = []
    for record, code in zip(records, codes, strict=True):
        if record.happened_on < record.unit.founded_on:
            raise WrongState(
                f"开始日期 {record.happened_on} 早于{record.unit.short}的成立日期"
                f" {record.unit.founded_on}：请退回修改开始日期"
            )
        plan.append(_plan(record, code))
    _check_names(plan)
    made = bodies.found_bodies(actor, plan, "专班立项")
    by_day: dict[date, list[tuple[Unit, Person]]] = {}
    for record, code in zip(records, codes, strict=True):
        record.task_force = made[code]
        by_day.setdefault(record.happened_on, []).append((made[code], record.leader))
    for day, leaders in sorted(by_day.items()):
        bodies.second(actor, leaders, day, "任组长")


def _plan(record: TaskForce, code: str) -> NewUnit:
    return NewUnit(
        code=code,
        name=record.court.name + record.name,
        short=record.court.short + record.name,
        tree=Tree.BUSINESS,
        type=UnitType.TASK_FORCE,
        parent=record.unit.code,
        court=record.court.code,
        founded_on=record.happened_on,
        lines=record.line,
    )


def _check_names(plan: Sequence[NewUnit]) -> None:
    """Two bodies of one name could not be told apart in any list."""
    names = [new.name for new in plan]
    standing = Unit.objects.filter(name__in=names, dissolved_on=None)
    taken = set(standing.values_list("name", flat=True))
    taken |= {name for name in names if names.count(name) > 1}
    if taken:
        raise WrongState(f"已有同名的专班：{'、'.join(sorted(taken))}，请退回改名后再报")


def end_forces(actor: Actor, forces: Sequence[Unit], words: str) -> None:
    """End task forces with all that hangs on them: their temporary branches end first."""
    branches = kind_of("temporary-branch")
    requests: Any = branches.model._default_manager
    rows = requests.filter(unit__in=forces, state="approved")
    standing = list(rows.select_related("unit__court", "court", "branch__court"))
    move_many(actor, branches, standing, "dissolve", detail=words)
    bodies.end_bodies(actor, forces, actor.today, words or "专班办结")
