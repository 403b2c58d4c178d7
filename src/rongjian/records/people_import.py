"""Importing people and Party members: check each row, bring in the good ones, keep the others.

A row is matched by staff number, else by the keyed hash, else by name and unit. What it would do is
tried with the very actions that do it and taken back, so that checking and importing cannot differ.
A blank cell changes nothing; the same file again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel import cells
from rongjian.log import audit
from rongjian.org import people
from rongjian.org.access import Denied, may_somewhere, require
from rongjian.org.models import COURT_TYPES, Person, Unit, UnitType
from rongjian.org.people import NewPerson
from rongjian.org.rosters import HOME_TYPES
from rongjian.records.import_checking import SCREENED
from rongjian.records.import_reading import Trouble, Units, quoted
from rongjian.records.models import Batch, BatchState, RowOutcome
from rongjian.records.people_sheets import ROSTER, SHEETS, STAFF, put, receive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.models import BatchRow
    from rongjian.records.people_sheets import SheetKind

OPEN = (RowOutcome.NEW, RowOutcome.UPDATE, RowOutcome.SAME, RowOutcome.BAD, "")
_DATES = ("joined_on", "full_on", "since")


@dataclass
class Judged:
    """What a row was found to be: whose, what it changes (heading, before, after), what is wrong."""

    values: dict[str, Any]
    person: Person | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    troubles: dict[str, Trouble] = field(default_factory=dict)

    @property
    def outcome(self) -> RowOutcome:
        """The outcome as rows keep it."""
        if self.troubles:
            return RowOutcome.BAD
        if self.person is None:
            return RowOutcome.NEW
        return RowOutcome.UPDATE if self.changes else RowOutcome.SAME


def upload(actor: Actor, kind: SheetKind, name: str, data: bytes) -> Batch:
    """Take in a file and check it; SheetError or Denied otherwise."""
    batch = receive(actor, kind, name, data)
    check(actor, batch)
    return batch


def batches(actor: Actor) -> QuerySet[Batch]:
    """The imports of people that the actor may see: of the own house, of what may be imported."""
    codes = [each.code for each in SHEETS.values() if may_somewhere(actor, "import", each.access)]
    rows = Batch.objects.filter(kind__in=codes, unit=actor.person.court)
    return rows.select_related("unit__court", "author")


def counts(batch: Batch) -> Counter[str]:
    """How many rows there are of each outcome."""
    return Counter(batch.rows.values_list("outcome", flat=True))


def check(actor: Actor, batch: Batch) -> dict[int, Judged]:
    """Judge every row that is not imported yet, and keep what was found."""
    require(actor, "import", SHEETS[batch.kind].access, batch.unit)
    desk = _Desk(actor, batch)
    found: dict[int, Judged] = {}
    with transaction.atomic():
        for row in batch.rows.filter(outcome__in=OPEN).order_by("number"):
            judged = found[row.number] = desk.judge(row)
            _keep(row, judged)
    return found


def fix(actor: Actor, batch: Batch, texts: Mapping[tuple[int, str], str]) -> None:
    """Give cells (row number, field) other texts, and check everything anew."""
    kind = SHEETS[batch.kind]
    require(actor, "import", kind.access, batch.unit)
    fields = list(batch.mapping.values())
    with transaction.atomic():
        for row in batch.rows.filter(outcome=RowOutcome.BAD):
            for name in fields:
                if (row.number, name) in texts:
                    put(kind, row, name, fields, texts[row.number, name])
            row.save(update_fields=["cells", "problems"])
        check(actor, batch)


def drop(actor: Actor, batch: Batch, number: int) -> None:
    """Leave a row out."""
    require(actor, "import", SHEETS[batch.kind].access, batch.unit)
    batch.rows.filter(number=number, outcome__in=OPEN).update(outcome=RowOutcome.DROPPED)
    check(actor, batch)


def commit(actor: Actor, batch: Batch) -> Counter[str]:
    """Bring in the good rows; faulty ones stay to be mended. Pressing twice writes once."""
    kind = SHEETS[batch.kind]
    require(actor, "import", kind.access, batch.unit)
    done: Counter[str] = Counter()
    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=batch.pk)
        desk = _Desk(actor, batch)
        for row in batch.rows.filter(outcome__in=OPEN).order_by("number"):
            judged = desk.judge(row)
            if judged.outcome in (RowOutcome.NEW, RowOutcome.UPDATE):
                new = judged.person is None
                row.record_id = _apply(actor, kind, judged).pk
                row.problems = {}
                row.outcome = RowOutcome.CREATED if new else RowOutcome.UPDATED
                row.save(update_fields=["outcome", "problems", "record_id"])
                done[row.outcome] += 1
            else:
                _keep(row, judged)
        left = batch.rows.filter(outcome=RowOutcome.BAD).exists()
        batch.state = BatchState.PARTLY if left else BatchState.DONE
        batch.save(update_fields=["state"])
        if done:
            words = f"{kind.name}：新增 {done['created']} 人，更新 {done['updated']} 人"
            stream = batch.unit.code
            audit.append(actor, "import", f"batch:{batch.pk}", stream=stream, detail=words)
    return done


def _keep(row: BatchRow, judged: Judged) -> None:
    screened = {name: kept for name, kept in row.problems.items() if name.startswith(SCREENED)}
    row.problems = screened | {name: each.stored() for name, each in judged.troubles.items()}
    row.outcome = judged.outcome
    row.record_id = judged.person.pk if judged.person else None
    row.save(update_fields=["problems", "outcome", "record_id"])


# --- judging ---------------------------------------------------------------------------------


class _Desk:
    """Everything that judging the rows of one import needs, read once."""

    def __init__(self, actor: Actor, batch: Batch) -> None:
        self.actor, self.batch, self.kind = actor, batch, SHEETS[batch.kind]
        self.fields = list(batch.mapping.values())
        court = batch.unit
        types = HOME_TYPES if self.kind is ROSTER else (UnitType.DEPARTMENT, *COURT_TYPES)
        units = Unit.objects.filter(court=court, type__in=types).exclude(
            dissolved_on__lte=actor.today
        )
        only = set(units.values_list("pk", flat=True))
        self.read_unit = Units(court, only).reader(only)
        self.units = {unit.pk: unit for unit in units.select_related("court")}
        staff = Person.objects.filter(court=court, left_on=None)
        self.staff = list(staff.select_related("department__court", "branch__court", "court"))
        self.seen: dict[int | str, int] = {}

    def judge(self, row: BatchRow) -> Judged:
        """What a row is, and whether it could be done."""
        judged = Judged({})
        texts = dict(zip(self.fields, row.cells, strict=True))
        for name, text in texts.items():
            self._read(judged, name, text)
        for name, kept in row.problems.items():
            if name.startswith(SCREENED):
                stopped = self.fields[int(name.removeprefix(SCREENED))]
                judged.troubles[stopped] = Trouble.read(kept)
        if not judged.values.get("name"):
            judged.troubles.setdefault("name", Trouble("required", "请填写姓名"))
        for step in (self._match, partial(self._once, number=row.number), self._compare, self._try):
            if judged.troubles:
                break
            step(judged)
        return judged

    def _read(self, judged: Judged, name: str, text: str) -> None:
        if name == "unit":
            self._read_unit(judged, text)
            return
        cell = cells.text(text)
        if name in _DATES:
            cell = cells.day(text)
        elif name == "may_vote":
            cell = cells.boolean(text)
        judged.values[name] = cell.value
        if cell.problem:
            group = "date" if name in _DATES else "boolean"
            message = f"{cell.problem}{quoted(text)}"
            judged.troubles[name] = Trouble(group, message, cell.suggestion or "")

    def _read_unit(self, judged: Judged, text: str) -> None:
        """A unit of the house, whose own name a sheet of the house need not say."""
        house = self.batch.unit
        reading = self.read_unit(text, house.pk)
        if reading.trouble:
            inside = self.read_unit(f"{house.short}{text}", house.pk)
            reading = reading if inside.trouble else inside
        judged.values["unit"] = self.units.get(reading.value or 0)
        if reading.trouble:
            judged.troubles["unit"] = reading.trouble

    def _match(self, judged: Judged) -> None:
        """By number, else by the keyed hash, else by name and unit."""
        values = judged.values
        name, number, hashed = values["name"], values.get("staff_no"), values.get("identity")
        known = [each for each in self.staff if hashed and each.identity_hash == hashed]
        if number:
            judged.person = self._numbered(judged, str(number))
        elif known:
            judged.person = known[0]
            if known[0].name != name:
                words = f"身份证号与“{known[0].name}”相同，表中姓名是{quoted(name)}"
                judged.troubles["name"] = Trouble("person", words)
        else:
            judged.person = self._by_name(judged, name)

    def _by_name(self, judged: Judged, name: str) -> Person | None:
        values = judged.values
        named = [each for each in self.staff if each.name == name]
        unit = values.get("unit")
        inside = [each for each in named if unit and unit in (each.department, each.branch)]
        fits = inside or (named if self.kind is ROSTER else [])
        if len(fits) > 1:
            numbers = "、".join(each.staff_no for each in fits)
            judged.troubles["name"] = Trouble(
                "person", f"{quoted(name)}有重名，请填写工号：{numbers}"
            )
            return None
        if not fits and self.kind is STAFF:
            judged.troubles["staff_no"] = Trouble("required", "新增人员请填写工号")
        elif not fits:
            words = f"没有找到{quoted(name)}，请先导入机构人员表，或填写工号"
            judged.troubles["name"] = Trouble("person", words)
        return fits[0] if fits else None

    def _numbered(self, judged: Judged, number: str) -> Person | None:
        name = judged.values["name"]
        found = next((each for each in self.staff if each.staff_no == number), None)
        if found is not None and found.name != name:
            words = f"工号 {number} 是“{found.name}”，表中姓名是{quoted(name)}"
            judged.troubles["name"] = Trouble("person", words)
        if found is None and self.kind is ROSTER:
            words = f"没有工号 {quoted(number)}，请先导入机构人员表"
            judged.troubles["staff_no"] = Trouble("person", words)
        return found

    def _once(self, judged: Judged, number: int) -> None:
        """Nobody stands twice in one file."""
        key: int | str = judged.person.pk if judged.person else str(judged.values.get("staff_no"))
        other = self.seen.setdefault(key, number)
        if other != number:
            words = f"与第 {other} 行是同一人"
            judged.troubles["name"] = Trouble("duplicate", words, other=other)

    def _compare(self, judged: Judged) -> None:
        """What the row changes about the person it is about."""
        person, values = judged.person, judged.values
        if self.kind is STAFF:
            if values.get("unit") is None:
                judged.troubles["unit"] = Trouble("required", "请填写内设机构")
            if person is not None:
                self._differ(judged, "title", person.title)
                self._differ(judged, "unit", person.department)
                if values.get("identity") and not person.identity_hash:
                    judged.changes.append(("身份证校验码", "", "登记（只用于查重）"))
            return
        assert person is not None  # noqa: S101  # a roster takes nobody on
        for name in ("joined_on", "full_on", "may_vote"):
            self._differ(judged, name, getattr(person, name))
        self._differ(judged, "unit", person.branch)

    def _differ(self, judged: Judged, name: str, before: Any) -> None:
        after = judged.values.get(name)
        if after is not None and after != "" and after != before:
            heading = self.kind.heading(name)
            judged.changes.append((heading, _words(before), _words(after)))

    def _try(self, judged: Judged) -> None:
        """Do it, see whether it is refused, and take it back."""
        if judged.outcome == RowOutcome.SAME:
            return
        try:
            with transaction.atomic():
                _apply(self.actor, self.kind, judged)
                transaction.set_rollback(True)
        except ValidationError as error:
            for name, faults in error.message_dict.items():
                judged.troubles[_FIELDS.get(name, name)] = Trouble("rule", "；".join(faults))
        except Denied as error:
            judged.troubles["name"] = Trouble("right", str(error))


_FIELDS = {"branch": "unit", "department": "unit", "day": "since", "__all__": "name"}


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


# --- carrying out ----------------------------------------------------------------------------


def _apply(actor: Actor, kind: SheetKind, judged: Judged) -> Person:
    return _apply_member(actor, judged) if kind is ROSTER else _apply_staff(actor, judged)


def _apply_staff(actor: Actor, judged: Judged) -> Person:
    values, person = judged.values, judged.person
    since: date = values.get("since") or actor.today
    title, identity = values.get("title") or "", values.get("identity") or ""
    if person is None:
        new = NewPerson(values["staff_no"], values["name"], values["unit"], since, title, identity)
        return people.enter(actor, new)
    title = title or person.title
    person = people.correct(actor, person, name=person.name, title=title, identity=identity)
    if values["unit"] != person.department:
        person = people.transfer(actor, person, values["unit"], since)
    return person


def _apply_member(actor: Actor, judged: Judged) -> Person:
    values, person = judged.values, judged.person
    assert person is not None  # noqa: S101  # a roster takes nobody on
    vote = values.get("may_vote")
    return people.set_membership(
        actor,
        person,
        joined_on=values.get("joined_on") or person.joined_on,
        full_on=values.get("full_on") or person.full_on,
        may_vote=person.may_vote if vote is None else vote,
        branch=values.get("unit"),
    )
