"""责任传导: three levels counted by hand, links that break, and steps that add up to the time that passed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.workdays import workdays_between
from rongjian.org.access import actor_of
from rongjian.org.models import Post
from rongjian.records.actions import move
from rongjian.supervision.answering import Plead, assign, decide, plead, receive, report
from rongjian.supervision.conduction import (
    ACCEPT,
    BELOW,
    GATHER,
    PASS,
    RECEIVE,
    WORK,
    conduction,
    measured,
)
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.dispatching import Planned, dispatch, lay_out
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import PleaKind, Receipt

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.supervision.conduction import Conduction, Link
    from tests.world import World

# 2026-06-19 is 端午: from the 17th to the 22nd there are two working days.
LIMIT = date(2026, 7, 10)
TODAY = date(2026, 7, 3)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def on(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def who(role: str, code: str, now: datetime) -> Actor:
    post = Post.objects.filter(role=role, unit__code=code, state="approved").first()
    assert post is not None
    return actor_of(post.person, now)


def deployed(actor: Actor, world: World, code: str, to: list[str], above: str = "") -> Deployment:
    passed = Receipt.objects.filter(unit__code=above).latest("pk") if above else None
    draft = Deployment(
        title="落实双月分析",
        unit=world.units[code],
        happened_on=actor.today,
        due_on=LIMIT,
        passes_on=passed,
    )
    lay_out(actor, draft, [Planned("开展分析", LIMIT)])
    dispatch(actor, draft, [world.units[each] for each in to])
    return draft


def receipt(code: str) -> Receipt:
    return Receipt.objects.filter(unit__code=code).latest("pk")


def answered(code: str, by: Actor, accepts: Actor) -> None:
    feedback = report(by, receipt(code), TaskFeedback(text="已完成分析。"))
    move(accepts, feedback, "accept")


@pytest.fixture
def three_levels(world: World) -> Deployment:
    """区院 → 南宁、柳州 → 兴宁、青秀、江南 → a department of 兴宁; 柳州 and 江南 let it lie."""
    top = deployed(world.actor("jian", on(6, 15)), world, "450000", ["450100", "450200"])
    receive(who("liaison", "450200", on(6, 16)), receipt("450200"))
    receive(who("liaison", "450100", on(6, 17)), receipt("450100"))
    zhaoliu = world.actor("zhaoliu", on(6, 22))
    deployed(zhaoliu, world, "450100", ["450102", "450103", "450105"], "450100")
    receive(who("liaison", "450102", on(6, 22, 14)), receipt("450102"))
    receive(who("liaison", "450105", on(6, 22, 16)), receipt("450105"))
    receive(who("liaison", "450103", on(6, 23)), receipt("450103"))
    chief = who("chief", "450102", on(6, 23, 10))
    deployed(chief, world, "450102", ["450102-D11"], "450102")
    head = who("department_head", "450102-D11", on(6, 24))
    receive(head, receipt("450102-D11"))
    answered(
        "450102-D11",
        who("department_head", "450102-D11", on(6, 26)),
        who("chief", "450102", on(6, 29)),
    )
    answered("450103", world.actor("zhouba", on(6, 25)), world.actor("yuan", on(6, 26)))
    answered("450102", world.actor("sunqi", on(6, 30)), world.actor("yuan", on(7, 1)))
    return top


def days(chain: Conduction, code: str) -> dict[str, int | None]:
    return {step.name: step.days for step in link(chain, code).steps}


def link(chain: Conduction, code: str) -> Link:
    return next(each for each in chain.links if each.unit.code == code)


def test_three_levels_by_hand(three_levels: Deployment) -> None:
    chain = conduction(three_levels, TODAY)
    assert [(each.level, each.unit.code) for each in chain.links] == [
        (1, "450100"),
        (1, "450200"),
        (2, "450102"),
        (2, "450103"),
        (2, "450105"),
        (3, "450102-D11"),
    ]
    assert days(chain, "450100") == {RECEIVE: 2, PASS: 2, BELOW: 9, GATHER: None, ACCEPT: None}
    assert days(chain, "450200") == {RECEIVE: 1, PASS: 12, WORK: None, ACCEPT: None}
    assert days(chain, "450102") == {RECEIVE: 0, PASS: 1, BELOW: 4, GATHER: 1, ACCEPT: 1}
    assert days(chain, "450103") == {RECEIVE: 1, PASS: 0, WORK: 2, ACCEPT: 1}
    assert days(chain, "450105") == {RECEIVE: 0, PASS: 9, WORK: None, ACCEPT: None}
    # A department gives nothing on.
    assert days(chain, "450102-D11") == {RECEIVE: 1, WORK: 2, ACCEPT: 1}
    assert [link(chain, code).elapsed for code in ("450100", "450102", "450103")] == [13, 7, 4]
    assert link(chain, "450102").ended == date(2026, 7, 1)
    assert link(chain, "450100").ended is None


def test_hours_are_told_within_a_day(three_levels: Deployment) -> None:
    chain = conduction(three_levels, TODAY)
    signed, passed, *_ = link(chain, "450102").steps
    assert (signed.hours, passed.hours) == (5.0, None)
    skipped = link(chain, "450103").steps[1]
    assert (skipped.name, skipped.skipped, skipped.open) == (PASS, True, False)


def test_the_slowest_and_the_broken_links_are_named(three_levels: Deployment) -> None:
    chain = conduction(three_levels, TODAY)
    [slowest] = chain.slowest
    assert (slowest.link.level, slowest.holder.code) == (1, "450200")
    assert (slowest.step.name, slowest.step.days, slowest.step.open) == (PASS, 12, True)
    assert [each.unit.code for each in chain.broken] == ["450200", "450105"]
    # Two working days after signing it is not broken yet, on the third it is.
    assert "450105" not in [
        each.unit.code for each in conduction(three_levels, date(2026, 6, 24)).broken
    ]
    assert "450105" in [
        each.unit.code for each in conduction(three_levels, date(2026, 6, 25)).broken
    ]


def test_work_is_not_a_link_and_equals_stand_in_code_order(world: World) -> None:
    top = deployed(world.actor("jian", on(6, 15)), world, "450000", ["450100", "450200"])
    for code in ("450200", "450100"):
        given = who("liaison", code, on(6, 16))
        assign(given, receipt(code), world.units[f"{code}-D11"])
    chain = conduction(top, TODAY)
    assert days(chain, "450100") == {RECEIVE: 1, PASS: 0, WORK: 12, ACCEPT: None}
    assert [(each.holder.code, each.step.name) for each in chain.slowest] == [
        ("450100", RECEIVE),
        ("450200", RECEIVE),
    ]
    assert chain.broken == ()


def test_a_review_that_waits_is_the_offices_own(world: World) -> None:
    top = deployed(world.actor("jian", on(6, 15)), world, "450000", ["450200"])
    report(
        who("liaison", "450200", on(6, 15, 11)), receipt("450200"), TaskFeedback(text="已完成。")
    )
    chain = conduction(top, TODAY)
    [slowest] = chain.slowest
    assert (slowest.step.name, slowest.step.days, slowest.holder.code) == (ACCEPT, 13, "450000")


def test_an_excused_unit_has_ended(world: World) -> None:
    top = deployed(world.actor("jian", on(6, 15)), world, "450000", ["450200"])
    said = plead(
        who("liaison", "450200", on(6, 16)), receipt("450200"), Plead(PleaKind.EXCUSE, "casework")
    )
    decide(world.actor("jian", on(6, 18)), said, accepted=True)
    [only] = conduction(top, TODAY).links
    assert (only.excused, only.ended, only.elapsed) == (True, date(2026, 6, 18), 3)
    assert conduction(top, TODAY).broken == ()


def test_whatever_is_shown_is_made_of_its_parts(three_levels: Deployment) -> None:
    chain = conduction(three_levels, TODAY)
    for each in chain.links:
        assert sum(step.days or 0 for step in each.steps) == each.elapsed
        assert each.elapsed == workdays_between(each.began, each.ended or TODAY)
        under = [below for below in chain.links if below.above == each.receipt.pk]
        if under and all(below.ended for below in under):
            waited = next(step.days for step in each.steps if step.name == BELOW)
            assert waited == max(below.elapsed for below in under)
    for typical in chain.typical:
        steps = [
            step
            for each in chain.links
            if each.level == typical.level
            for step in each.steps
            if step.name == typical.name and step.days is not None and not step.skipped
        ]
        assert typical.units == len(steps)
        assert typical.days == median(step.days or 0 for step in steps)
    found = {(each.level, each.name): (each.days, each.units, each.open) for each in chain.typical}
    assert found[1, RECEIVE] == (1.5, 2, 0)
    assert found[1, PASS] == (7, 2, 1)
    assert found[2, RECEIVE] == (0, 3, 0)
    assert found[2, PASS] == (5, 2, 1)


def test_a_part_of_the_chain_keeps_its_numbers(three_levels: Deployment) -> None:
    chain = conduction(three_levels, TODAY)
    part = chain.only({receipt("450103").pk, receipt("450105").pk})
    assert [each.unit.code for each in part.links] == ["450103", "450105"]
    assert [each.holder.code for each in part.slowest] == ["450105"]


def test_units_cost_no_queries(world: World) -> None:
    few = deployed(world.actor("zhaoliu", on(6, 15)), world, "450100", ["450102", "450103"])
    many = deployed(
        world.actor("zhaoliu", on(6, 15)),
        world,
        "450100",
        ["450105", "450107", "450108", "450109", "450110"],
    )
    counted = []
    for each in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            conduction(Deployment._default_manager.get(pk=each.pk), TODAY)
        counted.append(len(caught))
    assert counted[0] == counted[1]


BEGAN = on(6, 15)
MOMENTS = st.one_of(
    st.none(),
    st.integers(-48, 24 * 40).map(lambda hours: BEGAN + timedelta(hours=hours)),
    st.integers(-2, 40).map(lambda count: BEGAN.date() + timedelta(days=count)),
)


@given(
    marks=st.lists(MOMENTS, min_size=1, max_size=6),
    later=st.integers(0, 60),
)
def test_steps_follow_each_other_without_gap(
    marks: list[date | datetime | None], later: int
) -> None:
    today = BEGAN.date() + timedelta(days=later)
    named = [(f"{place}", mark) for place, mark in enumerate(marks)]
    steps, last = measured(BEGAN, named, today, {})
    assert [step.name for step in steps] == [name for name, _ in named]
    assert sum(step.days or 0 for step in steps) == workdays_between(BEGAN.date(), last)
    assert all(step.days is None or step.days >= 0 for step in steps)
    assert all(step.hours is None or 0 <= step.hours < 24 for step in steps)
    open_ones = [place for place, step in enumerate(steps) if step.open]
    assert len(open_ones) == (marks[-1] is None)
    begun = [step.days is not None for step in steps]
    assert begun == sorted(begun, reverse=True)
