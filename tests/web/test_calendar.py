"""制度日历: the year of a body, what of it waits, a house's month in words, and what can be pressed."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rongjian.kernel.regimes import rules
from rongjian.ledgers.activity import Activity
from rongjian.records.actions import WrongState
from rongjian.records.models import Record
from rongjian.regimes import actions
from rongjian.regimes.bodies import Scope
from rongjian.regimes.dues import Block, blocks
from rongjian.regimes.models import Adoption, LocalRule, Statement
from rongjian.web import calendar_rows
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World

BRANCH = "450100-P02"


def page(client: Client, **query: Any) -> Any:
    answer = client.get(reverse("calendar"), query)
    assert answer.status_code == 200
    return answer.context["page"]


def row(shown: Any, name: str) -> Any:
    return next(row for group in shown.heat.groups for row in group.rows if row.name == name)


def states(shown: Any, name: str) -> list[str]:
    return [cell.state for cell in row(shown, name).cells]


def press(client: Client, cell: str, **more: str) -> Any:
    sent = {"unit": BRANCH, "cell": cell, "next": f"{reverse('calendar')}?unit={BRANCH}", **more}
    return client.post(reverse("due-declare"), sent, follow=True)


def test_a_branch_sees_its_own_year_by_institution(visit: Visit) -> None:
    shown = page(visit("lisi"))
    assert (shown.asked.unit.code, shown.asked.year) == (BRANCH, 2026)
    names = [group.name for group in shown.heat.groups]
    assert names == ["思想动态分析", "违纪违法分析", "党的组织生活"]
    assert states(shown, "党小组会") == ["done"] * 5 + ["due"] + ["future"] * 6
    mood = row(shown, "思想动态分析")
    assert [cell.wide for cell in mood.cells] == [3, 3, 3, 3]
    assert mood.cells[1].said == "思想动态分析 二季度 临期 还有 5 天"
    assert (mood.done, mood.asked, mood.excused, mood.missed) == (1, 2, 0, 0)
    assert shown.panel is None


def test_a_cell_opens_to_its_rule_basis_and_records(visit: Visit) -> None:
    client = visit("lisi")
    opened = page(client, unit=BRANCH, cell="LIFE-05.2026-05-01").panel
    assert opened.said == "完成"
    assert opened.records[0][2].startswith("/ledger/activity/")
    assert not opened.ways.nil
    text = text_of(client.get(reverse("calendar"), {"unit": BRANCH, "cell": "LIFE-03.2026-06-01"}))
    assert "《中国共产党支部工作条例（试行）》第五章（2026-11-25 核对）" in text
    assert "type=group_meeting" in text
    assert 'data-state="due"' in text


def test_what_is_not_the_reader_s_is_counted_and_not_named(visit: Visit) -> None:
    """The inspector sees that a branch kept its day, and not what it met about."""
    opened = page(visit("zhaoliu"), unit=BRANCH, cell="LIFE-05.2026-06-01", view="heat").panel
    assert not opened.ways.any
    draft = Activity.objects.filter(unit__code=BRANCH, type="theme_day").latest("happened_on")
    shown = page(visit("zhaoliu"), unit=BRANCH, cell=f"LIFE-05.{draft.happened_on:%Y-%m}-01")
    assert len(shown.panel.records) + shown.panel.hidden == 1


def test_a_reason_is_a_press_and_can_be_taken_back(visit: Visit) -> None:
    client = visit("lisi")
    answer = press(client, "LIFE-03.2026-06-01", reason="merged")
    shown = answer.context["page"]
    assert states(shown, "党小组会")[5] == "excused"
    assert shown.declared.words == "已说明：有因：与上级活动合并"
    assert "撤销（" in text_of(answer)
    undone = client.post(
        reverse("due-undo", args=[shown.declared.statement.pk]), {"next": "/calendar/"}, follow=True
    )
    assert "已撤销。" in text_of(undone)
    assert states(undone.context["page"], "党小组会")[5] == "due"


def test_nothing_to_report_is_a_press_on_the_workbench(visit: Visit) -> None:
    client = visit("lisi")
    sent = {"unit": BRANCH, "cell": "DISC-01.2026-01-01", "next": reverse("home")}
    answer = client.post(reverse("due-declare"), sent, follow=True)
    assert answer.redirect_chain[0][0].startswith("/?told=")
    home = answer.context["page"]
    assert "违纪违法分析（上半年）" not in [task.what for task in (*home.soon, *home.later)]
    shown = page(client, cell="DISC-01.2026-01-01")
    assert states(shown, "违纪违法分析")[0] == "done"
    assert shown.panel.said == "完成（本期无）"
    assert shown.panel.statement.startswith("本期无，李四 2026-06-25")


def test_what_is_refused_says_why_and_keeps_the_panel_open(visit: Visit) -> None:
    client = visit("lisi")
    answer = press(client, "LIFE-03.2026-06-01", reason="other")
    assert answer.status_code == 422
    text = text_of(answer)
    assert "没有说明成：选“其他”时请写一句说明" in text
    assert answer.context["page"].panel.due.rule.code == "LIFE-03"
    assert not Statement.objects.exists()


def test_a_sentence_that_is_refused_is_still_there_to_be_mended(visit: Visit) -> None:
    words = "请打 13812345678"
    answer = press(visit("lisi"), "LIFE-03.2026-06-01", reason="merged", words=words)
    assert answer.status_code == 422
    assert f'value="{words}"' in text_of(answer)
    assert not Statement.objects.exists()
    assert "138" not in text_of(visit("lisi").get(reverse("calendar"), {"unit": BRANCH}))


def test_nobody_is_sent_elsewhere(visit: Visit) -> None:
    client = visit("lisi")
    for target in ("https://example.org/x", "//example.org", "javascript:alert(1)"):
        sent = {"unit": BRANCH, "cell": "LIFE-03.2026-06-01", "next": target}
        answer = client.post(reverse("due-declare"), sent)
        assert answer["Location"].startswith("/calendar/")


@pytest.mark.parametrize("cell", ["", "LIFE-03", "LIFE-03.2026-06-02", "X.2026-06-01", "..", "%00"])
def test_cells_that_are_none_are_not_found(visit: Visit, cell: str) -> None:
    sent = {"unit": BRANCH, "cell": cell}
    assert visit("lisi").post(reverse("due-declare"), sent).status_code == 404


@pytest.mark.parametrize("account", ["qian", "ren", "zhengshi", "chen"])
def test_whose_it_is_not_is_refused(visit: Visit, account: str) -> None:
    answer = visit(account).get(reverse("calendar"))
    assert answer.status_code == 403
    sent = {"unit": BRANCH, "cell": "LIFE-03.2026-06-01"}
    assert visit(account).post(reverse("due-declare"), sent).status_code == 404


def test_another_branch_s_calendar_does_not_exist(visit: Visit) -> None:
    for unit in ("450100-P01", "450100", "450102-P01", "x"):
        assert visit("lisi").get(reverse("calendar"), {"unit": unit}).status_code == 404


def test_a_house_sees_its_units_in_code_order_and_in_words(visit: Visit) -> None:
    shown = page(visit("weiw"), unit="450100", view="units", month="5").table
    names = [row.name for row in shown.rows]
    assert names[:3] == ["第一党支部", "第二党支部", "第三党支部"]
    assert names == [f"第{number}党支部" for number in "一二三四五六七八九十"]
    assert {row.name for row in shown.single} == {"南宁市院", "机关党委", "党组"}
    assert re.fullmatch(r"\d+ 个单位无漏项(；.*)?", shown.words)
    codes = [re.search(r"unit=(\d+)", url).group(1) for _, url, _ in shown.houses]  # type: ignore[union-attr]
    assert codes == sorted(codes)
    assert len(codes) == 12
    text = text_of(visit("weiw").get(reverse("calendar"), {"unit": "450100", "view": "units"}))
    content = text[text.index('id="content"') :]
    assert "%" not in re.sub(r"%[0-9A-F]{2}", "", content)
    assert not re.search("排名|名次|第一名|达标率|完成率", content)


def test_a_house_below_is_told_of_only_to_whom_its_calendar_opens(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A custodian answers for one house; the table of its own bodies is the same without the others."""
    where = {"unit": "450000", "view": "units", "month": "5"}
    whole = page(visit("gong"), **where).table
    assert len(whole.houses) > 1
    for name, url, _ in whole.houses:
        assert visit("gong").get(url).status_code == 200, name
    keeper = world.persons["weiw"]
    keeper.posts.all().delete()
    keeper.posts.create(
        unit=world.region, role="custodian", valid_from=date(2026, 1, 1), state="approved"
    )
    asked: list[Scope] = []

    def noted(scope: Scope, *rest: Any) -> list[Block]:
        asked.append(scope)
        return blocks(scope, *rest)

    monkeypatch.setattr(calendar_rows, "blocks", noted)
    own = page(visit("weiw"), **where).table
    assert own.houses == ()
    assert (own.columns, own.rows, own.single, own.words) == (
        whole.columns, whole.rows, whole.single, whole.words,
    )  # fmt: skip
    assert [scope.whole for scope in asked] == [False]


