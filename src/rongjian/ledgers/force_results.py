"""The results of a task force (content/temporary-branch.yaml): counts and sums over its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Sum

from rongjian.kernel.content import CONTENT, NOWHERE, ContentError, Position, load_section
from rongjian.org.access import may_somewhere, visible
from rongjian.records.kinds import UnknownKind, kind_of

if TYPE_CHECKING:
    from rongjian.org.access import Actor, Verb
    from rongjian.org.models import Unit


@dataclass(frozen=True)
class Result:
    """One figure of a task force: how many records of a kind, or the sum of one of its fields."""

    name: str
    kind: str
    unit: str
    only: Mapping[str, str] = field(default_factory=dict)
    sum: str = ""
    where: Position = field(default=NOWHERE, compare=False)


@cache
def results() -> tuple[Result, ...]:
    """Every result in the order of the file; ContentError where one names what does not exist."""
    found = load_section(CONTENT / "temporary-branch.yaml", "results", Result)
    for each in found:
        try:
            kind = kind_of(each.kind)
            if each.sum:
                kind.field(each.sum)
        except (UnknownKind, FieldDoesNotExist) as error:
            raise ContentError(each.where, f"{each.name}：{error}") from error
        if unknown := set(each.only) - set(kind.filters):
            raise ContentError(each.where, f"{kind.name}不能按{'、'.join(sorted(unknown))}筛选")
    return tuple(found)


@dataclass(frozen=True)
class ResultOf:
    """A result as somebody may see it; `opens` says by which right its records do, if by any."""

    result: Result
    value: Any
    opens: str


def results_of(actor: Actor, force: Unit) -> list[ResultOf]:
    """The results of a task force: opening to records, as a plain figure, or left out, by right."""
    found = []
    for result in results():
        kind = kind_of(result.kind)
        rows = kind.model._default_manager.filter(
            task_force=force, state__in=kind.flow.counted, **result.only
        ).order_by()
        total = rows.count()
        right = next((v for v in _VERBS if visible(actor, rows, v).count() == total), None)
        if right and (total or may_somewhere(actor, right, kind.access)):
            value = rows.aggregate(n=Sum(result.sum))["n"] or 0 if result.sum else total
            opens = "" if right == "figures" else right
            found.append(ResultOf(result, value, opens))
    return found


_VERBS: tuple[Verb, ...] = ("view", "project", "figures")
