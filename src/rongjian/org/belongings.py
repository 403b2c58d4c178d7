"""What hangs on units when they are reorganised: posts, pairings and where people belong.

The rules stand in `reorganising.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Membership,
    Pairing,
    Post,
    UnitType,
    in_force,
)
from rongjian.org.plan_checks import pairs_of
from rongjian.org.plans import Join, Pair, Unpair
from rongjian.org.rosters import membership_on
from rongjian.org.timelines import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.org.models import Unit
    from rongjian.org.outcomes import Outcome


class Belongings:
    """Lets what hangs on the units of an outcome follow, and notes there what it did."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.on = outcome.plan.on

    def follow(self) -> None:
        """Everything that follows from the outcome so far."""
        plan = self.outcome.plan
        for unit, heir in self.outcome.ended:
            self._end_posts(unit)
            self._pass_pairings(unit, heir)
            self._pass_people(unit, heir)
        match plan:
            case Pair():
                self._pair(plan.party_unit, plan.business_units)
            case Unpair():
                for unit in plan.business_units:
                    self._cut(pairs_of(plan.party_unit, unit, self.on))
            case Join():
                self._join(self.outcome.founded[0], plan.business_units)

    def _end_posts(self, unit: Unit) -> None:
        for post in Post.objects.filter(in_force(self.on), unit=unit).select_related("person"):
            post.valid_to = max(self.on - DAY, post.valid_from)
            post.save(update_fields=["valid_to"])
            self.outcome.posts.append(post)

    def _pass_pairings(self, unit: Unit, heir: Unit | None) -> None:
        held = Pairing.objects.filter(in_force(self.on))
        pairs = held.filter(Q(party_unit=unit) | Q(business_unit=unit))
        for pair in pairs.select_related("party_unit", "business_unit"):
            sides = (pair.party_unit, pair.business_unit)
            self._cut([pair])
            if heir is not None:
                party, business = (heir if side == unit else side for side in sides)
                self._pair(party, [business])

    def _pair(self, party_unit: Unit, units: Iterable[Unit]) -> None:
        for unit in units:
            if not pairs_of(party_unit, unit, self.on).exists():
                pair = Pairing(party_unit=party_unit, business_unit=unit, valid_from=self.on)
                pair.save()
                self.outcome.paired.append(pair)

    def _cut(self, pairs: Iterable[Pairing]) -> None:
        """End pairings the day before; one that would begin that day has never been."""
        for pair in pairs:
            self.outcome.unpaired.append(pair)
            if pair.valid_from == self.on:
                Pairing.objects.filter(pk=pair.pk).delete()
            else:
                pair.valid_to = self.on - DAY
                pair.save(update_fields=["valid_to"])

    def _pass_people(self, unit: Unit, heir: Unit | None) -> None:
        for row in Affiliation.objects.filter(in_force(self.on), unit=unit).order_by("person"):
            seconded = row.kind == AffiliationKind.TASK_FORCE
            stays = heir is not None and (not seconded or heir.type == UnitType.TASK_FORCE)
            if stays and heir is not None:
                self._transfer(row, heir)
            else:
                self._close(row)

    def _transfer(self, row: Affiliation, to: Unit) -> None:
        """Let somebody belong to another unit from the day on, as long as planned so far."""
        until = row.valid_to
        self._close(row)
        same = Affiliation.objects.filter(in_force(self.on), person=row.person, unit=to)
        if not same.filter(kind=row.kind).exists():
            made = Affiliation(
                person=row.person, unit=to, kind=row.kind, valid_from=self.on, valid_to=until
            )
            made.save()
            self.outcome.people.append(made)

    def _close(self, row: Affiliation) -> None:
        self.outcome.released.append(row)
        if row.valid_from == self.on:
            Affiliation.objects.filter(pk=row.pk).delete()
        else:
            row.valid_to = self.on - DAY
            row.save(update_fields=["valid_to"])

    def _join(self, branch: Unit, units: Iterable[Unit]) -> None:
        """The new branch alone serves the units; their Party members have their home in it."""
        codes = [unit.pk for unit in units]
        held = Pairing.objects.filter(in_force(self.on), business_unit__in=codes)
        self._cut(held.exclude(party_unit__type=UnitType.TEMPORARY_BRANCH))
        self._pair(branch, units)
        here = Affiliation.objects.filter(
            in_force(self.on), unit__in=codes, kind=AffiliationKind.DEPARTMENT
        )
        staff = [row.person for row in here.select_related("person").order_by("person__staff_no")]
        members = [p for p in staff if membership_on(p, self.on) != Membership.NONE]
        homes = Affiliation.objects.filter(
            in_force(self.on), person__in=members, kind=AffiliationKind.HOME
        )
        known = {row.person_id: row for row in homes.select_related("person")}
        for person in members:
            if person.pk in known:
                self._transfer(known[person.pk], branch)
            else:
                made = Affiliation(
                    person=person, unit=branch, kind=AffiliationKind.HOME, valid_from=self.on
                )
                made.save()
                self.outcome.people.append(made)
