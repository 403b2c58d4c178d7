"""本期无 and 说明原因: who may, what they do to a state, how they are taken back, what the log keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org.access import Denied
from rongjian.regimes.actions import Declaration, UnknownDue, can_undo, declare, due_of, undo
from rongjian.regimes.models import Statement
from rongjian.regimes.waiting import answering, open_regime_dues
from tests.regimes.calendar import BRANCH, SINCE, TODAY, Desk, at, desk, dues, told

if TYPE_CHECKING:
    from rongjian.org.access import Actor

__all__ = ["desk"]

JUNE = date(2026, 6, 1)
NIL = Declaration("nil")


def why(reason: str = "merged", words: str = "") -> Declaration:
    return Declaration("excuse", reason, words)


def say(
    desk: Desk, said: Declaration, code: str = "LIFE-05", begins: date = JUNE, day: date = TODAY
) -> Statement:
    actor = desk.house.actor("lisi", at(day))
    return declare(actor, due_of(desk.branch, code, begins, day), said)


def refused(desk: Desk, said: Declaration, code: str = "LIFE-05", begins: date = JUNE) -> str:
    with pytest.raises(ValidationError) as caught:
        say(desk, said, code, begins)
    return "；".join(caught.value.messages)


def test_nothing_to_report_counts_as_in_time_and_too_late_as_late(desk: Desk) -> None:
    say(desk, NIL)
    assert told(desk.branch, "LIFE-05")[5] == "done"
    say(desk, NIL, begins=date(2026, 5, 1))
    assert told(desk.branch, "LIFE-05")[4] == "late"


def test_a_reason_turns_missed_grey_and_a_record_takes_its_place(desk: Desk) -> None:
    may = date(2026, 5, 1)
    assert told(desk.branch, "LIFE-05")[4] == "missed"
    say(desk, why("casework", "扫黑专案集中审查起诉"), begins=may)
    assert told(desk.branch, "LIFE-05")[4] == "excused"
    desk.hold("theme_day", date(2026, 5, 28), TODAY)
    assert told(desk.branch, "LIFE-05")[4] == "late"


def test_it_is_taken_back_within_ten_seconds_by_whoever_said_it(desk: Desk) -> None:
    made = say(desk, why())
    lisi = desk.house.actor("lisi", at(TODAY))
    assert can_undo(lisi, made)
    with pytest.raises(ValidationError, match="10 秒内有效"):
        undo(desk.house.actor("wangwu", at(TODAY)), made)
    with pytest.raises(ValidationError, match="新的说明代替旧的"):
        undo(replace(lisi, now=lisi.now + timedelta(seconds=20)), made)
    assert told(desk.branch, "LIFE-05")[5] == "excused"
    undo(replace(lisi, now=lisi.now + timedelta(seconds=9)), made)
    assert told(desk.branch, "LIFE-05")[5] == "due"
    undo(lisi, made)
    assert Statement.objects.count() == 1


def test_a_new_declaration_takes_the_place_of_the_old_one_and_both_are_logged(desk: Desk) -> None:
    before = Event.objects.count()
    say(desk, why())
    say(desk, NIL)
    assert Statement.objects.filter(withdrawn_at=None).count() == 1
    verbs = list(Event.objects.order_by("pk").values_list("verb", "detail")[before:])
    assert verbs == [("declare", "主题党日 6月"), ("withdraw", ""), ("declare", "主题党日 6月")]
    assert audit.verify().breaks == ()


def test_what_a_mistaken_word_had_replaced_holds_again_when_it_is_taken_back(desk: Desk) -> None:
    say(desk, NIL)
    lisi = desk.house.actor("lisi", at(TODAY, 11))
    mistaken = declare(lisi, due_of(desk.branch, "LIFE-05", JUNE, TODAY), why())
    assert told(desk.branch, "LIFE-05")[5] == "excused"
    undo(lisi, mistaken)
    assert told(desk.branch, "LIFE-05")[5] == "done"
    assert Event.objects.latest("pk").verb == "restore"
    assert audit.verify().breaks == ()


def test_sent_twice_it_is_said_once(desk: Desk) -> None:
    actor = desk.house.actor("lisi", at(TODAY))
    due = due_of(desk.branch, "LIFE-05", JUNE, TODAY)
    one, again = (declare(actor, due, NIL, key="k") for _ in range(2))
    assert one.pk == again.pk
    assert Statement.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "code", "begins", "words"),
    [
        (NIL, "LIFE-06", date(2026, 1, 1), "“组织生活会”不能报本期无：请记录，或说明原因"),
        (NIL, "LIFE-02", JUNE, "本期不适用于"),
        (NIL, "LIFE-05", date(2026, 7, 1), "还没有开始，到 2026-07-01 再说明"),
        (why("because"), "LIFE-05", JUNE, "请选择一个原因"),
        (why("other"), "LIFE-05", JUNE, "选“其他”时请写一句说明"),
        (why("away", "字" * 121), "LIFE-05", JUNE, "说明不超过 120 字，现有 121 字"),
        (why("other", "当事人身份证号450102199003071238"), "LIFE-05", JUNE, "身份"),
    ],
)
def test_what_cannot_be_declared_is_refused_with_a_sentence(
    desk, said, code, begins, words
) -> None:
    assert words in refused(desk, said, code, begins)
    assert not Statement.objects.exists()


def test_what_is_recorded_needs_no_word(desk: Desk) -> None:
    desk.hold("theme_day", date(2026, 6, 20))
    assert refused(desk, NIL) == "“主题党日”6月已有记录，不用再说明"


def test_nobody_declares_for_a_unit_that_is_not_theirs(desk: Desk) -> None:
    due = due_of(desk.house.units["450100-P01"], "LIFE-05", JUNE, TODAY)
    for name in ("lisi", "qian", "zhouba"):
        with pytest.raises(Denied):
            declare(desk.house.actor(name, at(TODAY)), due, NIL)
    with pytest.raises(UnknownDue):
        due_of(desk.branch, "LIFE-99", JUNE, TODAY)
    with pytest.raises(UnknownDue):
        due_of(desk.branch, "LIFE-05", date(2026, 6, 2), TODAY)


def waiting(actor: Actor) -> list[str]:
    return [f"{due.rule.name}{due.window.label}" for due in open_regime_dues(actor)]


def test_late_in_the_days_of_grace_a_record_is_dated_within_the_window(desk: Desk) -> None:
    july = date(2026, 7, 2)
    [june] = [due for due in dues(desk.branch, "LIFE-05", july) if due.begins_on == JUNE]
    assert answering(june, july)["happened_on"] == "2026-06-30"
    assert "happened_on" not in answering(june, TODAY)


def test_what_waits_is_one_s_own_and_leaves_when_it_is_answered(desk: Desk) -> None:
    lisi = desk.house.actor("lisi", at(TODAY))
    listed = waiting(lisi)
    limits = [due.window.due_on for due in open_regime_dues(lisi)]
    assert limits == sorted(limits)
    assert {"主题党日3月", "主题党日6月"} <= set(listed)
    assert "主题党日1月" not in listed  # Long past: the calendar has it.
    say(desk, NIL)
    desk.hold("theme_day", date(2026, 4, 9), TODAY)
    after = waiting(desk.house.actor("lisi", at(TODAY)))
    assert set(listed) - set(after) == {"主题党日6月", "主题党日4月"}
    assert waiting(desk.house.actor("qian", at(TODAY))) == []
    assert BRANCH in desk.house.units
    assert SINCE < TODAY
