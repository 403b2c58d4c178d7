"""Reorganising: founding, moving, renaming, dissolving, merging, splitting and pairing from a day on.

Everything comes down to one thing: from the day on a unit stands under another or is called
something else (`timelines.py`), and the paths of everything below follow.

What becomes of what hangs on a unit that is dissolved or merged:

* It keeps a place: inside its heir, else where it stood; no total ever loses its records.
* Units below it go to the heir. Without an heir they must be dealt with first.
* Posts there end the day before; the heir's posts are a decision of their own.
* People who belong there by department or home branch belong to the heir from the day on; without
  an heir they must be moved first. Secondment to a task force simply ends.
* Pairings pass to the heir unless it has them already; without an heir they end the day before.
* Terms stay as they were elected; nobody is reminded of a term of a unit that is no more.
* Whatever begins there only after the day speaks against the plan and is named.

Names, paths and procuratorates on `Unit` are today's: `settling.py` sets them when the day comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from rongjian.log import audit
from rongjian.log.images import image_of
from rongjian.org.access import require
from rongjian.org.belongings import Belongings
from rongjian.org.locks import change_places
from rongjian.org.models import COURT_TYPES, Affiliation, Pairing, Post, Unit, UnitType
from rongjian.org.outcomes import Outcome
from rongjian.org.plan_checks import Checks
from rongjian.org.plans import (
    CannotReorganise,
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
from rongjian.org.settling import settle_units
from rongjian.org.timelines import Circular, Timelines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rongjian.org.access import Actor, Verb
    from rongjian.org.plans import Body, Plan
    from rongjian.org.timelines import Stay

_LETTERS = {
    UnitType.DEPARTMENT: "D",
    UnitType.TASK_FORCE: "T",
    UnitType.LEADING_GROUP: "PL",
    UnitType.ORGAN_COMMITTEE: "PC",
    UnitType.GENERAL_BRANCH: "PZ",
    UnitType.BRANCH: "P",
    UnitType.JOINT_BRANCH: "P",
    UnitType.GROUP: "PG",
    UnitType.TEMPORARY_BRANCH: "PT",
}
"""What stands between the procuratorate's code and a number in the codes we give."""


def reorganise(actor: Actor, plan: Plan) -> Outcome:
    """Carry out a plan; Denied, or CannotReorganise with every fault.

    The caller logs it (`write_down`) in the same transaction, once everything else that follows is
    done as well. One reorganisation at a time, and nobody saves by the places it changes meanwhile.
    """
    with transaction.atomic():
        change_places()
        _require(actor, plan)
        world = Timelines.load()
        if refusals := list(dict.fromkeys(Checks(world, plan.on).of(plan))):
            raise CannotReorganise(refusals)
        work = _Work(plan, world)
        work.carry_out()
        work.outcome.settled = settle_units(actor.today)
    return work.outcome


def write_down(actor: Actor, outcome: Outcome, detail: str = "") -> None:
    """The one line of the log about a reorganisation, with an image of each unit it changed."""
    plan, rows = outcome.plan, []
    units = {unit.pk: unit for unit, _, _ in outcome.changed}
    units |= {unit.pk: unit for unit in plan.named} | {u.pk: u for u in outcome.founded}
    fresh = Unit.objects.in_bulk(units)
    columns: list[str] = []
    for pk in sorted(units):
        after = _image(fresh[pk], outcome.world.stays[fresh[pk].code])
        before = outcome.images.get(pk)
        columns = list(after)
        rows.append([pk, list(before.values()) if before else None, list(after.values())])
    audit.append(
        actor,
        type(plan).__name__.lower(),
        f"unit:{plan.named[0].pk}",
        stream=outcome.place.code,
        change=audit.Change(Unit._meta.label_lower, columns, rows),
        detail=f"自 {plan.on} 起{plan.words}{detail}"[:400],
    )


def _require(actor: Actor, plan: Plan) -> None:
    """The right to shape the structure at the old place and at the new one."""
    for verb, code, unit in rights(plan):
        require(actor, verb, code, unit)


def rights(plan: Plan) -> Iterator[tuple[Verb, str, Unit]]:
    """What a plan takes: (verb, class of rights, unit)."""
    match plan:
        case Found():
            yield "create", _class(plan.body), plan.above
        case Join():
            yield "create", _class(plan.body), plan.above
            yield from (("edit", _class(plan.body), unit) for unit in plan.business_units)
        case Split():
            yield "edit", plan.unit.structure_class, plan.unit
            yield "create", plan.unit.structure_class, plan.unit
        case Pair() | Unpair():
            code = plan.party_unit.structure_class
            yield from (("edit", code, unit) for unit in (plan.party_unit, *plan.business_units))
        case _:
            code = plan.named[0].structure_class
            yield from (("edit", code, unit) for unit in plan.named)


