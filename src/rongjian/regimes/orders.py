"""Under which rules and which calendar a unit stands: the product's rules, its house's own, since when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rongjian.kernel.content import Basis
from rongjian.kernel.regimes import Answer, Rule, rules, versions
from rongjian.org.own_days import OwnDay
from rongjian.regimes.models import Adoption, LocalRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, eq=False)
class Order:
    """The rules of a house, its own working days, the day from which it keeps the calendar, and the
    codes of what it leaves out.
    """

    since: date
    rules: tuple[Rule, ...]
    calendar: Mapping[date, bool]
    left_out: frozenset[str] = frozenset()


class Orders:
    """What every house has laid down, read once if asked; the nearest house above a unit decides."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], Order | None] = {}

    @cached_property
    def adopted(self) -> dict[str, Adoption]:
        """The houses that have taken the calendar up; without any nothing else needs asking."""
        return {row.unit.code: row for row in Adoption.objects.select_related("unit")}

    @cached_property
    def _days(self) -> dict[str, list[OwnDay]]:
        found: dict[str, list[OwnDay]] = {}
        for day in OwnDay.objects.select_related("unit"):
            found.setdefault(day.unit.code, []).append(day)
        return found

    @cached_property
    def _local(self) -> dict[str, list[LocalRule]]:
        found: dict[str, list[LocalRule]] = {}
        for local in LocalRule.objects.select_related("unit"):
            found.setdefault(local.unit.code, []).append(local)
        return found

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The product's rules and every house's own, in the order of the calendar."""
        every = [row for rows in self._local.values() for row in rows]
        return with_local(rules(), every)

    def of(self, path: str) -> Order | None:
        """The order at a place; None where no house above has taken up the calendar."""
        if not self.adopted:
            return None
        laid_down = {*self.adopted, *self._days, *self._local}
        key = tuple(code for code in path.strip("/").split("/") if code in laid_down)
        if key not in self._made:
            self._made[key] = self._order(key)
        return self._made[key]

    def _order(self, houses: tuple[str, ...]) -> Order | None:
        adopted = next(
            (self.adopted[code] for code in reversed(houses) if code in self.adopted), None
        )
        if adopted is None:
            return None
        local = [row for code in houses for row in self._local.get(code, ())]
        days = {row.day: row.worked for code in houses for row in self._days.get(code, ())}
        chosen = with_local(rules(), local)
        kept = tuple(rule for rule in chosen if rule.code not in adopted.left_out)
        return Order(adopted.since, kept, days, frozenset(adopted.left_out))


def with_local(listed: Iterable[Rule], local: Iterable[LocalRule]) -> tuple[Rule, ...]:
    """The rules with a house's own versions among them; of two for the same day the nearer one holds."""
    found = list(listed)
    for row in sorted(local, key=lambda each: each.valid_from):
        known = versions(found)
        listed_as = known.get(row.code) or known.get(row.changes.get("like", ""), ())
        before = [rule for rule in listed_as if rule.valid_from <= row.valid_from]
        if before:
            same = (before[-1].code, before[-1].valid_from) == (row.code, row.valid_from)
            found = [rule for rule in found if not (same and rule is before[-1])]
            found.append(own_version(before[-1], row))
    # In place of the calendar: a house's own versions stand beside those that they change.
    ranks = {rule.code: rank for rank, rule in reversed([*enumerate(found)])}
    return tuple(sorted(found, key=lambda rule: ranks[rule.code]))


def own_version(rule: Rule, row: LocalRule) -> Rule:
    """A rule as a house changed it, or one of its own like it; ValueError where that cannot be."""
    # What was stored as a list is a pair here.
    changes: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.changes.items()
        if name != "like"
    }
    until = changes.pop("valid_to", None)
    if "types" in changes:
        changes["who"] = replace(rule.who, types=changes.pop("types"))
    if "accepts" in changes:
        changes["accepts"] = tuple(
            Answer(kind, field, tuple(values)) for kind, field, values in changes["accepts"]
        )
    return replace(
        rule,
        **changes,
        code=row.code,
        basis=Basis(document=row.basis, checked=row.valid_from),
        settled=False,
        valid_from=row.valid_from,
        valid_to=date.fromisoformat(until) if until else None,
    )
