"""双树: both trees with their pairings, the gap list, the table, as of any day, for whom it is."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rongjian.log.models import Event
from rongjian.ops.demo.cast import ENDED_FORCE, EXPIRING, GUEST, HOST
from rongjian.org.models import Affiliation, Pairing, Placement, Unit
from tests.web.visitors import text_of
from tests.world import TODAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.web.visitors import Visit
    from tests.world import World

OUTLIVED = ENDED_FORCE.replace("-T", "-PT")


def page_of(visit: Visit, account: str, **asked: str) -> Any:
    answer = visit(account).get(reverse("twin"), asked)
    assert answer.status_code == 200
    assert answer.context is not None
    return answer.context["page"]


def nodes(roots: Iterable[Any]) -> Iterator[Any]:
    for node in roots:
        yield node
        yield from nodes(node.below)


def every(page: Any) -> dict[str, Any]:
    """Every row of both trees by its unit's code."""
    found = nodes((*page.twin.business, *page.twin.party))
    return {node.unit.code: node for node in found}


# ---- the trees ----


def test_each_unit_of_the_house_stands_once_in_its_own_tree(world: World, visit: Visit) -> None:
    page = page_of(visit, "lisi")
    for tree, roots in (("business", page.twin.business), ("party", page.twin.party)):
        standing = Unit.objects.filter(court=world.nanning, tree=tree, dissolved_on=None)
        codes = [node.unit.code for node in nodes(roots)]
        assert sorted(codes) == sorted(standing.values_list("code", flat=True))
    assert page.twin.business[0].unit == world.nanning


def test_pairings_are_shown_from_both_sides_and_as_lines(world: World, visit: Visit) -> None:
    page = page_of(visit, "lisi")
    mates = {(code, mate.code) for code, node in every(page).items() for mate in node.mates}
    pairs = Pairing.objects.filter(valid_to=None, business_unit__court=world.nanning)
    shown = pairs.exclude(business_unit__code=ENDED_FORCE)
    wanted = set(shown.values_list("business_unit__code", "party_unit__code"))
    assert wanted | {(party, business) for business, party in wanted} == mates
    assert {(line.source, line.target) for line in page.twin.lines} == wanted


def test_a_department_says_how_it_belongs_to_its_branch(visit: Visit) -> None:
    page = page_of(visit, "weiw")
    found = every(page)
    assert [mate.said for mate in found[GUEST].mates] == ["第四检察部 挂靠 第三党支部"]
    assert [mate.said for mate in found[HOST].mates] == ["第三检察部 对应 第三党支部"]
    host = found["450100-P03"]
    assert [mate.code for mate in host.mates] == [HOST, GUEST]
    styles = {line.source: line.style for line in page.twin.lines}
    assert (styles[GUEST], styles[HOST]) == ("guest", "own")
    joint = page_of(visit, "gong", court="450105")
    assert {line.style for line in joint.twin.lines} == {"own", "joint"}


def test_rows_and_lines_lie_on_each_other(visit: Visit) -> None:
    page = page_of(visit, "lisi")
    for roots in (page.twin.business, page.twin.party):
        rows = [node.row for node in nodes(roots)]
        assert rows == list(range(len(rows)))
    found, line = every(page), page.twin.lines[0]
    start, end = found[line.source].row * 30 + 15, found[line.target].row * 30 + 15
    assert line.path == f"M0 {start}C48 {start} 48 {end} 96 {end}"


def test_heads_are_counted_where_the_staff_may_be_seen(world: World, visit: Visit) -> None:
    own = every(page_of(visit, "lisi"))
    assert own[GUEST].people == "8 人 · 正式党员 2"
    assert own["450100-P02"].people == "正式 17"
    departments = Affiliation.objects.filter(kind="department", unit__court=world.nanning)
    assert own["450100"].people == f"{departments.count()} 人"
    homes = Affiliation.objects.filter(kind="home", unit__court=world.nanning)
    assert own["450100-P"].people == f"党员 {homes.count()}"
    other = every(page_of(visit, "zhengshi", court="450103"))
    assert not any(node.people for node in other.values())


def test_subordinate_courts_can_be_chosen(visit: Visit) -> None:
    page = page_of(visit, "zhengshi")
    assert [option.value for option in page.courts][:2] == ["450000", "450100"]
    assert page_of(visit, "zhengshi", court="450103").asked.court.code == "450103"
    assert visit("zhengshi").get(reverse("twin"), {"court": "999999"}).status_code == 404


# ---- gaps ----


def test_the_gap_list_names_unit_reason_basis_and_ways_out(visit: Visit) -> None:
    page = page_of(visit, "weiw", only="1")
    assert (page.amiss, page.notices) == (1, 2)
    assert [group.rule.code for group in page.groups] == ["TMP-03", "ORG-02", "TERM-05"]
    ways = {row.gap.unit.code: row.ways for row in page.gaps}
    assert ways == {
        GUEST: (),
        EXPIRING: (("换届登记", f"{reverse('term')}?unit={EXPIRING}"),),
        OUTLIVED: (("发起撤销", f"/org/adjust?operation=dissolve&court=450100&unit={OUTLIVED}"),),
    }
    text = text_of(visit("weiw").get(reverse("twin"), {"only": "1"}))
    assert text.count("依据：《中国共产党") == 3
    assert "换届 2026-08-14 到期，还有 50 天" in text


