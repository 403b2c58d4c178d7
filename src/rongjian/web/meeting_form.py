"""The form of an activity: what it starts with, its rows, and reading what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from rongjian.ledgers.absence import Absence
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.activity_types import Attendance, ItemKind, activity_types, quorate
from rongjian.ledgers.agenda import AgendaItem
from rongjian.ledgers.attendance import Expected, expected_at
from rongjian.ledgers.meeting import Item, Meeting, Resolved
from rongjian.ledgers.study_document import StudyDocument
from rongjian.org.access import allowed, visible
from rongjian.org.models import Person, Unit
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID
from rongjian.regimes.waiting import met_by
from rongjian.web.forms import RecordForm, form_class, prefilled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rongjian.ledgers.activity_types import TypeRule
    from rongjian.org.access import Actor, Verb
    from rongjian.regimes.dues import Due

    Typed = Mapping[str, Sequence[str]]

CARRIED = ("place", "chair", "recorder")
"""What a new activity takes over from the last one of its unit and type."""
BLANK_ROWS = 2
_DOCUMENTS = 20


def form_of(
    actor: Actor, verb: Verb, unit: Unit | None, keep: Iterable[int] = ()
) -> type[RecordForm]:
    """The form class; chair and recorder are people of the unit, or of the house where it has no roster."""
    base = form_class(kind_of("activity"), actor, verb)
    clock = {"type": "time"}
    made: Any = type(
        "ActivityForm",
        (base,),
        {
            name: forms.TimeField(
                label=label, required=False, widget=forms.TimeInput(clock, format="%H:%M")
            )
            for name, label in (("starts_at", "开始时间"), ("ends_at", "结束时间"))
        },
    )
    near = visible(actor, Person.objects.filter(left_on=None), "view")
    if unit is not None and unit.party_members.exists():
        own = near.filter(Q(branch=unit) | Q(pk__in=list(keep)) | Q(pk=actor.person.pk))
        near = own if own.exists() else near
    for name in ("chair", "recorder"):
        made.base_fields[name].queryset = near.order_by("staff_no")
    return cast("type[RecordForm]", made)


def start(
    actor: Actor, units: Any, given: dict[str, str]
) -> tuple[dict[str, Any], Activity | None]:
    """What a new activity starts with, and the last one of the same unit and type that it follows."""
    kind = kind_of("activity")
    plain = {name: text for name, text in given.items() if name != "unit"}
    unit = _unit(units, given.get("unit", ""))
    initial = prefilled(kind, actor, units, plain | ({"unit": unit.code} if unit else {}))
    for name in ("mode", "task_force", *CARRIED):
        if name not in given:
            initial.pop(name, None)
    if "unit" not in initial and units.count() == 1:
        initial["unit"] = units.get().pk
    last = last_of(actor, initial.get("unit"), initial.get("type", ""))
    if last is not None:
        taken = {name: getattr(last, kind.field(name).attname) for name in CARRIED}
        initial = {name: value for name, value in taken.items() if value} | initial
    initial.setdefault("starts_at", actor.now.time().replace(second=0, microsecond=0))
    return initial, last


def _unit(units: Any, named: str) -> Unit | None:
    """A unit within reach by its code, or by its number as the form itself sends it."""
    if not named:
        return None
    asked = Q(code=named) | (Q(pk=int(named)) if named.isdecimal() else Q(pk=None))
    found: Unit | None = units.filter(asked).first()
    return found


def last_of(actor: Actor, unit: int | None, type_: str) -> Activity | None:
    """The last activity of a unit and type that the actor may view; none that is still to come."""
    if unit is None or not type_:
        return None
    held = Activity._default_manager.filter(unit=unit, type=type_, happened_on__lte=actor.today)
    rows = held.exclude(state=VOID)
    return visible(actor, rows).order_by("-happened_on", "-pk").first()


# --- what the page shows beside the fields ----------------------------------------------------------


@dataclass(frozen=True)
class Chip:
    """Somebody expected, to be ticked where absent."""

    pk: int
    name: str
    absent: bool
    votes: bool


@dataclass(frozen=True)
class Attending:
    """Who is expected, and what the numbers allow; without names, numbers are entered."""

    people: tuple[Chip, ...]
    held: Attendance
    quorate: bool | None
    rule: TypeRule | None

    @property
    def quorum(self) -> str:
        """What the type asks for, in words."""
        if self.rule is None or self.rule.quorum is None:
            return ""
        return f"到会须超过{self.rule.quorum.over.words}"


def attending(
    actor: Actor, rule: TypeRule | None, unit: Unit | None, day: date | None, absent: set[int]
) -> Attending:
    """The attendance of a meeting as it stands in the form."""
    expected = expected_at(rule, unit, day) if rule and unit and day else Expected()
    held = expected.attendance({each.pk for each in expected.people} & absent)
    own = actor.person.court_id
    people = tuple(
        Chip(
            each.pk,
            each.name if each.court_id == own else each.masked,
            each.pk in absent,
            each.pk in expected.voters,
        )
        for each in expected.people
    )
    return Attending(people, held, quorate(rule, held) if rule and people else None, rule)


def dues_met(actor: Actor, unit: Unit | None, type_: str, day: date | None) -> list[Due]:
    """What the unit's calendar asks for that an activity of the type and day answers (满足义务)."""
    if unit is None or day is None or not allowed(actor, "view", "obligation", unit):
        return []
    return met_by(unit, Activity.kind_code, {"type": type_}, day, actor.today)


