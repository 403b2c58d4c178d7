"""Records of several kinds in the small house, as varied as their fields allow."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.house import House

START = date(2019, 11, 1)
CAMPAIGNS = ("", "gang", "covid")
# Who writes which kind, and for which units.
COURT = ("450100", "450100-01", "450100-02")
WRITERS = {
    "handled-person": ("qian", COURT),
    "recommendation": ("qian", COURT),
    "seized-asset": ("qian", COURT),
    "public-interest-case": ("qian", COURT),
    "activity": ("lisi", ("450100-P02",)),
}


def row(kind: str, house: House, chance: Random) -> dict[str, Any]:
    """One row of a kind; every field that may be empty sometimes is."""
    day = START + timedelta(days=chance.randrange(150))
    common = {
        "unit_id": house.units[chance.choice(WRITERS[kind][1])].pk,
        "happened_on": day,
        "campaign": chance.choice(CAMPAIGNS),
        "line": chance.choice(["", "B01", "B08"]),
    }
    return {**common, **_OWN[kind](chance, day)}


def _handled(chance: Random, _: date) -> dict[str, Any]:
    decisions = ["arrested", "not_arrested", "prosecuted", "not_prosecuted"]
    return {"decision": chance.choice(decisions), "charge": "盗窃"}


def _recommendation(chance: Random, day: date) -> dict[str, Any]:
    replied = day + timedelta(days=chance.randrange(90)) if chance.random() < 0.6 else None
    return {
        "type": chance.choice(["retrial", "governance", "other"]),
        "addressee": "主管部门",
        "replied_on": replied,
        "adopted": chance.choice([True, False, None]),
    }


def _asset(chance: Random, _: date) -> dict[str, Any]:
    fen = chance.choice([0, 1, 5, 10**14 - 1, chance.randrange(10**9)])
    amount = f"{fen // 100}.{fen % 100:02}"
    return {"measure": chance.choice(["sealed", "seized", "frozen"]), "amount": amount}


def _pil(chance: Random, _: date) -> dict[str, Any]:
    return {
        "field": chance.choice(["ecology", "safety"]),
        "stage": chance.choice(["filed_case", "sued"]),
        "administrative": chance.random() < 0.5,
    }


def _activity(chance: Random, _: date) -> dict[str, Any]:
    expected = chance.choice([None, 0, 3, 7, chance.randrange(60)])
    return {
        "type": chance.choice(["theme_day", "party_lecture", "joint_activity"]),
        "topic": "学习",
        "mode": chance.choice(["", "service", "team"]),
        "expected": expected,
        "absent": chance.randrange((expected or 0) + 1),
    }


_OWN = {
    "handled-person": _handled,
    "recommendation": _recommendation,
    "seized-asset": _asset,
    "public-interest-case": _pil,
    "activity": _activity,
}


def write(house: House, kind: str, rows: list[dict[str, Any]], state: str = "") -> list[int]:
    """Write rows through the template, as whoever may."""
    return create_many(house.actor(WRITERS[kind][0]), kind_of(kind), rows, state=state)


def write_some(house: House, chance: Random, count: int) -> None:
    """So many rows of every kind, in states that count and, where there are such, that do not."""
    for kind in WRITERS:
        flow = kind_of(kind).flow
        states = [flow.initial, *sorted(flow.counted - {flow.initial})]
        for place, state in enumerate(states):
            share = [row(kind, house, chance) for _ in range(count)]
            write(house, kind, share[place :: len(states)], state)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what was written, so that the next example begins where this one did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
