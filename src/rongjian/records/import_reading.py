"""Reading the cells of an import: each text as the value its field wants, or what is wrong with it.

A reader answers each distinct text once; that, and not the number of rows, decides what a large
file costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations

from rongjian.kernel import cells
from rongjian.kernel.catalogue import load_campaigns, load_lines
from rongjian.kernel.likeness import nearest
from rongjian.kernel.places import Gazetteer, load_places, written_plainly
from rongjian.org.access import visible
from rongjian.org.models import Person, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from rongjian.kernel.catalogue import Campaign, Line
    from rongjian.org.access import Actor

GROUPS = {
    "date": "日期无法识别",
    "unit": "单位不认识",
    "person": "人员不认识",
    "duplicate": "重复",
    "integer": "不是整数",
    "number": "不是数字",
    "required": "必填为空",
    "choice": "代码不在范围",
    "boolean": "应填是或否",
    "text": "内容不合要求",
    "rule": "前后不一致",
    "right": "没有权限",
    "screen": "不得存储的内容",
    "hint": "提示",
}
_RANGES = BaseDatabaseOperations.integer_field_ranges
_SHOWN = 24
_REMEDIES = 200
"""For so many unknown names in one check a likely one is looked for; a wrong column has thousands."""
_NAMED = 3


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a cell: the group it is counted in, a sentence, and a likely remedy.

    `other` is the row of the file that a duplicate repeats, `record` the record it collides with.
    """

    group: str
    message: str
    suggestion: str = ""
    other: int = 0
    record: int = 0

    def stored(self) -> dict[str, Any]:
        """The trouble as `BatchRow.problems` keeps it."""
        return {name: value for name, value in vars(self).items() if value}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Trouble:
        """The trouble that `stored` wrote."""
        return cls(**kept)

    @property
    def words(self) -> str:
        """The sentence with its remedy: 单位不认识“武呜区院”，是否为“武鸣区院”？"""
        return self.message + (f"，是否为“{self.suggestion}”？" if self.suggestion else "")


@dataclass(frozen=True)
class Reading:
    """One text read: the value, whether it was put into our form, or what is wrong."""

    value: Any = None
    normalised: bool = False
    trouble: Trouble | None = None


if TYPE_CHECKING:
    # A text, and the court it is read for: people are looked for court by court.
    Reader = Callable[[str, int], Reading]


def quoted(text: str) -> str:
    """A cell's text as messages repeat it."""
    return f"“{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}”"


def as_read(value: Any) -> Any:
    """A stored value as it comes back from an export: texts in the form that cells are put into."""
    return cells.text(value).value or "" if isinstance(value, str) else value


def _of(cell: cells.Cell, group: str, text: str) -> Reading:
    if cell.problem:
        message = f"{cell.problem}{quoted(text)}"
        return Reading(trouble=Trouble(group, message, cell.suggestion or ""))
    return Reading(cell.value, cell.normalised)


# --- plain values ----------------------------------------------------------------------------

_PLAIN: tuple[tuple[type[models.Field[Any, Any]], str, Callable[[object], cells.Cell]], ...] = (
    (models.BooleanField, "boolean", cells.boolean),
    (models.DateField, "date", cells.day),
    (models.DecimalField, "number", cells.money),
    (models.IntegerField, "integer", cells.integer),
)


def plain_reader(target: models.Field[Any, Any], today: date, scale: str) -> Reader:
    """The reader of a field that is no reference."""
    if target.name in NAMED:
        return partial(_named, NAMED[target.name])
    if target.choices:
        labels = {str(code): str(label) for code, label in target.flatchoices}
        return lambda text, _: _of(cells.choice(text, labels), "choice", text)
    for kind_of_field, group, read in _PLAIN:
        if isinstance(target, kind_of_field):
            return partial(_checked, target, group, read, today, scale)
    return partial(_checked, target, "text", cells.text, today, "")


def _checked(
    target: models.Field[Any, Any],
    group: str,
    read: Callable[[object], cells.Cell],
    today: date,
    scale: str,
    text: str,
    _: int,
) -> Reading:
    found = _of(_scaled(read, text, scale), group, text)
    if found.trouble or found.value is None:
        return found
    if target.name == "happened_on" and found.value > today:
        return Reading(trouble=Trouble("date", f"日期晚于今天{quoted(text)}"))
    if message := _refusal(target, found.value):
        wrong = group if group in {"integer", "number"} else "text"
        return Reading(trouble=Trouble(wrong, f"{message}{quoted(text)}"))
    return found


