"""What must never be stored is refused at every way in, and no byte of it is left anywhere.

The first tests go over every address and every ledger in the test's own process: each input of each
form gets a text of its own with a mark in it, and afterwards no table, no image in the log, no session and no
file holds any of them. That the ledgers' inputs are reached is shown by the same forms with ordinary words.
The last test asks a real site over files and looks for the bytes on the disk.
"""

from __future__ import annotations

import io
import logging
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models, transaction
from django.urls import reverse

from rongjian.log.audit import REFUSED, verify
from rongjian.log.door import takes_text
from rongjian.log.models import Event, Image
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.web.adjust_form import OPERATIONS
from rongjian.web.people_offers import DEEDS
from tests.contract.pages_with_forms import PageForm, forms_of
from tests.contract.test_every_kind import CLERKS, filled, real_words
from tests.contract.test_every_url import CASES, OPEN, Case, ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.visitors import Visit
    from tests.world import World

TOKEN = "zq7door"
MARK = "机密★10年"
_NOT_TYPED = {"csrfmiddlewaretoken", "idempotency", "version"}


class Undone(Exception):
    """Takes back what a try has written."""


def marked(number: int) -> str:
    """A text that must not be stored, with a number by which it is known again."""
    return f"{TOKEN}{number:05} {MARK}"


def stored(token: str) -> Iterator[str]:
    """Where in the database a token stands: every text of every table, images and sessions unpacked."""
    tables = connection.introspection.table_names()
    for model in (each for each in apps.get_models() if each._meta.db_table in tables):
        texts = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for name in texts:
            if model._default_manager.filter(**{f"{name}__icontains": token}).exists():
                yield f"{model._meta.label}.{name}"
    yield from stored_in_images(token, 0)
    for session in Session.objects.all():
        if token in str(session.get_decoded()):
            yield "session"


def stored_in_images(token: str, after: int) -> Iterator[str]:
    for image in Image.objects.filter(event__pk__gt=after).iterator():
        if token.encode() in zlib.decompress(bytes(image.body)):
            yield "image"


