"""我的一年: one's own deeds for oneself alone, by no way anybody else's."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.urls import reverse

from rongjian.ledgers.care import Care
from rongjian.ledgers.mentoring import Mentoring
from rongjian.ledgers.vanguard_post import VanguardPost
from rongjian.log.models import Event
from rongjian.ops.demo.cast import CAST
from rongjian.org.models import Person
from rongjian.records.actions import save
from rongjian.records.own_year import own_year
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from rongjian.records.models import Record
    from tests.web.visitors import Visit
    from tests.world import World

CANARY = "金丝雀目标文字"
ABOVE_AND_BESIDE = ("zhengshi", "gong", "jian", "qian", "zhaoliu", "feng", "ren", "chen")
ADMINISTRATORS = ("sys", "sec", "aud")
KINDS = ("vanguard-post", "mentoring", "care")


@pytest.fixture
def rows(world: World) -> dict[str, Record]:
    """One row of each ledger about wangwu, with lisi as the one who writes."""
    wangwu, lisi = world.persons["wangwu"], world.actor("lisi")
    branch = world.units["450100-P02"]
    base: dict[str, Any] = {"unit": branch, "happened_on": date(2026, 5, 20)}
    mentee = Person.objects.filter(branch=branch, account=None).order_by("staff_no")[0]
    return {
        "vanguard-post": save(lisi, VanguardPost(person=wangwu, title=CANARY, **base)),
        "mentoring": save(lisi, Mentoring(mentor=wangwu, mentee=mentee, goals=CANARY, **base)),
        "care": save(lisi, Care(person=wangwu, occasion="honour", manner="letter", **base)),
    }


def words(world: World, account: str) -> set[tuple[str, str]]:
    year = own_year(world.actor(account), 2026)
    return {(chapter.kind.code, chapter.way) for chapter in year.chapters}


def test_the_year_is_drawn_from_finished_work(
    world: World, visit: Visit, rows: dict[str, Any]
) -> None:
    answer = visit("wangwu").get(reverse("my-year"))
    assert CANARY in text_of(answer)
    assert {("vanguard-post", "党员"), ("mentoring", "带教人"), ("care", "党员")} <= words(
        world, "wangwu"
    )
    assert {role for _, role in answer.context["page"].posts} == {"支部书记", "部门负责人"}
    # A draft is not finished, a voided row is not work.
    VanguardPost.objects.filter(pk=rows["vanguard-post"].pk).update(state="void")
    titles = [
        deed.about
        for chapter in own_year(world.actor("wangwu"), 2026).chapters
        if chapter.kind.code == "vanguard-post"
        for deed in chapter.deeds
    ]
    assert CANARY not in titles


def test_a_year_has_only_its_own_days(world: World, visit: Visit, rows: dict[str, Any]) -> None:
    client = visit("wangwu")
    assert CANARY not in text_of(client.get(reverse("my-year"), {"year": "2025"}))
    for year in ("1066", "明年", "-1"):
        assert client.get(reverse("my-year"), {"year": year}).context["page"].year.year == 2026


@pytest.mark.parametrize("account", [each.account for each in CAST if each.account != "wangwu"])
def test_nobody_reaches_the_year_of_another(
    world: World, visit: Visit, rows: dict[str, Any], account: str
) -> None:
    client = visit(account)
    wangwu = world.persons["wangwu"]
    for extra in ({}, {"person": wangwu.pk}, {"staff_no": wangwu.staff_no}, {"user": "wangwu"}):
        page = client.get(reverse("my-year"), extra)
        if account in {"sys", "sec", "aud"}:
            # The three administrators have no year here at all.
            assert page.status_code == 403
            assert CANARY not in text_of(page)
            continue
        assert page.context["frame"].person == world.persons[account].name
        found = {post.person_id for post, _ in page.context["page"].posts}
        assert found <= {world.persons[account].pk}
        if account != "lisi":
            assert CANARY not in text_of(page)
    assert client.get(f"/me/year/{wangwu.pk}").status_code == 404


def test_it_adds_nothing_up_and_says_nothing_of_places(visit: Visit, rows: dict[str, Any]) -> None:
    text = text_of(visit("wangwu").get(reverse("my-year")))
    for word in ("合计", "总计", "第 1 名", "平均", "超过"):
        assert word not in text


@pytest.mark.parametrize("account", [*ABOVE_AND_BESIDE, *ADMINISTRATORS])
def test_rows_about_a_person_reach_no_one_beside_or_above(
    world: World, visit: Visit, rows: dict[str, Any], account: str
) -> None:
    client = visit(account)
    for code, row in rows.items():
        record = client.get(reverse("record", args=[code, row.pk]))
        assert record.status_code == 404, code
        for address in (reverse("ledger", args=[code]), reverse("ledger-export", args=[code])):
            answer = client.get(address, {"q": CANARY})
            assert answer.status_code in (200, 403)
            assert not _holds(answer, CANARY), (code, address)
            assert not _holds(answer, str(row)), (code, address)
    for address in ("home", "ledgers", "twin", "people"):
        assert CANARY not in client.get(reverse(address)).content.decode()


def _holds(answer: Any, words: str) -> bool:
    if answer.status_code != 200:
        return False
    if answer["Content-Type"].startswith("text/html"):
        # What was searched for stands in the search box.
        rows = answer.context["page"].table.rows
        return any(words in str(cell) for row in rows for cell in row.cells)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return any(words in str(cell) for line in sheet.values for cell in line)


def test_the_person_and_the_officers_of_the_branch_read_them(
    visit: Visit, rows: dict[str, Any]
) -> None:
    for account in ("wangwu", "lisi", "weiw"):
        for code, row in rows.items():
            assert visit(account).get(reverse("record", args=[code, row.pk])).status_code == 200


def test_subjects_who_hold_no_post_read_their_own_rows_and_no_others(
    world: World, visit: Visit, rows: dict[str, Any], django_user_model: Any
) -> None:
    """The one who is guided sees the pair, not the mentor's other rows."""
    mentee = rows["mentoring"].mentee
    mentee.account = django_user_model.objects.create_user("mentee", password="x")
    mentee.save()
    client = visit("")
    client.force_login(mentee.account)
    statuses = {
        code: client.get(reverse("record", args=[code, row.pk])).status_code
        for code, row in rows.items()
    }
    assert statuses == {"vanguard-post": 404, "mentoring": 200, "care": 404}
    assert CANARY in text_of(client.get(reverse("my-year")))


def test_the_log_of_a_row_holds_no_words_of_it(rows: dict[str, Any]) -> None:
    for row in rows.values():
        line = Event.objects.filter(record_id=row.pk).get()
        assert CANARY not in f"{line.object} {line.detail}"


@pytest.mark.parametrize("code", KINDS)
def test_care_and_deeds_have_no_field_for_health_family_or_points(code: str) -> None:
    model = {"vanguard-post": VanguardPost, "mentoring": Mentoring, "care": Care}[code]
    names = {field.name for field in model._meta.get_fields()}
    assert names.isdisjoint({"health", "family", "diagnosis", "score", "points", "rank", "amount"})
    if model is Care:
        own = {field.name for field in Care._meta.local_fields}
        assert own == {"record_ptr", "person", "occasion", "manner"}
