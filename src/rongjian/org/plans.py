"""What may be done to the two trees from a day on, as plain plans, and why a plan is refused.

Which kind of unit may stand under which, and into which it may be merged, is the shape of the trees
and stands here; sizes and terms are rules and stand in `content/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.org.models import COURT_TYPES, Tree, UnitType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from rongjian.org.models import Unit

_T = UnitType
_COMMITTEES = (*COURT_TYPES, _T.ORGAN_COMMITTEE)
_BRANCHES = (_T.BRANCH, _T.JOINT_BRANCH)

ABOVE: Mapping[UnitType, tuple[UnitType, ...]] = {
    _T.REGION: (_T.REGION,),
    _T.CITY: (_T.REGION,),
    _T.COUNTY: (_T.REGION, _T.CITY),
    _T.DEPARTMENT: COURT_TYPES,
    _T.TASK_FORCE: (*COURT_TYPES, _T.DEPARTMENT),
    _T.LEADING_GROUP: COURT_TYPES,
    _T.ORGAN_COMMITTEE: COURT_TYPES,
    _T.GENERAL_BRANCH: _COMMITTEES,
    _T.BRANCH: (*_COMMITTEES, _T.GENERAL_BRANCH),
    _T.JOINT_BRANCH: (*_COMMITTEES, _T.GENERAL_BRANCH),
    _T.GROUP: _BRANCHES,
    _T.TEMPORARY_BRANCH: (*_COMMITTEES, _T.GENERAL_BRANCH, *_BRANCHES),
}
"""Under what a unit of each type may stand; a Party unit stands under a procuratorate when it has
nothing above it in its own tree."""

HEIRS: Mapping[UnitType, tuple[UnitType, ...]] = {
    _T.REGION: COURT_TYPES,
    _T.CITY: COURT_TYPES,
    _T.COUNTY: COURT_TYPES,
    _T.DEPARTMENT: (_T.DEPARTMENT,),
    _T.TASK_FORCE: (_T.TASK_FORCE, _T.DEPARTMENT),
    _T.LEADING_GROUP: (_T.LEADING_GROUP,),
    _T.ORGAN_COMMITTEE: (_T.ORGAN_COMMITTEE,),
    _T.GENERAL_BRANCH: (_T.GENERAL_BRANCH, *_BRANCHES),
    _T.BRANCH: _BRANCHES,
    _T.JOINT_BRANCH: _BRANCHES,
    _T.GROUP: (_T.GROUP,),
    _T.TEMPORARY_BRANCH: (_T.TEMPORARY_BRANCH, *_BRANCHES),
}
"""Into what a unit of each type may be merged."""

PARTY_TYPES = frozenset(
    (
        _T.LEADING_GROUP,
        _T.ORGAN_COMMITTEE,
        _T.GENERAL_BRANCH,
        _T.BRANCH,
        _T.JOINT_BRANCH,
        _T.GROUP,
        _T.TEMPORARY_BRANCH,
    )
)


def tree_of(kind: UnitType) -> Tree:
    """In which of the trees a type of unit stands."""
    return Tree.PARTY if kind in PARTY_TYPES else Tree.BUSINESS


@dataclass(frozen=True)
class Body:
    """A unit to be founded; without a code it gets the next free one of its procuratorate."""

    type: UnitType
    name: str
    short: str
    code: str = ""


def _names(several: Iterable[Unit | Body]) -> str:
    return "、".join(each.short for each in several)


@dataclass(frozen=True)
class Found:
    """新设: a unit that there was not before."""

    on: date
    above: Unit
    body: Body
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (self.above,)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"新设{self.body.short}"


@dataclass(frozen=True)
class Move:
    """划转: a unit, with everything below it, goes under another."""

    on: date
    unit: Unit
    above: Unit
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (self.unit, self.above)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"{self.unit.short}划转至{self.above.short}"


@dataclass(frozen=True)
class Rename:
    """更名."""

    on: date
    unit: Unit
    name: str
    short: str
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (self.unit,)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"{self.unit.short}更名为{self.short}"


@dataclass(frozen=True)
class Dissolve:
    """撤销 without an heir."""

    on: date
    unit: Unit
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (self.unit,)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"撤销{self.unit.short}"


@dataclass(frozen=True)
class Merge:
    """合并: units are dissolved into an heir."""

    on: date
    units: tuple[Unit, ...]
    heir: Unit
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (*self.units, self.heir)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"{_names(self.units)}并入{self.heir.short}"


@dataclass(frozen=True)
class Split:
    """拆分: new units beside an old one, which is dissolved into the `heir`-th of them or stays."""

    on: date
    unit: Unit
    bodies: tuple[Body, ...]
    heir: int | None = None
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (self.unit,)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        ended = "" if self.heir is None else "，原单位撤销"
        return f"{self.unit.short}拆出{_names(self.bodies)}{ended}"


@dataclass(frozen=True)
class Pair:
    """同设置: a Party unit serves business units from a day on."""

    on: date
    party_unit: Unit
    business_units: tuple[Unit, ...]
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (self.party_unit, *self.business_units)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"{self.party_unit.short}与{_names(self.business_units)}同设置"


@dataclass(frozen=True)
class Unpair:
    """解除同设置: it serves them no more from a day on."""

    on: date
    party_unit: Unit
    business_units: tuple[Unit, ...]
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (self.party_unit, *self.business_units)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"解除{self.party_unit.short}与{_names(self.business_units)}的同设置"


@dataclass(frozen=True)
class Join:
    """设立联合党支部 of several business units: it serves them alone, their members move to it."""

    on: date
    above: Unit
    body: Body
    business_units: tuple[Unit, ...]
    basis: str = ""

    @property
    def named(self) -> tuple[Unit, ...]:
        """The existing units it names, the one it is about first."""
        return (self.above, *self.business_units)

    @property
    def words(self) -> str:
        """The plan in a few words."""
        return f"设立{self.body.short}（{_names(self.business_units)}）"


Plan = Found | Move | Rename | Dissolve | Merge | Split | Pair | Unpair | Join


@dataclass(frozen=True)
class Refusal:
    """Why a plan cannot be carried out: the field it concerns, and a sentence with the ways out."""

    field: str
    words: str


class CannotReorganise(Exception):
    """The plan is refused; nothing was changed."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("；".join(refusal.words for refusal in refusals))
        self.refusals = tuple(refusals)
