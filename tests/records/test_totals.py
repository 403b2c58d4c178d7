"""A list is counted and paged through in the shared table: the same rows as its own has."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from rongjian.org.access import Denied
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.queries import Wish, reading, wished
from rongjian.records.totals import narrow_rows

if TYPE_CHECKING:
    from tests.world import World

ACCOUNTS = ("lisi", "wangwu", "qian", "weiw", "zhengshi", "jian", "chen", "zhuan", "gong")


@pytest.mark.parametrize("code", [kind.code for kind in kinds()])
def test_a_list_is_counted_from_the_rows_it_shows(world: World, code: str) -> None:
    kind = kind_of(code)
    inside = world.units["450100"]
    wishes = (
        Wish(),
        Wish(state="void"),
        Wish(unit=inside, first=date(2020, 1, 1), campaign="gang"),
        Wish(unit=inside, then=True),
        Wish(choices={name: "prosecuted" for name in kind.filters if name == "decision"}),
        Wish(words="一"),
    )
    for account in ACCOUNTS:
        for below in (False, True):
            for wish in wishes:
                try:
                    read = reading(world.actor(account), kind, wish.unit, below=below)
                except Denied:
                    continue
                ids = set(wished(kind, read, wish).values_list("pk", flat=True))
                assert set(narrow_rows(kind, read, wish).values_list("pk", flat=True)) == ids
