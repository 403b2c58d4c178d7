"""What a link says and what it joins (content/links.yaml): sides, relations, modes, reasons for none."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rongjian.kernel.content import CONTENT, NOWHERE, ContentError, Position, load_section
from rongjian.org.access import classes
from rongjian.records.kinds import UnknownKind, kind_of, kinds
from rongjian.records.link_models import Mode
from rongjian.records.models import LinkKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = "links.yaml"
Side = Literal["party", "business", "neutral"]
SIDES = ("party", "business", "neutral")
_ANY = "any"


@dataclass(frozen=True)
class SideOf:
    """Kinds that stand on a side other than that of their class of rights."""

    code: Side
    kinds: tuple[str, ...]
    where: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Asked:
    """A kind whose records are asked for a link to the business."""

    kind: str
    where: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class LinkRule:
    """What a link from one of these kinds to one of those says."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    relation: str
    mode: str = ""
    carries: bool = False
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if self.relation not in LinkKind.values:
            raise ValueError(f"没有关系“{self.relation}”，可用：{'、'.join(LinkKind.values)}")
        if self.mode and self.mode not in Mode.values:
            raise ValueError(f"没有模式“{self.mode}”，可用：{'、'.join(Mode.values)}")


@dataclass(frozen=True)
class Reason:
    """Why a record touches no business; with `words` a sentence is asked for."""

    code: str
    name: str
    words: bool = False


@dataclass(frozen=True)
class LinkRules:
    """The whole file, with every kind on its side."""

    sides: Mapping[str, Side]
    asked: frozenset[str]
    rules: tuple[LinkRule, ...]
    reasons: Mapping[str, Reason]

    def rule(self, source: str, target: str) -> LinkRule:
        """The first rule that fits a link between two kinds; the last of the file fits everything."""
        ends = ({source, self.sides[source], _ANY}, {target, self.sides[target], _ANY})
        return next(
            rule
            for rule in self.rules
            if not ends[0].isdisjoint(rule.source) and not ends[1].isdisjoint(rule.target)
        )

    def of_side(self, side: Side) -> list[str]:
        """The kinds of a side, by code."""
        return sorted(code for code, stands in self.sides.items() if stands == side)

    def joins(self, one: str, other: str) -> bool:
        """Whether a link between two kinds joins Party work and business: the fusion itself."""
        return {self.sides[one], self.sides[other]} == {"party", "business"}


@cache
def link_rules() -> LinkRules:
    """The product's own rules, read once."""
    return load_link_rules()


def load_link_rules(content: Path = CONTENT) -> LinkRules:
    """The rules; ContentError where one names a kind or side that there is not."""
    path = content / FILE
    moved = load_section(path, "sides", SideOf)
    asked = load_section(path, "asked", Asked)
    rules = load_section(path, "rules", LinkRule)
    for each in moved:
        _known(each.kinds, each.where)
    for one in asked:
        _known([one.kind], one.where)
    for rule in rules:
        _known({*rule.source, *rule.target} - {*SIDES, _ANY}, rule.where)
    if not rules or not (_ANY in rules[-1].source and _ANY in rules[-1].target):
        raise ContentError(Position(FILE, 1), "最后一条 rules 应对任何两端（any）都适用")
    sides: dict[str, Side] = {kind.code: _of_rights(kind.access) for kind in kinds()}
    sides |= {code: each.code for each in moved for code in each.kinds}
    reasons = load_section(path, "reasons", Reason)
    return LinkRules(
        sides,
        frozenset(one.kind for one in asked),
        tuple(rules),
        {reason.code: reason for reason in reasons},
    )


def _of_rights(access: str) -> Side:
    tree = classes()[access].tree
    return tree if tree in ("party", "business") else "neutral"


def _known(codes: Iterable[str], where: Position) -> None:
    for code in codes:
        try:
            kind_of(code)
        except UnknownKind as error:
            raise ContentError(where, str(error)) from error