def test_the_list_groups_by_the_day_it_ends(visit: Visit) -> None:
    listed = page(visit("lisi"), view="list").listed
    groups = {name: [line.what for line in lines] for name, lines in listed.groups}
    assert "主题党日（6月）" in groups["本月到期"]
    assert groups["已过期限"] == []
    # What the branch decided has a day of its own.
    assert any(what.startswith("议定事项：") for lines in groups.values() for what in lines)
    assert listed.finished > 15


def test_no_view_writes_and_none_asks_more_for_more_units(visit: Visit) -> None:
    def asked(account: str, **query: str) -> int:
        client = visit(account)
        page(client, **query)  # Logging in leaves its own traces, once.
        with CaptureQueriesContext(connection) as seen:
            page(client, **query)
        lines = [each["sql"] for each in seen]
        ours = r"(INSERT INTO|UPDATE|DELETE FROM) .(records|regimes|ledgers|log)_"
        assert not [line for line in lines if re.match(ours, line)]
        return len(lines)

    assert asked("lisi") < 60
    city = asked("weiw", unit="450100", view="units")
    assert asked("gong", unit="450000", view="units") <= city + 2


def test_before_it_is_taken_up_nothing_is_owed_and_the_office_can_take_it_up(
    world: World, visit: Visit
) -> None:
    Adoption.objects.all().delete()
    records = Record.objects.count()
    organiser = text_of(visit("lisi").get(reverse("calendar")))
    assert "尚未启用制度日历" in organiser
    assert "请联系本院机关党委启用" in organiser
    office = visit("weiw")
    assert f"用推荐的 {len({rule.code for rule in rules()})} 项" in text_of(
        office.get(reverse("calendar"))
    )
    told = office.post(reverse("calendar-adopt"), {"court": "450100"}, follow=True)
    assert "已为南宁市院启用制度日历，自 2026-06-01 起计算。" in text_of(told)
    assert Adoption.objects.get().since == date(2026, 6, 1)
    assert states(page(visit("lisi")), "党小组会") == ["", "due"] + ["future"] * 6
    assert Record.objects.count() == records
    assert office.post(reverse("calendar-adopt"), {"court": "450200"}).status_code == 403


