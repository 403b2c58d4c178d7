"""The calendar's views as rows: a year of one body, what of it waits, a month of a house's bodies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode

from rongjian.kernel.dues import DONE, DUE, EXCUSED, FUTURE, LATE, MISSED, NA, SIGNS, STATES, WORDS
from rongjian.kernel.periods import Month
from rongjian.kernel.regimes import load_institutions
from rongjian.org.access import reach_units
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.setting import BRANCHES
from rongjian.records.queries import about
from rongjian.regimes.bodies import Scope
from rongjian.regimes.dues import Due, blocks
from rongjian.web.due_cells import LAMPS, NO_WAYS, Cell, Ways, cell_of, name_of, ways_of, words_of
from rongjian.web.listing import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.http import QueryDict

    from rongjian.org.access import Actor
    from rongjian.regimes.deadlines import RecordDue

_MONTHS = 12
YEAR = timedelta(days=366)


# --- a year of one body ------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeatRow:
    """One duty over the year, with how much of it was asked so far and what came of that."""

    name: str
    often: str
    cells: tuple[Cell, ...]
    done: int
    asked: int
    excused: int
    missed: int


@dataclass(frozen=True)
class HeatGroup:
    """The duties of one institution."""

    name: str
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True)
class Heat:
    """The heat map of a year."""

    groups: tuple[HeatGroup, ...]
    months: tuple[str, ...]
    legend: tuple[tuple[str, str, str], ...]


def heat_of(dues: Sequence[Due], chosen: str, today: date, query: QueryDict) -> Heat:
    """The year of a body, by institution."""
    groups = []
    for code, institution in load_institutions().items():
        mine = [due for due in dues if due.rule.institution == code]
        codes = dict.fromkeys(due.rule.code for due in mine)
        rows = [
            _heat_row([due for due in mine if due.rule.code == each], chosen, today, query)
            for each in codes
        ]
        if rows:
            groups.append(HeatGroup(institution.name, tuple(rows)))
    months = tuple(f"{month}月" for month in range(1, _MONTHS + 1))
    listed = (DONE, LATE, DUE, MISSED, EXCUSED, FUTURE, NA)
    legend = tuple((STATES[state], SIGNS[state], WORDS[state]) for state in listed)
    return Heat(tuple(groups), months, legend)


def _heat_row(dues: list[Due], chosen: str, today: date, query: QueryDict) -> HeatRow:
    states = Counter(due.state for due in dues)
    last = dues[-1].rule
    return HeatRow(
        name=last.name,
        often=last.often,
        cells=tuple(_year(dues, chosen, today, query)),
        done=states[DONE] + states[LATE],
        asked=sum(states[state] for state in (DONE, LATE, DUE, MISSED, EXCUSED)),
        excused=states[EXCUSED],
        missed=states[MISSED],
    )


def _year(dues: list[Due], chosen: str, today: date, query: QueryDict) -> Iterator[Cell]:
    """The cells of twelve months, with blanks where nothing was asked yet."""
    at = 1
    for due in sorted(dues, key=lambda each: each.begins_on):
        begins = due.begins_on.month
        if begins > at:
            yield Cell(wide=begins - at)
        name = name_of(due)
        url = changed(query, {"cell": name, "told": None}) + "#cell"
        yield cell_of(due, today, url, chosen=name == chosen)
        at = begins + len(due.window.period)
    if at <= _MONTHS:
        yield Cell(wide=_MONTHS + 1 - at)


# --- what waits --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A due as a line of the list; one that a record asks for has no ways but the record's own."""

    lamp: str
    when: str
    what: str
    more: str
    url: str
    ends: date
    state: int
    ways: Ways = NO_WAYS
    due: Due | None = None


@dataclass(frozen=True)
class Listed:
    """What waits, what is coming, and how much is finished."""

    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    finished: int

    @property
    def any(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.finished) or any(lines for _, lines in self.groups)


def listed_of(dues: Iterable[Due], asked: Iterable[RecordDue], actor: Actor) -> Listed:
    """逾期, 本周, 本月, 以后: by the day on which each ends; what records ask for stands among them."""
    today = actor.today
    sunday = today + timedelta(days=6 - today.weekday())
    month_end = Month.of(today).last_day
    parts: dict[str, list[Line]] = {"已过期限": [], "本周到期": [], "本月到期": [], "以后到期": []}
    finished = 0
    begun = [_line(due, actor) for due in dues if due.window.opens_on <= today]
    lines = [*begun, *(record_line(due, today) for due in asked)]
    for line in sorted(lines, key=lambda each: (each.ends, each.what)):
        if line.state == MISSED:
            parts["已过期限"].append(line)
        elif line.state in (DUE, FUTURE):
            when = "本周" if line.ends <= sunday else "本月" if line.ends <= month_end else "以后"
            parts[f"{when}到期"].append(line)
        elif line.state in (DONE, LATE, EXCUSED):
            finished += 1
    return Listed(tuple((name, tuple(lines)) for name, lines in parts.items()), finished)


def _line(due: Due, actor: Actor) -> Line:
    where = {"unit": due.unit.code, "year": str(due.begins_on.year), "cell": name_of(due)}
    return Line(
        lamp=LAMPS[due.state],
        when=words_of(due, actor.today),
        what=f"{due.rule.name}（{due.window.label}）",
        more=f"限 {due.window.due_on:%m-%d} 前记录",
        url=f"{reverse('calendar')}?{urlencode(where)}#cell",
        ends=due.window.ends_on,
        state=due.state,
        ways=ways_of(actor, due),
        due=due,
    )


