"""The pages of task forces: who sees what, what they say, and what their buttons do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rongjian.ledgers import force_batch, seconding
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.task_force import TaskForce
from rongjian.ledgers.temporary_branch import TemporaryBranch
from rongjian.org.models import Affiliation, Pairing, Person, Post, Unit
from rongjian.org.rosters import roster
from rongjian.records import importing
from rongjian.records.actions import move, save
from rongjian.records.kinds import kind_of
from rongjian.records.models import Record
from tests.records.import_files import xlsx
from tests.web.visitors import text_of
from tests.world import NOW, TODAY

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

STANDING = "450100-T901"
OLD = "450100-T001"


def address(name: str, code: str = STANDING) -> str:
    return reverse(name, args=[code])


def force(code: str = STANDING) -> Unit:
    return Unit.objects.select_related("court").get(code=code)


def made(world: World, name: str, full: int, **changes: Any) -> Unit:
    """A task force of the cast's department, led by wangwu, with so many full members."""
    wang, wei = world.actor("wangwu"), world.actor("weiw")
    values = {
        "unit": world.units["450100-D12"],
        "basis": "党组会议决定",
        "name": name,
        "leader": world.persons["wangwu"],
        "happened_on": TODAY,
        "ends_on": TODAY + timedelta(days=200),
    }
    record = save(wang, TaskForce(**{**values, **changes}))
    move(wang, record, "submit")
    move(wei, record, "approve")
    unit = record.task_force
    assert unit is not None
    people = Person.objects.filter(court=world.nanning, membership="full", account=None)
    seconding.second(wang, unit, list(people.order_by("staff_no")[: full - 1]), TODAY)
    return unit


def with_branch(world: World, **changes: Any) -> tuple[Unit, Unit]:
    """A task force with its temporary branch."""
    unit = made(world, "专案专班", 4, **changes)
    ids = force_batch.request(world.actor("wangwu"), [unit], "")
    force_batch.approve(world.actor("weiw"), force_batch.pending(ids), "", "文号")
    branch = TemporaryBranch.objects.get(pk=ids[0]).branch
    assert branch is not None
    return unit, branch


# --- the list --------------------------------------------------------------------------------


def test_the_list_is_in_code_order_and_costs_the_same_for_many(world: World, visit: Visit) -> None:
    client = visit("weiw")
    with CaptureQueriesContext(connection) as few:
        page = client.get(reverse("taskforces")).context["page"]
    assert [row.code for row in page.rows] == [STANDING]
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("taskforces"), {"state": "ended"}).context["page"]
    codes = [row.code for row in page.rows]
    assert len(codes) == 50
    assert codes == sorted(codes, key=lambda code: Unit.objects.get(code=code).path)
    assert {row.branch for row in page.rows} == {"已成立", "已撤销"}
    assert len(many) <= len(few) + 1
    last = client.get(reverse("taskforces"), {"state": "ended", "page": page.pages}).context["page"]
    counts = {name: number for name, _, number in page.tabs}
    assert 50 * (page.pages - 1) + len(last.rows) == counts["ended"]


def test_a_setting_up_waits_in_its_own_tab_and_is_no_unit_yet(world: World, visit: Visit) -> None:
    wang = world.actor("wangwu")
    record = TaskForce(
        unit=world.units["450100-D12"],
        basis="决定",
        name="待批专班",
        leader=world.persons["wangwu"],
        happened_on=TODAY,
        ends_on=TODAY + timedelta(days=99),
    )
    move(wang, save(wang, record), "submit")
    text = text_of(visit("weiw").get(reverse("taskforces"), {"state": "waiting"}))
    assert "待批专班" in text
    assert "待立项 1" in text
    assert not Unit.objects.filter(name__contains="待批专班").exists()


# --- who sees what ---------------------------------------------------------------------------


def test_names_are_for_the_own_house_and_masked_for_others(world: World, visit: Visit) -> None:
    names = {person.name for person in roster(force(), TODAY).people}
    own = text_of(visit("lisi").get(address("taskforce")))
    assert all(name in own for name in names)
    above = visit("gong").get(address("taskforce"))
    assert not any(name in text_of(above) for name in names)
    page = above.context["page"]
    assert {member.name for member in page.members} == {f"{n[0]}×" for n in names}
    # Somebody of another house who is in it sees colleagues masked, and more than strangers do.
    assert visit("aud").get(address("taskforce")).status_code == 404
    aud = world.persons["aud"]
    aud.posts.all().delete()  # An ordinary colleague from now on: an administrator sees nothing.
    assert visit("aud").get(address("taskforce")).status_code == 404
    Affiliation.objects.create(person=aud, unit=force(), kind="task_force", valid_from=TODAY)
    inside = visit("aud").get(address("taskforce"))
    assert inside.status_code == 200
    assert not any(name in text_of(inside) for name in names)