def test_only_gaps_leaves_them_with_partners_and_superiors(visit: Visit) -> None:
    found = every(page_of(visit, "weiw", only="1"))
    assert set(found) == {
        "450100",
        GUEST,
        "450100-D17",
        "450100-P",
        "450100-P03",
        EXPIRING,
        OUTLIVED,
    }
    assert [flag.words for flag in found[GUEST].flags] == ["联合或挂靠"]
    assert found["450100-D17"].flags == ()


def test_ways_out_are_offered_to_whom_they_are_granted(visit: Visit) -> None:
    assert all(row.ways == () for row in page_of(visit, "lisi").gaps)
    assert len(page_of(visit, "lisi").gaps) == 3
    assert page_of(visit, "lisi").adjust == ""
    assert page_of(visit, "weiw").adjust == "/org/adjust?court=450100"


def test_gaps_elsewhere_are_for_those_who_look_after_them(visit: Visit) -> None:
    outsider = page_of(visit, "zhengshi", court="450100")
    assert not outsider.sees_gaps
    assert outsider.gaps == ()
    assert not any(node.flags for node in every(outsider).values())
    above = page_of(visit, "gong", court="450100")
    assert len(above.gaps) == 3
    assert any(row.ways for row in above.gaps)
    # A colleague of the region sees the own house, and nobody else's, in the list of all.
    assert page_of(visit, "zhengshi", below="1").gaps == ()
    assert len(page_of(visit, "gong", below="1").gaps) > 3


def test_names_of_members_stay_in_their_house(world: World, visit: Visit) -> None:
    person = world.persons["lisi"]
    Affiliation.objects.filter(person=person, kind="home").update(valid_to=TODAY)
    Affiliation.objects.create(
        person=person, unit=world.units["450100-P01"], kind="home", valid_from=TODAY
    )
    own, above = page_of(visit, "weiw"), page_of(visit, "gong", court="450100")
    for page, people in ((own, "李四"), (above, "")):
        (row,) = [row for row in page.gaps if row.gap.rule.code == "MEM-01"]
        assert row.people == people
        assert row.gap.reason == "1 名党员同时在另一个支部有正式组织关系"
    asked = {"what": "gaps", "court": "450100"}
    told = {who: sheet(visit(who).get(reverse("twin-export"), asked)) for who in ("weiw", "gong")}
    assert {who: any("李四" in row for row in rows) for who, rows in told.items()} == {
        "weiw": True,
        "gong": False,
    }


def test_an_administrator_reads_departments_and_nothing_of_the_party(visit: Visit) -> None:
    page = page_of(visit, "sys", court="450100", only="1")
    assert (page.gaps, page.twin.party, page.twin.lines, page.adjust) == ((), (), (), "")
    found = every(page_of(visit, "sys", court="450100"))
    assert "450100-D11" in found
    assert not any(node.people or node.flags or node.mates for node in found.values())
    text = text_of(visit("sys").get(reverse("twin"), {"court": "450100", "view": "table"}))
    assert "对照表</a>" not in text
    assert "您的岗位不查看党组织设置" in text
    assert "第二党支部" not in text


# ---- the table ----


def test_the_table_has_one_row_for_each_pair(world: World, visit: Visit) -> None:
    page = page_of(visit, "weiw", view="table")
    assert page.twin is None
    ((court, rows),) = page.table
    assert court == "南宁市院"
    found = {row.business: row for row in rows}
    assert len(rows) == 12
    second = found["第二检察部"]
    assert (second.party, second.secretary, second.head) == ("第二党支部", "王五", "王五")
    assert (second.same, second.full, second.probationary) == (True, 17, 0)
    guest = found["第四检察部"]
    assert (guest.relation, guest.full_here, guest.same) == ("挂靠", 2, False)
    assert found["第七检察部"].ends == date(2026, 8, 14)
    assert found["常态化扫黑除恶专班"].party == ""


def test_the_table_of_another_house_masks_names_and_leaves_figures_out(visit: Visit) -> None:
    page = page_of(visit, "zhengshi", view="table", court="450100")
    ((_, rows),) = page.table
    second = next(row for row in rows if row.business == "第二检察部")
    assert (second.secretary, second.full, second.full_here) == ("王×", None, None)
    assert "王五" not in text_of(
        visit("zhengshi").get(reverse("twin"), {"view": "table", "court": "450100"})
    )
    below = page_of(visit, "weiw", view="table", below="1")
    assert [name for name, _ in below.table][:2] == ["南宁市院", "兴宁区院"]


def test_the_table_of_gaps_only(visit: Visit) -> None:
    page = page_of(visit, "weiw", view="table", only="1")
    ((_, rows),) = page.table
    assert [row.business for row in rows] == ["第四检察部", "第七检察部"]


