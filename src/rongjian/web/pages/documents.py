"""文稿: the list, one document with its live or frozen figures, and drawing one up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from rongjian.documents import actions, docx, queries
from rongjian.documents.actions import CannotFreeze
from rongjian.documents.models import Document
from rongjian.documents.render import compose_document
from rongjian.documents.templates import UnknownDocument, document_kind, document_kinds
from rongjian.kernel.periods import Period, PeriodError
from rongjian.org.access import Denied, allowed, may_somewhere, reach_units
from rongjian.org.models import COURT_TYPES
from rongjian.records.queries import unit_words
from rongjian.web.listing import Option
from rongjian.web.organised import WORDS, organised_asked, parameter, switch
from rongjian.web.text_length import TextLength, length_of

if TYPE_CHECKING:
    from rongjian.documents.composition import Composition
    from rongjian.documents.templates import DocumentKind
    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.organised import Switch

PAGE = 30
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class DocumentRow:
    """A document in the list."""

    document: Document
    kind: str
    unit: str
    author: str


@dataclass(frozen=True)
class DocumentsPage:
    """The documents that the actor may read."""

    title: str
    rows: tuple[DocumentRow, ...]
    total: int
    number: int
    pages: int
    create: bool


def listed(request: ActorRequest) -> HttpResponse:
    """The list, newest first."""
    actor = request.actor
    if not may_somewhere(actor, "view", Document.access_class):
        raise Denied("没有权限：您的岗位不能查看文稿")
    paginator = Paginator(queries.documents(actor), PAGE)
    chosen = paginator.get_page(request.GET.get("page"))
    page = DocumentsPage(
        title="文稿",
        rows=tuple(_row(actor, document) for document in chosen.object_list),
        total=paginator.count,
        number=chosen.number,
        pages=paginator.num_pages,
        create=may_somewhere(actor, "create", Document.access_class),
    )
    return render(request, "documents/list.html", {"page": page})


def _row(actor: Actor, document: Document) -> DocumentRow:
    own = document.court_id == actor.person.court_id
    kinds = document_kinds()
    kind = kinds[document.kind].name if document.kind in kinds else document.kind
    author = document.author.name if own else document.author.masked
    return DocumentRow(document, kind, unit_words(document.unit), author)


@dataclass(frozen=True)
class DocumentPage:
    """One document as its reader may see it."""

    title: str
    document: Document
    composition: Composition
    kind: str
    author: str
    freezable: bool
    switch: Switch | None
    word_query: str
    length: TextLength


def document(request: ActorRequest, pk: int) -> HttpResponse:
    """The paper with its figures as links, and 「数字与依据」 in the margin."""
    actor = request.actor
    found = _found(actor, pk)
    row = _row(actor, found)
    live, organised = found.frozen_at is None, organised_asked(request.GET)
    composition = compose_document(found, actor, organised)
    page = DocumentPage(
        title=found.title,
        document=found,
        composition=composition,
        kind=row.kind,
        author=row.author,
        # Frozen is what stands on the page, and documents go out as organised now.
        freezable=live
        and organised == "now"
        and allowed(actor, "edit", Document.access_class, found.unit),
        switch=switch(request.GET) if live else None,
        word_query=f"?{urlencode(parameter(organised))}" if live and organised == "then" else "",
        length=length_of("".join(block.text for block in composition.blocks)),
    )
    return render(request, "documents/document.html", {"page": page})


def _found(actor: Actor, pk: int) -> Document:
    try:
        return queries.document(actor, pk)
    except Document.DoesNotExist:
        raise Http404("没有这份文稿，或您没有查看权限。") from None


def word(request: ActorRequest, pk: int) -> HttpResponse:
    """The document as .docx to the official format."""
    actor = request.actor
    found = _found(actor, pk)
    day = localtime(found.frozen_at).date() if found.frozen_at else actor.today
    annex = request.GET.get("annex") == "1"
    organised = organised_asked(request.GET)
    content = docx.write(compose_document(found, actor, organised), day=day, annex=annex)
    response = HttpResponse(content, content_type=DOCX)
    way = f"（{WORDS['then']}）" if found.frozen_at is None and organised == "then" else ""
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{found.title}{way}.docx"
    )
    return response


@require_POST
def freeze(request: ActorRequest, pk: int) -> HttpResponse:
    """Fix text and figures."""
    found = _found(request.actor, pk)
    try:
        actions.freeze(request.actor, found)
        messages.success(request, "已冻结：文字和数字从此不变，之后的记录变动会在右侧标出。")
    except CannotFreeze as error:
        messages.error(request, f"{error}。")
    return redirect("document", pk)


# --- a new one -------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeriodBox:
    """A period of the kind: its two month boxes."""

    code: str
    name: str
    first: str
    last: str
    fault: str


@dataclass(frozen=True)
class NewDocumentPage:
    """What it takes to draw a document up."""

    title: str
    kinds: tuple[Option, ...]
    units: tuple[Option, ...]
    periods: tuple[PeriodBox, ...]
    key: str
    faults: tuple[str, ...]


def new(request: ActorRequest) -> HttpResponse:
    """Choose kind, unit and periods; everything has a default, so one press is enough."""
    actor = request.actor
    if not may_somewhere(actor, "create", Document.access_class):
        raise Denied("没有权限：您的岗位不能拟文稿")
    sent = request.POST if request.method == "POST" else request.GET
    kind = _kind(sent.get("kind") or next(iter(document_kinds())))
    units = reach_units(actor, "create", Document.access_class).filter(type__in=COURT_TYPES)
    unit = units.filter(code=sent.get("unit") or actor.person.court.code).first()
    boxes = tuple(_box(kind, name, sent.dict()) for name in kind.periods)
    faults = [box.fault for box in boxes if box.fault]
    if unit is None:
        faults.append("请选择单位")
    if request.method == "POST" and not faults and unit is not None:
        periods = {box.code: Period.parse(f"{box.first}..{box.last}") for box in boxes}
        key = sent.get("idempotency", "")[:64]
        made = actions.create(actor, kind.code, unit, periods, key=key)
        return redirect("document", made.pk)
    page = NewDocumentPage(
        title="拟文稿",
        kinds=tuple(
            Option(each.code, each.name, each == kind) for each in document_kinds().values()
        ),
        units=tuple(Option(each.code, each.name, each == unit) for each in units.order_by("path")),
        periods=boxes,
        key=sent.get("idempotency") or str(uuid.uuid4()),
        faults=tuple(faults) if request.method == "POST" else (),
    )
    return render(request, "documents/new.html", {"page": page}, status=422 if page.faults else 200)


def _kind(code: str) -> DocumentKind:
    try:
        return document_kind(code)
    except UnknownDocument as error:
        raise Http404(str(error)) from None


def _box(kind: DocumentKind, name: str, sent: dict[str, str]) -> PeriodBox:
    declared = kind.periods[name]
    first = sent.get(f"{name}-first") or str(declared.period.first)
    last = sent.get(f"{name}-last") or str(declared.period.last)
    try:
        Period.parse(f"{first}..{last}")
        fault = ""
    except PeriodError as error:
        fault = f"{declared.name}：{error}"
    return PeriodBox(name, declared.name, first, last, fault)
