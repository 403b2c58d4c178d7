"""Deadlines that records set by themselves (事件): from a day of the record, so many days, for that record.

The sibling of `regimes.py`: there a calendar asks every unit, here a record asks for what has to follow
it. Declared in `content/deadlines.yaml`; limits of the law are taken from `statutory_limits.py` by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from rongjian.kernel.content import (
    CONTENT,
    NOWHERE,
    Basis,
    ContentError,
    Position,
    load_file,
)
from rongjian.kernel.regimes import Answer
from rongjian.kernel.statutory_limits import Limit, limits
from rongjian.kernel.workdays import NO_OVERRIDES, Overrides, add_workdays

FILE = "deadlines.yaml"


@dataclass(frozen=True)
class Deadline:
    """What has to follow a record, by when, and what of the record says that it did.

    It runs from `since`, a day of the record, so many `days` (a limit on a day off ends on the next
    working day) or `workdays`, or as the `limit` of the law says; or it ends on the day that the field
    `by` states. It is done by the first of the days `done_on`, in the states `done_in`, where the record
    meets `done_with`, or for a limit by another record of the kind whose field `same` is the same.
    `when` says of which records it holds; `desk` whether it stands on the workbench of the unit's people.
    """

    code: str
    name: str
    says: str
    of: Answer
    valid_from: date
    since: str = "happened_on"
    by: str = ""
    days: int = 0
    workdays: int = 0
    limit: str = ""
    when: Mapping[str, bool] = field(default_factory=dict)
    done_on: tuple[str, ...] = ()
    done_in: tuple[str, ...] = ()
    done_with: Mapping[str, str] = field(default_factory=dict)
    same: str = ""
    lead: int = 7
    desk: bool = True
    evidence: str = ""
    settled: bool = True
    basis: Basis | None = None
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        said = [bool(self.by), bool(self.days), bool(self.workdays), bool(self.limit)]
        if said.count(True) != 1 or self.days < 0 or self.workdays < 0:
            raise ValueError("时限写 by、days、workdays、limit 之一，天数为正")
        if bool(self.basis) is bool(self.limit):
            raise ValueError("依据写 basis，或由 limit 带出")
        if self.limit and self.limit not in limits():
            raise ValueError(f"statutory-limits.yaml 没有期限“{self.limit}”")
        if self.same and not (self.limit and self.of.field):
            raise ValueError("same 要同 limit 和 of.field 一起写")

    @property
    def law(self) -> Limit | None:
        """The limit of the law that it is."""
        return limits()[self.limit] if self.limit else None

    @property
    def ours(self) -> bool:
        """Whether the unit has to act, and not somebody whom it follows up."""
        return self.law is None or self.law.ours

    @property
    def start(self) -> str:
        """The field that must be filled in for it to run."""
        return self.by or self.since

    @property
    def source(self) -> str:
        """The basis in words; what is the office's own setting says so."""
        basis = self.basis or limits()[self.limit].basis
        checked = f"（{basis.checked} 核对）" if self.settled else "（本系统设置，可调整）"
        return f"《{basis.document}》{basis.article}{checked}"

    def due_on(self, start: date, overrides: Overrides = NO_OVERRIDES) -> date:
        """The last day, for a record that starts on a day or states it."""
        if self.by:
            return start
        if self.law is not None:
            return self.law.end(start, longer=False, overrides=overrides)
        if self.workdays:
            return add_workdays(start, self.workdays, overrides)
        return add_workdays(start + timedelta(days=self.days), 0, overrides)


def load_deadlines(content: Path = CONTENT) -> tuple[Deadline, ...]:
    """Every deadline in the order of the file."""
    return tuple(load_file(content / FILE, Deadline))


@cache
def deadlines() -> tuple[Deadline, ...]:
    """The product's own deadlines, read once."""
    return load_deadlines()


def strange(
    listed: Iterable[Deadline], known: Mapping[str, Iterable[str]]
) -> Iterator[ContentError]:
    """Deadlines about ledgers or fields that do not exist; `known`: kind → its fields."""
    for each in listed:
        if each.of.kind not in known:
            yield ContentError(each.where, f"没有代码为“{each.of.kind}”的台账")
            continue
        named = (each.start, each.of.field, each.same, *each.when, *each.done_on)
        if more := {*filter(None, named)} - {*known[each.of.kind]}:
            words = f"台账“{each.of.kind}”没有字段：{'、'.join(sorted(more))}"
            yield ContentError(each.where, words)