def submissions(form: PageForm, start: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The form once for each input that takes words, with a mark in that one."""
    texts = [name for name in dict.fromkeys(form.typed) if name not in _NOT_TYPED]
    plain = {**{name: form.values.get(name) or "寻常文字" for name in texts}}
    button = dict(form.buttons[:1])
    for at, name in enumerate(texts):
        yield name, {**form.values, **plain, **button, name: marked(start + at)}
    for at, name in enumerate(form.files):
        file = SimpleUploadedFile(f"{marked(start + len(texts) + at)}.xlsx", b"x")
        yield name, {**form.values, **plain, **button, name: file}


def pages() -> Iterator[tuple[str, str, Any]]:
    """(account, route, what its address takes) of every page; deeds have one page each."""
    for name in sorted({*CASES, *OPEN}):
        case = CASES.get(name, Case(""))
        yield case.insider, name, case
    one = CASES["person-do"].kwargs()
    for code in DEEDS:
        yield "ren", "person-do", Case("ren", kwargs=lambda code=code: {**one, "code": code})  # type: ignore[misc]
    for code in OPERATIONS:
        yield "weiw", "adjust", Case("weiw", query=f"?operation={code}&unit=450100-P02")


def try_page(client: Any, name: str, case: Case, start: int) -> int:
    """Send a mark in every input of every form of a page; returns how many were sent."""
    if case.post is not None:
        words = {each: marked(start) for each in ("reason", "words", "detail", *case.post)}
        assert client.post(reverse(name, kwargs=case.kwargs()), words).status_code < 500, name
        return 1
    page = ask(client, name, case)
    number, address = start, page.wsgi_request.get_full_path()
    told = "text/html" in page.headers.get("Content-Type", "")
    for form in forms_of(page.content.decode()) if told else ():
        for field, words in submissions(form, number):
            number += 1
            # A form that is sent twice writes once: each try is one of its own.
            words |= {"idempotency": f"try {number}"} if "idempotency" in words else {}
            send = client.post if form.method == "post" else client.get
            status = send(form.action or address, words).status_code
            assert status < 500, f"{name} {field}"
            assert status == 400 or form.method == "post", f"{name} {field}"
    assert client.get(address, {"q": marked(number)}).status_code in {400, 302}, name
    return number + 1 - start


def test_no_input_of_any_page_lets_a_mark_in(
    world: World, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    """Every form of every address, each of its inputs in turn, and the address itself."""
    caplog.set_level(logging.WARNING)
    before, number = Event.objects.latest("pk").pk, 0
    for account, name, case in pages():
        number += try_page(visit(account), name, case, number)
    assert number > 150
    assert not list(stored(TOKEN))
    assert TOKEN not in caplog.text
    lines = Event.objects.filter(pk__gt=before, verb=REFUSED)
    assert lines.count() > 100
    assert verify().breaks == ()


@pytest.mark.parametrize("code", [kind.code for kind in kinds()])
def test_each_text_of_each_ledger_is_refused_at_its_field(
    world: World, visit: Visit, code: str
) -> None:
    kind = kind_of(code)
    client, address = visit(CLERKS[kind.access]), reverse("ledger-new", args=[code])
    form = client.get(address).context["page"].form
    values = filled(form)
    texts = [name for name in typed(kind) if name in form.fields]
    if not texts:
        pytest.skip("nothing to type")
    before = Event.objects.latest("pk").pk
    for at, name in enumerate(texts):
        # Some fields are too short for a number; some want as many lines as they were given.
        fits = (kind.field(name).max_length or 400) >= len(marked(at))
        rest = str(values[name]).partition("\n")[2]
        sent = {**values, name: "\n".join(filter(None, (marked(at) if fits else MARK, rest)))}
        answer = client.post(address, {**sent, "idempotency": f"marked {at}"})
        assert answer.status_code == 422, name
        assert "国家秘密标志" in str(answer.context["page"].form.errors[name]), name
        ordinary = real_words(name) or f"ctl{at}"
        asked = {**values, name: "\n".join(filter(None, (ordinary, rest)))}
        assert reached(client, address, asked, ordinary), name
    assert not kind.model._default_manager.filter(holding(texts, TOKEN)).exists()
    assert not list(stored_in_images(TOKEN, before))


def holding(names: list[str], token: str) -> models.Q:
    """Whether any of these fields holds the token."""
    found = models.Q(pk__in=[])
    for name in names:
        found |= models.Q(**{f"{name}__contains": token})
    return found


def typed(kind: Kind) -> list[str]:
    """The fields into which people type whatever they like."""
    named = {"campaign", "line"}
    return [name for name in kind.fields if name not in named and takes_text(kind.field(name))]


def reached(client: Any, address: str, sent: dict[str, Any], token: str) -> bool:
    """Whether the form, sent with ordinary words, stores them; taken back at once."""
    before, found = Event.objects.latest("pk").pk, False
    try:
        with transaction.atomic():
            answer = client.post(address, {**sent, "idempotency": token})
            found = answer.status_code == 302 and any(stored_in_images(token, before))
            raise Undone
    except Undone:
        return found


def test_words_said_with_a_step_are_refused(world: World, visit: Visit) -> None:
    case = CASES["record-move"]
    client, address = visit("lisi"), reverse("record-move", kwargs=case.kwargs())
    page = client.get(address.removesuffix("/move")).context["page"]
    sent = {"move": "submit", "version": page.record.version, "detail": marked(1)}
    answer = client.post(address, sent, follow=True)
    assert "没有报送" in answer.content.decode()
    assert "国家秘密标志" in answer.content.decode()
    assert not list(stored(TOKEN))


def book(cell: str = "正常", heading: str = "成效", sheet: str = "Sheet1") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.title = sheet
    made.active.append(["编号", "单位", "日期", "实事", "完成时限", heading])
    made.active.append(["SS-1", "450100", "2026-06-01", cell, "2026-07-01", "好"])
    return made


def file_of(made: openpyxl.Workbook, name: str = "实事.xlsx") -> SimpleUploadedFile:
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def marked_files() -> Iterator[tuple[str, SimpleUploadedFile]]:
    """A file for each spot of it that can bear a mark."""
    yield "name", file_of(book(), f"{TOKEN}{MARK}.xlsx")
    yield "sheet", file_of(book(sheet=f"{TOKEN} {MARK}"))
    yield "heading", file_of(book(heading=f"{TOKEN} {MARK}"))
    yield "cell", file_of(book(cell=f"{TOKEN} {MARK}"))
    made = book()
    made.properties.keywords = f"{TOKEN} {MARK}"
    yield "properties", file_of(made)
    made = book()
    made.active.oddHeader.center.text = f"{TOKEN} {MARK}"
    yield "header", file_of(made)
    yield (
        "csv",
        SimpleUploadedFile(
            "实事.csv",
            f"单位,日期,实事,完成时限\n450100,2026-06-01,{TOKEN} {MARK},2026-07-01\n".encode(),
        ),
    )


FILES = dict(marked_files())


@pytest.mark.parametrize("spot", FILES)
def test_files_are_refused_or_their_cells_left_blank(world: World, visit: Visit, spot: str) -> None:
    client, address = visit("weiw"), reverse("import-new")
    form = next(
        each
        for each in forms_of(client.get(f"{address}?kind=practical-deed").content.decode())
        if each.files
    )
    sent = {**form.values, "kind": "practical-deed", form.files[0]: FILES[spot]}
    answer = client.post(form.action or address, sent, follow=True)
    assert "国家秘密标志" in answer.content.decode()
    assert not list(stored(TOKEN))
    assert Event.objects.filter(verb=REFUSED, detail__startswith="secret_mark").exists()


def test_a_line_about_refused_content_tells_rule_and_hash_alone(world: World, visit: Visit) -> None:
    number = "11010519491231002X"
    visit("lisi").get(reverse("people"), {"q": number})
    (line,) = Event.objects.filter(verb=REFUSED)
    assert line.object == "door:people"
    assert line.actor == f"u:{world.persons['lisi'].staff_no}"
    rule, digest = line.detail.split()
    assert rule == "resident_id"
    method, _, value = digest.partition(":")
    assert method == "sm3"
    assert len(bytes.fromhex(value)) == 32
    assert number not in line.detail


def test_what_nobody_asked_at_the_door_the_log_itself_refuses(world: World, visit: Visit) -> None:
    """A page that forgot to ask: its own line is refused, and with it what it wrote."""
    client, address = visit("weiw"), reverse("adjust")
    query = urlencode({"operation": "rename", "unit": "450100-P02"})
    page = client.get(f"{address}?{query}")
    assert page.status_code == 200
    before = world.units["450100-P02"].name
    for form in forms_of(page.content.decode()):
        for _, sent in submissions(form, 1):
            if form.method == "post":
                client.post(form.action or f"{address}?{query}", {**sent, "do": "execute"})
    world.units["450100-P02"].refresh_from_db()
    assert world.units["450100-P02"].name == before
    assert not list(stored(TOKEN))
