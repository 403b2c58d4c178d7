"""The table of a ledger that can be written in: what its script sends, answered as JSON.

One cell, a block that is first checked and then written, and taking one's own last step back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, JsonResponse
from django.views.decorators.http import require_POST

from rongjian.org.access import Denied, may_somewhere, visible
from rongjian.records import grid
from rongjian.records.grid import Entry, Outcome
from rongjian.records.grid_undo import NotTakenBack, take_back
from rongjian.records.kinds import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.web.middleware import ActorRequest

_STATUS = {"conflict": 409, "right": 403, "value": 422}
_WHAT = {"paste": "粘贴", "fill": "向下填充"}
_LONGEST = 20_000


@require_POST
def cell(request: ActorRequest, code: str, pk: int) -> JsonResponse:
    """Write one cell as it was typed; the answer says how it reads now, or what is wrong."""
    kind, actor = kind_of(code), request.actor
    rows = kind.model._default_manager.filter(pk=pk)
    if not visible(actor, rows, "view").exists():
        raise Http404(f"没有这条{kind.name}记录，或您没有查看权限。")
    name, text = request.POST.get("field", ""), request.POST.get("text", "")[:_LONGEST]
    was = {name: request.POST["was"]} if "was" in request.POST else {}
    entry = Entry(pk, {name: text}, was)
    key = request.POST.get("key", "")[:64]
    done = grid.write(actor, kind, [entry], "修改", key=key)[0]
    fault = done.faults.get(name)
    return JsonResponse(_told(done), status=_STATUS[fault.group] if fault else 200)


@require_POST
def block(request: ActorRequest, code: str) -> JsonResponse:
    """Check or write a block of cells, or take the last step back."""
    kind, actor = kind_of(code), request.actor
    if not may_somewhere(actor, "edit", kind.access):
        raise Denied(f"没有权限：您的岗位不能修改“{kind.name}”")
    asked = request.POST.get("do", "")
    if asked == "undo":
        return _undone(request, kind)
    try:
        entries = _entries(request.POST.get("rows", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return JsonResponse({"words": "没有写入：内容不完整，请重新粘贴。"}, status=400)
    if len(entries) > grid.MOST:
        words = f"一次最多写入 {grid.MOST} 行，现有 {len(entries)} 行。更多的请用导入。"
        return JsonResponse({"words": words}, status=422)
    if asked == "check":
        outcomes = grid.check(actor, kind, entries)
        return JsonResponse({"words": _preview(entries, outcomes), "rows": _all(outcomes)})
    what = _WHAT.get(request.POST.get("what", ""), "修改")
    size = sum(len(entry.texts) for entry in entries)
    key = request.POST.get("key", "")[:64]
    outcomes = grid.write(actor, kind, entries, f"{what} {size} 格", key=key)
    return JsonResponse({"words": _written(size, outcomes), "rows": _all(outcomes)})


def _undone(request: ActorRequest, kind: Kind) -> JsonResponse:
    try:
        done = take_back(request.actor, kind)
    except NotTakenBack as error:
        return JsonResponse({"words": f"{error}。"}, status=409)
    return JsonResponse({"words": f"已撤销“{done.what}”。", "rows": _all(done.rows)})


def _entries(text: str) -> list[Entry]:
    """The rows of a block as the script sends them; raises where the shape is another."""
    return [
        Entry(
            int(str(row["pk"])[:18]),
            {str(name): str(value)[:_LONGEST] for name, value in row["texts"].items()},
            {str(name): str(value) for name, value in row.get("was", {}).items()},
        )
        for row in json.loads(text)
    ]


def _preview(entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> str:
    """What would be written, in a sentence."""
    columns = max((len(entry.texts) for entry in entries), default=0)
    words = f"将写入 {len(entries)} 行 × {columns} 列"
    faults = sum(len(each.faults) for each in outcomes)
    hints = sum(len(each.hints) for each in outcomes)
    words += f"，其中 {faults} 格有问题，不会写入" if faults else ""
    return words + (f"，{hints} 格有提示" if hints else "") + "。"


def _written(size: int, outcomes: Sequence[Outcome]) -> str:
    faults = sum(len(each.faults) for each in outcomes)
    left = f"，{faults} 格没有写入" if faults else ""
    return f"已写入 {size - faults} 格{left}。"


def _all(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    return [_told(each) for each in outcomes]


def _told(done: Outcome) -> dict[str, Any]:
    """A row's outcome as the script reads it."""
    return {
        "pk": done.pk,
        "version": done.version,
        "texts": done.texts,
        "faults": {name: vars(fault) for name, fault in done.faults.items()},
        "hints": done.hints,
    }
