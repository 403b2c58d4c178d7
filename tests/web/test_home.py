"""工作台: only what follows from dues and records."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.records.actions import move, save
from rongjian.records.linking import explain
from rongjian.records.models import Due
from rongjian.records.waiting import due_status, open_dues
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World


def test_the_status_of_a_due_follows_from_the_calendar() -> None:
    today, opens = date(2026, 6, 25), date(2026, 6, 20)

    def status(due: date, missing: int = 1, opens: date = opens) -> tuple[str, str]:
        return due_status(due, opens, missing, today)

    assert status(date(2026, 6, 24)) == ("bad", "逾期 1 天")
    assert status(today) == ("warn", "今天")
    assert status(date(2026, 6, 28)) == ("warn", "剩 3 天")
    assert status(date(2026, 6, 29)) == ("ok", "剩 4 天")
    assert status(date(2026, 6, 1), missing=0) == ("done", "已办")
    assert status(date(2026, 7, 9), opens=date(2026, 7, 1)) == ("off", "未开始")


def test_dues_stand_where_their_day_puts_them(visit: Visit) -> None:
    page = visit("lisi").get(reverse("home")).context["page"]
    assert page.title == "6月25日 星期四"
    assert page.soon[0].when == "逾期 1 天"
    assert page.soon[0].what.startswith("制度立改废意见征集")


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


def test_an_answer_takes_a_due_away_only_once_it_is_sent(world: World, visit: Visit) -> None:
    lisi = world.actor("lisi")
    due = Due.objects.create(
        origin="asked:1",
        unit=world.units["450100-P02"],
        kind="activity",
        opens_on=date(2026, 6, 22),
        due_on=date(2026, 6, 25),
    )
    draft = save(
        lisi,
        Activity(unit=due.unit, type="theme_day", happened_on=due.due_on, topic="重温入党誓词"),
    )
    assert due in [line.due for line in open_dues(lisi)]
    move(lisi, draft, "submit")
    assert due not in [line.due for line in open_dues(lisi)]
    page = visit("lisi").get(reverse("home")).context["page"]
    assert "重温入党誓词" in [words for _, _, words in page.recent]


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
