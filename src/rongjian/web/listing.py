"""What an address asks of a list, and what a list answers: filters, chips, sorting, paging.

The whole state of a list stands in its address, so that a view can be sent to a colleague.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from rongjian.kernel.cells import day
from rongjian.org.access import reach_units
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.queries import UnknownUnit
from rongjian.records.queries import (
    Wish,
    campaigns,
    unit_words,
)
from rongjian.web.organised import NAME, WORDS, organised_asked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Field
    from django.http import QueryDict

    from rongjian.org.access import Actor, Verb
    from rongjian.records.kinds import Kind

PAGE = 50
SORTS = {
    "-happened_on": ("-happened_on", "-pk"),
    "happened_on": ("happened_on", "pk"),
    "key": ("key", "pk"),
    "-key": ("-key", "-pk"),
    "unit": ("unit__path", "happened_on", "pk"),
}
_TRUTH = (("True", "是"), ("False", "否"))
MOST_UNITS = 160
"""Units of a house that a select box offers."""


@dataclass(frozen=True)
class Option:
    """One entry of a select box."""

    value: str
    words: str
    selected: bool


@dataclass(frozen=True)
class Select:
    """A select box of the query area."""

    name: str
    heading: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Chip:
    """An active filter, with the address that takes it off."""

    words: str
    without: str


@dataclass(frozen=True)
class Asked:
    """An address read: the wish, how to sort, which page, and what could not be read."""

    wish: Wish
    sort: str
    page: int
    below: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A page number to go to; no address where it is this page or a gap."""

    words: str
    url: str
    current: bool


def asked(kind: Kind, query: QueryDict) -> Asked:
    """Read a list's address; what is unreadable does not limit the list and is said instead."""
    problems: list[str] = []
    sort = query.get("sort", "")
    page = query.get("page", "")
    batch = query.get("batch", "")
    wish = Wish(
        unit=asked_unit(query.get("unit", "")),
        then=organised_asked(query) == "then",
        first=asked_day("起始日期", query.get("from", ""), problems),
        last=asked_day("截止日期", query.get("to", ""), problems),
        words=query.get("q", "").strip(),
        campaign=query.get("campaign", ""),
        state=query.get("state", "") if query.get("state") in _states(kind) else "",
        batch=int(batch) if batch.isdecimal() else None,
        force=asked_unit(query.get("force", "")),
        choices={
            name: query.get(name, "")
            for name in kind.filters
            if name != "campaign" and query.get(name) in dict(_choices(kind.field(name)))
        },
    )
    return Asked(
        wish,
        sort if sort in SORTS else "-happened_on",
        int(page) if page.isdecimal() else 1,
        query.get("below") == "1",
        tuple(problems),
    )


def asked_unit(code: str) -> Unit | None:
    """The unit that an address names by its code; UnknownUnit where there is none."""
    if not code:
        return None
    try:
        return Unit.objects.select_related("court").get(code=code)
    except Unit.DoesNotExist:
        raise UnknownUnit(f"没有单位“{code}”") from None


def asked_day(heading: str, text: str, problems: list[str]) -> date | None:
    """A day as an address writes it; what cannot be read is added to the problems."""
    cell = day(text)
    if cell.problem:
        problems.append(f"{heading}“{text}”读不懂，请写成 2026-06-25。")
    return cell.value if isinstance(cell.value, date) else None


def _states(kind: Kind) -> dict[str, str]:
    return {state.code: state.name for state in kind.flow.states}


def _choices(field: Field[object, object]) -> Sequence[tuple[str, str]]:
    if isinstance(field, models.BooleanField):
        return _TRUTH
    return [(str(value), str(words)) for value, words in field.flatchoices]


# --- the query area --------------------------------------------------------------------------


def unit_select(actor: Actor, kind: Kind, wish: Wish, verbs: Iterable[Verb]) -> Select:
    """The units to choose from: procuratorates in reach, and what is inside a single one."""
    reached = Unit.objects.none()
    for verb in verbs:
        reached = reached | reach_units(actor, verb, kind.access)
    units = list(reached.filter(type__in=COURT_TYPES).select_related("court"))
    if len(units) <= 1:
        units = list(reached.select_related("court")[:MOST_UNITS])
    if wish.unit and wish.unit not in units:
        units.append(wish.unit)
    chosen = wish.unit.code if wish.unit else ""
    listed = [(unit.code, unit_words(unit)) for unit in sorted(units, key=lambda u: u.path)]
    return select("unit", "单位", [("", "全部"), *listed], chosen)


def further_selects(kind: Kind, wish: Wish) -> tuple[Select, ...]:
    """The rarer filters: campaign, the kind's own, and the state."""
    found = [select("campaign", "专项", [("", "全部"), *campaigns().items()], wish.campaign)]
    for name in kind.filters:
        if name != "campaign":
            choices = [("", "全部"), *_choices(kind.field(name))]
            chosen = wish.choices.get(name, "")
            found.append(select(name, kind.heading(name), choices, chosen))
    states = [("", "有效"), *_states(kind).items()]
    found.append(select("state", "状态", states, wish.state))
    return tuple(found)


def select(name: str, heading: str, listed: Iterable[tuple[str, str]], chosen: str) -> Select:
    """A select box with what is chosen in it."""
    options = tuple(Option(value, words, value == chosen) for value, words in listed)
    return Select(name, heading, options)


def chips(kind: Kind, wish: Wish, query: QueryDict) -> tuple[Chip, ...]:
    """The active filters in words: 专项=扫黑除恶, 日期 2018-01-01 至 2020-12-31."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if wish.unit:
        found.append((f"单位={unit_words(wish.unit)}", ("unit", NAME)))
        found += [(WORDS["then"], (NAME,))] if wish.then else []
    if wish.first or wish.last:
        found.append((f"日期 {span(wish.first, wish.last)}", ("from", "to")))
    if wish.words:
        found.append((f"关键词“{wish.words}”", ("q",)))
    if wish.campaign:
        found.append((f"专项={campaigns().get(wish.campaign, wish.campaign)}", ("campaign",)))
    for name, value in wish.choices.items():
        words = dict(_choices(kind.field(name)))[value]
        found.append((f"{kind.heading(name)}={words}", (name,)))
    if wish.state:
        found.append((f"状态={_states(kind)[wish.state]}", ("state",)))
    found += _origin_chips(wish)
    return tuple(Chip(words, without(query, *names)) for words, names in found)


def _origin_chips(wish: Wish) -> Iterable[tuple[str, tuple[str, ...]]]:
    """What only a link from elsewhere asks for: a task force, an import."""
    if wish.force:
        yield f"专班={unit_words(wish.force)}", ("force",)
    if wish.batch is not None:
        yield f"导入批次 #{wish.batch}", ("batch",)


def span(first: date | None, last: date | None) -> str:
    """A stretch of days in words, open at either end."""
    if first and last:
        return f"{first} 至 {last}"
    return f"{first} 起" if first else f"至 {last}"


def without(query: QueryDict, *names: str) -> str:
    """The address's query without these parameters, back on the first page."""
    return changed(query, dict.fromkeys((*names, "page")))


def changed(query: QueryDict, values: Mapping[str, str | None]) -> str:
    """The address's query with some parameters set (None takes one away)."""
    copy = query.copy()
    for name, value in values.items():
        if value is None:
            copy.pop(name, None)
        else:
            copy[name] = value
    return f"?{copy.urlencode()}"
