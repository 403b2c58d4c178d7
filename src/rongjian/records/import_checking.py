"""Checking the rows of an import: values, required fields, rules, duplicates, what the database has.

Rows are read in slices and written back in short transactions, so that a large file neither fills
the memory nor keeps others from writing. Checking is repeatable and never touches a row that was
imported meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from rongjian.org.access import explain, reach_units
from rongjian.org.models import Person, Unit
from rongjian.records import import_deeds
from rongjian.records.barred import misplaced, placing
from rongjian.records.host_models import HostsField
from rongjian.records.host_names import read_hosts
from rongjian.records.import_forms import AS_IS, as_typed, written
from rongjian.records.import_mapping import NUMBER, is_required, scale
from rongjian.records.import_matching import Match, Matches
from rongjian.records.import_reading import (
    People,
    Reading,
    Trouble,
    Units,
    as_read,
    outside_campaign,
    plain_reader,
)
from rongjian.records.import_rows import write_rows
from rongjian.records.kinds import kind_of
from rongjian.records.models import BatchRow, BatchState, Record, RowOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rongjian.org.access import Actor, Verb
    from rongjian.records.import_reading import Reader
    from rongjian.records.models import Batch

SLICE = 5000
_CHUNK = 2000
_KEY = 120
OPEN = (RowOutcome.NEW, RowOutcome.UPDATE, RowOutcome.SAME, RowOutcome.BAD, "")
"""Outcomes of rows that may still be checked, mended and imported."""
SCREENED = "@"
"""Before a column's number: the trouble of a cell that was not stored."""


@dataclass
class Line:
    """A row being checked: its values by attname, and what was found out about them."""

    row: BatchRow
    values: dict[str, Any] = field(default_factory=dict)
    troubles: dict[str, Trouble] = field(default_factory=dict)
    normalised: int = 0
    key: str = ""
    number: str = ""
    match: Match | None = None

    @property
    def bad(self) -> bool:
        """Whether anything keeps the row from being imported."""
        return any(trouble.group != "hint" for trouble in self.troubles.values())

    def report(self, name: str, trouble: Trouble) -> None:
        """Keep what was found first at a field; a hint gives way to a fault."""
        kept = self.troubles.get(name)
        if kept is None or kept.group == "hint":
            self.troubles[name] = trouble


class Column:
    """A column of the file that is a field: reads each distinct text once."""

    def __init__(
        self, name: str, at: int, target: models.Field[Any, Any], read: Reader, default: Any
    ) -> None:
        self.name = name
        self.at = at
        self.attname = target.attname
        self.default = default
        self.as_is: Sequence[str] = ()
        """Forms in which a person wants the cells as they were typed."""
        self.shown: Callable[[Any], str] = partial(written, target)
        """How a value of the field is written."""
        self.plain = read
        self._target = target
        self._by_court = target.related_model is Person
        self._known: dict[tuple[str, int], Reading] = {}

    def reading(self, text: str, court: int) -> Reading:
        """What a text means, in a court where that matters."""
        place = (text, court if self._by_court else 0)
        found = self._known.get(place)
        if found is None:
            if len(self._known) > 2 * SLICE:
                self._known.clear()
            found = self.plain(text, court)
            if self.as_is:
                found = as_typed(self._target, self.as_is, text, found, self.shown)
            self._known[place] = found
        return found