def _scaled(read: Callable[[object], cells.Cell], text: str, scale: str) -> cells.Cell:
    """12.5 under 万元 is 125000; a cell that names its own scale keeps it."""
    whole = read(text + scale) if scale and text.strip() else read(text)
    return read(text) if scale and whole.problem else whole


def _refusal(target: models.Field[Any, Any], value: Any) -> str:
    """Why the field refuses a value that could be read, if it does."""
    if isinstance(value, str) and target.max_length and len(value) > target.max_length:
        return f"“{target.verbose_name}”最多 {target.max_length} 个字，现有 {len(value)} 个："
    if isinstance(target, models.IntegerField):
        # What every database can hold; SQLite alone would take more.
        least, most = _RANGES[target.get_internal_type()]
        if not least <= value <= most:
            return f"“{target.verbose_name}”应在 {least} 到 {most} 之间："
    try:
        target.run_validators(value)
    except ValidationError as error:
        return f"“{target.verbose_name}”{'；'.join(error.messages)}："
    return ""


# --- campaigns and lines ---------------------------------------------------------------------


@cache
def campaigns() -> Mapping[str, Campaign]:
    """The campaigns by code."""
    return {campaign.code: campaign for campaign in load_campaigns()}


def _names(known: Iterable[Campaign | Line]) -> tuple[dict[str, str], ...]:
    listed = tuple(known)
    return {each.code: each.short for each in listed}, {each.code: each.name for each in listed}


NAMED: Mapping[str, Callable[[], tuple[dict[str, str], ...]]] = {
    "campaign": cache(lambda: _names(load_campaigns())),
    "line": cache(lambda: _names(load_lines())),
}


def _named(names: Callable[[], tuple[dict[str, str], ...]], text: str, _: int) -> Reading:
    found = [_of(cells.choice(text, labels), "choice", text) for labels in names()]
    good = [each for each in found if not each.trouble]
    likely = [each for each in found if each.trouble and each.trouble.suggestion]
    return (good or likely or found)[0]


def outside_campaign(code: str, day: date | None) -> Trouble | None:
    """A hint where a day lies outside the campaign that it is recorded under."""
    campaign = campaigns().get(code)
    if not campaign or not day or campaign.runs_on(day):
        return None
    span = f"{campaign.starts} 至 {campaign.ends or '今'}"
    return Trouble("hint", f"日期不在专项{quoted(campaign.short)}期间（{span}）")


# --- units -----------------------------------------------------------------------------------


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.of(load_places())


@dataclass(frozen=True)
class _Known:
    """What resolving a unit needs of it."""

    pk: int
    code: str
    name: str
    short: str
    court: int
    is_court: bool
    dissolved_on: date | None
    line: str


