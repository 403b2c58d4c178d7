"""Writing one record: the generic form for new and edited ones, and what to do when two edit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from rongjian.log.images import image_of
from rongjian.org.access import Denied, allowed, may_somewhere, reach_units, require, visible
from rongjian.org.models import Unit
from rongjian.records import actions, form_drafts, linking
from rongjian.records.actions import Stale, WrongState
from rongjian.records.changes import changes, differences
from rongjian.records.kinds import Kind, kind_of
from rongjian.records.models import VOID, Record
from rongjian.web.forms import RecordForm, form_class, prefilled
from rongjian.web.link_picker import chosen_in, picker

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import BoundField

    from rongjian.org.access import Actor
    from rongjian.records.flows import Move
    from rongjian.records.models import FormDraft
    from rongjian.web.link_picker import Picker
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class Conflict:
    """Somebody else changed the record meanwhile: who, when, and in which fields we differ."""

    who: str
    at: str
    version: int
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class FormPage:
    """The form of a record."""

    title: str
    kind: Kind
    record: Record | None
    form: RecordForm
    asked: tuple[BoundField, ...]
    more: tuple[BoundField, ...]
    more_open: bool
    key: str
    version: int
    onward: Move | None
    links: Picker | None = None
    address: str = ""
    kept: FormDraft | None = None
    conflict: Conflict | None = None

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """(id of the input, its label, what is wrong) for the summary at the top."""
        found = []
        for name, errors in self.form.errors.items():
            bound = self.form[name] if name in self.form.fields else None
            for words in errors:
                target = bound.id_for_label if bound else ""
                found.append((target, str(bound.label) if bound else "", str(words)))
        return found


def new(request: ActorRequest, code: str) -> HttpResponse:
    """A new record of a kind, prefilled; a repeated send of the same form writes once."""
    kind, actor = kind_of(code), request.actor
    may_create(actor, kind)
    made = form_class(kind, actor, "create")
    if request.method != "POST":
        kept = form_drafts.kept(actor, request.get_full_path())
        units = reach_units(actor, "create", kind.access)
        start = prefilled(kind, actor, units, request.GET.dict()) | restored(kept)
        return _render(request, Sending(kind, None, made(initial=start), kept=kept))
    form = made(request.POST, instance=kind.model())
    chosen, unclear = chosen_in(actor, kind, typed(request))

    def write(key: str) -> Record:
        return linking.save(actor, form.instance, chosen, key=key)

    return _save(request, Sending(kind, None, form, unclear=unclear), write)


def edit(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """Change a record; whoever was faster is shown with the differences."""
    kind, actor = kind_of(code), request.actor
    record = to_edit(actor, kind, pk)
    made = form_class(kind, actor, "edit")
    if request.method != "POST":
        kept = form_drafts.kept(actor, request.get_full_path())
        form = made(instance=record, initial=restored(kept))
        return _render(request, Sending(kind, record, form, seen_version(record, kept), kept=kept))
    form = made(request.POST, instance=record)
    record.version = whole(request.POST.get("version", ""))

    def write(key: str) -> Record:
        return actions.save(actor, form.instance, key=key)

    return _save(request, Sending(kind, record, form, version=record.version), write)


@dataclass
class Sending:
    """A form on its way: what it is about, and what came of sending it."""

    kind: Kind
    record: Record | None
    form: RecordForm
    version: int = 0
    kept: FormDraft | None = None
    unclear: str = ""
    conflict: Conflict | None = None


def may_create(actor: Actor, kind: Kind) -> None:
    """Refuse whoever may write no record of the kind anywhere."""
    if not may_somewhere(actor, "create", kind.access):
        raise Denied(f"没有权限：您的岗位不能新增“{kind.name}”")


def to_edit(actor: Actor, kind: Kind, pk: int) -> Record:
    """The record, for whoever may change it; 404 where it is not visible or void."""
    rows = kind.model._default_manager.select_related("unit__court", "court").filter(pk=pk)
    record = visible(actor, rows, "view").first()
    if record is None or record.state == VOID:
        raise Http404(f"没有这条{kind.name}记录，或它已作废。")
    require(actor, "edit", kind.access, record.unit, record)
    return record


def typed(request: ActorRequest) -> dict[str, list[str]]:
    """Everything that was sent, by name."""
    return {name: request.POST.getlist(name) for name in request.POST}


def restored(kept: FormDraft | None) -> dict[str, str]:
    """The values that somebody had typed before, as a form starts with them."""
    return {name: texts[0] for name, texts in kept.values.items() if texts} if kept else {}


def seen_version(record: Record, kept: FormDraft | None) -> int:
    """The version that somebody had before them: a draft does not pass over what changed since."""
    return whole(restored(kept).get("version", "")) or record.version


def send(request: ActorRequest, sending: Sending, write: Callable[[str], Record]) -> Record | None:
    """Write what was sent; None where it came back with faults or a conflict."""
    form, actor = sending.form, request.actor
    if form.is_valid() and sending.unclear:
        form.add_refusals(ValidationError({"links": [sending.unclear]}))
    if form.is_valid():
        try:
            saved = write(request.POST.get("idempotency", "")[:64])
        except ValidationError as error:
            form.add_refusals(error)
        except Stale as stale:
            sending.conflict = conflict_of(sending.kind, actor, stale.current, form.instance)
            sending.version = sending.conflict.version
        else:
            form_drafts.drop(actor, request.get_full_path())
            return saved
    return None


def _save(request: ActorRequest, sending: Sending, write: Callable[[str], Record]) -> HttpResponse:
    saved = send(request, sending, write)
    if saved is None:
        return _render(request, sending)
    carry_on(request, sending.kind, saved)
    return redirect("record", sending.kind.code, saved.pk)


def carry_on(request: ActorRequest, kind: Kind, saved: Record) -> None:
    """Say what happened and, where the button said so, take the next step at once."""
    step = onward(request.actor, kind, saved)
    if step and request.POST.get("then") == step.code:
        try:
            actions.move(request.actor, saved, step.code)
        except WrongState as error:
            messages.warning(request, f"已保存，没有{step.name}：{error}。")
        else:
            messages.success(request, f"已保存并{step.name}。")
    elif step:
        messages.success(
            request, f"已保存为{kind.flow.state(saved.state).name}，{step.name}后计入数字。"
        )
    else:
        messages.success(request, "已保存。")


def onward(actor: Actor, kind: Kind, record: Record | None) -> Move | None:
    """The step that hands in a record of this state, if the actor could take it."""
    state = record.state if record and record.pk else kind.flow.initial
    for move in kind.flow.moves_from(state):
        if move.right == "submit":
            unit = record.unit if record and record.pk else None
            may = (
                allowed(actor, "submit", kind.access, unit)
                if unit
                else may_somewhere(actor, "submit", kind.access)
            )
            return move if may else None
    return None


def conflict_of(kind: Kind, actor: Actor, current: Record, typed: Record) -> Conflict:
    """What somebody else changed meanwhile."""
    newest = next(iter(changes(kind, current, actor, masked=True)), None)
    return Conflict(
        who=newest.who if newest else "别人",
        at=f"{newest.at:%m-%d %H:%M}" if newest else "",
        version=current.version,
        fields=differences(kind, image_of(current), image_of(typed), actor),
    )


def _render(request: ActorRequest, sending: Sending) -> HttpResponse:
    page = FormPage(**page_parts(request, sending))
    return render(request, "ledger/form.html", {"page": page}, status=status_of(sending))


def page_parts(request: ActorRequest, sending: Sending) -> dict[str, Any]:
    """The fields of a form's page."""
    kind, record, form, kept = sending.kind, sending.record, sending.form, sending.kept
    more = tuple(form[name] for name in kind.more)
    again = request.method == "POST"
    said = typed(request) if again else kept.values if kept else {}
    return {
        "title": f"修改{kind.name}" if record else f"新增{kind.name}",
        "kind": kind,
        "record": record,
        "form": form,
        "asked": tuple(form[name] for name in kind.form),
        "more": more,
        "more_open": any(bound.errors for bound in more),
        "key": request.POST.get("idempotency", "")[:64] if again else str(uuid.uuid4()),
        "version": sending.version,
        "onward": onward(request.actor, kind, record),
        "links": None if record else picker(request.actor, kind, unit_in(form), said),
        "address": request.get_full_path(),
        "kept": kept,
        "conflict": sending.conflict,
    }


def unit_in(form: RecordForm) -> Unit | None:
    """The unit that a form names at the moment, if it is one that may be chosen."""
    value = form["unit"].value() if "unit" in form.fields else None
    if isinstance(value, Unit):
        return value
    try:
        found = form.fields["unit"].clean(value) if value else None
    except ValidationError:
        return None
    return found if isinstance(found, Unit) else None


def status_of(sending: Sending) -> int:
    """The status of a form's page."""
    return 409 if sending.conflict else 422 if sending.form.errors else 200


def whole(text: str) -> int:
    """A number out of a form; 0 for anything else."""
    return int(text) if text.isdecimal() else 0