# ---- days ----


def test_the_tree_of_a_day_has_the_units_and_names_of_that_day(world: World, visit: Visit) -> None:
    changed = TODAY - timedelta(days=100)
    placed = Placement.objects.get(unit__code="450100-D11", valid_to=None)
    Placement.objects.filter(pk=placed.pk).update(valid_to=changed - timedelta(days=1))
    Placement.objects.create(
        unit=placed.unit,
        parent=placed.parent,
        path=placed.path,
        name="南宁市人民检察院普通犯罪检察部",
        short="南宁市院普通犯罪检察部",
        valid_from=changed,
    )
    assert every(page_of(visit, "weiw"))["450100-D11"].name == "普通犯罪检察部"
    then = page_of(visit, "weiw", on="2025-06-25")
    assert every(then)["450100-D11"].name == "第一检察部"
    assert [row.gap.rule.code for row in then.gaps] == ["ORG-02"]
    assert all(row.ways == () for row in then.gaps)
    assert ENDED_FORCE not in every(page_of(visit, "weiw"))
    assert ENDED_FORCE in every(page_of(visit, "weiw", on="2026-05-15"))
    text = text_of(visit("weiw").get(reverse("twin"), {"on": "2025-06-25"}))
    assert "以下是 2025-06-25 的设置，名称、人员和任期都按当天" in text
    assert "以下是" not in text_of(visit("weiw").get(reverse("twin"), {"on": str(TODAY)}))


def test_a_day_before_everything_is_empty_and_says_what_to_do(visit: Visit) -> None:
    page = page_of(visit, "weiw", on="2016-12-31")
    assert page.empty
    text = text_of(visit("weiw").get(reverse("twin"), {"on": "2016-12-31"}))
    assert "2016-12-31 还没有机构" in text
    assert "导入《机构人员表》" in text
    assert "导入《机构人员表》" not in text_of(
        visit("lisi").get(reverse("twin"), {"on": "2016-12-31"})
    )


@pytest.mark.parametrize("typed", ["2026-02-30", "昨天", "20260625x"])
def test_a_day_that_is_none_is_said_and_kept(visit: Visit, typed: str) -> None:
    answer = visit("weiw").get(reverse("twin"), {"on": typed})
    assert answer.status_code == 422
    assert f"“{typed}”不是日期" in text_of(answer)
    assert f'value="{typed}"' in text_of(answer)


# ---- cards ----


def test_a_unit_that_was_searched_for_has_a_card(visit: Visit) -> None:
    page = page_of(visit, "weiw", q="第四检察")
    (card,) = page.cards
    facts = dict(card.facts)
    assert (card.name, facts["党组织"]) == ("第四检察部", "第三党支部（挂靠）")
    assert facts["人员"] == "8 人 · 正式党员 2"
    assert [row.gap.rule.code for row in card.gaps] == ["ORG-02"]
    (branch,) = page_of(visit, "weiw", q=EXPIRING).cards
    assert dict(branch.facts)["任期"].endswith("至 2026-08-14")
    other, *groups = page_of(visit, "zhengshi", q="第二党支部", court="450100").cards
    assert [card.name for card in groups] == ["第二党支部第一党小组", "第二党支部第二党小组"]
    assert "人员" not in dict(other.facts)
    assert dict(other.facts)["支部书记"] == "王×"
    text = text_of(visit("weiw").get(reverse("twin"), {"q": "没有这个"}))
    assert "没有名称里有“没有这个”的单位" in text


# ---- sheets ----


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return list(book.worksheets[0].values)


def test_both_lists_can_be_taken_along_and_that_is_logged(visit: Visit) -> None:
    client = visit("weiw")
    heading, *rows = sheet(client.get(reverse("twin-export"), {"what": "table"}))
    assert heading[:4] == ("检察院", "业务机构", "部门正式党员", "党组织")
    assert len(rows) == 12
    assert rows[3][1:9] == ("第二检察部", 17, "第二党支部", "对应", "王五", "王五", "✓", 17)
    event = Event.objects.order_by("-pk")[0]
    assert (event.verb, event.object, event.stream) == ("open", "twin", "450100")
    assert event.detail == "导出对照表 2026-06-25 12 行"
    heading, *rows = sheet(client.get(reverse("twin-export"), {"what": "gaps", "below": "1"}))
    assert heading[0] == "检察院"
    assert ("南宁市院", "第六党支部", "提示") in [row[:3] for row in rows]
    assert len(rows) > 3


def test_the_page_of_a_region_asks_as_often_as_that_of_a_house(visit: Visit) -> None:
    client, counts = visit("gong"), []
    client.get(reverse("home"))  # The first page of a visit opens the session.
    for asked in ({"court": "450103"}, {"below": "1"}, {"below": "1", "view": "table"}):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("twin"), asked)
        counts.append(len(queries))
    house, region, table = counts
    # The way down to a house has one unit more to name, the region may have houses below it.
    assert abs(region - house) <= 1
    assert table == region