def test_membership_is_shown_to_those_who_compose_or_approve(world: World, visit: Visit) -> None:
    def shown(account: str) -> set[str]:
        page = visit(account).get(address("taskforce")).context["page"]
        return {member.membership for member in page.members}

    assert shown("gong") == {"正式党员"}
    assert shown("zhengshi") == {""}


@pytest.mark.parametrize(
    ("account", "opens"), [("qian", "view"), ("zhengshi", "project"), ("weiw", None)]
)
def test_each_result_opens_to_the_records_it_counts(
    world: World, visit: Visit, account: str, opens: str | None
) -> None:
    client = visit(account)
    page = client.get(address("taskforce", OLD)).context["page"]
    if opens is None:
        assert page.results == ()
        return
    assert [each.name for each in page.results][:2] == ["批准逮捕", "提起公诉"]
    for each in page.results[:3]:
        assert ("below=1" in each.url) is (opens == "project")
        listed = client.get(each.url).context["page"]
        assert f"{listed.table.total:,}" == each.text
        assert any(chip.words.startswith("专班=") for chip in listed.chips)
    rows = Record.objects.filter(task_force__code=OLD, kind="handled-person")
    assert sum(int(each.text) for each in page.results[:2]) == rows.count() > 0


def test_a_chief_reads_results_that_are_not_opened_elsewhere(visit: Visit) -> None:
    page = visit("feng").get(address("taskforce", OLD)).context["page"]
    assert page.results
    assert not any(each.url for each in page.results)


# --- one task force --------------------------------------------------------------------------


def test_too_small_a_task_force_says_so_with_buttons_that_work(world: World, visit: Visit) -> None:
    unit = made(world, "小专班", 2)
    client = visit("wangwu")
    response = client.get(address("taskforce", unit.code))
    text = text_of(response)
    assert "正式党员 2 名，不满 3 名" in text
    page = response.context["page"]
    assert [way.words for way in page.ways_out] == [
        "编入第二党支部",
        "与常态化扫黑除恶专班联合",
    ]
    assert "成立临时党支部</a>" not in text
    joined = client.get(page.ways_out[1].url)
    assert joined.status_code == 200
    assert all(each.ok for each in joined.context["page"].conditions)
    done = client.post(
        address("taskforce-serve", unit.code), {"branch": page.ways_out[0].branch}, follow=True
    )
    assert "已编入南宁市院第二党支部。" in text_of(done)
    assert Pairing.objects.get(business_unit=unit).party_unit.code == "450100-P02"
    assert visit("weiw").get(reverse("taskforce-batch")).context["page"].tabs[0][2] == 1


def test_asking_keeps_what_was_typed_and_writes_nothing_when_refused(
    world: World, visit: Visit
) -> None:
    unit = made(world, "短期专班", 4, ends_on=TODAY + timedelta(days=10))
    client = visit("wangwu")
    form = client.get(address("taskforce-branch", unit.code)).context["page"].form
    sent = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(address("taskforce-branch", unit.code), sent | {"idempotency": "k"})
    assert answer.status_code == 422
    assert "不满 1 个月" in text_of(answer)
    assert not TemporaryBranch.objects.filter(unit=unit).exists()
    answer = client.post(address("taskforce-branch", unit.code), sent | {"secretary": ""})
    assert answer.status_code == 422
    assert answer.context["page"].form["organiser"].value() == sent["organiser"]


