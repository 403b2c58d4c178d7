"""What every ledger gets for nothing: form, list, detail, export, interface, the rules of access."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django import forms
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rongjian.log.models import Event
from rongjian.ops.demo.cast import BRANCH
from rongjian.org.access import allowed, may_somewhere, visible
from rongjian.records import import_mapping
from rongjian.records.import_matching import record_number
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.records.models import VOID, Record
from rongjian.supervision.deployment import Deployment
from rongjian.web.forms import UnitTyped
from rongjian.web.host_box import HostsTyped
from tests.world import NOW

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World


# Who records this class of things in the cast's own procuratorate.
CLERKS = {"activity": "lisi", "casework": "qian", "work": "weiw", "published": "zhengshi"}
CLERKS |= {"party_org": "weiw", "own_deed": "lisi", "care": "lisi"}
CLERKS |= {"party_org": "weiw", "temporary_branch": "weiw"}
CLERKS["party_org"] = CLERKS["regime"] = "weiw"
CLERKS["measure"] = CLERKS["risk_post"] = "wangwu"
CLERKS["intf_stub"] = "zhuan"
CLERKS["data_request"] = CLERKS["burden_feedback"] = "zhaoliu"
CLERKS["talk"] = "wangwu"
CLERKS["task"], CLERKS["task_feedback"] = "zhaoliu", "lisi"
SUPERIOR, OUTSIDER = "zhengshi", "aud"
SAMPLE = "样例"
HOSTS = "450200-P、青秀区院机关党委"
PLAIN: dict[type[forms.Field], str] = {
    HostsTyped: HOSTS,
    forms.DateField: "2026-06-01",
    forms.TimeField: "15:00",
    forms.IntegerField: "3",
    forms.DecimalField: "3",
    forms.BooleanField: "true",
}
KINDS = [kind.code for kind in kinds()]


def real_words(name: str) -> str:
    """What a field takes that does not take just any words; empty for those that do."""
    if name == "deployment_key":
        # A deployment that the clerk's branch was sent, and has not answered.
        sent = Deployment._default_manager.filter(receipts__unit__code=BRANCH, state="issued")
        return sent.latest("due_on").key
    return "1" if name == "tasks" else ""


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return kind_of(request.param)


@pytest.fixture
def clerk(kind: Kind) -> str:
    return CLERKS[kind.access]


def filled(form: Any) -> dict[str, Any]:
    """Something for every field that its own form would take."""
    return {name: real_words(name) or _value(form[name].field) for name in form.fields}


def _value(field: forms.Field) -> Any:
    if isinstance(field, UnitTyped):
        return field.units.order_by("pk")[0].code
    if isinstance(field, forms.ModelChoiceField):
        assert field.queryset is not None
        first = field.queryset.order_by("pk").first()
        return first.pk if first else ""
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        return next(value for value, _ in offered if value)
    if plain := [value for kind, value in PLAIN.items() if isinstance(field, kind)]:
        return plain[0]
    return "一\n二\n三" if field.widget.attrs.get("rows") == 6 else SAMPLE


@pytest.fixture
def record(kind: Kind, clerk: str, visit: Visit) -> Record:
    """A record that the clerk has just written through the form."""
    client, address = visit(clerk), reverse("ledger-new", args=[kind.code])
    values = filled(client.get(address).context["page"].form)
    for _ in range(2):
        answer = client.post(address, values | {"idempotency": "one form, sent twice"})
        assert answer.status_code == 302, answer.context["page"].faults
    return kind.model._default_manager.select_related("unit__court").get(
        author__account__username=clerk, recorded_at=NOW
    )


def sheet(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values)


def test_the_form_asks_for_little_and_holds_every_field(
    kind: Kind, clerk: str, visit: Visit
) -> None:
    page = visit(clerk).get(reverse("ledger-new", args=[kind.code])).context["page"]
    assert len(page.asked) <= 6
    assert [bound.name for bound in (*page.asked, *page.more)] == list(kind.fields)
    assert not [bound.name for bound in page.more if bound.field.required]


def test_a_form_sent_empty_says_what_is_missing(kind: Kind, clerk: str, visit: Visit) -> None:
    answer = visit(clerk).post(reverse("ledger-new", args=[kind.code]), {"happened_on": "昨天"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "处需要修改" in text
    assert 'value="昨天"' in text or "happened_on" not in kind.form


def test_what_the_form_shows_of_a_record_can_be_sent_back_unchanged(
    kind: Kind, clerk: str, record: Record, visit: Visit
) -> None:
    client, address = visit(clerk), reverse("record-edit", args=[kind.code, record.pk])
    form = client.get(address).context["page"].form
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: "" if value is None else value for name, value in sent.items()}
    answer = client.post(address, sent | {"version": record.version, "idempotency": "a"})
    assert answer.status_code == 302, answer.context["page"].faults
    fresh = kind.model._default_manager.get(pk=record.pk)
    assert fresh.version == record.version + 1
    for name in kind.fields:
        attname = kind.field(name).attname
        assert getattr(fresh, attname) == getattr(record, attname), name


def test_a_list_takes_as_many_queries_for_a_page_as_for_a_row(
    kind: Kind, clerk: str, record: Record, visit: Visit
) -> None:
    client, address = visit(clerk), reverse("ledger", args=[kind.code])

    def cost(parameters: dict[str, str]) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address, parameters).context["page"]
        return len(page.table.rows), len(queries)

    cost({})
    # What has no text to be found by is found by its day.
    texts = any(field.text == SAMPLE for field in _shown(client, record))
    only = {"q": SAMPLE} if texts else {"from": "2026-06-01", "to": "2026-06-01"}
    (one, few), (rows, many) = cost(only), cost({})
    assert one == 1 <= rows
    # Half of them are the frame's: who asks, what was deployed to them, what their calendar says.
    assert few == many <= 36


def _shown(client: Any, record: Record) -> Any:
    return client.get(reverse("record", args=[record.kind, record.pk])).context["page"].fields


def test_a_record_shows_every_field_to_its_clerk(
    kind: Kind, clerk: str, record: Record, visit: Visit
) -> None:
    page = visit(clerk).get(reverse("record", args=[kind.code, record.pk])).context["page"]
    filled_in = [name for name in kind.fields if getattr(record, name) not in (None, "")]
    headings = [kind.heading(name) for name in kind.fields if name in {*kind.form, *filled_in}]
    assert [field.heading for field in page.fields] == headings
    assert not page.projected
    assert page.editable


def test_an_export_has_the_headings_of_an_import(
    world: World, kind: Kind, clerk: str, record: Record, visit: Visit
) -> None:
    answer = visit(clerk).get(reverse("ledger-export", args=[kind.code]))
    heading, *rows = sheet(answer.content)
    assert list(heading) == list(import_mapping.fields(kind).values())
    living = kind.model._default_manager.exclude(state=VOID)
    readable = visible(world.actor(clerk), living, "view")
    exported = visible(world.actor(clerk), readable, "export")
    assert {row[-1] for row in rows} == {record_number(each) for each in exported}
    assert record_number(record) in {row[-1] for row in rows}
    assert Event.objects.filter(verb="open", object=kind.code, detail__contains="导出").exists()


def test_a_list_without_rows_says_what_to_do(kind: Kind, clerk: str, visit: Visit) -> None:
    client, address = visit(clerk), reverse("ledger", args=[kind.code])
    narrowed = client.get(address, {"q": "没有这样的记录"}).content.decode()
    assert "没有符合条件的记录。" in narrowed
    assert "清空条件" in narrowed
    Record.objects.filter(kind=kind.code).update(state=VOID)
    empty = client.get(address).content.decode()
    assert "这个台账还没有记录。" in empty
    assert reverse("ledger-new", args=[kind.code]) in empty


def test_what_cannot_be_read_is_said_above_the_list(kind: Kind, clerk: str, visit: Visit) -> None:
    client = visit(clerk)
    answer = client.get(reverse("ledger", args=[kind.code]), {"from": "2026-02-30"})
    assert answer.status_code == 200
    assert "起始日期“2026-02-30”读不懂，请写成 2026-06-25。" in answer.content.decode()
    gone = client.get(reverse("record", args=[kind.code, 10**12]))
    assert gone.status_code == 404
    assert "没有" in gone.content.decode()


def test_list_and_record_print_with_what_they_hold(
    kind: Kind, clerk: str, record: Record, visit: Visit
) -> None:
    client = visit(clerk)
    for address in (
        reverse("ledger", args=[kind.code]),
        reverse("record", args=[kind.code, record.pk]),
    ):
        page = client.get(address).content.decode()
        assert " data-print>打印</button>" in page
        # What the stylesheet leaves out on paper is marked; the content is not.
        content = re.sub(r"<(nav|details)[^>]*no-print.*?</\1>", "", page, flags=re.DOTALL)
        assert kind.name in content
        assert page.count("<thead") == content.count("<thead") <= 1


def test_the_interface_keeps_the_declared_shape(
    kind: Kind, clerk: str, record: Record, visit: Visit
) -> None:
    client = visit(clerk)
    declared = client.get(reverse("api-schema", args=[kind.code])).json()
    told = client.get(reverse("api-record", args=[kind.code, record.pk])).json()
    assert told["id"] == record.pk
    assert unlike(declared, told) == []
    page = client.get(reverse("api-ledger", args=[kind.code])).json()
    assert record.pk in {row["id"] for row in page["records"]}
    assert [wrong for row in page["records"] for wrong in unlike(declared, row)] == []
    assert unlike(declared, told | {"state": "?", "surplus": 1}) == ["surplus", "state"]


def unlike(declared: dict[str, Any], told: dict[str, Any]) -> list[str]:
    """The names that do not fit a JSON Schema of the few words that ours use."""
    shapes = declared["properties"]
    missing = [name for name in declared["required"] if name not in told]
    surplus = [name for name in told if name not in shapes]
    fits = {name: _fits(shapes[name], value) for name, value in told.items() if name in shapes}
    return [*missing, *surplus, *(name for name, right in fits.items() if not right)]


def _fits(shape: dict[str, Any], value: Any) -> bool:
    if "enum" in shape:
        return value in shape["enum"]
    types = {"integer": int, "boolean": bool, "string": str, "null": type(None)}
    allowed = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
    if type(value) not in {types[name] for name in allowed}:
        return False
    if value is None:
        return True
    form = r"\d{4}-\d\d-\d\d" if shape.get("format") == "date" else shape.get("pattern", "")
    return not form or bool(re.search(form, value))


def test_a_superior_reads_in_full_what_is_granted_and_else_a_projection(
    world: World, kind: Kind, record: Record, visit: Visit
) -> None:
    superior = world.actor(SUPERIOR)
    answer = visit(SUPERIOR).get(reverse("record", args=[kind.code, record.pk]))
    if allowed(superior, "view", kind.access, record.unit):
        assert not answer.context["page"].projected
    elif allowed(superior, "project", kind.access, record.unit):
        page = answer.context["page"]
        assert page.projected
        withheld = {kind.heading(name) for name in kind.private}
        assert withheld.isdisjoint(field.heading for field in page.fields)
        offered = (page.editable, page.moves, page.links, page.changes, page.author)
        assert not any(offered)
        opened = Event.objects.filter(verb="open", object=f"{kind.code}:{record.pk}")
        assert opened.get().actor == f"u:{superior.person.staff_no}"
    else:
        assert answer.status_code == 404


def test_an_outsider_gets_neither_list_nor_record_nor_form(
    world: World, kind: Kind, record: Record, visit: Visit
) -> None:
    outsider = world.actor(OUTSIDER)
    client = visit(OUTSIDER)
    status = client.get(reverse("record", args=[kind.code, record.pk])).status_code
    assert status == (200 if allowed(outsider, "view", kind.access, record.unit) else 404)
    assert client.get(reverse("ledger-new", args=[kind.code])).status_code == 403
    listed = client.get(reverse("ledger", args=[kind.code]))
    may = may_somewhere(outsider, "view", kind.access)
    assert listed.status_code == (200 if may else 403)
