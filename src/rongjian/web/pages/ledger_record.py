"""One record: its fields, links both ways, evidence, changes, and the steps it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from rongjian.ledgers.activity import Activity
from rongjian.log import door
from rongjian.log.door import NotStorable
from rongjian.org.access import allowed, may_somewhere, visible
from rongjian.org.temporary import months_after
from rongjian.records import actions, linking
from rongjian.records.actions import Stale, WrongState
from rongjian.records.chain import Chain, chain
from rongjian.records.changes import ChangeLine, changes
from rongjian.records.kinds import Kind, kind_of
from rongjian.records.link_rules import link_rules
from rongjian.records.linking import Chosen
from rongjian.records.models import VOID, Link, LinkKind, NoLink, Record
from rongjian.records.queries import (
    Neighbour,
    Reading,
    about,
    campaigns,
    neighbours,
    shown,
    with_names,
)
from rongjian.records.unmasking import Wanted, named_at_home
from rongjian.supervision.policy import sources
from rongjian.web import force_view, names
from rongjian.web.link_picker import chosen_in, picker
from rongjian.web.pages.minutes import held

if TYPE_CHECKING:
    from datetime import datetime

    from rongjian.kernel.statutory_limits import Clock
    from rongjian.org.access import Actor
    from rongjian.records.flows import Move, State
    from rongjian.web.link_picker import Picker
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.names import Names
    from rongjian.web.pages.minutes import Held


_OWN_PAGES = {
    "deployment": ("supervise-one", (VOID,)),
    "task-feedback": ("supervise-feedback", (VOID, "draft")),
}
"""By ledger: the route of the page for such records, and the states in which it shows none."""
_USUAL_MONTHS = 6
"""For how long a task force is set up at first, until somebody writes another day."""


@dataclass(frozen=True)
class Field:
    """A field in words."""

    heading: str
    text: str


@dataclass(frozen=True)
class RecordPage:
    """Everything one record's page shows."""

    title: str
    kind: Kind
    record: Record
    projected: bool
    state: State
    fields: tuple[Field, ...]
    author: str
    recorded_at: datetime
    clocks: tuple[Clock, ...]
    editable: bool
    moves: tuple[Move, ...]
    links: tuple[Neighbour, ...]
    link_kinds: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    names: Names
    changes: tuple[ChangeLine, ...]
    chain: Chain
    missing: Picker | None
    no_link: str
    held: Held | None
    establish: str
    deploys: str
    own_page: str
    force: str


