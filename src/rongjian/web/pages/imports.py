"""导入: choose a file, say what its columns are, mend what is wrong, bring it in, take it back.

An import is an object with an address of its own; every button is a plain form, so that nothing is
lost where there is no script, and what was typed is kept whichever button was pressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from rongjian.kernel.sheets import SheetError
from rongjian.org.access import Denied, may_somewhere, reach_units
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.records import importing
from rongjian.records.import_upload import LIMITS
from rongjian.records.importing import Closed, Unmapped
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.records.models import Batch
from rongjian.web.export import XLSX
from rongjian.web.forms import UnitChoice, UnitTyped
from rongjian.web.import_preview import import_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest

_LISTED = 30
_RECENT = 8
_MANY_UNITS = 200
_AT_ONCE = 20_000
"""Rows imported in one request; the page goes on with the rest by itself."""
_NAMED_REFUSALS = 20


# --- recent imports, and a new one -----------------------------------------------------------


@dataclass(frozen=True)
class ImportsPage:
    """The imports of one's reach, newest first, and the ledgers one may import into."""

    title: str
    kinds: tuple[Kind, ...]
    batches: tuple[tuple[Batch, Kind], ...]
    number: int
    pages: int


def listed(request: ActorRequest) -> HttpResponse:
    """The imports so far."""
    paginator = Paginator(importing.batches(request.actor), _LISTED)
    chosen = paginator.get_page(request.GET.get("page"))
    page = ImportsPage(
        title="导入",
        kinds=tuple(_importable(request.actor)),
        batches=tuple((batch, kind_of(batch.kind)) for batch in chosen.object_list),
        number=chosen.number,
        pages=paginator.num_pages,
    )
    return render(request, "imports/list.html", {"page": page})


def _importable(actor: Actor) -> list[Kind]:
    return [kind for kind in kinds() if may_somewhere(actor, "import", kind.access)]


class UploadForm(forms.Form):
    """The file, and the unit that rows without one belong to."""

    file = forms.FileField(
        label="文件",
        help_text="Excel（.xlsx）或 CSV，不超过 20 MB、10 万行；更大的请拆成几个文件。",
        error_messages={
            "required": "请选择文件。",
            "empty": "这个文件是空的。请检查是否选错了文件。",
        },
        widget=forms.FileInput({"accept": ".xlsx,.csv,.tsv,.txt"}),
    )
    sheet = forms.CharField(
        label="工作表（选填）",
        required=False,
        max_length=80,
        help_text="不填时自动选取表头最相符的一张。",
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, units: QuerySet[Unit], start: int | None, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.fields["unit"] = _unit_field(units)
        self.fields["unit"].initial = start
        self.order_fields(["file", "unit", "sheet"])


def _unit_field(units: QuerySet[Unit]) -> forms.Field:
    words = "表里没有写单位的行，都算这个单位的。"
    courts = units.filter(type__in=COURT_TYPES)
    for few in (units, courts):
        if 0 < few.count() <= _MANY_UNITS:
            return UnitChoice(
                few.select_related("court"), label="单位", help_text=words, empty_label="请选择"
            )
    return UnitTyped(units, label="单位", help_text=f"{words}填写单位代码、全称或简称。")


@dataclass(frozen=True)
class NewImportPage:
    """Choosing a file for a ledger."""

    title: str
    kind: Kind
    form: UploadForm
    refusal: str
    recent: tuple[Batch, ...]


def new(request: ActorRequest, code: str = "") -> HttpResponse:
    """Take in a file; whatever is wrong with it is said in one sentence on this very page."""
    actor = request.actor
    if not (code := code or request.GET.get("kind", "")):
        return redirect("imports")
    kind = kind_of(code)
    if not may_somewhere(actor, "import", kind.access):
        raise Denied(f"没有权限：您的岗位不能导入“{kind.name}”")
    units = reach_units(actor, "import", kind.access)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(units, _own_unit(actor, units), *given)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("import", _received(actor, kind, form).pk)
        except SheetError as error:
            refusal = str(error)
    page = NewImportPage(
        title=f"导入{kind.name}",
        kind=kind,
        form=form,
        refusal=refusal,
        recent=tuple(importing.batches(actor).filter(kind=kind.code)[:_RECENT]),
    )
    return render(request, "imports/new.html", {"page": page})


def _own_unit(actor: Actor, units: QuerySet[Unit]) -> int | None:
    """The unit of one's own post, to start with."""
    own = units.filter(pk__in=[post.unit_id for post in actor.posts]).order_by("path")
    return own.values_list("pk", flat=True).first()


def _received(actor: Actor, kind: Kind, form: UploadForm) -> Batch:
    file = form.cleaned_data["file"]
    # One byte more than allowed is enough to know that it is too much.
    data = file.read(LIMITS.file_bytes + 1)
    unit, sheet = form.cleaned_data["unit"], form.cleaned_data["sheet"]
    return importing.upload(actor, kind, unit, file.name, data, sheet=sheet)


def template(request: ActorRequest, code: str) -> HttpResponse:
    """The empty sheet to fill in."""
    kind = kind_of(code)
    if not may_somewhere(request.actor, "import", kind.access):
        raise Denied(f"没有权限：您的岗位不能导入“{kind.name}”")
    return _download(importing.template(kind), f"{kind.name}_导入模板.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


# --- one import ------------------------------------------------------------------------------


def one(request: ActorRequest, pk: int) -> HttpResponse:
    """One import; a POST carries out the button that was pressed and comes back here."""
    batch = _found(request.actor, pk)
    if request.method == "POST":
        return _pressed(request, batch)
    page = import_page(request.actor, batch, request.GET)
    return render(request, "imports/import.html", {"page": page})


def problems(request: ActorRequest, pk: int) -> HttpResponse:
    """The faulty rows in the file's own layout, with what is wrong in a last column."""
    batch = _found(request.actor, pk)
    return _download(importing.problem_sheet(batch), f"导入{batch.pk}_需修改的行.xlsx")


def _found(actor: Actor, pk: int) -> Batch:
    batch = importing.batches(actor).filter(pk=pk).first()
    if batch is None:
        raise Http404("没有这次导入，或您没有查看权限。")
    return batch


def _pressed(request: ActorRequest, batch: Batch) -> HttpResponse:
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
    kept = {name: request.GET[name] for name in ("show", "group", "page") if name in request.GET}
    return redirect(reverse("import", args=[batch.pk], query=query if query is not None else kept))


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
    done = importing.commit(request.actor, batch, _AT_ONCE)
    batch.refresh_from_db()
    waiting = importing.counts(batch).ready
    if waiting:
        return {"go": "1"}
    messages.success(
        request,
        f"新增 {done.created} 条，更新 {done.updated} 条，未变 {done.unchanged} 行，"
        f"未导入 {done.left} 行。",
    )
    return {}


def _undo(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    done = importing.undo(request.actor, batch)
    words = f"作废新增的 {done.voided} 条，恢复更新的 {done.restored} 条。"
    if not done.refused:
        messages.success(request, f"已撤销这次导入：{words}")
        return {}
    messages.warning(request, f"{words}有 {len(done.refused)} 条没有撤销：")
    for refusal in done.refused[:_NAMED_REFUSALS]:
        messages.warning(request, str(refusal))
    return {}


def _discard(request: ActorRequest, batch: Batch, _: list[str]) -> Query:
    importing.discard(request.actor, batch)
    messages.success(request, "已放弃没有导入的内容。")
    return {}


_ACTIONS: dict[str, Callable[[ActorRequest, Batch, list[str]], Query]] = {
    "map": _map,
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