def test_a_house_chooses_what_it_takes_up(visit: Visit, world: World) -> None:
    """All of the product's rules are ticked, no house's own among them; what is unticked is not owed."""
    Adoption.objects.all().delete()
    changes = {"like": "LIFE-05", "name": "青年主题党日"}
    LocalRule.objects.create(
        unit=world.units["450200"], code="OWN-1", valid_from=date(2026, 1, 1), changes=changes
    )
    office = visit("weiw")
    answer = office.get(reverse("calendar"))
    text = text_of(answer)
    codes = list(dict.fromkeys(rule.code for rule in rules()))
    ticked = re.findall(r'name="rule" value="([^"]+)" checked', text)
    assert sorted(ticked) == sorted(codes)
    assert f"用推荐的 {len(codes)} 项" in text
    assert "自己选" in text
    assert "青年主题党日" not in text
    life = dict(answer.context["page"].recommended)["党的组织生活"]
    groups = next(each for each in life if each.code == "LIFE-03")
    assert (groups.often, groups.who) == ("每月", "党支部、联合党支部（设党小组的）")
    assert 'name="rule"' not in text_of(visit("lisi").get(reverse("calendar")))
    kept = [code for code in codes if code != "LIFE-03"]
    sent = {"court": "450100", "chosen": "1", "rule": kept}
    office.post(reverse("calendar-adopt"), sent)
    assert Adoption.objects.get().left_out == ["LIFE-03"]
    names = [each.name for group in page(visit("lisi")).heat.groups for each in group.rows]
    assert "党小组会" not in names
    assert "主题党日" in names


@pytest.mark.parametrize("sent", [{"chosen": "1"}, {"chosen": "1", "rule": "NONE"}])
def test_nothing_ticked_takes_nothing_up(visit: Visit, sent: dict[str, str]) -> None:
    Adoption.objects.all().delete()
    told = visit("weiw").post(reverse("calendar-adopt"), {"court": "450100", **sent}, follow=True)
    assert "没有启用：请至少勾选一项制度" in text_of(told)
    assert not Adoption.objects.exists()


@pytest.mark.parametrize("fault", [ValidationError("已经启用"), WrongState("已经启用")])
def test_what_cannot_be_taken_up_says_why_on_the_calendar(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def refuse(*_: object) -> None:
        raise fault

    monkeypatch.setattr(actions, "adopt", refuse)
    told = visit("weiw").post(reverse("calendar-adopt"), {"court": "450100"}, follow=True)
    assert told.status_code == 200
    assert "没有启用：已经启用" in text_of(told)
    assert "已为南宁市院启用" not in text_of(told)


def test_the_rules_are_shown_with_their_basis_and_changed_by_the_office_only(visit: Visit) -> None:
    where = reverse("calendar-rules")
    text = text_of(visit("lisi").get(where))
    assert "《中国共产党支部工作条例（试行）》第五章（2026-11-25 核对）" in text
    assert "本系统设置，可调整" in text
    assert "本院制度" not in text
    sent = {"code": "LIFE-04", "cycle": "half", "valid_from": "2026-07-01", "basis": "会议纪要"}
    assert visit("lisi").post(where, sent).status_code == 403
    office = visit("weiw")
    further = office.post(where, {**sent, "further": "1"})
    assert further.status_code == 422
    assert "请保留一项" in text_of(further)
    told = office.post(where, sent, follow=True)
    assert "自 2026-07-01 起的期间按此计算，以前的期间不变。" in text_of(told)
    assert [cell.wide for cell in row(page(visit("lisi")), "党课").cells] == [3, 3, 6]


def test_the_units_are_those_of_the_house_whichever_of_its_bodies_was_named(visit: Visit) -> None:
    client = visit("weiw")
    named, whole = (
        page(client, unit=code, view="units", month="5") for code in ("450100-P", "450100")
    )
    assert named.table == whole.table
    assert whole.table.rows