def planned(actor: Actor, unit: Unit | None, type_: str, met: Iterable[Due]) -> list[Activity]:
    """Drafts for the windows of some dues: one of them is to be filled in, not a second one written."""
    windows = Q(pk__in=[])
    for due in met:
        windows |= Q(happened_on__range=(due.window.opens_on, due.window.ends_on))
    rows = Activity._default_manager.filter(windows, unit=unit, type=type_, state="draft")
    return list(visible(actor, rows, "edit").order_by("happened_on", "pk")) if met else []


@dataclass(frozen=True)
class AgendaRow:
    """One row of the agenda in the form."""

    kind: str = ""
    title: str = ""
    document: str = ""
    in_favour: str = ""
    against: str = ""
    abstained: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it that makes it an item."""
        return not (self.title.strip() or self.document)


@dataclass(frozen=True)
class DecisionRow:
    """One row of what was decided in the form."""

    what: str = ""
    owner: str = ""
    due: str = ""


_AGENDA = ("kind", "title", "document", "in_favour", "against", "abstained")
_DECISION = ("what", "owner", "due")


def agenda_typed(typed: Typed) -> list[AgendaRow]:
    """The rows of the agenda that were typed; empty ones are left out."""
    rows = (AgendaRow(*values) for values in _rows(typed, "agenda", _AGENDA))
    return [row for row in rows if not row.empty]


def decisions_typed(typed: Typed) -> list[DecisionRow]:
    """The decisions that were typed; rows without a text are left out."""
    rows = (DecisionRow(*values) for values in _rows(typed, "decision", _DECISION))
    return [row for row in rows if row.what.strip()]


def _rows(typed: Typed, prefix: str, names: Sequence[str]) -> Iterable[tuple[str, ...]]:
    columns = [list(typed.get(f"{prefix}_{name}", ())) for name in names]
    longest = max(map(len, columns), default=0)
    for column in columns:
        column += [""] * (longest - len(column))
    return zip(*columns, strict=True)


def agenda_of(activity: Activity) -> list[AgendaRow]:
    """The rows of a stored activity's agenda."""
    return [
        AgendaRow(
            row.kind,
            row.title,
            str(row.document_id or ""),
            *(
                "" if number is None else str(number)
                for number in (row.in_favour, row.against, row.abstained)
            ),
        )
        for row in AgendaItem.objects.filter(activity=activity)
    ]


def agenda_template(last: Activity | None, rule: TypeRule | None) -> list[AgendaRow]:
    """The agenda that a new activity starts with: last time's titles, else what the type always has."""
    if last is not None and (rows := agenda_of(last)):
        return [AgendaRow(row.kind, row.title) for row in rows]
    return [AgendaRow(code, "") for code in (rule.agenda if rule else ())]


def documents(actor: Actor) -> list[StudyDocument]:
    """The newest documents that an item of an agenda can be about."""
    rows = StudyDocument._default_manager.exclude(state=VOID)
    return list(visible(actor, rows).order_by("-happened_on", "-pk")[:_DOCUMENTS])


# --- reading what was sent ------------------------------------------------------------------------------


def meeting_typed(typed: Typed) -> Meeting:
    """What belongs to the activity besides its fields; ValidationError by part where it is unreadable."""
    named = "named" in typed
    absent = tuple(int(text) for text in typed.get("absent_person", ()) if text.isdecimal())
    faults: dict[str, list[str]] = {}
    items = [_item(number, row, faults) for number, row in enumerate(agenda_typed(typed), 1)]
    resolved = [
        _resolved(number, row, faults) for number, row in enumerate(decisions_typed(typed), 1)
    ]
    if faults:
        raise ValidationError(faults)
    asked = "agenda_title" in typed
    return Meeting(absent if named else None, items if asked else None, resolved)


def _item(number: int, row: AgendaRow, faults: dict[str, list[str]]) -> Item:
    votes: tuple[int, int, int] | None = None
    said = (row.in_favour, row.against, row.abstained)
    if any(text.strip() for text in said):
        if all(text.strip().isdecimal() or not text.strip() for text in said):
            votes = cast("tuple[int, int, int]", tuple(int(text.strip() or 0) for text in said))
        else:
            faults.setdefault("agenda", []).append(f"第 {number} 项：票数应为整数")
    kind = row.kind if row.kind in ItemKind.values else ItemKind.DISCUSSION.value
    document = int(row.document) if row.document.isdecimal() else None
    return Item(kind, row.title[:200], document, votes)


def _resolved(number: int, row: DecisionRow, faults: dict[str, list[str]]) -> Resolved:
    due = None
    if row.due.strip():
        try:
            due = date.fromisoformat(row.due.strip())
        except ValueError:
            said = f"第 {number} 项：时限“{row.due[:20]}”无法识别，请写成 2026-06-30 这样"
            faults.setdefault("decisions", []).append(said)
    return Resolved(row.what, int(row.owner) if row.owner.isdecimal() else None, due)


def absent_in(typed: Typed) -> set[int]:
    """The people ticked as absent."""
    return {int(text) for text in typed.get("absent_person", ()) if text.isdecimal()}


def absent_of(activity: Activity) -> set[int]:
    """The people stored as absent."""
    return set(Absence.objects.filter(activity=activity).values_list("person_id", flat=True))


def rule_of(type_: str) -> TypeRule | None:
    """The rule of a type; None while none was chosen."""
    return activity_types().get(type_ or "")
