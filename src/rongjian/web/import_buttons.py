"""The buttons on the page of an import: what each does, and where the page then stands.

Every button is a plain form; what was typed is kept whichever was pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from rongjian.kernel.cell_forms import FORMS
from rongjian.records import importing
from rongjian.records.importing import Closed, Unmapped
from rongjian.records.models import Batch
from rongjian.web import background

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest


def pressed(request: ActorRequest, batch: Batch) -> HttpResponse:
    """`do` is the button: its name, and for a row's own button the row and the field."""
    name, *where = request.POST.get("do", "fix").split(":")
    action = _ACTIONS.get(name)
    if action is None:
        raise Http404("没有这个操作。")
    try:
        if name in _ON_ROWS:
            _keep_typed(request, batch)
        query = action(request, batch, where)
    except (Closed, Unmapped) as error:
        messages.error(request, f"{str(error).rstrip('。')}。")
        query = {}
    if not Batch.objects.filter(pk=batch.pk).exists():
        return redirect("imports")
    kept = {name: request.GET[name] for name in _VIEW if name in request.GET}
    return redirect(reverse("import", args=[batch.pk], query=query if query is not None else kept))


_VIEW = ("show", "group", "page", "rows")

Query = dict[str, str] | None
"""What the address asks after a button: None keeps what it asked before."""


def _keep_typed(request: ActorRequest, batch: Batch) -> None:
    """Every cell of the form that now reads differently is mended, whatever was pressed."""
    typed: dict[tuple[int, str], str] = {}
    for key, text in request.POST.items():
        kind, _, place = key.partition("-")
        number, _, name = place.partition("-")
        before = request.POST.get(f"was-{place}", "")
        if kind == "cell" and number.isdecimal() and len(number) < 9 and text != before:
            typed[int(number), name] = str(text)
    if typed:
        importing.fix_cells(request.actor, batch, typed)


def _say(request: ActorRequest, batch: Batch, done: str) -> None:
    if request.htmx:
        return  # The summary on the page says it.
    found = importing.counts(batch)
    messages.success(request, f"{done}现在可导入 {found.ready} 行，需修改 {found.bad} 行。")


def _map(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    chosen = {at: request.POST.get(f"column-{at}", "") for at in range(len(batch.headings))}
    importing.remap(request.actor, batch, chosen)
    importing.check(request.actor, batch)
    return {}


def _fix(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    _say(request, batch, "已保存修改。")
    return None


def _suggest(request: ActorRequest, batch: Batch, where: list[str]) -> Query:
    """Take the suggestion in one cell, or in all faulty cells with the same text."""
    number, name = _place(where)
    row = batch.rows.filter(number=number).first()
    remedy = row.problems.get(name, {}).get("suggestion", "") if row else ""
    if row and remedy:
        if where[2:] == ["all"]:
            at = {field: int(at) for at, field in batch.mapping.items()}[name]
            changed = importing.fix_same(request.actor, batch, name, row.cells[at], remedy)
        else:
            importing.fix(request.actor, batch, number, name, remedy)
            changed = 1
        _say(request, batch, f"已改 {changed} 行。")
    return None


def _same(request: ActorRequest, batch: Batch, where: list[str]) -> Query:
    """What was typed in one cell goes into every faulty cell that had the same text."""
    number, name = _place(where)
    old = request.POST.get(f"was-{number}-{name}", "")
    new_text = request.POST.get(f"cell-{number}-{name}", "")
    if new_text == old:
        messages.warning(request, "请先在格子里写好新的内容，再改所有同样的行。")
        return None
    changed = importing.fix_same(request.actor, batch, name, old, new_text)
    _say(request, batch, f"已改 {changed + 1} 行。")
    return None


def _place(where: list[str]) -> tuple[int, str]:
    """The row and field of a row's own button."""
    number = where[0] if where and where[0].isdecimal() and len(where[0]) < 9 else "0"
    return int(number), where[1] if len(where) > 1 else ""


def _on_row(
    change: Callable[[Actor, Batch, int], None], done: str
) -> Callable[[ActorRequest, Batch, list[str]], Query]:
    def carry_out(request: ActorRequest, batch: Batch, where: list[str]) -> Query:
        number, _ = _place(where)
        change(request.actor, batch, number)
        _say(request, batch, f"第 {number} 行{done}。")
        return None

    return carry_out


def _check(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    importing.check(request.actor, batch)
    _say(request, batch, "已重新检查。")
    return {}


def _commit(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    importing.begin(request.actor, batch)
    background.carry_on(request.actor, batch)
    return {}


def _undo(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    importing.begin_undo(request.actor, batch)
    background.carry_on(request.actor, batch)
    return {}


def _heading(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    """Which rows of the file are its heading, where it was recognised wrongly."""
    texts = [request.POST.get(name, "").strip() for name in ("first", "last")]
    first, last = (int(text) if text.isdecimal() and len(text) < 5 else 0 for text in texts)
    importing.set_heading(request.actor, batch, first, last or first)
    return {"step": "map"}


def _form(request: ActorRequest, batch: Batch, where: list[str]) -> Query:
    """Leave a form of a column as it was typed (`is`), or put it into ours again."""
    field, form, how = (*where, "", "", "")[:3]
    if form not in FORMS or field not in batch.mapping.values():
        raise Http404("没有这个操作。")
    importing.set_form(request.actor, batch, field, form, as_is=how == "is")
    _say(request, batch, "已按原文重新检查。" if how == "is" else "已恢复自动规范。")
    return {"step": "forms"}


def _discard(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    importing.discard(request.actor, batch)
    messages.success(request, "已放弃没有导入的内容。")
    return {}


_ACTIONS: dict[str, Callable[[ActorRequest, Batch, list[str]], Query]] = {
    "map": _map,
    "heading": _heading,
    "form": _form,
    "check": _check,
    "fix": _fix,
    "suggest": _suggest,
    "same": _same,
    "drop": _on_row(importing.drop, "不导入"),
    "keep": _on_row(importing.keep, "保留"),
    "accept": _on_row(importing.accept, "以文件为准"),
    "commit": _commit,
    "undo": _undo,
    "discard": _discard,
}
_ON_ROWS = {"fix", "suggest", "same", "drop", "keep", "accept", "commit"}
"""Buttons that stand in or under the table of rows, so that typed cells come with them."""
