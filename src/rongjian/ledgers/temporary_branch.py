"""临时党支部: the request for a task force's temporary branch, its approval, and its dissolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.ledgers.task_force import TaskForce
from rongjian.org import bodies, temporary
from rongjian.org.actions import NewUnit
from rongjian.org.bodies import Officer
from rongjian.org.models import Person, Tree, Unit, UnitType
from rongjian.org.numbering import next_codes
from rongjian.org.temporary import Plan
from rongjian.records.actions import WrongState
from rongjian.records.flows import VOIDED, Flow, Move, State
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from rongjian.org.access import Actor

REQUESTED = Flow(
    "requested",
    (
        State("draft", "草稿", "off", counted=False),
        State("submitted", "报批中", "warn", counted=False),
        State("approved", "已成立", "ok", counted=True, sealed=True),
        State("dissolved", "已撤销", "done", counted=True, sealed=True),
        VOIDED,
    ),
    (
        Move("submit", "报机关党委", ("draft",), "submitted", "submit"),
        Move("approve", "同意", ("submitted",), "approved", "approve", by_another=True),
        Move("return", "退回", ("submitted",), "draft", "approve", by_another=True, asks="原因"),
        Move("dissolve", "撤销", ("approved",), "dissolved", "void", asks="事由"),
        Move("void", "作废", ("draft", "submitted"), "void", "void", asks="原因"),
    ),
)


@kind(
    "temporary-branch",
    flow=REQUESTED,
    access="temporary_branch",
    group="组织生活",
    form=("unit", "secretary", "organiser", "approved_by", "happened_on"),
    more=("joint", "approval", "campaign", "key", "summary"),
    columns=("unit", "happened_on", "approved_by", "members", "dissolved_on"),
    facts=("members", "dissolved_on"),
    private=("secretary", "organiser", "summary"),
    headings={"unit": "专班", "happened_on": "成立日期"},
    unit_types=(UnitType.TASK_FORCE,),
    fixed=("unit", "secretary", "organiser", "approved_by", "happened_on", "joint", "campaign"),
)
class TemporaryBranch(Record):
    """One request; the record's unit is the task force, its day that of the founding.

    `branch` is the unit that the approval founded, `members` how many Party members it then had.
    """

    # Always asked for; empty only in foundings that were recorded before offices were.
    secretary = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        related_name="led_temporary_branches",
        verbose_name="书记",
    )
    organiser = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organised_temporary_branches",
        verbose_name="组织委员",
    )
    approved_by = models.ForeignKey(
        Unit,
        models.PROTECT,
        related_name="approved_branches",
        verbose_name="批准单位",
        limit_choices_to={"type__in": temporary.APPROVING},
    )
    joint = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="joint_branches",
        verbose_name="联合的专班",
        limit_choices_to={"type": UnitType.TASK_FORCE},
    )
    approval = models.CharField("批准文号", max_length=40, blank=True)
    summary = models.CharField("工作总结", max_length=400, blank=True)
    branch = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="requests",
        verbose_name="临时党支部",
    )
    members = models.PositiveSmallIntegerField("党员人数", null=True, editable=False)
    dissolved_on = models.DateField("撤销日期", null=True, editable=False)
    reason = models.CharField("撤销事由", max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = "临时党支部"

    def __str__(self) -> str:
        return f"{self.unit.short}临时党支部"

    @classmethod
    def prepare(cls, row: Mapping[str, Any], today: date) -> dict[str, Any]:
        """The task force that the record is about is also the one that it belongs to."""
        return {"task_force_id": row.get("unit_id")}

    @classmethod
    def follow(
        cls, actor: Actor, step: Move, records: Sequence[TemporaryBranch], words: str
    ) -> None:
        """Asking takes that the conditions hold; approval founds the branch; its end ends it all."""
        if step.code in {"submit", "approve"}:
            _check(records, actor.today)
        if step.code == "approve":
            _found(actor, records, words)
        elif step.code == "dissolve":
            _dissolve(actor, records, words)


def plans_of(records: Sequence[TemporaryBranch], today: date) -> list[Plan]:
    """The requests as plans; a branch begins on the day of its approval at the earliest."""
    ends = planned_ends([record.unit_id for record in records])
    return [
        Plan(
            force=record.unit,
            begins=max(record.happened_on, today),
            ends=ends.get(record.unit_id),
            secretary=record.secretary,
            joint=record.joint,
        )
        for record in records
    ]


def planned_ends(forces: Sequence[int]) -> dict[int, date]:
    """The day on which each task force is planned to end, by its id."""
    rows = TaskForce._default_manager.filter(task_force__in=forces, state="approved")
    return dict(rows.values_list("task_force_id", "ends_on"))


def _check(records: Sequence[TemporaryBranch], today: date) -> None:
    """Refuse a request whose conditions do not hold, or for a task force that has a branch."""
    for record in records:
        if record.unit.dissolved_on and record.unit.dissolved_on <= today:
            raise WrongState(f"{record.unit.short}已撤销，不能再成立临时党支部")
        if record.joint_id == record.unit_id:
            raise WrongState(f"{record.unit.short}：联合的应是另一个专班")
        if record.organiser_id is not None and record.organiser_id == record.secretary_id:
            raise WrongState(f"{record.unit.short}：书记不能同时任组织委员")
    _refuse_twice(records, today)
    plans = plans_of(records, today)
    found = temporary.conditions_of(plans, today)
    for record, judged in zip(records, found, strict=True):
        if faults := [str(each) for each in judged if not each.ok]:
            raise WrongState(f"{record.unit.short}：{'；'.join(faults)}")
    counted = temporary.members_of(plans, today)
    for record, members in zip(records, counted, strict=True):
        record.task_force = record.unit
        record.members = members


def _refuse_twice(records: Sequence[TemporaryBranch], today: date) -> None:
    forces = [force for record in records for force in (record.unit, record.joint) if force]
    served = temporary.branches_of(forces, today)
    for force in forces:
        if force.pk in served:
            raise WrongState(f"{force.short}已由{served[force.pk].short}负责，不必再成立")
    asked = TemporaryBranch._default_manager.filter(unit__in=forces, state="submitted")
    twice = asked.exclude(pk__in=[record.pk for record in records]).select_related("unit").first()
    if twice:
        raise WrongState(f"{twice.unit.short}的临时党支部已在报批")


def _found(actor: Actor, records: Sequence[TemporaryBranch], words: str) -> None:
    courts = [record.court for record in records]
    codes = next_codes("PT", UnitType.TEMPORARY_BRANCH, courts)
    plan = [_plan(actor, *pair) for pair in zip(records, codes, strict=True)]
    made = bodies.found_bodies(actor, plan, "成立临时党支部")
    officers: list[Officer] = []
    pairs: dict[date, list[tuple[Unit, Unit]]] = {}
    for record, new in zip(records, plan, strict=True):
        branch = record.branch = made[new.code]
        record.happened_on = new.founded_on
        record.path = record.unit.path
        record.approval = words or record.approval
        forces = (record.unit, record.joint) if record.joint else (record.unit,)
        pairs.setdefault(new.founded_on, []).extend((branch, force) for force in forces)
        named = ((record.secretary, "branch_secretary"), (record.organiser, "branch_organiser"))
        officers += [
            Officer(person, branch, role, new.founded_on, record.approval, record.author)
            for person, role in named
            if person is not None
        ]
    for day, some in sorted(pairs.items()):
        bodies.pair_bodies(actor, some, day, "临时党支部")
    bodies.appoint_officers(actor, officers, "由批准单位指定")


def _plan(actor: Actor, record: TemporaryBranch, code: str) -> NewUnit:
    """The branch stands under whoever approves it, or in its own procuratorate where that is not."""
    own = record.approved_by.court_id == record.court_id
    return NewUnit(
        code=code,
        name=f"{record.unit.name}临时党支部",
        short=f"{record.unit.short}临时党支部",
        tree=Tree.PARTY,
        type=UnitType.TEMPORARY_BRANCH,
        parent=record.approved_by.code if own else "",
        court=record.court.code,
        founded_on=max(record.happened_on, actor.today),
    )


def _dissolve(actor: Actor, records: Sequence[TemporaryBranch], words: str) -> None:
    for record in records:
        record.dissolved_on = actor.today
        record.reason = words[:120] or "专班任务结束"
    branches = [record.branch for record in records if record.branch]
    bodies.end_bodies(actor, branches, actor.today, words or "专班任务结束")
