"""人员、党支部 in the browser's eyes: who is named to whom, what is done, what is refused and how."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from rongjian.log.models import Event
from rongjian.org.actions import appoint
from rongjian.org.models import Person, Post, PostState, Unit
from rongjian.records.models import Batch
from rongjian.web.people_offers import DEEDS
from tests.web.visitors import text_of
from tests.world import TODAY

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

BRANCH = "450100-P02"
NUMBER = "11010519491231002X"


@pytest.fixture
def colleague(world: World) -> Person:
    """A full member of the cast's branch who is nobody of the cast and holds no post."""
    members = Person.objects.filter(branch__code=BRANCH, account=None, membership="full")
    return members.filter(posts=None).order_by("staff_no")[0]


def do(person: Person, deed: str) -> str:
    return reverse("person-do", args=[person.pk, deed])


def messages(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def names(page: Any) -> set[str]:
    return {row.person.staff_no for row in page.rows}


# --- who is named to whom --------------------------------------------------------------------


def test_the_list_holds_the_own_house_in_order_of_numbers(world: World, visit: Visit) -> None:
    page = visit("ren").get(reverse("people")).context["page"]
    numbers = [row.person.staff_no for row in page.rows]
    assert numbers == sorted(numbers)
    assert {row.person.court_id for row in page.rows} == {world.nanning.pk}
    assert page.total == Person.objects.filter(court=world.nanning).count()
    assert visit("sys").get(reverse("people")).status_code == 403


def test_membership_is_told_only_to_those_who_may_read_it(
    world: World, visit: Visit, colleague: Person
) -> None:
    branch = Unit.objects.get(code=BRANCH)
    in_branch = Person.objects.filter(branch=branch).count()
    for account, known in (("weiw", 17), ("wangwu", 17), ("lisi", 17), ("ren", 0), ("qian", 0)):
        client = visit(account)
        page = client.get(reverse("people"), {"unit": BRANCH}).context["page"]
        assert len([row for row in page.rows if row.branch]) == known, account
        card = client.get(reverse("person", args=[colleague.pk]))
        assert card.context["page"].party == bool(known)
        assert ("入党日期" in text_of(card)) == bool(known)
    assert in_branch == 17
    # A filter tells nothing that the rows do not: whoever cannot read it gets only themselves.
    for membership in ("full", "none"):
        page = visit("ren").get(reverse("people"), {"membership": membership}).context["page"]
        assert names(page) <= {world.persons["ren"].staff_no}


def test_somebody_of_another_house_does_not_exist(world: World, visit: Visit) -> None:
    other = Person.objects.exclude(court=world.nanning).exclude(court=world.region).first()
    assert other is not None
    for address in (reverse("person", args=[other.pk]), do(other, "transfer")):
        assert visit("ren").get(address).status_code == 404
    assert visit("ren").get(reverse("person", args=[10**9])).status_code == 404


def test_the_list_is_searched_and_shows_those_who_left(
    world: World, visit: Visit, colleague: Person
) -> None:
    client = visit("ren")
    page = client.get(reverse("people"), {"q": colleague.staff_no}).context["page"]
    assert names(page) == {colleague.staff_no}
    Person.objects.filter(pk=colleague.pk).update(left_on=TODAY)
    assert not client.get(reverse("people"), {"q": colleague.staff_no}).context["page"].rows
    left = client.get(reverse("people"), {"left": "1"}).context["page"]
    assert names(left) == {colleague.staff_no}


# --- doing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [*DEEDS])
def test_each_form_asks_for_little_and_is_offered_only_to_its_office(
    code: str, visit: Visit, colleague: Person
) -> None:
    office = "weiw" if code in {"membership", "branch"} else "ren"
    page = visit(office).get(do(colleague, code)).context["page"]
    assert len(page.form.fields) <= 6
    assert page.deed.name in text_of(visit(office).get(reverse("person", args=[colleague.pk])))
    assert visit("qian").get(do(colleague, code)).status_code == 404
    assert not visit("qian").get(reverse("person", args=[colleague.pk])).context["page"].offers


def test_somebody_is_taken_on_and_the_number_is_nowhere(world: World, visit: Visit) -> None:
    client = visit("ren")
    given = {
        "staff_no": "450100901",
        "name": "新来",
        "department": world.units["450100-D11"].pk,
        "day": "2026-06-01",
        "identity": NUMBER,
        "idempotency": "one",
    }
    for _ in range(2):
        answer = client.post(reverse("person-new"), given, follow=True)
        assert "已登记新来" in messages(answer)
    person = Person.objects.get(staff_no="450100901")
    assert len(person.identity_hash) == 64
    answer = client.post(
        reverse("person-new"), given | {"staff_no": "450100902", "idempotency": "two"}
    )
    assert answer.status_code == 422
    assert "身份证号与新来（工号 450100901）相同" in text_of(answer)
    answer = client.post(reverse("person-new"), given | {"identity": "123", "idempotency": "3"})
    assert "应为 18 位或 15 位" in text_of(answer)
    assert visit("qian").get(reverse("person-new")).status_code == 403


def test_a_second_home_is_refused_beside_its_input_with_both_ways_out(
    world: World, visit: Visit, colleague: Person
) -> None:
    other = world.units["450100-P01"]
    answer = visit("weiw").post(
        do(colleague, "membership"),
        {"joined_on": "2000-01-01", "full_on": "2001-01-01", "branch": other.pk, "may_vote": "on"},
    )
    assert answer.status_code == 422
    (fault,) = answer.context["page"].faults
    assert fault.words == (
        f"{colleague.name}已在南宁市院第二党支部，不能同时作为南宁市院第一党支部的正式成员"
    )
    assert [way.name for way in fault.ways] == ["转组织关系", "改为列席（组织关系不变）"]
    # The way leads to the form with the branch already chosen.
    form = visit("weiw").get(fault.ways[0].url).context["page"].form
    assert str(form["branch"].value()) == str(other.pk)
    colleague.refresh_from_db()
    assert colleague.branch is not None
    assert colleague.branch.code == BRANCH


def test_a_branch_is_changed_and_each_day_has_its_own_roster(
    world: World, visit: Visit, colleague: Person
) -> None:
    client, other = visit("weiw"), world.units["450100-P01"]
    day = TODAY - timedelta(days=30)
    answer = client.post(
        do(colleague, "branch"), {"branch": other.pk, "day": day.isoformat()}, follow=True
    )
    assert f"组织关系自 {day} 起在南宁市院第一党支部" in messages(answer)
    counts = [
        client.get(reverse("branch", args=[BRANCH]), {"day": each.isoformat()})
        .context["page"]
        .counts.full
        for each in (day - timedelta(days=1), day, TODAY)
    ]
    assert counts == [17, 16, 16]


def test_who_makes_a_branch_too_small_is_asked_again_first(
    world: World, visit: Visit, colleague: Person
) -> None:
    stay = Person.objects.filter(branch__code=BRANCH).exclude(pk=colleague.pk)
    for person in stay.order_by("staff_no")[2:]:
        person.affiliations.filter(kind="home").delete()
    client = visit("weiw")
    given = {"branch": world.units["450100-P01"].pk, "day": TODAY.isoformat(), "basis": ""}
    answer = client.post(do(colleague, "branch"), given)
    assert answer.status_code == 200
    assert "剩 2 名正式党员，少于 3 名" in answer.context["page"].warned[0].words
    assert answer.context["page"].warned[0].ways
    colleague.refresh_from_db()
    assert colleague.branch == Unit.objects.get(code=BRANCH)
    client.post(do(colleague, "branch"), given | {"confirmed": "1"})
    colleague.refresh_from_db()
    assert colleague.branch == world.units["450100-P01"]


@pytest.mark.parametrize(
    ("deed", "given", "words"),
    [
        ("transfer", {"department": "450100-D11", "day": "1999-01-01"}, "才成立"),
        ("transfer", {"department": "450100-D11", "day": "昨天"}, "日期"),
        ("branch", {"branch": "450100-P01", "day": "1999-01-01"}, "才成立"),
        ("membership", {"joined_on": "2001-01-01", "full_on": "2000-01-01"}, "早于入党日期"),
        ("leave", {"day": "2017-01-01", "reason": "退休"}, "不晚于到院日期"),
        ("post", {"role": "branch_secretary", "unit": BRANCH, "day": "2026-06-01"}, "由王五担任"),
    ],
)
def test_what_cannot_be_is_said_beside_its_input_and_nothing_is_lost(
    world: World,
    visit: Visit,
    colleague: Person,
    deed: str,
    given: dict[str, str],
    words: str,
) -> None:
    units = {name: world.units[code].pk for name, code in given.items() if code in world.units}
    if deed == "membership":
        units["branch"] = world.units[BRANCH].pk
    office = "weiw" if deed in {"membership", "branch", "post"} else "ren"
    before = list(colleague.affiliations.values())
    answer = visit(office).post(do(colleague, deed), {**given, **units, "confirmed": "1"})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert str(given.get("day", given.get("full_on"))) in text_of(answer)
    assert list(colleague.affiliations.values()) == before


def test_a_move_to_another_house_is_one_form(world: World, visit: Visit, colleague: Person) -> None:
    there = Unit.objects.filter(type="department", court__type="county").order_by("path")[0]
    branch = Unit.objects.filter(type="party_branch", court=there.court).order_by("path")[0]
    client = visit("ren")
    form = client.get(do(colleague, "move")).context["page"].form
    typed = form.fields["department"].__class__.__name__ == "UnitTyped"
    given = {
        "department": there.name if typed else there.pk,
        "branch": branch.name if form.fields["branch"].__class__.__name__ == "UnitTyped" else branch.pk,
        "day": TODAY.isoformat(),
        "confirmed": "1",
    }  # fmt: skip
    assert client.post(do(colleague, "move"), given).context["page"].faults[0].label == "调动文号"
    client.post(do(colleague, "move"), given | {"basis": "桂检调〔2026〕3号"})
    colleague.refresh_from_db()
    assert (colleague.department, colleague.branch) == (there, branch)
    assert client.get(reverse("person", args=[colleague.pk])).status_code == 404


def test_leaving_ends_the_session_at_the_next_click(world: World, visit: Visit) -> None:
    lisi, wangwu = world.persons["lisi"], world.persons["wangwu"]
    leaver = visit("lisi")
    assert leaver.get(reverse("home")).status_code == 200
    office = visit("ren")
    given = {"day": TODAY.isoformat(), "reason": "退休", "confirmed": "1"}
    answer = office.post(do(lisi, "leave"), given)
    assert "条草稿没有报送，请选择接手人" in text_of(answer)
    assert User.objects.get(username="lisi").is_active
    answer = office.post(do(lisi, "leave"), given | {"successor": wangwu.pk}, follow=True)
    assert "草稿移交给王五" in messages(answer)
    assert not User.objects.get(username="lisi").is_active
    assert leaver.get(reverse("home")).status_code == 302
    assert not answer.context["page"].offers
    assert office.get(do(lisi, "leave")).status_code in (302, 404)


def test_a_post_is_asked_for_and_ended(world: World, visit: Visit, colleague: Person) -> None:
    client, branch = visit("weiw"), world.units[BRANCH]
    given = {"role": "branch_discipline", "unit": branch.pk, "day": "2026-06-01", "basis": "批复"}
    answer = client.post(do(colleague, "post"), given, follow=True)
    assert "由安全管理员核准后生效" in messages(answer)
    post = Post.objects.get(person=colleague)
    assert post.state == PostState.REQUESTED
    lines = answer.context["page"].posts
    assert [(line.words, line.may_end) for line in lines] == [("待安全管理员生效", True)]
    # Only those concerned know of a request.
    assert not visit("qian").get(reverse("person", args=[colleague.pk])).context["page"].posts
    end = reverse("post-end", args=[post.pk])
    assert client.post(end, {"day": "2026-05-01"}).status_code == 422
    assert "任职至 2026-06-10" in messages(client.post(end, {"day": "2026-06-10"}, follow=True))
    assert visit("qian").get(end).status_code == 404


def test_a_post_is_handed_over_and_the_history_stays(
    world: World, visit: Visit, colleague: Person
) -> None:
    post = world.persons["wangwu"].posts.get(role="branch_secretary")
    given = {"day": "2026-06-30", "successor": colleague.pk, "basis": "批复"}
    client = visit("weiw")
    answer = client.post(reverse("post-end", args=[post.pk]), given, follow=True)
    assert f"由{colleague.name}接任的申请待核准" in messages(answer)
    new = Post.objects.get(person=colleague)
    assert (new.role, new.unit, new.valid_from) == (post.role, post.unit, date(2026, 7, 1))
    assert new.state == PostState.REQUESTED
    # Where the successor cannot be, the post does not end either.
    other = world.persons["wangwu"].posts.get(role="department_head")
    new.role, new.unit = other.role, other.unit
    new.save()
    given["day"] = "2026-07-30"
    assert client.post(reverse("post-end", args=[other.pk]), given).status_code == 422
    other.refresh_from_db()
    assert other.valid_to is None


def test_the_way_out_of_a_held_post_is_to_stand_in(
    world: World, visit: Visit, colleague: Person
) -> None:
    client = visit("weiw")
    given = {"role": "branch_secretary", "unit": world.units[BRANCH].pk, "day": "2026-06-01"}
    fault = client.post(do(colleague, "post"), given).context["page"].faults[0]
    way = next(way for way in fault.ways if way.name == "改为主持工作")
    form = client.get(way.url).context["page"].form
    assert form["acting"].value() == "on"
    assert form["role"].value() == "branch_secretary"
    assert client.post(do(colleague, "post"), given | {"acting": "on"}).status_code == 302


# --- the branch ------------------------------------------------------------------------------


def test_a_branch_shows_roster_and_officers_of_a_day(world: World, visit: Visit) -> None:
    branch = world.units[BRANCH]
    appoint(world.persons["weiw"], branch, "branch_discipline", date(2026, 6, 1))
    world.persons["weiw"].posts.filter(unit=branch).update(acting=True)
    address = reverse("branch", args=[BRANCH])
    page = visit("lisi").get(address).context["page"]
    assert len(page.members) == page.counts.members == 17
    acting = [officer for officer in page.officers if officer.acting]
    assert [(officer.role, officer.name) for officer in acting] == [("支部纪检委员", "韦武")]
    before = visit("lisi").get(address, {"day": "2026-05-31"}).context["page"]
    assert not [officer for officer in before.officers if officer.acting]
    old = visit("lisi").get(address, {"day": "2000-01-01"})
    assert "才成立" in text_of(old)
    assert "无法识别" in text_of(visit("lisi").get(address, {"day": "昨天"}))
    assert visit("lisi").get(reverse("branch", args=["450100-D12"])).status_code == 404


def test_names_on_a_roster_stay_with_those_who_may_read_them(world: World, visit: Visit) -> None:
    address = reverse("branch", args=[BRANCH])
    size = {}
    for account in ("wangwu", "weiw", "ren", "qian", "gong", "zhengshi"):
        page = visit(account).get(address).context["page"]
        size[account] = (len(page.members), page.counts is not None, page.hidden)
    assert size["wangwu"] == size["weiw"] == (17, True, 0)
    assert size["ren"] == size["qian"] == (0, True, 17)
    # Above the house there is a figure for the Party office and nothing for others; no names.
    assert size["gong"] == (0, True, 17)
    assert size["zhengshi"] == (0, False, 0)
    shown = visit("zhengshi").get(address).context["page"].officers
    assert {"王×", "李×"} <= {officer.name for officer in shown}
    assert all(officer.name.endswith("×") for officer in shown)


def test_an_exported_roster_comes_back_unchanged(world: World, visit: Visit) -> None:
    client = visit("weiw")
    answer = client.get(reverse("branch-export", args=[BRANCH]))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert rows[0] == ("工号", "姓名", "入党时间", "转正时间", "所在党支部", "有表决权")
    assert len(rows) == 18
    assert Event.objects.filter(verb="open", detail__contains="导出党员花名册").exists()
    lines = Event.objects.count()
    file = io.BytesIO(answer.content)
    file.name = "花名册.xlsx"
    client.post(reverse("people-import"), {"kind": "party-roster", "file": file})
    batch = Batch.objects.get(kind="party-roster")
    assert set(batch.rows.values_list("outcome", flat=True)) == {"same"}
    client.post(reverse("people-import-one", args=[batch.pk]), {"do": "commit"})
    assert Event.objects.count() == lines
    assert visit("lisi").get(reverse("branch-export", args=[BRANCH])).status_code == 403