class Checker:
    """Reads and judges the rows of one import for one actor."""

    def __init__(self, actor: Actor, batch: Batch) -> None:
        self.actor = actor
        self.batch = batch
        self.kind = kind_of(batch.kind)
        self.columns = {name: int(at) for at, name in batch.mapping.items() if name}
        fields = {name: self.kind.field(name) for name in self.kind.fields}
        self.fields = {name: fields[name] for name in self.columns if name != NUMBER}
        self.defaults = {each.attname: _default(each) for each in fields.values()}
        self.required = [each for each in fields.values() if is_required(each)]
        self.given = self._given()
        self.home = self.units.court(batch.unit_id)
        self.matches = Matches(actor, self.kind, [each.attname for each in self.fields.values()])

    # --- reading ---

    def lines(self, rows: Iterable[BatchRow]) -> list[Line]:
        """The rows with their cells read and derived values filled in, nothing judged yet."""
        found = [self._line(row) for row in rows]
        if self.kind.model.prepare.__func__ is not Record.prepare.__func__:  # type: ignore[attr-defined]
            for line in found:
                self._derive(line)
        for line in found:
            line.key = line.values.get("key") or ""
        return found

    def _line(self, row: BatchRow) -> Line:
        line = Line(row, {"unit_id": self.batch.unit_id})
        court = self.home
        for column in self.given:
            text = row.cells[column.at]
            found = column.reading(text, court)
            line.normalised += found.normalised
            if found.trouble:
                line.troubles[column.name] = found.trouble
            value = column.default if found.value is None else found.value
            line.values[column.attname] = value
            if column.name == "unit":
                court = self.units.court(value)
        if row.problems:
            self._report_screened(line)
        if NUMBER in self.columns:
            line.number = row.cells[self.columns[NUMBER]].strip()
        return line

    def _report_screened(self, line: Line) -> None:
        for column in self.given:
            screened = line.row.problems.get(f"{SCREENED}{column.at}")
            if screened and not line.row.cells[column.at]:
                line.troubles[column.name] = Trouble.read(screened)

    def _derive(self, line: Line) -> None:
        whole = self.defaults | line.values
        for name, value in self.kind.model.prepare(whole, self.actor.today).items():
            if not whole.get(name) and name not in line.troubles:
                line.values[name] = value
        if "line" in self.kind.fields and not whole.get("line") and "line" not in line.troubles:
            line.values["line"] = self.units.sole_line(whole["unit_id"])

    def _given(self) -> list[Column]:
        """The columns that are fields; the unit first, because people are looked for in its court."""
        found = [
            Column(name, self.columns[name], each, self._reader(each), self.defaults[each.attname])
            for name, each in sorted(self.fields.items(), key=lambda pair: pair[0] != "unit")
        ]
        for column in found:
            column.as_is = self.batch.layout.get(AS_IS, {}).get(column.name, ())
            if self.fields[column.name].related_model is Unit:
                column.shown = self.units.words
        return found

    def _reader(self, target: models.Field[Any, Any]) -> Reader:
        if isinstance(target, HostsField):
            return partial(read_hosts, self.units)
        if not isinstance(target, models.ForeignKey):
            heading = self.batch.headings[self.columns[target.name]]
            return plain_reader(target, self.actor.today, scale(self.kind, target.name, heading))
        if issubclass(target.related_model, Person):
            return self.people.read
        limits = target.get_limit_choices_to()
        only = Unit.objects.complex_filter(limits).values_list("pk", flat=True) if limits else None
        return self.units.reader(None if only is None else set(only))

    @cached_property
    def units(self) -> Units:
        """The register of units, as this import's author writes them."""
        near = reach_units(self.actor, "import", self.kind.access)
        inside = near.filter(path__startswith=self.batch.unit.path)
        return Units(self.batch.unit, set(inside.values_list("pk", flat=True)))

    @cached_property
    def people(self) -> People:
        """The register of people."""
        return People(self.actor)

    # --- judging ---

    def judge(self, lines: Sequence[Line]) -> None:
        """Find everything that is wrong with the lines; needs all earlier ones judged before."""
        self.matches.find(lines)
        for line in lines:
            match = self.matches.of(line)
            line.match = match
            self._check_rights(line)
            self._check_unit_stood(line)
            self._check_required(line)
            if not line.bad:
                self._check_rules(line)
                self._hint(line)
        good = [line for line in lines if not line.bad]
        self._check_places(good)
        new = [line for line in good if not (line.match or line.bad)]
        for line, name, hint in import_deeds.hints(self.actor, self.kind, new, self.units.words):
            line.report(name, hint)

    def _check_required(self, line: Line) -> None:
        for each in self.required:
            blank = line.values.get(each.attname) in (None, "")
            if blank and (each.name in self.fields or not line.match):
                line.report(each.name, Trouble("required", f"“{each.verbose_name}”必须填写"))

    def _check_rights(self, line: Line) -> None:
        if line.troubles.get("unit"):
            return
        units: dict[int, tuple[Verb, ...]] = {line.values["unit_id"]: ("import",)}
        if line.match:
            units = {line.values["unit_id"]: ("import", "edit"), line.match.unit: ("edit",)}
        for pk, verbs in units.items():
            for verb in verbs:
                if pk and pk not in self._reach(verb):
                    line.report("unit", Trouble("right", self._why_not(verb, pk)))

    def _check_unit_stood(self, line: Line) -> None:
        """A unit brings nothing after its last day; what stands in the database stays as it is."""
        unit, day = line.values["unit_id"], line.values.get("happened_on")
        stored = line.match.values if line.match else {}
        moved = (unit, day) != (stored.get("unit_id"), stored.get("happened_on"))
        if moved and (message := self.units.gone(unit, day)):
            line.report("unit", Trouble("unit", message))

    def _reach(self, verb: Verb) -> set[int]:
        if verb not in self._reached:
            units = reach_units(self.actor, verb, self.kind.access)
            self._reached[verb] = set(units.values_list("pk", flat=True))
        return self._reached[verb]

    @cached_property
    def _reached(self) -> dict[Verb, set[int]]:
        return {}

    def _why_not(self, verb: Verb, pk: int) -> str:
        if (verb, pk) not in self._reasons:
            unit = Unit.objects.select_related("court").get(pk=pk)
            self._reasons[verb, pk] = explain(self.actor, verb, self.kind.access, unit)
        return self._reasons[verb, pk]

    @cached_property
    def _reasons(self) -> dict[tuple[Verb, int], str]:
        return {}

    def _check_rules(self, line: Line) -> None:
        for name, message in self.kind.model.problems(self._whole(line)):
            line.report(name, Trouble("rule", message))

    def _check_places(self, lines: Sequence[Line]) -> None:
        rows = [self._whole(line) for line in lines]
        columns = {name: [row[name] for row in rows] for name in placing(self.kind)}
        for at, name, message in misplaced(self.kind, columns):
            lines[at].report(name, Trouble("rule", message))

    def _whole(self, line: Line) -> dict[str, Any]:
        """The values of a row as its record would have them."""
        stored = line.match.values if line.match else {}
        return {**self.defaults, **stored, **line.values}

    def _hint(self, line: Line) -> None:
        values = line.values
        if hint := outside_campaign(values.get("campaign", ""), values.get("happened_on")):
            line.report("happened_on", hint)
        elif twin := self.matches.twin(line):
            line.report("happened_on", Trouble("hint", f"与第 {twin} 行内容相同", other=twin))

    # --- writing back ---

    def outcome(self, line: Line) -> RowOutcome:
        """What a judged line is."""
        if line.bad:
            return RowOutcome.BAD
        if line.match is None:
            return RowOutcome.NEW
        return RowOutcome.UPDATE if self.changed(line) else RowOutcome.SAME

    def changed(self, line: Line) -> list[str]:
        """Names of the given fields in which a line differs from its record."""
        stored = line.match.values if line.match else {}
        names = dict.fromkeys(("unit", *self.fields))
        attnames = {name: self.kind.field(name).attname for name in names}
        return [
            name
            for name, att in attnames.items()
            if line.values.get(att) not in (stored.get(att), as_read(stored.get(att)))
        ]

    def keep(self, lines: Sequence[Line]) -> None:
        """Write down what was found, unless a row was imported meanwhile."""
        columns = ("outcome", "problems", "normalised", "key", "record_id", "version")
        problems = BatchRow._meta.get_field("problems")
        values = []
        for line in lines:
            found = self._found(line)
            if found != [getattr(line.row, name) for name in columns]:
                found[1] = problems.get_db_prep_save(found[1], connection)
                values.append([*found, line.row.pk, line.row.outcome])
        write_rows(columns, values)

    def _found(self, line: Line) -> list[Any]:
        problems = {
            name: kept
            for name, kept in line.row.problems.items()
            if name.startswith(SCREENED) and not line.row.cells[int(name[len(SCREENED) :])]
        }
        problems |= {name: trouble.stored() for name, trouble in line.troubles.items()}
        match = line.match
        return [
            self.outcome(line).value,
            problems,
            line.normalised,
            line.key[:_KEY],
            match.pk if match else None,
            match.version if match else None,
        ]


