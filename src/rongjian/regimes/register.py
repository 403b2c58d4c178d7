"""Holding the rules against what the product has: ledgers, their choices, types of units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.kernel.content import ContentError
from rongjian.kernel.deadlines import deadlines, strange
from rongjian.kernel.regimes import Rule, rules, unknown
from rongjian.org.models import UnitType
from rongjian.records.kinds import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def read_regimes() -> None:
    """Read every rule and deadline; ContentError where one is about what does not exist."""
    for rule, words in strangers(rules()):
        raise ContentError(rule.where, words)
    known = {
        kind.code: [field.name for field in kind.model._meta.concrete_fields] for kind in kinds()
    }
    for fault in strange(deadlines(), known):
        raise fault


def strangers(listed: Iterable[Rule]) -> Iterator[tuple[Rule, str]]:
    """Rules that name a ledger, a value or a type of unit that the product does not have."""
    listed = list(listed)
    yield from unknown(listed, _choices())
    for rule in listed:
        if more := {*rule.who.types} - {*UnitType.values}:
            yield rule, f"没有这类单位：{'、'.join(sorted(more))}"


def _choices() -> Mapping[str, Mapping[str, Iterable[str]]]:
    """The fields of each ledger that hold one of several values, with these."""
    return {
        kind.code: {
            field.name: [str(value) for value, _ in field.flatchoices]
            for field in kind.model._meta.concrete_fields
            if field.choices
        }
        for kind in kinds()
    }
