"""Quorum and votes by type, as sums that nobody can get wrong; and the file of types itself."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rongjian.kernel.content import CONTENT, ContentError
from rongjian.ledgers.activity_types import (
    ActivityType,
    Attendance,
    activity_types,
    carried,
    load_activity_types,
    quorate,
    vote_fault,
)

if TYPE_CHECKING:
    from pathlib import Path

DECIDING = [code for code, rule in activity_types().items() if rule.quorum]


@st.composite
def held(draw: st.DrawFn) -> Attendance:
    """A meeting with a roster: voters are some of those expected, absent are some of each."""
    expected = draw(st.integers(1, 60))
    voters = draw(st.integers(0, expected))
    absent = draw(st.integers(0, expected))
    least = max(0, absent - (expected - voters))
    gone = draw(st.integers(least, min(voters, absent)))
    return Attendance(expected, absent, voters, gone)


@given(held(), st.sampled_from(DECIDING))
def test_a_quorum_is_strictly_more_than_the_share(meeting: Attendance, code: str) -> None:
    rule = activity_types()[code]
    assert rule.quorum is not None
    of_voters = rule.quorum.of == "voters"
    present, total = (
        (meeting.voting, meeting.voters) if of_voters else (meeting.present, meeting.expected)
    )
    assert present is not None
    if not total:
        assert quorate(rule, meeting) is None
        return
    over = Fraction(rule.quorum.over.part, rule.quorum.over.whole)
    assert quorate(rule, meeting) == (Fraction(present, total) > over)


@given(held(), st.sampled_from(DECIDING))
def test_whoever_stays_away_never_helps(meeting: Attendance, code: str) -> None:
    rule = activity_types()[code]
    assume(meeting.voters and (meeting.voting or 0) > 0)
    fewer = Attendance(
        meeting.expected, meeting.absent + 1, meeting.voters, meeting.voters_absent + 1
    )
    assert bool(quorate(rule, fewer)) <= bool(quorate(rule, meeting))


@given(held(), st.integers(0, 60))
def test_an_item_is_carried_by_those_due_and_not_by_those_present(
    meeting: Attendance, in_favour: int
) -> None:
    rule = activity_types()["member_meeting"]
    assume(meeting.voters)
    assert meeting.voters is not None
    enough = 2 * in_favour > meeting.voters
    assert carried(rule, meeting, in_favour) == (bool(quorate(rule, meeting)) and enough)


@given(held(), st.tuples(*[st.integers(0, 60)] * 3))
def test_votes_are_as_many_as_those_present_who_may_vote(
    meeting: Attendance, votes: tuple[int, int, int]
) -> None:
    assert bool(vote_fault(meeting, votes)) == (sum(votes) != meeting.voting)


def test_four_of_five_do_not_make_an_election() -> None:
    rule = activity_types()["election"]
    assert quorate(rule, Attendance(10, 2, 10, 2)) is False
    assert quorate(rule, Attendance(10, 1, 10, 1)) is True


def test_types_without_votes_decide_nothing() -> None:
    rule = activity_types()["party_lecture"]
    assert not rule.votes
    assert quorate(rule, Attendance(10, 0, 10, 0)) is None
    assert carried(rule, Attendance(10, 0, 10, 0), 10) is None


def test_every_type_has_its_rule_and_its_basis() -> None:
    assert set(activity_types()) == set(ActivityType.values)
    assert all(rule.basis.document and rule.held_by for rule in activity_types().values())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("code: theme_day", "code: tea_party", "没有活动类型“tea_party”"),
        ("over: 4/5", "over: 5/4", "不是 1/2 这样的比例"),
        ("held_by: [leading_party_group]", "held_by: [committee]", "没有单位类型“committee”"),
        ("agenda: [first_item]", "agenda: [tea]", "没有议程类别“tea”"),
    ],
)
def test_a_faulty_file_says_what_and_where(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (CONTENT / "activities.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "activities.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=words):
        load_activity_types(tmp_path)


def test_a_type_that_is_left_out_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "activities.yaml").write_text("types: []\n", encoding="utf-8")
    with pytest.raises(ContentError, match="缺少活动类型"):
        load_activity_types(tmp_path)
