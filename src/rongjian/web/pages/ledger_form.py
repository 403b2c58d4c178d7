"""Writing one record: the generic form for new and edited ones, and what to do when two edit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from rongjian.log.images import image_of
from rongjian.org.access import Denied, allowed, may_somewhere, reach_units, require, visible
from rongjian.records import actions
from rongjian.records.actions import Stale
from rongjian.records.kinds import Kind, kind_of
from rongjian.records.models import VOID, Record
from rongjian.records.queries import changes, differences
from rongjian.web.forms import RecordForm, form_class, prefilled

if TYPE_CHECKING:
    from django.forms import BoundField

    from rongjian.org.access import Actor
    from rongjian.records.flows import Move
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
    if not may_somewhere(actor, "create", kind.access):
        raise Denied(f"没有权限：您的岗位不能新增“{kind.name}”")
    made = form_class(kind, actor, "create")
    if request.method != "POST":
        units = reach_units(actor, "create", kind.access)
        start = prefilled(kind, actor, units, request.GET.dict())
        return _render(request, kind, None, made(initial=start), str(uuid.uuid4()), 0)
    form = made(request.POST, instance=kind.model())
    return _save(request, kind, None, form)


def edit(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """Change a record; whoever was faster is shown with the differences."""
    kind, actor = kind_of(code), request.actor
    rows = kind.model._default_manager.select_related("unit__court", "court").filter(pk=pk)
    record = visible(actor, rows, "view").first()
    if record is None or record.state == VOID:
        raise Http404(f"没有这条{kind.name}记录，或它已作废。")
    require(actor, "edit", kind.access, record.unit, record)
    made = form_class(kind, actor, "edit")
    if request.method != "POST":
        return _render(
            request, kind, record, made(instance=record), str(uuid.uuid4()), record.version
        )
    form = made(request.POST, instance=record)
    record.version = _whole(request.POST.get("version", ""))
    return _save(request, kind, record, form)


def _save(
    request: ActorRequest, kind: Kind, record: Record | None, form: RecordForm
) -> HttpResponse:
    key = request.POST.get("idempotency", "")[:64]
    sent = _whole(request.POST.get("version", ""))
    actor = request.actor
    conflict = None
    if form.is_valid():
        try:
            saved = actions.save(actor, form.instance, key=key)
        except ValidationError as error:
            form.add_refusals(error)
        except Stale as stale:
            conflict = _conflict(kind, actor, stale.current, form.instance)
        else:
            _carry_on(request, kind, saved)
            return redirect("record", kind.code, saved.pk)
    version = conflict.version if conflict else sent
    return _render(request, kind, record, form, key, version, conflict)


def _carry_on(request: ActorRequest, kind: Kind, saved: Record) -> None:
    """Say what happened and, where the button said so, take the next step at once."""
    step = _onward(request.actor, kind, saved)
    if step and request.POST.get("then") == step.code:
        actions.move(request.actor, saved, step.code)
        messages.success(request, f"已保存并{step.name}。")
    elif step:
        messages.success(
            request, f"已保存为{kind.flow.state(saved.state).name}，{step.name}后计入数字。"
        )
    else:
        messages.success(request, "已保存。")


def _onward(actor: Actor, kind: Kind, record: Record | None) -> Move | None:
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


def _conflict(kind: Kind, actor: Actor, current: Record, typed: Record) -> Conflict:
    newest = next(iter(changes(kind, current, actor, masked=True)), None)
    return Conflict(
        who=newest.who if newest else "别人",
        at=f"{newest.at:%m-%d %H:%M}" if newest else "",
        version=current.version,
        fields=differences(kind, image_of(current), image_of(typed), actor),
    )


def _render(
    request: ActorRequest,
    kind: Kind,
    record: Record | None,
    form: RecordForm,
    key: str,
    version: int,
    conflict: Conflict | None = None,
) -> HttpResponse:
    more = tuple(form[name] for name in kind.more)
    page = FormPage(
        title=f"修改{kind.name}" if record else f"新增{kind.name}",
        kind=kind,
        record=record,
        form=form,
        asked=tuple(form[name] for name in kind.form),
        more=more,
        more_open=any(bound.errors for bound in more),
        key=key,
        version=version,
        onward=_onward(request.actor, kind, record),
        conflict=conflict,
    )
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "ledger/form.html", {"page": page}, status=status)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0
