"""What a report that was sent back may become, and what it can neither wash off nor take over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from rongjian.kernel.lights import Lamp
from rongjian.records.actions import WrongState, move, save
from rongjian.supervision.answering import report
from rongjian.supervision.courses import standing
from rongjian.supervision.dispatching import Planned
from rongjian.supervision.feedback import Progress, TaskFeedback
from tests.supervision.sent_house import LIMIT, START

if TYPE_CHECKING:
    from rongjian.supervision.courses import Cell
    from rongjian.supervision.deployment import Deployment
    from tests.supervision.sent_house import SentHouse

HOUSE = "450100-01"
FRIDAY = date(2026, 6, 26)


@pytest.fixture
def sent(staffed: SentHouse) -> Deployment:
    return staffed.sent([Planned("清理", LIMIT), Planned("建制", LIMIT)], units=(HOUSE,))


def hand_in(
    staffed: SentHouse, deployment: Deployment, day: date, feedback: TaskFeedback
) -> TaskFeedback:
    return report(staffed.actor("head", day), staffed.receipt(deployment, HOUSE), feedback)


def cells(staffed: SentHouse, deployment: Deployment, day: date) -> list[Cell]:
    return list(standing(deployment, day).at(staffed.receipt(deployment, HOUSE)))


def sent_back(staffed: SentHouse, feedback: TaskFeedback, day: date) -> TaskFeedback:
    move(staffed.actor("inspector", day), feedback, "return", detail="请补充")
    feedback.refresh_from_db()
    return feedback


def test_a_return_of_one_task_excuses_no_other(staffed: SentHouse, sent: Deployment) -> None:
    first = hand_in(staffed, sent, LIMIT, TaskFeedback(text="清理。", tasks="1"))
    back = sent_back(staffed, first, date(2026, 6, 25))
    for tasks in ("2", "1、2"):
        back.tasks = tasks
        with pytest.raises(ValidationError, match="只补充原来的任务"):
            hand_in(staffed, sent, FRIDAY, back)
        back.refresh_from_db()
    other = hand_in(staffed, sent, FRIDAY, TaskFeedback(text="建制。", tasks="2"))
    one, two = cells(staffed, sent, FRIDAY)
    assert (one.light.words, two.in_time, two.light.late) == ("剩2个工作日", False, 2)
    assert other.pk != back.pk


def test_without_numbers_it_is_about_what_it_was_about(
    staffed: SentHouse, sent: Deployment
) -> None:
    early = hand_in(staffed, sent, START, TaskFeedback(text="清理。", tasks="1"))
    sent_back(staffed, early, START)
    rest = hand_in(staffed, sent, START, TaskFeedback(text="建制。", tasks="2"))
    back = sent_back(staffed, rest, START)
    back.tasks = ""
    hand_in(staffed, sent, START, back)
    one, two = cells(staffed, sent, START)
    assert (one.feedback, two.feedback) == (early, back)


def test_what_is_under_way_is_no_first_handing_in(staffed: SentHouse, sent: Deployment) -> None:
    told = TaskFeedback(text="正在清理。", progress=Progress.ONGOING)
    back = sent_back(staffed, hand_in(staffed, sent, LIMIT, told), date(2026, 6, 25))
    back.progress = Progress.DONE
    hand_in(staffed, sent, FRIDAY, back)
    assert [cell.light.late for cell in cells(staffed, sent, FRIDAY)] == [2, 2]


def test_what_is_finished_is_not_reported_again(staffed: SentHouse, sent: Deployment) -> None:
    done = hand_in(staffed, sent, START, TaskFeedback(text="清理。", tasks="1"))
    move(staffed.actor("inspector", START), done, "accept")
    later = date(2026, 7, 8)
    again = TaskFeedback(
        deployment_key=sent.key,
        unit=staffed.unit(HOUSE),
        text="再报。",
        tasks="1",
        happened_on=later,
    )
    actor = staffed.actor("head", later)
    save(actor, again)
    with pytest.raises(WrongState, match="已经反馈"):
        move(actor, again, "submit")
    first, _ = cells(staffed, sent, later)
    assert first.light.lamp is Lamp.DONE