def test_asking_twice_with_one_form_asks_once_and_approval_is_on_the_page(
    world: World, visit: Visit
) -> None:
    unit = made(world, "专案专班", 4)
    client = visit("wangwu")
    form = client.get(address("taskforce-branch", unit.code)).context["page"].form
    assert len(form.fields) <= 6
    sent = {name: form[name].value() or "" for name in form.fields} | {"idempotency": "k"}
    for _ in range(2):
        answer = client.post(address("taskforce-branch", unit.code), sent)
        assert answer.status_code == 302
    request = TemporaryBranch.objects.get(unit=unit)
    assert request.state == "submitted"
    own = {"version": request.version}
    refused = client.post(address("taskforce-decide", unit.code), own, follow=True)
    assert "应由经办人以外的人办理" in text_of(refused)
    wei = visit("weiw")
    page = wei.get(address("taskforce", unit.code)).context["page"]
    assert (page.may_decide, page.officers) == (True, (("书记", "王五"),))
    assert not client.get(address("taskforce", unit.code)).context["page"].may_decide
    stale = wei.post(address("taskforce-decide", unit.code), {"version": 1}, follow=True)
    assert "刚被别人改过" in text_of(stale)
    returned = {"version": request.version, "step": "return", "words": "书记另定"}
    wei.post(address("taskforce-decide", unit.code), returned)
    request.refresh_from_db()
    assert request.state == "draft"
    again = client.get(address("taskforce-branch", unit.code)).context["page"].form
    assert again["secretary"].value() == request.secretary_id
    client.post(address("taskforce-branch", unit.code), sent | {"idempotency": "k2"})
    request.refresh_from_db()
    text = text_of(
        wei.post(
            address("taskforce-decide", unit.code),
            {"version": request.version, "words": "南检党〔2026〕8号"},
            follow=True,
        )
    )
    assert "已同意：南宁市院专案专班临时党支部成立" in text
    assert "在临时党支部参加的活动，可计入原支部的组织生活" in text
    office = Post.objects.get(unit__served_by=None, unit__serves__business_unit=unit)
    assert (office.role, office.valid_to) == ("branch_secretary", None)


def test_people_come_and_go_by_name_or_number(world: World, visit: Visit) -> None:
    unit = made(world, "专案专班", 2)
    client = visit("wangwu")
    wrong = client.post(
        address("taskforce-members", unit.code), {"people": "李四、没有此人", "on": str(TODAY)}
    )
    assert wrong.status_code == 422
    assert "没有找到“没有此人”" in text_of(wrong)
    assert "李四、没有此人" in text_of(wrong)
    assert len(roster(unit, TODAY).people) == 2
    client.post(address("taskforce-members", unit.code), {"people": "李四", "on": str(TODAY)})
    assert world.persons["lisi"] in roster(unit, TODAY).people
    early = {"people": "钱一", "on": str(TODAY - timedelta(days=1))}
    assert "早于专班开始日期" in text_of(
        client.post(address("taskforce-members", unit.code), early)
    )
    leaving = {"release": [world.persons["lisi"].pk]}
    text = text_of(client.post(address("taskforce-members", unit.code), leaving, follow=True))
    assert "已移出 1 人" in text
    leader = {"release": [world.persons["wangwu"].pk]}
    text = text_of(client.post(address("taskforce-members", unit.code), leader, follow=True))
    assert "组长不能移出" in text
    assert visit("lisi").get(address("taskforce-members", unit.code)).status_code == 403


def test_the_archive_shows_what_was_and_offers_nothing_more(world: World, visit: Visit) -> None:
    unit, branch = with_branch(world)
    wang = world.actor("wangwu")
    meeting = Activity(unit=branch, type="theme_day", happened_on=TODAY, topic="取证引导")
    save(wang, meeting)
    page = visit("wangwu").get(address("taskforce", unit.code)).context["page"]
    assert [step.state for step in page.steps] == ["done"] * 4 + ["now"]
    assert [each.topic for each in page.activities] == ["取证引导"]
    assert not page.may_end
    text = text_of(
        visit("weiw").post(
            address("taskforce-end", unit.code),
            {"words": "任务完成", "summary": "办结 37 件"},
            follow=True,
        )
    )
    for words in ("已归档", "取证引导", "办结 37 件", "临时党支部撤销：任务完成"):
        assert words in text
    page = visit("weiw").get(address("taskforce", unit.code)).context["page"]
    assert page.case.ended
    assert (page.may_end, page.ways_out, page.conditions) == (False, (), ())
    assert visit("wangwu").get(address("taskforce-branch", unit.code)).status_code == 302
    assert visit("wangwu").get(address("taskforce-members", unit.code)).status_code == 403
    left = visit("wangwu").post(
        reverse("ledger-new", args=["activity"]),
        {
            "unit": branch.pk,
            "type": "theme_day",
            "happened_on": TODAY,
            "topic": "会后",
            "absent": 0,
        },
    )
    # The secretary's post has ended; what is left is the department's own reach.
    assert not Post.objects.filter(unit=branch, valid_to=None).exists()
    assert left.status_code in {302, 422}