@dataclass
class Units:
    """Finds units by code, name, short name or the ways other lists write them.

    A name that fits several means the one inside the import's own court, if that is one.
    """

    home: Unit
    near: set[int]
    """Ids of the units that are suggested first."""
    _by_id: dict[int, _Known] = field(init=False)
    _by_form: dict[str, set[int]] = field(init=False)
    _looked_for: int = 0

    def __post_init__(self) -> None:
        self._by_id = {
            each.pk: _Known(
                *(each.pk, each.code, each.name, each.short, each.court_id or each.pk),
                *(each.is_court, each.dissolved_on, each.sole_line),
            )
            for each in Unit.objects.order_by()
        }
        self._by_form = {}
        for known in self._by_id.values():
            for form in {written_plainly(word) for word in self._words(known)}:
                self._by_form.setdefault(form, set()).add(known.pk)

    def _words(self, known: _Known) -> Iterable[str]:
        yield from (known.code, known.name, known.short)
        court = self._by_id.get(known.court)
        if court and not known.is_court:
            for house in (court.name, court.short):
                yield from (house + known.name, house + known.short)

    def court(self, pk: int | None) -> int:
        """The court that a unit belongs to; the import's own where the unit is not known."""
        found = self._by_id.get(pk or 0)
        return found.court if found else self.home.court_id or self.home.pk

    def sole_line(self, pk: int | None) -> str:
        """The line that a record of a unit carries where none is given; see `Unit.sole_line`."""
        found = self._by_id.get(pk or 0)
        return found.line if found else ""

    def gone(self, pk: int | None, day: date | None) -> str:
        """The sentence about a unit that was dissolved by a day; empty where it stood."""
        found = self._by_id.get(pk or 0)
        ended = found and found.dissolved_on
        if not (found and ended and day and ended <= day):
            return ""
        return f"{quoted(self.words(found.pk))}已于 {ended} 撤销，{day} 没有这个单位"

    def code(self, pk: int) -> str:
        """The code of a unit."""
        return self._by_id[pk].code

    def words(self, pk: int) -> str:
        """A unit as messages name it."""
        known = self._by_id[pk]
        court = self._by_id.get(known.court)
        if known.is_court or court is None or known.short.startswith(court.short):
            return known.short
        return f"{court.short}{known.short}"

    def full(self, pk: int) -> str:
        """A unit's whole name."""
        return self._by_id[pk].name

    def reader(self, only: set[int] | None) -> Reader:
        """The reader of a unit field; `only` are the ids that its limits allow."""
        return partial(self._read, only)

    def _read(self, only: set[int] | None, text: str, _: int) -> Reading:
        form = written_plainly(text)
        if not form:
            return Reading(normalised=bool(text))
        found = self._by_form.get(form) or self._by_place(form)
        fits = self._narrowed({pk for pk in found if only is None or pk in only})
        if len(fits) == 1:
            known = self._by_id[next(iter(fits))]
            return Reading(known.pk, text not in (known.code, known.name))
        if fits:
            return Reading(trouble=self._ambiguous(text, fits))
        message = f"单位不认识{quoted(text)}"
        return Reading(trouble=Trouble("unit", message, self._likely(form, only)))

    def _by_place(self, form: str) -> set[int]:
        codes = {place.code for place in _gazetteer().candidates(form)}
        return set().union(*(self._by_form.get(code, set()) for code in codes))

    def _narrowed(self, fits: set[int]) -> set[int]:
        if len(fits) < 2:
            return fits
        inside = {pk for pk in fits if self._by_id[pk].court == self.court(self.home.pk)}
        return inside if len(inside) == 1 else fits

    def _ambiguous(self, text: str, fits: set[int]) -> Trouble:
        listed = sorted(fits, key=lambda pk: self._by_id[pk].code)
        names = "、".join(self.words(pk) for pk in listed[:_NAMED])
        more = f"等 {len(fits)} 个" if len(fits) > _NAMED else ""
        return Trouble("unit", f"单位{quoted(text)}可能是{names}{more}，请写全称或代码")

    def _likely(self, form: str, only: set[int] | None) -> str:
        self._looked_for += 1
        if self._looked_for > _REMEDIES:
            return ""
        for group in (self.near, set(self._by_id)):
            allowed = [pk for pk in sorted(group) if only is None or pk in only]
            forms = {word: pk for pk in allowed for word in self._suggestible(pk)}
            if found := nearest(form, list(forms)):
                return self.words(forms[found[0]])
        return ""

    def _suggestible(self, pk: int) -> Iterable[str]:
        """Names that mean this unit alone, so that taking the suggestion settles the cell."""
        known = self._by_id[pk]
        for word in (known.short, known.name, self.words(pk)):
            if self._narrowed(self._by_form.get(written_plainly(word), set())) == {pk}:
                yield word


# --- people ----------------------------------------------------------------------------------


@dataclass
class People:
    """Finds people by number, or by name within a court."""

    actor: Actor
    _by_court: dict[int, dict[str, list[tuple[int, str]]]] = field(default_factory=dict)
    _looked_for: int = 0

    def read(self, text: str, court: int) -> Reading:
        """The reader of a person field."""
        clean = str(cells.text(text).value or "")
        if not clean:
            return Reading(normalised=bool(text))
        found = self._named(court).get(clean.replace(" ", ""), [])
        if len(found) == 1:
            return Reading(found[0][0], normalised=clean != text)
        if found:
            numbers = "、".join(number for _, number in found)
            return Reading(trouble=Trouble("person", f"{quoted(clean)}有重名，请写工号：{numbers}"))
        numbered = visible(self.actor, Person.objects.filter(staff_no=clean))
        by_number = numbered.values_list("pk", flat=True).first()
        if by_number:
            return Reading(by_number, normalised=clean != text)
        self._looked_for += 1
        known = sorted(self._named(court)) if self._looked_for <= _REMEDIES else []
        likely = nearest(clean, known)
        message = f"人员不认识{quoted(clean)}"
        return Reading(trouble=Trouble("person", message, likely[0] if likely else ""))

    def _named(self, court: int) -> dict[str, list[tuple[int, str]]]:
        """Who in a court has a name; only people whom the actor may see at all."""
        if court not in self._by_court:
            names: dict[str, list[tuple[int, str]]] = {}
            people = visible(self.actor, Person.objects.filter(court=court))
            for pk, name, number in people.values_list("pk", "name", "staff_no"):
                names.setdefault(name.replace(" ", ""), []).append((pk, number))
            self._by_court[court] = names
        return self._by_court[court]
