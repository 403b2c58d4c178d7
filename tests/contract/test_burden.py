"""The rules of the burden principle (B1–B20), one test for each that the product can have today.

With their owners are left: B6 (本期无) and B7 (说明原因), which come with the regimes' dues; B11 (open
supervision items of a unit) with supervision; B13 (quiet reminders) with notices. The layout of B15
is measured in a browser (`tests/journeys/test_form_size.py`), B10 and B17 go through their pages in
`tests/web/test_burden.py`; here stand their rules.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import get_resolver, reverse

from rongjian.kernel.text_length import characters
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.burden_rules import (
    already_known,
    form_seconds,
    lengths,
    limits,
    request_minutes,
)
from rongjian.ledgers.data_request import DataRequest
from rongjian.org.access import may_somewhere
from rongjian.org.models import Person, Unit
from rongjian.records import import_mapping
from rongjian.records.actions import save
from rongjian.records.bulk import create_many
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.records.models import Record
from rongjian.records.own_year import own_year
from rongjian.web.forms import UnitTyped
from rongjian.web.listing import SORTS
from rongjian.web.text_length import length_of
from tests.contract.test_every_kind import CLERKS, filled
from tests.contract.test_every_url import CASES, ask
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.visitors import Visit
    from tests.world import World

SOURCE = Path(__file__).resolve().parents[2] / "src/rongjian"
TEMPLATES = sorted(SOURCE.rglob("*.html"))
SCRIPTS = sorted((SOURCE / "web/static/rongjian").glob("*.js"))
BURDENSOME = re.compile("签到|打卡|积分|排行|排名|名次|得分|在线时长|点赞")
WHOEVER_IMPORTS = ("weiw", "zhaoliu", "qian", "lisi", "wangwu", "chen", "zhuan", "zhengshi")


@pytest.fixture(params=[kind.code for kind in kinds()])
def kind(request: pytest.FixtureRequest) -> Kind:
    return kind_of(request.param)


BEFORE_ONE_IS_IN = {"password", "second-factor"}
"""Steps of logging in: nothing else can be reached from them."""


def our_models() -> Iterator[type[models.Model]]:
    ours = {"log", "org", "records", "ledgers", "documents", "web"}
    yield from (model for model in apps.get_models() if model._meta.app_label in ours)


def test_b01_nobody_signs_in_or_collects_anything() -> None:
    for path in TEMPLATES:
        assert not BURDENSOME.search(path.read_text(encoding="utf-8")), path.name
    for kind in kinds():
        assert not BURDENSOME.search(kind.name), kind.code
        for name in kind.fields:
            assert not BURDENSOME.search(kind.heading(name)), f"{kind.code}.{name}"


def test_b02_no_table_scores_or_ranks_anybody() -> None:
    counting = re.compile(r"(^|_)(score|points?|ranks?|ranking|credits?|level_up|medals?)($|_)")
    for model in our_models():
        for field in model._meta.concrete_fields:
            assert not counting.search(field.name), f"{model._meta.label}.{field.name}"
    numbers = (models.IntegerField, models.DecimalField, models.FloatField)
    counted = [
        f.name for f in Person._meta.concrete_fields if isinstance(f, numbers) and f.name != "id"
    ]
    assert counted == []


def test_b02_what_a_person_did_is_added_up_for_that_person_alone(
    world: World, visit: Visit
) -> None:
    """Two people, one address: it names nobody, so nobody can ask for the other's."""
    assert "<" not in str(get_resolver().reverse_dict.getlist("my-year")[0][1])
    pages = {who: visit(who).get(reverse("my-year")) for who in ("lisi", "wangwu")}
    for who, page in pages.items():
        assert page.context["page"].year == own_year(world.actor(who), 2026)
        asked = visit(who).get(reverse("my-year"), {"person": "1", "staff_no": "x"})
        assert asked.context["page"].year == page.context["page"].year


def test_b03_units_stand_in_code_order_and_no_value_sorts_them(world: World, visit: Visit) -> None:
    metrics = {"value", "amount", "count", "figure", "total"}
    assert not metrics & {name.lstrip("-") for name in SORTS}
    client = visit("zhengshi")
    address = reverse("figure", args=["prosecuted-gang"]) + "?unit=450000&period=2018-01..2020-12"
    page = client.get(address)
    courts = Unit.objects.filter(path__startswith=world.region.path, type="city")
    names = [unit.short.removesuffix("院") for unit in courts.order_by("code")]
    listed = [area for area in _areas(page) if area in names]
    assert listed == [name for name in names if name in listed]
    assert len(listed) > 1
    text = text_of(page)
    for heading in re.findall(r"<th[^>]*data-metric[^>]*>(.*?)</th>", text):
        assert "href" not in heading
        assert "button" not in heading
    again = client.get(address + "&sort=-value")
    assert _areas(again) == _areas(page)


