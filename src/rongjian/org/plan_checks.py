"""What speaks against a plan: every fault at once, each with the field it concerns and ways out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from rongjian.org.models import (
    COURT_TYPES,
    Affiliation,
    AffiliationKind,
    Pairing,
    Post,
    PostState,
    Tree,
    UnitType,
    in_force,
)
from rongjian.org.plans import (
    ABOVE,
    HEIRS,
    Dissolve,
    Found,
    Join,
    Merge,
    Move,
    Pair,
    Refusal,
    Rename,
    Split,
    Unpair,
    tree_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.models import Unit
    from rongjian.org.plans import Body, Plan
    from rongjian.org.timelines import Timelines

_CODE = re.compile(r"[0-9A-Za-z]+(-[0-9A-Za-z]+)*")
_BELONGING = (AffiliationKind.DEPARTMENT, AffiliationKind.HOME)


@dataclass(frozen=True)
class Checks:
    """Asks a plan's questions of the trees as they stand and as they are already planned."""

    world: Timelines
    on: date

    def of(self, plan: Plan) -> Iterator[Refusal]:
        """Every fault of a plan; none when it can be carried out."""
        yield from _QUESTIONS[type(plan)](self, plan)

    def _found(self, plan: Found) -> Iterator[Refusal]:
        yield from self._lasting("above", plan.above)
        yield from self._fits("above", plan.body.type, plan.above)
        yield from self._new(plan.body, plan.above)

    def _join(self, plan: Join) -> Iterator[Refusal]:
        yield from self._found(Found(plan.on, plan.above, plan.body))
        if len(plan.business_units) < 2:
            yield Refusal("units", "联合党支部由两个以上单位组成：请再选一个单位，或改用“新设”")
        for unit in plan.business_units:
            yield from self._lasting("units", unit)
            if unit.tree != Tree.BUSINESS:
                yield Refusal("units", f"{unit.short}是党组织：这里请选业务机构")
            yield from self._same_court("units", unit, plan.above)

    def _move(self, plan: Move) -> Iterator[Refusal]:
        yield from self._lasting("above", plan.above)
        yield from self._movable("unit", plan.unit)
        yield from self._fits("above", UnitType(plan.unit.type), plan.above)
        stay = self.world.on(plan.unit.code, self.on)
        if stay and stay.above == plan.above.code:
            yield Refusal("above", f"{plan.unit.short}已经在{plan.above.short}之下：请改选上级")

    def _rename(self, plan: Rename) -> Iterator[Refusal]:
        yield from self._movable("unit", plan.unit)
        stay = self.world.on(plan.unit.code, self.on)
        if stay and (stay.name, stay.short) == (plan.name, plan.short):
            yield Refusal("name", f"名称没有变化：{plan.unit.short}当时已叫这个名称，请填新的名称")
        yield from self._free_name(plan.name, plan.short, plan.unit, own=plan.unit)

    def _dissolve(self, plan: Dissolve) -> Iterator[Refusal]:
        yield from self._movable("unit", plan.unit)
        yield from self._ending("unit", plan.unit)
        yield from self._empty(plan.unit)

    def _merge(self, plan: Merge) -> Iterator[Refusal]:
        yield from self._lasting("heir", plan.heir)
        for unit in plan.units:
            yield from self._movable("units", unit)
            yield from self._ending("units", unit)
            yield from self._inherits(unit, plan.heir)

    def _split(self, plan: Split) -> Iterator[Refusal]:
        yield from self._movable("unit", plan.unit)
        stay = self.world.on(plan.unit.code, self.on)
        if stay is None or not stay.above:
            yield Refusal("unit", f"{plan.unit.short}没有上级，不能拆分：请改用“新设”")
            return
        above = self.world.units[stay.above]
        names = [body.name for body in plan.bodies]
        if len(set(names)) < len(names):
            yield Refusal("name", "新单位的名称重复：请分别命名")
        for body in plan.bodies:
            yield from self._new(body, above)
        if plan.heir is not None:
            yield from self._ending("unit", plan.unit)

    def _pair(self, plan: Pair) -> Iterator[Refusal]:
        yield from self._partners(plan.party_unit, plan.business_units)
        for unit in plan.business_units:
            if pairs_of(plan.party_unit, unit, self.on).exists():
                words = f"{plan.party_unit.short}当日已与{unit.short}同设置：不必再设"
                yield Refusal("units", words)
            yield from self._same_court("units", unit, plan.party_unit)

    def _unpair(self, plan: Unpair) -> Iterator[Refusal]:
        yield from self._partners(plan.party_unit, plan.business_units)
        for unit in plan.business_units:
            held = pairs_of(plan.party_unit, unit, self.on).filter(valid_from__lt=self.on)
            if not held.exists():
                words = f"{plan.party_unit.short}此前没有与{unit.short}同设置：请核对单位和日期"
                yield Refusal("units", words)

    # --- one question each -------------------------------------------------------------------

    def _living(self, field: str, unit: Unit) -> Iterator[Refusal]:
        known = self.world.units[unit.code]
        if known.founded_on > self.on:
            words = f"{known.short}自 {known.founded_on} 起才成立：请选这一天或以后的日期"
            yield Refusal("on", words)
        elif known.dissolved_on and known.dissolved_on <= self.on:
            words = f"{known.short}已于 {known.dissolved_on} 撤销：请改选存续的单位"
            yield Refusal(field, f"{words}，或把日期改到撤销之前")

    def _lasting(self, field: str, unit: Unit) -> Iterator[Refusal]:
        """A unit under which or into which others come stays."""
        yield from self._living(field, unit)
        ended = self.world.units[unit.code].dissolved_on
        if ended and ended > self.on:
            yield Refusal(field, f"{unit.short}已定于 {ended} 撤销：请改选存续的单位")

    def _movable(self, field: str, unit: Unit) -> Iterator[Refusal]:
        """A unit about which nothing is decided for a later day."""
        yield from self._living(field, unit)
        later = self.world.decided_after(unit.code, self.on)
        if later:
            words = f"{unit.short}自 {later} 起已另有调整：请选 {later} 或以后的日期"
            yield Refusal("on", words)

    def _ending(self, field: str, unit: Unit) -> Iterator[Refusal]:
        """A unit that ends leaves nothing behind that begins only later."""
        known = self.world.units[unit.code]
        if known.dissolved_on and known.dissolved_on > self.on:
            yield Refusal(field, f"{unit.short}已定于 {known.dissolved_on} 撤销：不必再定")
        if known.founded_on == self.on:
            yield Refusal("on", f"{unit.short}当日成立，不能当日撤销：请选以后的日期")
        if not self.world.on(unit.code, self.on) or not self.world.stays[unit.code][-1].above:
            yield Refusal(field, f"{unit.short}是最上级单位，不能撤销或并入")
        begins = Q(valid_from__gt=self.on)
        posts = Post.objects.exclude(state=PostState.REFUSED).filter(unit=known)
        pairs = Pairing.objects.filter(Q(party_unit=known) | Q(business_unit=known))
        people = Affiliation.objects.filter(unit=known)
        counts = (("任职", posts), ("同设置", pairs), ("人员归属", people))
        later = [f"{noun} {n} 项" for noun, rows in counts if (n := rows.filter(begins).count())]
        if later:
            words = f"{unit.short}在 {self.on} 之后另有安排（{'、'.join(later)}）"
            yield Refusal(field, f"{words}：请先撤回这些安排，或改选更晚的日期")

    def _empty(self, unit: Unit) -> Iterator[Refusal]:
        """Without an heir nobody and nothing may be left inside."""
        left = left_behind(unit, self.on)
        if left:
            words = f"{unit.short}当日还有 {left} 人：请改用“合并”写明并入哪个单位，或先转出人员"
            yield Refusal("unit", words)
        below = [self.world.units[code] for code in self.remaining(unit)]
        if below:
            names = "、".join(each.short for each in below[:3])
            more = f"等 {len(below)} 个单位" if len(below) > 3 else ""
            words = f"{unit.short}之下还有{names}{more}：请先划转、合并或撤销这些单位"
            yield Refusal("unit", words)

    def remaining(self, unit: Unit) -> list[str]:
        """The units right below another that exist on the day or later, in code order."""
        found = []
        for code in self.world.below(unit.code, self.on):
            if self._exists_later(self.world.units[code]):
                found.append(code)
        return found

    def _inherits(self, unit: Unit, heir: Unit) -> Iterator[Refusal]:
        if unit.code == heir.code:
            yield Refusal("heir", f"{unit.short}不能并入自己：请改选并入的单位")
            return
        if unit.tree != heir.tree:
            yield Refusal("heir", "业务机构和党组织不能互相并入：请选同一体系的单位")
            return
        wanted = HEIRS[UnitType(unit.type)]
        if heir.type not in wanted:
            names = "、".join(dict.fromkeys(kind.label for kind in wanted))
            yield Refusal("heir", f"{unit.get_type_display()}只能并入{names}：请改选并入的单位")
        for code in self.remaining(unit):
            yield from self._fits("heir", UnitType(self.world.units[code].type), heir)

    def _fits(self, field: str, kind: UnitType, above: Unit) -> Iterator[Refusal]:
        if tree_of(kind) != above.tree and not (tree_of(kind) == Tree.PARTY and above.is_court):
            words = f"{kind.label}不能设在{above.short}之下：业务机构和党组织各成体系"
            yield Refusal(field, f"{words}，请在同一体系内选上级")
        elif above.type not in ABOVE[kind]:
            names = "、".join(dict.fromkeys(each.label for each in ABOVE[kind]))
            yield Refusal(field, f"{kind.label}只能设在{names}之下：请改选上级")

    def _new(self, body: Body, above: Unit) -> Iterator[Refusal]:
        if body.code in self.world.units:
            taken = self.world.units[body.code].short
            yield Refusal("code", f"代码“{body.code}”已用于{taken}：请换一个，或留空由系统编号")
        elif body.code and not _CODE.fullmatch(body.code):
            yield Refusal("code", f"代码“{body.code}”只能由数字、字母和短横线组成：请改写，或留空")
        elif not body.code and body.type in COURT_TYPES:
            yield Refusal("code", "检察院的代码用六位行政区划代码：请填写，如 450103")
        if above.tree == tree_of(body.type) or above.is_court:
            yield from self._free_name(body.name, body.short, above, tree=tree_of(body.type))

    def _free_name(
        self, name: str, short: str, inside: Unit, *, tree: str = "", own: Unit | None = None
    ) -> Iterator[Refusal]:
        """No other unit of the same house and tree is called so on the day or later."""
        if not (name and short):
            yield Refusal("name", "请填写名称")
            return
        court = self.world.court_on(inside.code, self.on)
        for code, stays in self.world.stays.items():
            unit = self.world.units[code]
            if unit == own or unit.tree != (tree or inside.tree) or not self._exists_later(unit):
                continue
            now = [stay for stay in stays if stay.last is None or stay.last >= self.on]
            alike = any(name == stay.name or short == stay.short for stay in now)
            if alike and self.world.court_on(code, self.on) == court:
                words = f"{court.short}已有“{unit.short}”（{unit.code}）：请换一个名称"
                yield Refusal("name", f"{words}，或对原单位办理更名、划转")
                return

    def _exists_later(self, unit: Unit) -> bool:
        return unit.dissolved_on is None or unit.dissolved_on > self.on

    def _partners(self, party_unit: Unit, units: Sequence[Unit]) -> Iterator[Refusal]:
        yield from self._living("unit", party_unit)
        if party_unit.tree != Tree.PARTY:
            yield Refusal("unit", f"{party_unit.short}是业务机构：这里请选党组织")
        if not units:
            yield Refusal("units", "请至少选一个业务机构")
        for unit in units:
            yield from self._living("units", unit)
            if unit.tree != Tree.BUSINESS:
                yield Refusal("units", f"{unit.short}是党组织：这里请选业务机构")

    def _same_court(self, field: str, unit: Unit, other: Unit) -> Iterator[Refusal]:
        courts = [self.world.court_on(each.code, self.on) for each in (unit, other)]
        if courts[0] != courts[1]:
            words = f"{unit.short}属于{courts[0].short}，{other.short}属于{courts[1].short}"
            yield Refusal(field, f"{words}：同设置在同一个院内，请改选")


def pairs_of(party_unit: Unit, business_unit: Unit, day: date) -> QuerySet[Pairing]:
    """The pairing of two units that holds on a day."""
    pairs = Pairing.objects.filter(in_force(day))
    return pairs.filter(party_unit=party_unit, business_unit=business_unit)


def left_behind(unit: Unit, day: date) -> int:
    """How many people belong to a unit on a day by department or home branch."""
    rows = Affiliation.objects.filter(in_force(day), unit=unit, kind__in=_BELONGING)
    here = Q(person__left_on=None) | Q(person__left_on__gt=day)
    return rows.filter(here).values("person").distinct().count()


_QUESTIONS: Mapping[type[Plan], Callable[[Checks, Any], Iterator[Refusal]]] = {
    Found: Checks._found,
    Join: Checks._join,
    Move: Checks._move,
    Rename: Checks._rename,
    Dissolve: Checks._dissolve,
    Merge: Checks._merge,
    Split: Checks._split,
    Pair: Checks._pair,
    Unpair: Checks._unpair,
}
