"""Writing into the table of a ledger: one cell, a pasted block, a column filled down, many at once.

Every row goes through `actions.save`. What cannot be written is told cell by cell and left out, the
rest is written in one transaction and remembered as one step that can be taken back. A cell that
somebody else changed after the table was drawn is a conflict, never an overwriting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.log import receipts
from rongjian.org.access import Denied, visible
from rongjian.records.actions import Stale, save
from rongjian.records.changes import changes
from rongjian.records.grid_models import GridStep
from rongjian.records.grid_reading import TypedCells, in_grid, kept_by_state
from rongjian.records.import_reading import outside_campaign
from rongjian.records.queries import shown, with_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

MOST = 500
"""Rows of one paste or batch; more is an import."""
KEPT = 20
"""Steps of a person and ledger that can be taken back."""
_KEY_TAKEN = "record_key_once_a_kind"


@dataclass(frozen=True)
class Entry:
    """What was typed into a row: field → text.

    `was` is what the table had shown there; where it is not said, the `version` that was read counts.
    """

    pk: int
    texts: Mapping[str, str]
    was: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Fault:
    """Why a cell was not written; in a conflict also who was faster, and what stands there now."""

    message: str
    suggestion: str = ""
    group: str = "value"
    who: str = ""
    theirs: str = ""


@dataclass
class Outcome:
    """What became of a row: how its cells read now, what was refused, what is remarkable."""

    pk: int
    version: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    written: tuple[str, ...] = ()


def write(
    actor: Actor, kind: Kind, entries: Sequence[Entry], what: str, *, key: str = ""
) -> list[Outcome]:
    """Write what can be written, in one transaction; a repeated `key` writes nothing more."""
    with transaction.atomic():
        writer = _Writer(actor, kind, entries, what)
        if receipts.produced(actor.person.pk, key):
            return [writer.as_it_stands(entry) for entry in entries]
        outcomes = [writer.row(entry) for entry in entries]
        rows = [[each.pk, each.version] for each in outcomes if each.written]
        if rows:
            _remember(actor, kind, what, rows)
            receipts.keep(actor.person.pk, key, [pk for pk, _ in rows])
    return outcomes


def check(actor: Actor, kind: Kind, entries: Sequence[Entry]) -> list[Outcome]:
    """What `write` would do: it is done and rolled back, so that nothing is judged twice over."""
    with transaction.atomic():
        writer = _Writer(actor, kind, entries, "检查")
        outcomes = [writer.row(entry) for entry in entries]
        transaction.set_rollback(True)
    return outcomes


def editable(actor: Actor, kind: Kind, records: Iterable[Record]) -> frozenset[int]:
    """Ids of those of the records that the actor may change."""
    rows = kind.model._default_manager.filter(pk__in=[record.pk for record in records])
    return frozenset(visible(actor, rows, "edit").order_by().values_list("pk", flat=True))


def _remember(actor: Actor, kind: Kind, what: str, rows: list[list[int]]) -> None:
    GridStep.objects.create(
        person=actor.person, kind=kind.code, what=what, rows=rows, made_at=actor.now
    )
    own = GridStep.objects.filter(person=actor.person, kind=kind.code)
    kept = list(own.values_list("pk", flat=True)[:KEPT])
    own.filter(pk__lt=kept[-1]).delete()


class _Writer:
    """Writes the rows of one request, each in a savepoint of its own."""

    def __init__(self, actor: Actor, kind: Kind, entries: Sequence[Entry], what: str) -> None:
        self.actor = actor
        self.kind = kind
        self.what = what
        self.cells = TypedCells(actor, kind)
        rows = kind.model._default_manager.filter(pk__in=[entry.pk for entry in entries])
        loaded = with_names(kind, rows, kind.fields).select_related("court", "unit__court")
        self.records = {record.pk: record for record in visible(actor, loaded, "view")}

    def row(self, entry: Entry) -> Outcome:
        """Write one row as far as it goes."""
        record = self.records.get(entry.pk)
        if record is None:
            lost = Fault("没有这条记录，或您没有查看权限", group="right")
            return Outcome(entry.pk, faults=dict.fromkeys(entry.texts, lost))
        outcome = Outcome(record.pk, record.version)
        values = self._values(record, entry, outcome)
        while values:
            faults = self._saved(record, values)
            if not faults:
                break
            outcome.faults |= faults
            values = {name: value for name, value in values.items() if name not in faults}
            record = self.records[record.pk] = self._afresh(record)
        outcome.version, outcome.written = record.version, tuple(values)
        outcome.texts = {name: self._shown(record, name) for name in entry.texts}
        self._hint(record, entry, outcome)
        return outcome

    def as_it_stands(self, entry: Entry) -> Outcome:
        """A row whose request came twice: how it reads now."""
        record = self.records.get(entry.pk)
        if record is None:
            return Outcome(entry.pk)
        texts = {name: self._shown(record, name) for name in in_grid(self.kind, entry.texts)}
        return Outcome(record.pk, record.version, texts)

    def _values(self, record: Record, entry: Entry, outcome: Outcome) -> dict[str, Any]:
        """The values that differ from the stored ones; what is refused is put down as a fault."""
        writable = in_grid(self.kind, entry.texts) - kept_by_state(self.kind, record)
        values: dict[str, Any] = {}
        for name, text in entry.texts.items():
            if name not in writable:
                outcome.faults[name] = Fault(self._closed(record, name), group="right")
                continue
            if self._overtaken(record, name, entry):
                outcome.faults[name] = self._conflict(record, name)
                continue
            found = self.cells.read(name, text, record.court_id)
            if found.trouble:
                outcome.faults[name] = Fault(found.trouble.words, found.trouble.suggestion)
            elif found.value != getattr(record, self.kind.field(name).attname):
                values[name] = found.value
        return values

    def _saved(self, record: Record, values: Mapping[str, Any]) -> dict[str, Fault]:
        """Save the row with these values; what stands against it, by cell."""
        for name, value in values.items():
            setattr(record, self.kind.field(name).attname, value)
        try:
            with transaction.atomic():
                save(self.actor, record, detail=f"表格{self.what}")
        except ValidationError as error:
            return self._refusals(record, error, values)
        except Denied as error:
            return dict.fromkeys(values, Fault(str(error), group="right"))
        except Stale:
            return dict.fromkeys(values, Fault("这条记录刚被别人改过，请再试一次"))
        return {}

    def _refusals(
        self, record: Record, error: ValidationError, values: Mapping[str, Any]
    ) -> dict[str, Fault]:
        """Each refusal at its cell; one that is about another field stands at all that were typed."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        found: dict[str, Fault] = {}
        for name, messages in by_field.items():
            words = "；".join(dict.fromkeys(messages))
            if _KEY_TAKEN in words:
                name, words = "key", f"编号“{record.key}”已有记录"
            places = [name] if name in values else list(values)
            for place in places:
                found.setdefault(place, Fault(words))
        return found

    def _closed(self, record: Record, name: str) -> str:
        """Why a field is not written here."""
        if name not in self.kind.fields:
            return "这一列不能填写"
        heading = self.kind.heading(name)
        if name in kept_by_state(self.kind, record):
            state = self.kind.flow.state(record.state).name
            return f"“{state}”之后不能再改“{heading}”"
        return f"“{heading}”显示时隐去姓名，请在“修改”页填写"

    def _overtaken(self, record: Record, name: str, entry: Entry) -> bool:
        """Whether somebody changed the cell after the table was drawn."""
        if name in entry.was:
            return entry.was[name] != self._shown(record, name)
        return entry.version not in (0, record.version)

    def _conflict(self, record: Record, name: str) -> Fault:
        """Who changed the cell after the table was drawn, and to what."""
        heading, theirs = self.kind.heading(name), self._shown(record, name)
        lines = changes(self.kind, record, self.actor, masked=False)
        who = next((line.who for line in lines if heading in {it[0] for it in line.fields}), "别人")
        message = f"{who} 刚改为“{theirs}”"
        return Fault(message, group="conflict", who=who, theirs=theirs)

    def _hint(self, record: Record, entry: Entry, outcome: Outcome) -> None:
        touched = {"happened_on", "campaign"} & {*outcome.written}
        hint = outside_campaign(record.campaign, record.happened_on) if touched else None
        if hint:
            place = "happened_on" if "happened_on" in entry.texts else "campaign"
            outcome.hints[place] = hint.message

    def _shown(self, record: Record, name: str) -> str:
        if name not in in_grid(self.kind, [name]):
            return ""
        return shown(self.kind, name, record, masked=False)

    def _afresh(self, record: Record) -> Record:
        rows = self.kind.model._default_manager.filter(pk=record.pk)
        loaded = with_names(self.kind, rows, self.kind.fields)
        return loaded.select_related("court", "unit__court").get()
