"""Where every unit stands on every day: the placements as one picture that can be redrawn.

A unit's own decision is what stands above it and what it is called; its path follows from those
above it. So whoever changes a decision from a day on redraws every path from that day on, slice by
slice between the days on which anything changes, and only rows that differ are written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from rongjian.org.models import Placement, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

DAY = timedelta(days=1)


class Circular(Exception):
    """A unit would stand below itself."""

    def __init__(self, code: str, day: date) -> None:
        super().__init__(code)
        self.code = code
        self.day = day


@dataclass(frozen=True)
class Stay:
    """A run of days on which a unit stands at one place under one name; `last` open or included.

    `above` is the code of the unit right above it, in a procuratorate's Party tree possibly the
    procuratorate itself; empty at the very top.
    """

    above: str
    path: str
    name: str
    short: str
    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        """Whether the day is one of the run."""
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def decision(self) -> tuple[str, str, str]:
        """What was decided about the unit itself, whatever happens to those above it."""
        return self.above, self.name, self.short


class Timelines:
    """The stays of all units by code, as stored and as they are to be."""

    def __init__(self, units: Mapping[str, Unit], stays: Mapping[str, Sequence[Stay]]) -> None:
        self.units = dict(units)
        self.before = {code: tuple(listed) for code, listed in stays.items()}
        self.stays = {code: list(listed) for code, listed in stays.items()}

    @classmethod
    def load(cls) -> Timelines:
        """The trees as they are stored, two queries."""
        units = {unit.pk: unit for unit in Unit.objects.order_by("path")}
        stays: dict[str, list[Stay]] = defaultdict(list)
        fields = ("unit_id", "path", "name", "short", "valid_from", "valid_to")
        rows = Placement.objects.order_by("valid_from").values_list(*fields)
        for unit, path, name, short, first, last in rows:
            above = "".join(path.strip("/").split("/")[-2:-1])
            stays[units[unit].code].append(Stay(above, path, name, short, first, last))
        return cls({unit.code: unit for unit in units.values()}, stays)

    def on(self, code: str, day: date) -> Stay | None:
        """Where a unit stands on a day; None before it was founded."""
        return next((stay for stay in reversed(self.stays[code]) if stay.holds(day)), None)

    def living(self, code: str, day: date) -> bool:
        """Whether a unit exists on a day."""
        unit = self.units[code]
        ended = unit.dissolved_on is not None and unit.dissolved_on <= day
        return unit.founded_on <= day and not ended

    def court_on(self, code: str, day: date) -> Unit:
        """The procuratorate that a unit belongs to on a day: the nearest living one of its path."""
        stay = self.on(code, day) or self.stays[code][0]
        return court_of(stay.path, self.units, day) or self.units[code]

    def decided_after(self, code: str, day: date) -> date | None:
        """The first later day from which something else is decided about the unit itself."""
        now = self.on(code, day)
        for stay in self.stays[code]:
            if stay.first > day and now is not None and stay.decision != now.decision:
                return stay.first
        return None

    def below(self, code: str, since: date) -> list[str]:
        """The units that stand right under another at any time from a day on, in code order."""
        return sorted(
            each
            for each, stays in self.stays.items()
            if any(stay.above == code and (stay.last or since) >= since for stay in stays)
        )

    def enter(self, unit: Unit, above: str) -> None:
        """A new unit under another, from the day on which it is founded."""
        self.units[unit.code] = unit
        stay = Stay(above, "", unit.name, unit.short, unit.founded_on, None)
        self.stays[unit.code] = [stay]

    def place(self, code: str, since: date, above: str, *, where: str | None = None) -> None:
        """Let a unit stand under another from a day on; with `where` only while it stands there."""

        def placed(stay: Stay) -> Stay:
            return replace(stay, above=above) if where in {None, stay.above} else stay

        self._decide(code, since, placed)

    def call(self, code: str, since: date, name: str, short: str) -> None:
        """Give a unit a name from a day on."""
        self._decide(code, since, lambda stay: replace(stay, name=name, short=short))

    def _decide(self, code: str, since: date, decided: Callable[[Stay], Stay]) -> None:
        found: list[Stay] = []
        for stay in self.stays[code]:
            if stay.last is not None and stay.last < since:
                found.append(stay)
            elif stay.first >= since:
                found.append(decided(stay))
            else:
                found.append(replace(stay, last=since - DAY))
                found.append(decided(replace(stay, first=since)))
        self.stays[code] = found

    def redraw(self, since: date) -> None:
        """Work out every path from a day on; Circular when somebody would stand below itself."""
        firsts = {stay.first for stays in self.stays.values() for stay in stays}
        days = sorted({since} | {first for first in firsts if first > since})
        drawn: dict[str, list[Stay]] = {code: [] for code in self.stays}
        for place, day in enumerate(days):
            end = days[place + 1] - DAY if place + 1 < len(days) else None
            for code, stay in self._slice(day):
                last = stay.last if end is None else min(end, stay.last or end)
                drawn[code].append(replace(stay, first=day, last=last))
        for code, stays in self.stays.items():
            past = [stay for stay in stays if stay.first < since]
            kept = [replace(stay, last=min(stay.last or since - DAY, since - DAY)) for stay in past]
            self.stays[code] = _joined([*kept, *drawn[code]])

    def _slice(self, day: date) -> Iterator[tuple[str, Stay]]:
        """Every unit that has a place on a day, with the path that follows."""
        found = {code: stay for code in self.stays if (stay := self.on(code, day))}
        paths: dict[str, str] = {}
        for code in found:
            way: list[str] = []
            step = code
            while step and step not in paths:
                if step in way:
                    raise Circular(code, day)
                way.append(step)
                step = found[step].above if step in found else ""
            base = paths.get(step, "")
            for each in reversed(way):
                base = paths[each] = f"{base}{each}/"
            yield code, replace(found[code], path=paths[code])

    def changed(self) -> list[str]:
        """The units whose stays differ from what is stored, in code order."""
        return sorted(c for c, stays in self.stays.items() if tuple(stays) != self.before.get(c))

    def save(self) -> None:
        """Write the rows that differ; units that were entered must have been saved."""
        codes = self.changed()
        stored = {
            (row.unit_id, row.valid_from): row
            for row in Placement.objects.filter(unit__in=[self.units[code].pk for code in codes])
        }
        wanted = {
            (self.units[code].pk, stay.first): (code, stay)
            for code in codes
            for stay in self.stays[code]
        }
        surplus = [row.pk for key, row in stored.items() if key not in wanted]
        Placement.objects.filter(pk__in=surplus).delete()
        kept = [self._row(stored[key], *found) for key, found in wanted.items() if key in stored]
        # What closes goes before what opens: a unit has one open placement at every moment.
        kept.sort(key=lambda row: row.valid_to is None)
        fields = ["parent", "path", "name", "short", "valid_to"]
        Placement.objects.bulk_update(kept, fields, batch_size=200)
        made = [
            self._row(Placement(), *found) for key, found in wanted.items() if key not in stored
        ]
        Placement.objects.bulk_create(made, batch_size=500)

    def _row(self, row: Placement, code: str, stay: Stay) -> Placement:
        unit, above = self.units[code], self.units.get(stay.above)
        row.unit = unit
        row.parent = above if above and above.tree == unit.tree else None
        row.path, row.name, row.short = stay.path, stay.name, stay.short
        row.valid_from, row.valid_to = stay.first, stay.last
        return row


def court_of(path: str, units: Mapping[str, Unit], day: date) -> Unit | None:
    """The last procuratorate of a path that exists on a day."""
    courts = [units[code] for code in path.strip("/").split("/") if code in units]
    courts = [unit for unit in courts if unit.is_court]
    living = [unit for unit in courts if unit.dissolved_on is None or unit.dissolved_on > day]
    return (living or courts or [None])[-1]  # type: ignore[list-item]


def _joined(stays: Sequence[Stay]) -> list[Stay]:
    """Neighbouring stays that say the same made one."""
    found: list[Stay] = []
    for stay in stays:
        last = found[-1] if found else None
        if (
            last is not None
            and last.last is not None
            and last.last + DAY == stay.first
            and (last.decision, last.path) == (stay.decision, stay.path)
        ):
            found[-1] = replace(last, last=stay.last)
        else:
            found.append(stay)
    return found