def test_thirty_days_after_the_planned_end_it_is_asked(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = TODAY + timedelta(days=40)
    unit, _ = with_branch(world, ends_on=ends)

    def at(days: int) -> str:
        moment = NOW + (ends - TODAY) + timedelta(days=days)
        monkeypatch.setenv("RONGJIAN_NOW", moment.isoformat())
        answer = visit("weiw").get(address("taskforce", unit.code))
        assert answer.status_code == 200
        return text_of(answer)

    visit("weiw")  # Sets the clock that the next lines move on.
    assert "是否撤销临时党支部？" not in at(29)
    assert "专班已结束 30 天，是否撤销临时党支部？" in at(30)
    home = text_of(visit_at(visit, monkeypatch, NOW + (ends - TODAY) + timedelta(days=30), "/"))
    assert "专班已结束，是否撤销临时党支部" in home


def visit_at(visit: Visit, monkeypatch: pytest.MonkeyPatch, moment: Any, path: str) -> Any:
    client = visit("weiw")
    monkeypatch.setenv("RONGJIAN_NOW", moment.isoformat())
    return client.get(path)


# --- what a temporary branch may not record ----------------------------------------------------


def test_a_form_refuses_what_is_barred_and_keeps_what_was_typed(world: World, visit: Visit) -> None:
    _, branch = with_branch(world)
    sent = {
        "unit": branch.pk,
        "type": "admission",
        "happened_on": str(TODAY),
        "topic": "接收预备党员",
        "absent": "0",
        "idempotency": "x",
    }
    answer = visit("wangwu").post(reverse("ledger-new", args=["activity"]), sent)
    assert answer.status_code == 422
    assert "临时党支部不办理“发展党员”，请记在党员的原支部" in text_of(answer)
    assert 'value="接收预备党员"' in text_of(answer)
    assert not Activity.objects.filter(unit=branch).exists()


def test_an_import_refuses_what_is_barred_and_takes_the_rest(world: World) -> None:
    _, branch = with_branch(world)
    wang = world.actor("wangwu")
    rows: list[list[object]] = [
        ["单位", "活动类型", "日期", "主题"],
        [branch.name, "换届选举", "2026-06-20", "选举"],
        [branch.name, "主题党日", "2026-06-20", "学习"],
    ]
    batch = importing.upload(wang, kind_of("activity"), branch, "a.xlsx", xlsx(rows))
    bad = batch.rows.get(outcome="bad")
    assert "临时党支部不办理“换届选举”" in str(bad.problems["type"])
    assert importing.commit(wang, batch).created == 1


# --- many at once ------------------------------------------------------------------------------


def test_many_are_checked_asked_and_approved_once(world: World, visit: Visit) -> None:
    good = [made(world, f"第{n}专班", 3) for n in range(3)]
    small = made(world, "小专班", 2)
    codes = [unit.code for unit in (*good, small)]
    wei, batch = visit("weiw"), reverse("taskforce-batch")
    page = wei.post(batch, {"step": "check", "force": codes}).context["page"]
    assert [line.code for line in page.fitting] == [unit.code for unit in good]
    assert [line.code for line in page.others] == [small.code]
    assert page.others[0].reasons[0].startswith("正式党员 2 名，不满 3 名。可：")
    sent = {"step": "carry-out", "force": codes, "idempotency": "once"}
    texts = [text_of(wei.post(batch, sent, follow=True)) for _ in range(2)]
    assert all("已呈批 3 个。" in text for text in texts)
    assert "另有 1 个已不符合条件" in texts[0]
    asked = list(TemporaryBranch.objects.filter(unit__in=good))
    assert {each.state for each in asked} == {"submitted"}
    ids = sorted(each.pk for each in asked)
    own = {"step": "carry-out", "force": ids, "idempotency": "mine", "words": "文号"}
    assert "没有办理，一个也没有改动：“同意”应由经办人以外的人办理" in text_of(
        wei.post(f"{batch}?do=approve", own, follow=True)
    )
    gong = visit("gong")
    lines = gong.get(f"{batch}?do=approve").context["page"].lines
    assert [int(line.value) for line in lines] == ids
    for _ in range(2):
        text = text_of(gong.post(f"{batch}?do=approve", own, follow=True))
        assert "已同意 3 个。" in text
    made_ones = [each.branch for each in TemporaryBranch.objects.filter(pk__in=ids)]
    assert len({branch.pk for branch in made_ones if branch}) == 3


def test_the_batch_reaches_no_further_than_the_right(world: World, visit: Visit) -> None:
    assert visit("wangwu").get(reverse("taskforce-batch")).status_code == 403
    other = "450200-T901"
    assert Unit.objects.filter(code=other).exists()
    wei = visit("weiw")
    page = wei.post(reverse("taskforce-batch"), {"step": "check", "force": [other]}).context["page"]
    assert page.lines == ()
    sent = {"step": "carry-out", "force": [other], "idempotency": "x"}
    wei.post(reverse("taskforce-batch"), sent)
    assert not TemporaryBranch.objects.filter(unit__code=other).exists()
