"""States of what is owed: every case by hand, and the laws: what is finished never turns overdue."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.dues import STATES, Facts, days_words, states, warns_on

ENDS, DUE = date(2026, 6, 30), date(2026, 7, 3)
LEAD = 7


def state(
    today: date, *, answered=0, in_time=0, nil=False, nil_in_time=False, excused=False, owed=True,
    needed=1,
) -> str:  # fmt: skip
    def one(value, kind):
        return np.array([[value]], dtype=kind)

    facts = Facts(
        owed=one(owed, np.bool_),
        answered=one(answered, np.int64),
        in_time=one(in_time, np.int64),
        nil=one(nil, np.bool_),
        nil_in_time=one(nil_in_time, np.bool_),
        excused=one(excused, np.bool_),
    )
    warns = np.array([ENDS.toordinal() - LEAD])
    found = states(facts, warns, np.array([DUE.toordinal()]), needed, today)
    return STATES[int(found[0, 0])]


@pytest.mark.parametrize(
    ("today", "facts", "expected"),
    [
        (date(2026, 6, 22), {}, "future"),
        (date(2026, 6, 23), {}, "due"),
        (date(2026, 7, 3), {}, "due"),
        (date(2026, 7, 4), {}, "missed"),
        (date(2026, 6, 22), {"answered": 1, "in_time": 1}, "done"),
        (date(2027, 6, 22), {"answered": 1, "in_time": 1}, "done"),
        (date(2026, 7, 10), {"answered": 1}, "late"),
        (date(2026, 7, 10), {"answered": 1, "needed": 2}, "missed"),
        (date(2026, 7, 10), {"answered": 2, "in_time": 1, "needed": 2}, "late"),
        (date(2026, 6, 25), {"nil": True, "nil_in_time": True}, "done"),
        (date(2026, 7, 10), {"nil": True}, "late"),
        (date(2026, 6, 25), {"excused": True}, "excused"),
        (date(2026, 9, 25), {"excused": True}, "excused"),
        # A record takes the place of what was declared before.
        (date(2026, 9, 25), {"excused": True, "answered": 1}, "late"),
        (date(2026, 9, 25), {"owed": False}, "na"),
    ],
)
def test_the_state_follows(today, facts, expected) -> None:
    assert state(today, **facts) == expected


def test_the_limit_is_told_in_words() -> None:
    codes = {name: number for number, name in enumerate(STATES)}
    said = [days_words(codes["due"], ENDS, DUE, date(2026, 6, day)) for day in (25, 30)]
    assert said == ["还有 5 天", "今天到期"]
    assert days_words(codes["due"], ENDS, DUE, date(2026, 7, 2)) == "07-03 前记录仍算按时"
    assert days_words(codes["missed"], ENDS, DUE, date(2026, 7, 10)) == "已过 7 天"
    assert days_words(codes["done"], ENDS, DUE, date(2026, 7, 10)) == ""


counts = st.integers(0, 3)
days = st.integers(-60, 400).map(lambda step: ENDS + timedelta(days=step))
FACTS = st.fixed_dictionaries(
    {
        "answered": counts,
        "nil": st.booleans(),
        "excused": st.booleans(),
        "needed": st.integers(1, 3),
    }
)


@given(FACTS, counts, st.booleans(), st.lists(days, min_size=2, max_size=6))
def test_what_is_finished_never_turns_overdue(facts, in_time, timely, seen) -> None:
    facts |= {"in_time": min(in_time, facts["answered"]), "nil_in_time": facts["nil"] and timely}
    told = [state(day, **facts) for day in sorted(seen)]
    for one, other in pairwise(told):
        if one in {"done", "late", "excused", "na"}:
            assert other == one
        # The calendar only ever goes one way.
        order = ("future", "due", "missed")
        if one in order:
            assert order.index(other) >= order.index(one)


@given(FACTS, days)
def test_another_record_never_makes_it_worse(facts, day) -> None:
    rank = {"missed": 0, "due": 0, "future": 0, "excused": 1, "late": 2, "done": 3}
    before = state(day, **facts)
    after = state(day, **(facts | {"answered": facts["answered"] + 1}))
    assert rank[after] >= rank[before]


def test_it_warns_three_working_days_ahead_however_long_a_holiday() -> None:
    # 8 October 2026 follows seven days off: three working days before it is 28 September.
    assert warns_on(date(2026, 10, 8), LEAD) == date(2026, 9, 28)
    assert warns_on(ENDS, LEAD) == ENDS - timedelta(days=LEAD)
    assert warns_on(ENDS, 0) == date(2026, 6, 25)
