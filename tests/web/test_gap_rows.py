"""The ways out of gaps: each leads to the page that mends it, filled in as far as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rongjian.org.findings import Remedy
from rongjian.org.models import UnitType
from rongjian.web.gap_rows import address

if TYPE_CHECKING:
    from tests.house import House


@pytest.mark.parametrize(
    ("target", "unit", "other", "type_", "leads"),
    [
        (
            "found",
            "450100-P",
            None,
            UnitType.BRANCH,
            "/org/adjust?operation=found&court=450100&above=450100-P&type=party_branch",
        ),
        (
            "join",
            "450100-02",
            "450100-P",
            "",
            "/org/adjust?operation=join&court=450100&above=450100-P&offices=450100-02",
        ),
        (
            "pair",
            "450100-02",
            "450100-P01",
            "",
            "/org/adjust?operation=pair&court=450100&unit=450100-P01&offices=450100-02",
        ),
        (
            "dissolve",
            "450100-P01",
            None,
            "",
            "/org/adjust?operation=dissolve&court=450100&unit=450100-P01",
        ),
        ("term", "450100-P01", None, "", "/org/term?unit=450100-P01"),
        ("officers", "450100-P01", None, "", "/org/branch/450100-P01"),
        ("people", "450100-02", None, "", "/people/?unit=450100-02"),
        ("force", "450100-02", None, "", "/taskforce/450100-02"),
    ],
)
def test_a_way_out_leads_to_the_page_that_mends(
    house: House, target: str, unit: str, other: str | None, type_: str, leads: str
) -> None:
    way = Remedy(
        "办理",
        target,  # type: ignore[arg-type]
        house.units[unit],
        house.units[other] if other else None,
        type_,
    )
    assert address(way) == leads