def _areas(page: Any) -> list[str]:
    return [each.name for each in page.context["page"].below]


def test_b03_an_exported_sheet_has_the_order_of_the_codes(world: World, visit: Visit) -> None:
    """The sheet of a ledger sorted by unit is in code order; no column of it can be sorted by value."""
    page = visit("zhengshi").get(reverse("ledger", args=["practical-deed"]), {"sort": "unit"})
    for heading in page.context["page"].table.headings:
        assert not (heading.numeric and heading.sort)


def test_b04_only_what_is_new_has_to_be_entered(kind: Kind, world: World, visit: Visit) -> None:
    """The form as it comes, with only its empty required inputs filled in, is enough."""
    client, address = visit(CLERKS[kind.access]), reverse("ledger-new", args=[kind.code])
    every = filled(client.get(address).context["page"].form)
    assert client.post(address, every | {"idempotency": "the first"}).status_code == 302
    form = client.get(address).context["page"].form
    sent, entered = {}, []
    for name, field in form.fields.items():
        value = form[name].value()
        if value in (None, "") and field.required:
            entered.append(name)
            value = every[name]
        sent[name] = "" if value is None else value
    answer = client.post(address, sent | {"idempotency": "the second"})
    if answer.status_code != 302:
        # A pair that cannot be the same twice (who works with whom) has to be told.
        faults = {target for target, _, _ in answer.context["page"].faults}
        assert faults <= {f"id_{name}" for name in form.fields}, answer.context["page"].faults
    assert len(entered) <= len(kind.form)


def test_b05_the_choices_of_the_last_record_are_there_for_the_next(
    kind: Kind, world: World, visit: Visit
) -> None:
    client, address = visit(CLERKS[kind.access]), reverse("ledger-new", args=[kind.code])
    form = client.get(address).context["page"].form
    values = filled(form)
    assert client.post(address, values | {"idempotency": "the first"}).status_code == 302
    after = client.get(address).context["page"].form
    for name in kind.form:
        field = form.fields[name]
        if kind.field(name).choices and name != kind.model.member_field:
            assert str(after[name].value()) == str(values[name]), name
        if name == "unit" and not isinstance(field, UnitTyped):
            assert after[name].value(), name


def test_b08_no_record_asks_for_a_picture() -> None:
    for model in our_models():
        for field in model._meta.concrete_fields:
            assert not isinstance(field, models.FileField), f"{model._meta.label}.{field.name}"
    with_files = {path.name for path in TEMPLATES if 'type="file"' in path.read_text("utf-8")}
    assert with_files <= {"new.html", "import_start.html", "_form.html", "import.html"}
    for path in TEMPLATES:
        assert not re.search(r'accept="[^"]*image|\bcapture\b', path.read_text("utf-8")), path.name


def test_b09_every_ledger_offers_import_beside_entering(
    kind: Kind, world: World, visit: Visit
) -> None:
    may = [who for who in WHOEVER_IMPORTS if may_somewhere(world.actor(who), "import", kind.access)]
    assert may, "nobody may import this"
    text = text_of(visit(may[0]).get(reverse("ledger", args=[kind.code])))
    assert f"{reverse('import-new')}?kind={kind.code}" in text
    assert reverse("ledger-new", args=[kind.code]) in text


def test_b10_what_is_known_is_not_asked_and_what_is_large_is_approved() -> None:
    assert limits().most_items == 10
    assert [each.kind.code for each in already_known(["检察建议", "发展趋势研判"])] == [
        "recommendation"
    ]
    small = DataRequest(questions="甲\n乙", reach="own")
    assert not small.needs_approval
    assert DataRequest(questions="甲", reach="county").needs_approval
    assert DataRequest(questions="\n".join(map(str, range(11))), reach="own").needs_approval


def test_b12_nobody_has_to_log_in_and_nobody_counts_log_ins() -> None:
    pressing = re.compile(
        r"(天|日)(未|没有)登录|登录(次数|天数|率)|活跃(度|用户|天)|安装率|使用率|last_login"
    )
    for path in (*TEMPLATES, *SCRIPTS):
        assert not pressing.search(path.read_text(encoding="utf-8")), path.name
    for name in (route for route in get_resolver().reverse_dict if isinstance(route, str)):
        assert not re.search("usage|activity-of|inactive|statistics-of-log", name)


def entered(world: World, **more: Any) -> Activity:
    """A new activity of the cast's branch, a month old."""
    return Activity(
        unit=world.units["450100-P02"],
        type="theme_day",
        happened_on=world.actor("lisi").today - timedelta(days=30),
        topic="补录",
        expected=17,
        **more,
    )