def record_line(due: RecordDue, today: date) -> Line:
    """What a record asks for; the actor may view the record."""
    record = due.record
    return Line(
        lamp=LAMPS[due.state],
        when=f"{WORDS[due.state]} {due.words(today)}" if due.state != LATE else due.words(today),
        what=f"{due.rule.name}：{about(record, full=True)}",
        more=f"限 {due.due_on:%m-%d}" + ("" if due.rule.ours else "，由对方办理，到期跟进"),
        url=reverse("record", args=[record.kind, record.pk]),
        ends=due.due_on,
        state=due.state,
    )


# --- a month of a house --------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitRow:
    """A unit and its cells, one for each column; None where that is not asked of it."""

    name: str
    url: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class UnitsTable:
    """The units of a house in code order, what the month asks of them, and that in words.

    Units of one type share columns and stand in a table; the few others have their duties in a row each.
    """

    columns: tuple[str, ...]
    rows: tuple[UnitRow, ...]
    single: tuple[UnitRow, ...]
    words: str
    houses: tuple[tuple[str, str, str], ...]


def units_of(actor: Actor, court: Unit, year: int, month: int) -> UnitsTable:
    """A house's own bodies, and in words the houses below it that are within reach; no shares, no order
    but the codes'.
    """
    first = date(year, month, 1)
    last = Month.of(first).last_day
    houses = _within_reach(actor, court)
    # What lies below is worked out only for whoever is told of it.
    scope = Scope.below(court) if houses else Scope.each(Unit.objects.filter(court=court))
    dues = [
        due
        for block in blocks(scope, first - YEAR, last, actor.today)
        for due in block.cells_of(lambda window: window.period.start <= last <= window.period.end)
    ]
    own = [due for due in dues if due.unit.court_id == court.pk and due.state != NA]
    branches = [due for due in own if due.unit.type in BRANCHES]
    columns = dict.fromkeys((due.rule.code, due.rule.name) for due in branches)
    rows = tuple(
        _unit_row(unit, [mine.get(code) for code, _ in columns], court, actor.today)
        for unit, mine in _by_unit(branches)
    )
    single = tuple(
        _unit_row(unit, list(mine.values()), court, actor.today)
        for unit, mine in _by_unit(due for due in own if due.unit.type not in BRANCHES)
    )
    below = tuple(_houses(houses, dues, year, month))
    return UnitsTable(tuple(name for _, name in columns), rows, single, in_words(own), below)


def _by_unit(dues: Iterable[Due]) -> list[tuple[Unit, dict[str, Due]]]:
    """The dues of each unit by their rule, units in code order."""
    found: dict[int, tuple[Unit, dict[str, Due]]] = {}
    for due in dues:
        found.setdefault(due.unit.pk, (due.unit, {}))[1][due.rule.code] = due
    return sorted(found.values(), key=lambda pair: pair[0].path)


def _unit_row(unit: Unit, dues: list[Due | None], court: Unit, today: date) -> UnitRow:
    name = unit.short.removeprefix(court.short).strip() or unit.short
    cells = tuple(
        cell_of(due, today, _address(unit, due), chosen=False, whose=f"{name} ") if due else None
        for due in dues
    )
    return UnitRow(name, _address(unit, None), cells)


def _address(unit: Unit, due: Due | None) -> str:
    where = {"unit": unit.code, "view": "heat"}
    if due is not None:
        where |= {"year": str(due.begins_on.year), "cell": name_of(due)}
    return f"{reverse('calendar')}?{urlencode(where)}" + ("#cell" if due else "")


def in_words(dues: Iterable[Due]) -> str:
    """The month in words: 9 个单位无漏项；1 个单位 1 项补录. Counts, and nobody by name."""
    units: dict[int, Counter[int]] = {}
    for due in dues:
        units.setdefault(due.unit.pk, Counter())[due.state] += 1
    if not units:
        return "本月没有应办事项"
    gaps = [states for states in units.values() if states[MISSED]]
    parts = [f"{len(units) - len(gaps)} 个单位无漏项"] if len(units) > len(gaps) else []
    for state, word in ((MISSED, "漏"), (LATE, "补录"), (EXCUSED, "有因")):
        with_it = [states[state] for states in units.values() if states[state]]
        if with_it:
            parts.append(f"{len(with_it)} 个单位 {sum(with_it)} 项{word}")
    return "；".join(parts)


def _within_reach(actor: Actor, court: Unit) -> list[Unit]:
    """The houses below one whose calendars the actor may open, in code order."""
    reach = reach_units(actor, "view", "obligation")
    below = reach.filter(path__startswith=court.path, type__in=COURT_TYPES)
    return list(below.exclude(pk=court.pk).order_by("path"))


def _houses(
    houses: Iterable[Unit], dues: Iterable[Due], year: int, month: int
) -> Iterator[tuple[str, str, str]]:
    """(house, its address, its month in words) of each house."""
    of_house: dict[int | None, list[Due]] = {}
    for due in dues:
        if due.state != NA:
            of_house.setdefault(due.unit.court_id, []).append(due)
    for house in houses:
        where = {"unit": house.code, "view": "units", "year": str(year), "month": str(month)}
        words = in_words(of_house.get(house.pk, ()))
        yield house.short, f"{reverse('calendar')}?{urlencode(where)}", words
