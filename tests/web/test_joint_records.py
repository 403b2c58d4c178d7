"""Joint records on pages: the form, the record at another host, and tables of units that add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.ops.demo.cast import BRANCH
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World

NEW = "/ledger/activity/new"
FIGURE = "/figures/joint-activities/"
ALL = {"unit": "450000", "period": "2026-01..2026-06"}
AGAIN = "减：联办记录重复计入"


def sent(client: Client, **more: Any) -> dict[str, Any]:
    form = client.get(NEW).context["page"].form
    values = {name: form[name].value() or "" for name in form.fields}
    return {**values, "type": "joint_activity", "topic": "共学共建", "idempotency": "a", **more}


def numbers(*texts: str) -> list[int]:
    return [int(text.replace(",", "")) for text in texts]


def test_hosts_are_typed_by_name_and_shown_by_name(world: World, visit: Visit) -> None:
    client = visit("lisi")
    answer = client.post(NEW, sent(client, hosts="柳州市院机关党委， 青秀区院第一党支部"))
    assert answer.status_code == 302, answer.context["page"].faults
    record = Activity.objects.get(topic="共学共建")
    assert record.hosts == "450103-P01、450200-P"
    page = client.get(reverse("record", args=["activity", record.pk])).context["page"]
    shown = {field.heading: field.text for field in page.fields}
    assert shown["联办单位"] == "青秀区院第一党支部、柳州市院机关党委"
    edited = client.get(reverse("record-edit", args=["activity", record.pk])).context["page"].form
    assert edited["hosts"].value() == "青秀区院第一党支部、柳州市院机关党委"
    listed = client.get("/ledger/activity", {"unit": BRANCH, "q": "共学共建"})
    assert "等 3 个单位联办" in text_of(listed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("柳洲市院", "是否为“柳州市院”"), ("南宁市院第二党支部", "已是本条的单位")],
)
def test_a_name_that_cannot_be_is_asked_about_and_kept(
    world: World, visit: Visit, typed: str, said: str
) -> None:
    client = visit("lisi")
    answer = client.post(NEW, sent(client, hosts=typed))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert answer.context["page"].more_open
    assert answer.context["page"].form["hosts"].value() == typed


def test_the_other_host_reads_the_record_and_is_offered_no_change(
    world: World, visit: Visit
) -> None:
    record = Activity.objects.filter(hosts__contains=BRANCH, court__code="450103").first()
    assert record is not None
    client = visit("lisi")
    page = client.get(reverse("record", args=["activity", record.pk])).context["page"]
    assert not page.projected
    assert not any((page.editable, page.moves, page.link_kinds))
    # Of another house's people nobody is named in full.
    assert page.author.endswith("×")
    listed = client.get("/ledger/activity", {"unit": BRANCH, "type": "joint_activity"})
    assert record.pk in [row.pk for row in listed.context["page"].table.rows]
    assert client.get(reverse("record-edit", args=["activity", record.pk])).status_code == 403


@pytest.mark.parametrize("organised", ["now", "then"])
def test_the_units_below_add_up_to_what_counts_once(
    world: World, visit: Visit, organised: str
) -> None:
    page = visit("gong").get(FIGURE, {**ALL, "organised": organised}).context["page"]
    lines = {row.name: row for row in page.below}
    assert page.agrees
    assert numbers(lines[AGAIN].text)[0] < 0
    assert sum(numbers(*(row.text for row in page.below))) == page.figure.records
    assert (
        page.figure.records
        == Activity.objects.filter(type="joint_activity")
        .exclude(state__in=("draft", "void", "returned"))
        .count()
    )


@pytest.mark.parametrize("organised", ["now", "then"])
def test_every_line_opens_to_as_many_records_as_it_says(
    world: World, visit: Visit, organised: str
) -> None:
    client = visit("gong")
    address = f"{FIGURE}records/"
    page = client.get(address, {**ALL, "organised": organised, "group": "court"}).context["page"]
    assert page.groups[-1].name == AGAIN
    assert not page.groups[-1].url
    assert sum(numbers(*(row.records for row in page.groups))) == page.total
    assert numbers(page.group_total.records) == [page.total]
    for row in page.groups[:-1]:
        opened = client.get(row.url).context["page"]
        assert [opened.table.total] == numbers(row.records)
        assert opened.strip.lamp == "ok"