def check_rows(actor: Actor, batch: Batch, numbers: Iterable[int] | None = None) -> None:
    """Check the open rows of an import, or only those with the given numbers."""
    checker = Checker(actor, batch)
    only = None if numbers is None else sorted(set(numbers))
    for rows in _slices(batch, only):
        lines = checker.lines(rows)
        if only is not None or batch.state == BatchState.PARTLY:
            _remember_others(checker, lines, only)
        checker.judge(lines)
        checker.keep(lines)


def _slices(batch: Batch, only: Sequence[int] | None) -> Iterator[list[BatchRow]]:
    rows = batch.rows.filter(outcome__in=OPEN).order_by("number")
    if only is not None:
        for start in range(0, len(only), SLICE):
            yield list(rows.filter(number__in=only[start : start + SLICE]))
        return
    last = 0
    while found := list(rows.filter(number__gt=last)[:SLICE]):
        yield found
        last = found[-1].number


def _remember_others(checker: Checker, lines: Sequence[Line], only: Sequence[int] | None) -> None:
    """What rows outside this check have claimed already: all others, or the imported ones."""
    gone = (RowOutcome.DROPPED, RowOutcome.UNDONE)
    others = checker.batch.rows.exclude(outcome__in=gone if only else (*gone, *OPEN))
    under_check = set(only or ())
    keys = [line.key for line in lines if line.key]
    for start in range(0, len(keys), _CHUNK):
        part = others.filter(key__in=keys[start : start + _CHUNK])
        for key, number in part.values_list("key", "number"):
            if number not in under_check:
                checker.matches.claimed.setdefault(key, number)
    same = others.filter(outcome=RowOutcome.SAME, key="").values_list("record_id", "number")
    checker.matches.used.update(pk for pk, number in same if pk and number not in under_check)


def _default(target: models.Field[Any, Any]) -> Any:
    """What a field holds when nothing is given for it."""
    return None if target.null else target.get_default()
