"""What cannot be sent, handed in or decided: each with its sentence, where it is, and the way out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from rongjian.kernel.lights import Lamp
from rongjian.org.access import Denied
from rongjian.org.plans import Dissolve, Merge
from rongjian.records.actions import WrongState, move
from rongjian.records.models import Due
from rongjian.records.reorganisation import adjust
from rongjian.supervision.alike import alike
from rongjian.supervision.answering import Plead, decide, open_dues, plead, report
from rongjian.supervision.contacts import missing
from rongjian.supervision.courses import on_time, standing
from rongjian.supervision.dispatching import Planned, dispatch, lay_out, loads
from rongjian.supervision.feedback import Progress, TaskFeedback
from rongjian.supervision.models import PleaKind, Receipt
from rongjian.supervision.waiting import open_items, to_decide, to_review
from tests.supervision.sent_house import LIMIT, START, SentHouse

MORE = date(2026, 7, 3)


def words_of(fault: ValidationError) -> dict[str, str]:
    return {name: "".join(words) for name, words in fault.message_dict.items()}


# --- drafts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "field", "words"),
    [
        (
            {"text": "文" * 4001},
            "text",
            "部署内容 4001 字，超过 4000 字：请删去与落实无关的部分，或只粘贴任务部分，全文写在“依据文件”里",
        ),
        (
            {"due_on": date(2026, 6, 12)},
            "due_on",
            "办结时限早于部署日期 2026-06-15：请改时限，或改部署日期",
        ),
        (
            {"due_on": date(9999, 12, 31)},
            "due_on",
            "办结时限最晚到 2029-06-17：长期的工作请分年部署，或列入制度日历",
        ),
    ],
)
def test_a_draft_that_cannot_stand(
    staffed: SentHouse, new: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        staffed.laid_out([Planned("清理挂案", date(2026, 6, 12))], **new)
    assert words_of(caught.value) == {field: words}


def test_the_hundredth_of_a_year_is_not_the_last(staffed: SentHouse) -> None:
    for key in ("450100-2026-98", "450100-2026-99", "450100-2026-补1"):
        staffed.laid_out(key=key)
    assert [staffed.laid_out().key for _ in range(2)] == ["450100-2026-100", "450100-2026-101"]


def test_four_thousand_characters_are_taken(staffed: SentHouse) -> None:
    assert staffed.laid_out(text="文" * 4000).pk


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (
            Planned("清理", date(2026, 6, 12)),
            "时限 2026-06-12 早于部署日期 2026-06-15：请改时限",
        ),
        (
            Planned("清理", date(2026, 6, 25)),
            "时限 2026-06-25 晚于总时限 2026-06-24：请改时限，或延长总时限",
        ),
        (Planned(" ", LIMIT), "请写任务内容，或删去这一项"),
    ],
)
def test_a_task_that_cannot_stand(staffed: SentHouse, task: Planned, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        staffed.laid_out([Planned("排查", LIMIT), task])
    assert words_of(caught.value) == {"task-1": words}


def test_a_window_without_a_working_day(staffed: SentHouse) -> None:
    tasks = [Planned("值班", date(2026, 10, 7)), Planned("总结", date(2026, 10, 8))]
    days = {"happened_on": date(2026, 10, 1), "due_on": date(2026, 10, 9)}
    with pytest.raises(ValidationError) as caught:
        staffed.laid_out(tasks, **days)
    assert words_of(caught.value) == {
        "task-0": "从部署日期到时限 2026-10-07 没有工作日：请把时限改到 2026-10-08 或以后"
    }


def test_a_draft_whose_limit_has_passed_is_not_sent(staffed: SentHouse) -> None:
    draft = staffed.laid_out()
    late = staffed.actor("inspector", date(2026, 6, 25))
    with pytest.raises(WrongState, match="“清理挂案”的时限 2026-06-24 已过：请先改时限，再下发"):
        dispatch(late, draft, [staffed.unit("450103")])


def test_only_what_the_own_house_received_is_handed_down(staffed: SentHouse) -> None:
    above = staffed.receipt(staffed.sent(), "450103")
    actor = staffed.actor("inspector", START)
    with pytest.raises(ValidationError, match="只能由收到的青秀区院转部署"):
        lay_out(actor, staffed.draft(passes_on=above), [Planned("清理", LIMIT)])
    county = staffed.actor("chief_below", START)
    longer = staffed.draft(
        unit=staffed.unit("450103"), passes_on=above, due_on=MORE, leading=None, reviewer=None
    )
    with pytest.raises(
        ValidationError, match="晚于上级时限 2026-06-24：请改时限，或先向上级申请延期"
    ):
        lay_out(county, longer, [Planned("清理", LIMIT)])


def test_a_unit_without_a_contact_is_named_with_who_appoints(staffed: SentHouse) -> None:
    draft, headless = staffed.laid_out(), staffed.unit("450103-01")
    units = [headless, staffed.unit("450103")]
    sent = dispatch(staffed.actor("inspector", START), draft, units)
    assert [receipt.unit.code for receipt in sent.receipts] == ["450103"]
    assert sent.without_contact == (headless,)
    assert missing(headless) == (
        "青秀区院第一检察部没有部门负责人：请该院干部人事在“人员”页提出任职，由安全管理员核准后再下发"
    )
    assert "没有督办联系人：请该院干部人事" in missing(staffed.unit("450200"))
    assert "没有组织委员：请该院机关党委" in missing(staffed.unit("450100-P02"))
    assert "不是督办任务的承办单位" in missing(staffed.unit("450100-P"))


# --- whether to send another ---------------------------------------------------------------------------


def test_the_same_topic_under_way_is_offered(staffed: SentHouse) -> None:
    open_one = staffed.sent(title="服务民营经济涉企挂案清理")
    staffed.sent(title="未成年人综合保护专项检查", text="会同有关部门检查旅馆酒吧网吧。" * 3)
    actor = staffed.actor("inspector", START)
    assert alike(actor, "关于开展涉企“挂案”专项清理工作的通知") == [open_one]
    assert alike(actor, "关于开展公开听证工作的通知") == []
    # Other words above the same text are the same topic too.
    assert [
        each.title for each in alike(actor, "护苗", "会同有关部门检查旅馆酒吧网吧。请认真落实。")
    ] == ["未成年人综合保护专项检查"]
    move(actor, open_one, "void", detail="重复")
    assert alike(actor, "涉企挂案清理") == []
    assert alike(staffed.actor("chief_below", START), "未成年人综合保护检查") == []


# --- reports and reasons -----------------------------------------------------------------------------


def test_a_report_names_a_deployment_and_tasks_that_its_unit_has(staffed: SentHouse) -> None:
    receipt = staffed.receipt(staffed.sent(), "450103")
    actor = staffed.actor("liaison", START)
    for feedback, field, words in (
        (TaskFeedback(text="办", tasks="7"), "tasks", "这项部署没有序号为 7 的任务"),
        (TaskFeedback(text="办", tasks="一"), "tasks", "任务序号只写数字，几项之间用顿号隔开"),
        (TaskFeedback(text="办" * 501), "text", "进展情况 501 字，超过 500 字"),
    ):
        with pytest.raises(ValidationError) as caught:
            report(actor, receipt, feedback)
        assert words in words_of(caught.value)[field]
    assert not TaskFeedback._default_manager.exists()


def test_leaders_of_the_unit_judge_neither_its_report_nor_its_reason(staffed: SentHouse) -> None:
    deployment = staffed.sent()
    receipt = staffed.receipt(deployment, "450103")
    liaison = staffed.actor("liaison", START)
    plea = plead(liaison, receipt, Plead(PleaKind.EXTENSION, "casework", until=MORE))
    feedback = report(liaison, receipt, TaskFeedback(text="已经清理。"))
    chief = staffed.actor("chief_below", START, 10)
    with pytest.raises(WrongState, match="承办单位自己不能审核"):
        move(chief, feedback, "accept")
    with pytest.raises(Denied):
        decide(chief, plea, accepted=True)
    assert (to_review(chief), to_decide(chief)) == ([], [])
    for name in ("inspector", "chief", "second_head"):
        judge = staffed.actor(name, START, 10)
        assert (to_review(judge), to_decide(judge)) == ([feedback], [plea])


def test_an_extension_leads_to_a_day_that_can_be_met(staffed: SentHouse) -> None:
    receipt = staffed.receipt(staffed.sent(), "450103")
    late = date(2026, 7, 10)
    for until, words in (
        (date(2026, 6, 25), "延期到的日期 2026-06-25 已过：请写今天或以后的日期"),
        (date(9999, 12, 31), "最晚延到 2029-07-12：需要更久的，请部署单位重新部署"),
    ):
        said = Plead(PleaKind.EXTENSION, "casework", until=until)
        with pytest.raises(ValidationError) as caught:
            plead(staffed.actor("liaison", late), receipt, said)
        assert words_of(caught.value) == {"until": words}


def test_what_was_extended_above_leaves_as_much_time_below(staffed: SentHouse) -> None:
    above = staffed.receipt(staffed.sent(), "450103")
    asked = Plead(PleaKind.EXTENSION, "casework", until=MORE)
    granted = plead(staffed.actor("liaison", START), above, asked)
    below = {"unit": staffed.unit("450103"), "passes_on": above, "due_on": MORE}
    chief, plan = staffed.actor("chief_below", START), [Planned("清理", MORE)]

    def lay_down() -> object:
        return lay_out(chief, staffed.draft(**below, leading=None, reviewer=None), plan)

    with pytest.raises(ValidationError, match="先向上级申请延期"):
        lay_down()
    decide(staffed.actor("inspector", START, 10), granted, accepted=True)
    assert lay_down()


def test_a_unit_is_busy_with_what_it_has_not_finished(staffed: SentHouse) -> None:
    deployment, units = staffed.sent(), [staffed.unit("450103"), staffed.unit("450100-01")]
    assert [load.open for load in loads(units)] == [1, 1]
    said = Plead(PleaKind.EXCUSE, "casework")
    excused = plead(staffed.actor("head", START), staffed.receipt(deployment, "450100-01"), said)
    report(
        staffed.actor("liaison", START),
        staffed.receipt(deployment, "450103"),
        TaskFeedback(text="办。"),
    )
    assert [load.open for load in loads(units)] == [1, 0]
    decide(staffed.actor("inspector", START, 10), excused, accepted=True)
    assert [load.open for load in loads(units)] == [0, 0]


def test_of_two_extensions_the_later_stays(staffed: SentHouse) -> None:
    receipt = staffed.receipt(staffed.sent(), "450103")
    liaison, inspector = staffed.actor("liaison", START), staffed.actor("inspector", START, 10)
    longer, shorter = (
        plead(liaison, receipt, Plead(PleaKind.EXTENSION, "casework", until=until))
        for until in (MORE, date(2026, 6, 26))
    )
    decide(inspector, longer, accepted=True)
    decide(inspector, shorter, accepted=True)
    assert {due.due_on for due in open_dues(receipt)} == {MORE}


def test_what_turns_out_unfinished_answers_nothing(staffed: SentHouse) -> None:
    deployment = staffed.sent()
    receipt = staffed.receipt(deployment, "450103")
    liaison = staffed.actor("liaison", START)
    feedback = report(liaison, receipt, TaskFeedback(text="已经清理。"))
    assert open_dues(receipt) == []
    move(staffed.actor("second_head", START, 10), feedback, "return", detail="数字不对")
    feedback.progress, feedback.text = Progress.ONGOING, "还差两件。"
    report(liaison, receipt, feedback)
    assert len(open_dues(receipt)) == 1
    assert standing(deployment, START).light_at(receipt) == standing(deployment, START).light_at(
        staffed.receipt(deployment, "450100-01")
    )


def test_late_the_first_time_is_late_after_a_return(staffed: SentHouse) -> None:
    deployment = staffed.sent()
    receipt = staffed.receipt(deployment, "450103")
    feedback = report(
        staffed.actor("liaison", date(2026, 6, 26)), receipt, TaskFeedback(text="已经清理。")
    )
    judge = staffed.actor("second_head", date(2026, 6, 29))
    move(judge, feedback, "return", detail="补充")
    report(staffed.actor("liaison", date(2026, 6, 30)), receipt, feedback)
    move(staffed.actor("second_head", date(2026, 6, 30), 10), feedback, "accept")
    [cell] = standing(deployment, date(2026, 7, 1)).at(receipt)
    assert (cell.light.words, cell.in_time) == ("办结（迟2天）", False)


def test_the_rate_counts_what_can_be_told_already(staffed: SentHouse) -> None:
    deployment = staffed.sent()
    county, department, branch = (
        staffed.receipt(deployment, code) for code in ("450103", "450100-01", "450100-P02")
    )

    def rate(day: date) -> tuple[int, int, Decimal | None]:
        found = on_time(standing(deployment, day).cells.values())
        return found.in_time, found.told, found.rate

    assert rate(START) == (0, 0, None)
    report(staffed.actor("liaison", START), county, TaskFeedback(text="已经清理。"))
    assert rate(LIMIT) == (1, 1, Decimal(100))
    # Past the limit what is open is late; what is excused leaves the count.
    assert rate(date(2026, 6, 25)) == (1, 3, Decimal(100) / 3)
    late = staffed.actor("head", date(2026, 6, 26))
    report(late, department, TaskFeedback(text="已经清理。"))
    said = plead(staffed.actor("lisi", LIMIT), branch, Plead(PleaKind.EXCUSE, "away"))
    decide(staffed.actor("inspector", LIMIT, 10), said, accepted=True)
    assert rate(date(2026, 6, 30)) == (1, 2, Decimal(50))


# --- the deployment itself ----------------------------------------------------------------------------


def test_voided_it_asks_for_nothing_and_keeps_what_was_reported(staffed: SentHouse) -> None:
    deployment = staffed.sent()
    liaison = staffed.actor("liaison", START)
    report(liaison, staffed.receipt(deployment, "450103"), TaskFeedback(text="已经清理。"))
    move(staffed.actor("inspector", START, 10), deployment, "void", detail="另行部署")
    left = Due.objects.filter(origin__startswith=f"deployment:{deployment.pk}:")
    assert [due.unit.code for due in left] == ["450103"]
    assert open_items(staffed.actor("lisi", START)) == []
    with pytest.raises(ValidationError, match="请核对编号和承办单位"):
        report(liaison, staffed.receipt(deployment, "450103"), TaskFeedback(text="又一次。"))


def test_closed_when_nothing_is_open_and_open_again_by_a_word(staffed: SentHouse) -> None:
    deployment = staffed.sent(units=("450103",))
    inspector = staffed.actor("inspector", START, 10)
    with pytest.raises(WrongState, match="还有 1 项没有办结"):
        move(inspector, deployment, "close")
    receipt = staffed.receipt(deployment, "450103")
    feedback = report(staffed.actor("liaison", START), receipt, TaskFeedback(text="已经清理。"))
    with pytest.raises(WrongState, match="还有 1 项没有办结"):
        move(inspector, deployment, "close")
    move(inspector, feedback, "accept")
    move(inspector, deployment, "close")
    later = staffed.actor("inspector", date(2026, 9, 1))
    feedback.refresh_from_db()
    with pytest.raises(WrongState, match="不在办理中"):
        move(later, feedback, "reopen", detail="有反弹")
    move(later, deployment, "reopen", detail="有反弹")
    move(later, feedback, "reopen", detail="有反弹")
    light = standing(deployment, date(2026, 9, 1)).light_at(receipt)
    assert light is not None
    assert (light.lamp, light.words) == (Lamp.DUE, "剩3个工作日")


# --- when units end -------------------------------------------------------------------------------------


AFTER = date(2026, 6, 29)


def test_what_is_open_at_a_unit_that_ends_goes_to_its_heir(staffed: SentHouse) -> None:
    deployment = staffed.sent([Planned("清理", LIMIT), Planned("建制", LIMIT)])
    old, heir = staffed.unit("450100-01"), staffed.unit("450100-02")
    head = staffed.actor("head", START)
    feedback = report(
        head, staffed.receipt(deployment, "450100-01"), TaskFeedback(text="清理。", tasks="1")
    )
    adjust(staffed.actor("sysadmin", AFTER), Merge(AFTER, (old,), heir))
    receipt = staffed.receipt(deployment, "450100-02")
    assert receipt.contact == staffed.people["second_head"]
    waiting, overdue = standing(deployment, AFTER).at(receipt)
    assert (waiting.light.lamp, overdue.light.words) == (Lamp.WAITING, "逾期3天")
    # What the old unit reported is judged all the same, and the heir answers the rest.
    move(staffed.actor("inspector", AFTER), feedback, "accept")
    [item] = open_items(staffed.actor("second_head", AFTER))
    assert (item.receipt, item.tasks) == (receipt, 1)
    rest = report(staffed.actor("second_head", AFTER), receipt, TaskFeedback(text="建制。"))
    move(staffed.actor("inspector", AFTER), rest, "accept")
    assert standing(deployment, AFTER).light_at(receipt) is not None
    assert not deployment.open_dues(AFTER).filter(unit=heir).exists()


def test_an_heir_that_was_asked_the_same_answers_once(staffed: SentHouse) -> None:
    deployment = staffed.sent(units=("450100-01", "450100-02"))
    old, heir = staffed.unit("450100-01"), staffed.unit("450100-02")
    adjust(staffed.actor("sysadmin", AFTER), Merge(AFTER, (old,), heir))
    on = standing(deployment, AFTER)
    assert {each.unit.code: on.light_at(each) is None for each in on.receipts} == {
        "450100-01": True,
        "450100-02": False,
    }
    assert len(on.cells) == deployment.open_dues(AFTER).count() == 1


def test_without_an_heir_nobody_is_asked_any_more(staffed: SentHouse) -> None:
    deployment = staffed.sent(units=("450100-P01",))
    adjust(staffed.actor("committee", AFTER), Dissolve(AFTER, staffed.unit("450100-P01")))
    assert standing(deployment, AFTER).light is None
    move(staffed.actor("inspector", AFTER), deployment, "close")
    assert Receipt.objects.get(deployment=deployment).unit.code == "450100-P01"
