"""Limits of time: counted from the next day, never ending on a day off, but never past custody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.statutory_limits import clocks, event_names, limits
from rongjian.kernel.workdays import is_workday

TODAY = date(2026, 6, 25)


def running(
    events: list[tuple[str, date]], today: date = TODAY, about: dict[str, bool] | None = None
) -> dict[str, tuple[date, str]]:
    return {
        clock.limit.code: (clock.due, clock.words) for clock in clocks(events, about or {}, today)
    }


@pytest.mark.parametrize(
    ("event", "day", "about", "code", "due"),
    [
        # 端午 2026: 19 June is a holiday; custody runs on, everything else waits for Monday.
        (
            "arrest_received",
            date(2026, 6, 12),
            {"detained": True},
            "arrest-detained",
            date(2026, 6, 19),
        ),
        ("arrest_received", date(2026, 6, 4), {}, "arrest-not-detained", date(2026, 6, 22)),
        (
            "arrest_received",
            date(2026, 6, 1),
            {"major": True},
            "arrest-not-detained-major",
            date(2026, 6, 22),
        ),
        (
            "own_arrest_requested",
            date(2026, 6, 1),
            {"detained": True},
            "own-arrest",
            date(2026, 6, 8),
        ),
        ("prosecution_received", date(2026, 1, 31), {}, "prosecution-review", date(2026, 2, 28)),
        ("prosecution_received", date(2024, 1, 31), {}, "prosecution-review", date(2024, 2, 29)),
        ("fast_track_received", date(2026, 6, 1), {}, "fast-track", date(2026, 6, 11)),
        ("fast_track_received_long", date(2026, 6, 1), {}, "fast-track-long", date(2026, 6, 16)),
        ("returned", date(2026, 9, 1), {}, "supplement", date(2026, 10, 8)),
        ("prosecution_received", date(2026, 6, 1), {}, "rights", date(2026, 6, 4)),
        ("letter_received", date(2026, 6, 1), {}, "letter-result", date(2026, 9, 1)),
        ("letter_received", date(2026, 6, 1), {}, "letter-answer", date(2026, 6, 8)),
        ("judgment_received", date(2026, 6, 1), {}, "protest-judgment", date(2026, 6, 11)),
        ("ruling_received", date(2026, 6, 1), {}, "protest-ruling", date(2026, 6, 8)),
        (
            "detention_application_misdirected",
            date(2026, 6, 1),
            {},
            "detention-forwarding",
            date(2026, 6, 3),
        ),
        (
            "commutation_ruling_received",
            date(2026, 6, 1),
            {},
            "commutation-ruling",
            date(2026, 6, 22),
        ),
    ],
)
def test_a_limit_ends_where_the_calendar_says(
    event: str, day: date, about: dict[str, bool], code: str, due: date
) -> None:
    assert running([(event, day)], about=about)[code][0] == due


def test_every_rule_of_the_table_is_declared_with_its_article() -> None:
    assert len(limits()) >= 27
    for limit in limits().values():
        assert limit.basis.article.startswith("第")
    used = {event for limit in limits().values() for event in (*limit.starts, *limit.until)}
    used |= {limit.longer.event for limit in limits().values() if limit.longer}
    assert used == set(event_names())


def test_an_extension_lengthens_and_a_return_starts_anew() -> None:
    received, returned, again = date(2026, 3, 2), date(2026, 3, 20), date(2026, 4, 10)
    case = [("prosecution_received", received), ("returned", returned), ("resubmitted", again)]
    review = [each for each in clocks(case, {}, TODAY) if each.limit.code == "prosecution-review"]
    assert [(each.started, each.ended) for each in review] == [(received, returned), (again, None)]
    assert review[1].due == date(2026, 5, 11)  # 10 May is a Sunday
    assert review[1].words == f"已超期 {(TODAY - date(2026, 5, 11)).days} 天"
    longer = running([*case, ("extended", date(2026, 5, 8))])
    assert longer["prosecution-review"][0] == date(2026, 5, 25)


def test_a_third_return_is_more_than_the_law_allows() -> None:
    days = [date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)]
    case = [
        (event, day + timedelta(days=shift))
        for day in days
        for event, shift in (("returned", 0), ("resubmitted", 10))
    ]
    supplement = [each for each in clocks(case, {}, TODAY) if each.limit.code == "supplement"]
    assert [each.lamp for each in supplement] == ["done", "done", "bad"]
    assert supplement[2].words == "第 3 次，超过 2 次"


def test_what_was_ended_late_says_by_how_many_days() -> None:
    case = [("letter_received", date(2026, 6, 1)), ("letter_answered", date(2026, 6, 10))]
    assert running(case)["letter-answer"][1] == "超期 2 天办结"
    assert (
        running([("letter_received", TODAY - timedelta(days=7))])["letter-answer"][1] == "今天到期"
    )


@given(
    day=st.dates(date(2020, 1, 1), date(2026, 10, 1)),
    event=st.sampled_from(sorted(event_names())),
    detained=st.booleans(),
    major=st.booleans(),
)
def test_no_limit_ends_on_a_day_off_except_in_custody(
    day: date, event: str, *, detained: bool, major: bool
) -> None:
    for clock in clocks([(event, day)], {"detained": detained, "major": major}, day):
        assert clock.due > day
        assert clock.limit.custody or is_workday(clock.due)
        assert clock.ended is None or clock.ended >= clock.started