def shown_record(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """A record in full, or its projection, which is logged first; 404 when neither is granted."""
    kind, actor = kind_of(code), request.actor
    record, projected = _found(actor, kind, pk)
    if projected:
        actions.opened(actor, f"{kind.code}:{record.pk}", record.unit, "去标识记录 1 条")
    page = _page(request, kind, record, projected)
    return render(request, "ledger/record.html", {"page": page})


def _found(actor: Actor, kind: Kind, pk: int) -> tuple[Record, bool]:
    rows = with_names(kind, kind.model._default_manager.filter(pk=pk), kind.fields)
    rows = rows.select_related("unit__court", "court", "author")
    if record := visible(actor, rows, "view").first():
        return record, False
    if record := visible(actor, rows, "project").first():
        return record, True
    raise Http404(f"没有这条{kind.name}记录，或您没有查看权限。")


def _page(request: ActorRequest, kind: Kind, record: Record, projected: bool) -> RecordPage:
    actor = request.actor
    read = Reading(kind.model._default_manager.none(), projected, actor)
    own = record.court_id == actor.person.court_id
    masked, offered = _masked(request, kind, record, own=own, projected=projected)
    links = [] if projected else neighbours(actor, record)
    author = record.author
    written = "" if projected or author is None else author.name if own else author.masked
    may_edit = not projected and allowed(actor, "edit", kind.access, record.unit, record)
    return RecordPage(
        title=record.key or about(record),
        kind=kind,
        record=record,
        projected=projected,
        state=kind.flow.state(record.state),
        fields=_fields(kind, record, read, masked=masked),
        author=written,
        recorded_at=record.recorded_at,
        clocks=tuple(record.clocks(actor.today)),
        editable=may_edit and record.state != VOID,
        moves=_moves(actor, kind, record),
        links=tuple(links),
        link_kinds=tuple(LinkKind.choices) if may_edit else (),
        evidence=() if projected else tuple(record.evidence.values_list("source", flat=True)),
        names=offered,
        changes=() if projected else tuple(changes(kind, record, actor, masked=masked)),
        chain=Chain((), ()) if projected else chain(actor, record),
        missing=_missing(actor, kind, record) if may_edit else None,
        no_link="" if projected else _no_link(record),
        held=_held(actor, record) if not projected else None,
        establish="" if projected else establishing(actor, kind, record),
        deploys="" if projected else _deploys(actor, kind, record),
        own_page=_own_page(kind, record),
        force=_force(actor, record),
    )


def _missing(actor: Actor, kind: Kind, record: Record) -> Picker | None:
    """What is offered to a record of the Party's side that is still linked to no business."""
    rules = link_rules()
    if kind.code not in rules.asked or record.state == VOID or NoLink.objects.filter(record=record):
        return None
    ends = Link.objects.filter(Q(source=record) | Q(target=record))
    kinds_met = {*ends.values_list("source__kind", flat=True)}
    kinds_met |= {*ends.values_list("target__kind", flat=True)}
    if record.task_force_id or any(rules.joins(kind.code, each) for each in kinds_met):
        return None
    return picker(actor, kind, record.unit, {})


def _no_link(record: Record) -> str:
    kept = NoLink.objects.filter(record=record).first()
    return linking.reason_words(kept) if kept else ""


def _held(actor: Actor, record: Record) -> Held | None:
    """What belongs to a meeting besides its fields."""
    return held(actor, record) if isinstance(record, Activity) else None


def _masked(
    request: ActorRequest, kind: Kind, record: Record, *, own: bool, projected: bool
) -> tuple[bool, Names]:
    """Whether people's names are masked, and where the reader may ask for them."""
    if projected or not own or named_at_home(kind.code):
        return not own, names.Names()
    filled = tuple(name for name in kind.fields if getattr(record, name))
    ask = reverse("record-names", args=[kind.code, record.pk])
    named = record.pk in names.opened(request, kind, [record.pk])
    return not named, names.of_page(request, kind, filled, ask)


def open_names(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """Ask why the full names on this record are wanted, and open them."""
    kind = kind_of(code)
    record = viewable(request.actor, kind, pk)
    rows = kind.model._default_manager.filter(pk=pk)
    wanted = Wanted(f"{kind.code}:{pk}", rows, f"编号 {record}", record_id=pk)
    return names.ask(request, kind, wanted, reverse("record", args=[kind.code, pk]))


def _force(actor: Actor, record: Record) -> str:
    """The code of the task force that the record belongs to, where the actor may see its page."""
    force = record.task_force
    return force.code if force and force_view.may_open(actor, force) else ""


def _deploys(actor: Actor, kind: Kind, record: Record) -> str:
    """Where a decision or a finding is sent down as a deployment, prefilled from it."""
    if kind.code not in sources() or record.state == VOID:
        return ""
    may = may_somewhere(actor, "create", "task")
    return f"{reverse('supervise-new')}?{urlencode({'from': record.pk})}" if may else ""


def _own_page(kind: Kind, record: Record) -> str:
    """The page on which such a record is dealt with, where that is not this one."""
    route, hidden = _OWN_PAGES.get(kind.code, ("", ()))
    return reverse(route, args=[record.pk]) if route and record.state not in hidden else ""


def establishing(actor: Actor, kind: Kind, record: Record) -> str:
    """Where a task force is set up for what a record of a campaign is about, prefilled from it."""
    setup = kind_of("task-force")
    if record.task_force_id or not record.campaign or kind is setup:
        return ""
    if not may_somewhere(actor, "create", setup.access):
        return ""
    named = f"{campaigns().get(record.campaign, record.campaign)}办案专班"
    given = {
        "unit": actor.person.department.code,
        "basis": f"{kind.name}：{record.key or about(record)}（{record.happened_on}）"[:120],
        "name": named[:40],
        "campaign": record.campaign,
        "line": record.line,
        "leader": actor.person.pk,
        "happened_on": actor.today,
        "ends_on": months_after(actor.today, _USUAL_MONTHS),
    }
    return f"{reverse('ledger-new', args=[setup.code])}?{urlencode(given)}"


def _fields(kind: Kind, record: Record, read: Reading, *, masked: bool) -> tuple[Field, ...]:
    """What the form asks for, filled in or not, and what else was filled in."""
    words = {name: shown(kind, name, record, masked=masked) for name in kind.fields}
    return tuple(
        Field(kind.heading(name), words[name])
        for name in read.columns(kind, kind.fields)
        if words[name] or name in kind.form
    )


def _moves(actor: Actor, kind: Kind, record: Record) -> tuple[Move, ...]:
    """The steps that this actor could take now."""
    return tuple(
        move
        for move in kind.flow.moves_from(record.state)
        if allowed(actor, move.right, kind.access, record.unit, record)
        and not (move.by_another and record.author_id == actor.person.pk)
    )


@require_POST
def move(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """Take a step of the flow, as the page that offered it knew the record."""
    kind, actor = kind_of(code), request.actor
    record = viewable(actor, kind, pk)
    record.version = _whole(request.POST.get("version", ""))
    step = {each.code: each for each in kind.flow.moves}.get(request.POST.get("move", ""))
    if step is None:
        raise Http404("没有这个办理步骤。")
    try:
        actions.move(actor, record, step.code, detail=request.POST.get("detail", "").strip()[:400])
        messages.success(request, f"已{step.name}。")
    except WrongState as error:
        messages.error(request, f"没有办理：{error}。")
    except NotStorable as error:
        messages.error(request, f"没有{step.name}：“{step.asks or '说明'}”{error.messages[0]}")
    except Stale:
        messages.warning(request, f"没有{step.name}：这条记录刚被别人改过，请看过现在的内容再办。")
    return redirect("record", code, pk)


@require_POST
def link(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """Link the record: to what was ticked, to one named by its number, or say why there is nothing."""
    kind, actor = kind_of(code), request.actor
    record = viewable(actor, kind, pk)
    said = {name: request.POST.getlist(name) for name in request.POST}
    chosen, unclear = chosen_in(actor, kind, said)
    if wanted := request.POST.get("target", "").strip():
        door.refuse({"target": wanted})
        target = _named(actor, wanted)
        if target is None or target.pk == record.pk:
            unclear = f"找不到您能查看的记录“{wanted}”。请填写对方的编号。"
        else:
            chosen = Chosen([target], request.POST.get("kind", ""))
    if unclear or not chosen:
        messages.error(request, f"没有关联：{unclear or '请勾选要关联的记录，或选择原因'}")
    else:
        _write_links(request, record, chosen)
    return redirect(reverse("record", args=[code, pk]) + "#links")


def _write_links(request: ActorRequest, record: Record, chosen: Chosen) -> None:
    try:
        linking.write(request.actor, record, chosen)
    except ValidationError as error:
        messages.error(request, "没有关联：" + "；".join(error.messages))
        return
    told = "、".join(str(each) for each in chosen.targets)
    messages.success(request, f"已关联 {told}。" if told else "已说明确无业务关联。")


def _named(actor: Actor, wanted: str) -> Record | None:
    """The record with this key, or this kind and number (handled-person-12)."""
    if not wanted:
        return None
    name, _, number = wanted.rpartition("-")
    condition = Q(key=wanted)
    if name and number.isdecimal():
        condition |= Q(kind=name, pk=int(number))
    return visible(actor, Record.objects.exclude(state=VOID).filter(condition), "view").first()


def viewable(actor: Actor, kind: Kind, pk: int) -> Record:
    """The record in full, or 404."""
    rows = kind.model._default_manager.select_related("unit__court", "court").filter(pk=pk)
    record = visible(actor, rows, "view").first()
    if record is None:
        raise Http404(f"没有这条{kind.name}记录，或您没有查看权限。")
    return record


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0
