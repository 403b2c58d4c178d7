"""双树: both trees of a procuratorate with what serves what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from rongjian.org.models import Pairing, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.web.visitors import Visit
    from tests.world import World


def nodes(roots: Iterable[Any]) -> Iterator[Any]:
    for node in roots:
        yield node
        yield from nodes(node.below)


def test_each_unit_of_the_house_stands_once_in_its_own_tree(world: World, visit: Visit) -> None:
    page = visit("lisi").get(reverse("twin")).context["page"]
    for tree, roots in (("business", page.business), ("party", page.party)):
        standing = Unit.objects.filter(court=world.nanning, tree=tree, dissolved_on=None)
        codes = [node.unit.code for node in nodes(roots)]
        assert sorted(codes) == sorted(standing.values_list("code", flat=True))
    assert page.business[0].unit == world.nanning


def test_pairings_are_shown_from_both_sides(world: World, visit: Visit) -> None:
    page = visit("lisi").get(reverse("twin")).context["page"]
    mates = {
        (node.unit.code, mate.code)
        for node in nodes((*page.business, *page.party))
        for mate in node.mates
    }
    pairs = Pairing.objects.filter(valid_to=None, business_unit__court=world.nanning)
    for pair in pairs.select_related("party_unit", "business_unit"):
        business, party = pair.business_unit.code, pair.party_unit.code
        assert {(business, party), (party, business)} <= mates
    assert len(page.pairs) == pairs.count() > 0


def test_subordinate_courts_can_be_chosen_and_heads_are_counted_only_at_home(
    visit: Visit,
) -> None:
    client = visit("zhengshi")
    own = client.get(reverse("twin")).context["page"]
    assert [option.value for option in own.courts][:2] == ["450000", "450100"]
    assert any(node.people for node in nodes(own.business))
    other = client.get(reverse("twin"), {"court": "450103"}).context["page"]
    assert other.court.code == "450103"
    assert not any(node.people for node in nodes((*other.business, *other.party)))
    assert client.get(reverse("twin"), {"court": "999999"}).status_code == 404