def test_b14_the_time_of_recording_is_nobodys_to_choose(world: World) -> None:
    actor = world.actor("lisi")
    long_ago = actor.now - timedelta(days=30)
    record = save(actor, entered(world, recorded_at=long_ago))
    assert record.recorded_at == actor.now
    record.recorded_at, record.author = long_ago, world.persons["wangwu"]
    record.topic = "改过"
    saved = save(actor, record)
    stored = Activity.objects.get(pk=saved.pk)
    assert (stored.recorded_at, stored.author) == (actor.now, world.persons["lisi"])
    assert (stored.recorded_at.date() - stored.happened_on).days == 30


def test_b14_no_form_file_or_batch_reaches_it(world: World, kind: Kind, visit: Visit) -> None:
    assert not Record._meta.get_field("recorded_at").editable
    assert "recorded_at" not in kind.fields
    assert "recorded_at" not in import_mapping.fields(kind)
    proposed = import_mapping.propose(kind, ["记录时间", "录入时间"])
    assert "recorded_at" not in {each.field for each in proposed.values()}
    client, address = visit(CLERKS[kind.access]), reverse("ledger-new", args=[kind.code])
    values = filled(client.get(address).context["page"].form)
    past = {"recorded_at": "2020-01-01 08:00", "recorded_at_0": "2020-01-01", "idempotency": "b14"}
    assert client.post(address, values | past).status_code == 302
    newest = kind.model._default_manager.latest("pk")
    assert newest.recorded_at.year == 2026


def test_b14_a_batch_is_stamped_too(world: World) -> None:
    actor = world.actor("lisi")
    row = {
        "unit_id": world.units["450100-P02"].pk,
        "type": "theme_day",
        "happened_on": actor.today,
        "topic": "成批",
        "expected": 17,
        "recorded_at": actor.now - timedelta(days=400),
    }
    (made,) = create_many(actor, kind_of("activity"), [row])
    assert Activity.objects.get(pk=made).recorded_at == actor.now


@pytest.mark.parametrize("name", sorted(CASES))
def test_b16_every_page_leads_to_the_feedback(name: str, visit: Visit, world: World) -> None:
    case = CASES[name]
    page = ask(visit(case.insider), name, case)
    if name in BEFORE_ONE_IS_IN:
        pytest.skip("a gate, not a page")
    if page.status_code != 200 or "text/html" not in page["Content-Type"]:
        pytest.skip("no page of its own")
    text = text_of(page)
    if "<html" not in text:
        pytest.skip("a part of a page")
    offered = f'href="{reverse("burden-feedback")}"' in text
    # The three administrators have no business here and so nothing that burdens them.
    assert offered != world.actor(case.insider).administrator


def test_b17_the_account_is_made_of_declarations() -> None:
    assert request_minutes(3, 12) == 108
    kind = kind_of("activity")
    assert form_seconds(kind, kind.form) == sum(form_seconds(kind, [name]) for name in kind.form)
    text = (SOURCE / "web/pages/burden.py").read_text(encoding="utf-8")
    assert not re.search("log_ins|LogIn|Event|recorded_at|last_seen", text)


def test_b18_nothing_counts_what_people_look_at() -> None:
    counting = re.compile(
        r"点赞|转发数|阅读(数|量)|浏览(数|量)|点击(数|量)|已读(人|数|率)|停留时长"
    )
    for path in (*TEMPLATES, *SCRIPTS):
        assert not counting.search(path.read_text(encoding="utf-8")), path.name
    names = re.compile(r"(^|_)(likes?|shares?|views?|clicks?|reads?|read_at|seen_at|dwell)($|_)")
    for model in our_models():
        for field in model._meta.concrete_fields:
            assert not names.search(field.name), f"{model._meta.label}.{field.name}"


def test_b19_texts_show_their_length_against_the_limits(world: World, visit: Visit) -> None:
    assert [each.most for each in lengths()] == [5000, 4000]
    assert length_of("字" * 4000).beyond == ()
    assert [each.code for each in length_of("字" * 4001).beyond] == ["deployment"]
    assert len(length_of("字" * 5001).beyond) == 2
    case = CASES["document"]
    page = visit(case.insider).get(reverse("document", kwargs=case.kwargs()))
    body = "".join(block.text for block in page.context["page"].composition.blocks)
    assert page.context["page"].length.count == characters(body) > 100
    checked = visit("lisi").post(reverse("draft-check"), {"text": "起诉12人。" * 900})
    assert checked.context["page"].result.length.count == 4500
    assert "4,500 字" in text_of(checked)
    assert "5,000" in text_of(checked)


def test_b20_no_page_asks_where_somebody_is_or_sees_through_a_camera() -> None:
    asking = re.compile(r"geolocation|getUserMedia|mediaDevices|DeviceMotion|\bcapture=", re.I)
    for path in (*TEMPLATES, *SCRIPTS):
        assert not asking.search(path.read_text(encoding="utf-8")), path.name
    routes = [str(each.pattern) for each in get_resolver().url_patterns]
    assert not [route for route in routes if re.match(r"m/.*(assess|apprais|request|rank)", route)]