def _class(body: Body) -> str:
    return Unit(tree=tree_of(body.type)).structure_class


class _Work:
    """One plan being carried out."""

    def __init__(self, plan: Plan, world: Timelines) -> None:
        self.plan, self.world, self.on = plan, world, plan.on
        self.outcome = Outcome(plan, world)

    def carry_out(self) -> None:
        """Change the trees, then what hangs on them."""
        images = {unit.pk: unit for unit in self.plan.named}
        for unit in images.values():
            known = self.world.units[unit.code]
            self.outcome.images[unit.pk] = _image(known, self.world.stays[unit.code])
        self._shape()
        try:
            self.world.redraw(self.on)
        except Circular as found:
            unit = self.world.units[found.code]
            words = f"{unit.short}将位于自己之下（自 {found.day} 起）：请选它以外、不在它之下的上级"
            raise CannotReorganise([Refusal("above", words)]) from None
        self.outcome.codes = tuple(self.world.changed())
        for unit, before, _ in self.outcome.changed:
            if unit.pk and unit.pk not in self.outcome.images:
                self.outcome.images[unit.pk] = _image(unit, before)
        self._save_units()
        self.world.save()
        Belongings(self.outcome).follow()

    def _shape(self) -> None:
        plan, world = self.plan, self.world
        match plan:
            case Found() | Join():
                self._found(plan.body, plan.above.code)
            case Move():
                world.place(plan.unit.code, self.on, plan.above.code)
            case Rename():
                world.call(plan.unit.code, self.on, plan.name, plan.short)
            case Dissolve():
                self._end([plan.unit], None)
            case Merge():
                self._end(plan.units, plan.heir)
            case Split():
                self._split(plan)

    def _split(self, plan: Split) -> None:
        stay = self.world.on(plan.unit.code, self.on)
        assert stay is not None  # noqa: S101  # the checks have seen it
        made = [self._found(body, stay.above) for body in plan.bodies]
        if plan.heir is not None:
            self._end([plan.unit], made[plan.heir])

    def _found(self, body: Body, above: str) -> Unit:
        court = self.world.court_on(above, self.on)
        unit = Unit(
            code=body.code or self._next_code(court, body.type),
            name=body.name,
            short=body.short,
            tree=tree_of(body.type),
            type=body.type,
            court=None if body.type in COURT_TYPES else court,
            founded_on=self.on,
        )
        self.world.enter(unit, above)
        self.outcome.founded.append(unit)
        return unit

    def _next_code(self, court: Unit, kind: UnitType) -> str:
        stem = f"{court.code}-{_LETTERS[kind]}"
        tails = (code.removeprefix(stem) for code in self.world.units if code.startswith(stem))
        number = max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1
        return f"{stem}{number:02d}"

    def _end(self, units: Iterable[Unit], heir: Unit | None) -> None:
        """Dissolve units; with an heir they stand there, and what is below them goes there."""
        for unit in units:
            known = self.world.units[unit.code]
            if heir is not None:
                for code in Checks(self.world, self.on).remaining(known):
                    self.world.place(code, self.on, heir.code, where=known.code)
                self.world.place(known.code, self.on, heir.code)
            known.dissolved_on = self.on
            self.outcome.ended.append((known, heir))

    def _save_units(self) -> None:
        for unit in self.outcome.founded:
            unit.path = self.world.stays[unit.code][0].path
            unit.save(force_insert=True)
            if unit.court is None:
                unit.court = unit
                unit.save(update_fields=["court"])
        for unit, _ in self.outcome.ended:
            unit.save(update_fields=["dissolved_on"])


def _image(unit: Unit, stays: Iterable[Stay]) -> dict[str, Any]:
    """A unit with its places of all days and what hangs on it, as plain values."""
    pairs = Pairing.objects.filter(Q(party_unit=unit) | Q(business_unit=unit)).order_by("pk")
    posts = Post.objects.filter(unit=unit).order_by("pk")
    people = Affiliation.objects.filter(unit=unit).order_by("pk")
    rows = {"pairings": pairs, "posts": posts, "affiliations": people}
    return {
        **image_of(unit),
        "placements": [
            [stay.above, stay.path, stay.name, stay.short, str(stay.first), str(stay.last or "")]
            for stay in stays
        ],
        **{name: [list(image_of(row).values()) for row in found] for name, found in rows.items()},
    }
