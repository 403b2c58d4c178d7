"""工作台: only what follows from dues and records."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.decision import MeetingDecision
from rongjian.records.actions import save
from rongjian.records.linking import explain
from rongjian.supervision.answering import receive, report
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.dispatching import Planned, dispatch, lay_out
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import Receipt
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World


@pytest.mark.parametrize(
    ("due_on", "lamp", "words"),
    [
        (date(2026, 6, 24), "bad", "逾期1天"),
        (date(2026, 6, 25), "warn", "今天到期"),
        (date(2026, 6, 29), "warn", "剩2个工作日"),
        # Not asked of anybody yet: the fourth working day ahead.
        (date(2026, 7, 1), "", ""),
    ],
)
def test_what_was_decided_stands_by_working_days(
    world: World, visit: Visit, due_on: date, lamp: str, words: str
) -> None:
    decision = MeetingDecision(
        what="修订值班安排",
        unit=world.units["450100-P02"],
        happened_on=date(2026, 6, 15),
        owner=world.persons["lisi"],
        due_on=due_on,
    )
    save(world.actor("lisi"), decision)
    page = visit("lisi").get(reverse("home")).context["page"]
    every = (*page.today, *page.soon, *page.later)
    found = [(each.lamp, each.when) for each in every if each.what == "议定事项：修订值班安排"]
    assert found == ([(lamp, words)] if words else [])


def sent(world: World, limit: date, *codes: str) -> Deployment:
    """A deployment of the cast's house with that limit, sent on Monday 15 June."""
    zhaoliu = world.actor("zhaoliu", NOW.replace(day=15))
    draft = Deployment(
        title=f"限 {limit:%m-%d} 的督办",
        unit=world.nanning,
        happened_on=zhaoliu.today,
        due_on=limit,
        leading=world.units["450100-D11"],
    )
    lay_out(zhaoliu, draft, [Planned("排查底数", limit), Planned("分类清理", limit)])
    dispatch(zhaoliu, draft, [world.units[code] for code in codes])
    return draft


def test_deployments_stand_where_their_limit_puts_them(world: World, visit: Visit) -> None:
    for limit in (date(2026, 6, 24), date(2026, 6, 25), date(2026, 6, 26), date(2026, 7, 10)):
        sent(world, limit, "450102")
    page = visit("sunqi").get(reverse("home")).context["page"]
    mine = [task for task in (*page.today, *page.soon) if task.what.startswith("反馈：限")]
    assert [(task.when, task.what[3:10]) for task in mine] == [
        ("今天到期", "限 06-25"),
        ("逾期1天", "限 06-24"),
        ("剩1个工作日", "限 06-26"),
        ("正常", "限 07-10"),
    ]
    assert {task.lamp for task in mine} == {"warn", "bad", "ok"}
    assert all(task.button == "反馈" and task.sign for task in mine)
    assert "2 项任务" in mine[0].more


def test_a_report_takes_it_away_and_puts_it_before_the_reviewer(world: World, visit: Visit) -> None:
    deployment = sent(world, date(2026, 6, 26), "450102", "450103")
    receipt = Receipt.objects.get(deployment=deployment, unit__code="450102")
    sunqi = world.actor("sunqi")
    receive(sunqi, receipt)
    page = visit("sunqi").get(reverse("home")).context["page"]
    [task] = [task for task in page.soon if deployment.title in task.what]
    assert task.sign == ""
    report(sunqi, receipt, TaskFeedback(text="已排查。"))
    page = visit("sunqi").get(reverse("home")).context["page"]
    assert not [task for task in (*page.today, *page.soon) if deployment.title in task.what]
    reviewer = visit("lan").get(reverse("home")).context["page"].today
    [waits] = [task for task in reviewer if deployment.title in task.what]
    assert (waits.when, waits.what) == ("待审核", f"1 份反馈：{deployment.title}")
    assert waits.more == "兴宁区院"
    [line] = [
        each
        for each in visit("zhaoliu").get(reverse("home")).context["page"].begun
        if each.deployment == deployment
    ]
    assert (line.answered, line.units, line.overdue) == (1, 2, 0)


def test_what_regimes_ask_for_can_be_recorded_declared_or_explained(visit: Visit) -> None:
    page = visit("lisi").get(reverse("home")).context["page"]
    owed = {task.what: task for task in (*page.soon, *page.later) if task.due}
    assert set(owed) == {
        "思想动态分析（二季度）",
        "违纪违法分析（上半年）",
        "支部委员会（6月）",
        "党小组会（6月）",
        "主题党日（6月）",
    }
    theme = owed["主题党日（6月）"]
    assert theme.when == "还有 5 天"
    assert theme.url == f"{reverse('ledger-new', args=['activity'])}?unit=450100-P02&type=theme_day"
    assert (theme.button, theme.ways.nil, theme.ways.excuse) == ("记录", True, True)
    # The Party office answers for the house and not for its branches, one's own excepted.
    office = visit("weiw").get(reverse("home")).context["page"]
    units = {task.due.unit.code for task in (*office.soon, *office.later) if task.due}
    assert units == {"450100", "450100-P", "450100-PL", "450100-P08"}


def test_a_draft_waits_for_its_writer_and_a_sent_one_for_somebody_else(visit: Visit) -> None:
    organiser = visit("lisi").get(reverse("home")).context["page"].today
    secretary = visit("wangwu").get(reverse("home")).context["page"].today
    assert "待报送" in [task.when for task in organiser]
    assert "待确认" not in [task.when for task in organiser]
    assert "待确认" in [task.when for task in secretary]


def test_the_links_of_the_month_are_counted_from_links(world: World, visit: Visit) -> None:
    bond = visit("lisi").get(reverse("home")).context["page"].bond
    june = Activity.objects.filter(unit__code="450100-P02", happened_on__gte=date(2026, 6, 1))
    assert bond.total == june.count()
    assert bond.linked + bond.explained + len(bond.open) == bond.total
    first = bond.open[0]
    explain(world.actor("lisi"), first, "fees", "")
    after = visit("lisi").get(reverse("home")).context["page"].bond
    assert after.explained == bond.explained + 1
    assert first not in after.open


def test_nothing_to_do_is_said_plainly(visit: Visit) -> None:
    text = text_of(visit("feng").get(reverse("home")))
    assert "今天没有要办的事。" in text
    assert "没有快到期的事项。" in text
