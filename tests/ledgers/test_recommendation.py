"""A recommendation and a public-interest case live forward: each step needs the one before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rongjian.ledgers.public_interest_case import PublicInterestCase
from rongjian.ledgers.recommendation import Recommendation

ISSUED = date(2026, 3, 5)


def wrong(model: Any, **given: Any) -> list[str]:
    """The fields that one row's rules complain of."""
    row = {field.attname: field.get_default() for field in model._meta.fields}
    return [name for name, _ in model.problems(row | {"happened_on": ISSUED} | given)]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, []),
        ({"opened_on": date(2026, 2, 1), "verified_on": date(2026, 3, 5)}, []),
        ({"opened_on": date(2026, 3, 6)}, ["opened_on"]),
        ({"verified_on": date(2026, 3, 6)}, ["verified_on"]),
        ({"replied_on": date(2026, 3, 4)}, ["replied_on"]),
        ({"adopted": True, "partly": True}, []),
        ({"adopted": False, "partly": True}, ["partly"]),
        ({"partly": True}, ["partly"]),
        ({"look_back": "done"}, ["looked_back_on"]),
        ({"look_back": "done", "looked_back_on": date(2026, 6, 1)}, []),
        ({"ending": "sued"}, ["closed_on"]),
        ({"closed_on": date(2026, 6, 1)}, ["closed_on"]),
        ({"ending": "closed", "closed_on": date(2026, 6, 1)}, []),
    ],
)
def test_the_life_of_a_recommendation(given: dict[str, Any], fields: list[str]) -> None:
    assert wrong(Recommendation, **given) == fields


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, []),
        ({"consulted_on": date(2026, 3, 4)}, ["consulted_on"]),
        ({"replied_on": date(2026, 5, 1)}, ["suggested_on"]),
        ({"judged_on": date(2026, 9, 1)}, ["sued_on"]),
        ({"supported": False}, ["judged_on"]),
        ({"sued_on": date(2026, 7, 1), "judged_on": date(2026, 9, 1), "supported": True}, []),
        ({"closed_on": date(2026, 3, 1)}, ["closed_on"]),
    ],
)
def test_the_life_of_a_suit(given: dict[str, Any], fields: list[str]) -> None:
    assert wrong(PublicInterestCase, **given) == fields
