"""导入: choose a file, say what its columns are, mend what is wrong, bring it in, take it back.

An import is an object with an address of its own; every button is a plain form, so that nothing is
lost where there is no script, and what was typed is kept whichever button was pressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from rongjian.kernel.sheets import SheetError
from rongjian.org.access import Denied, may_somewhere, reach_units
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.records import importing
from rongjian.records.import_limits import import_limits, page_limits
from rongjian.records.importing import Closed
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.records.models import Batch, BatchState
from rongjian.web.export import XLSX
from rongjian.web.forms import UnitChoice, UnitTyped
from rongjian.web.import_buttons import pressed
from rongjian.web.import_preview import import_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest

_LISTED = 30
_RECENT = 8
_MANY_UNITS = 200
_DIGITS = 18
SUFFIXES = ".xlsx,.xls,.csv,.tsv,.txt,.docx"


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
        error_messages={
            "required": "请选择文件。",
            "empty": "这个文件是空的。请检查是否选错了文件。",
        },
        widget=forms.FileInput({"accept": SUFFIXES}),
    )
    sheet = forms.CharField(
        label="工作表（选填）",
        required=False,
        max_length=80,
        help_text="不填时自动选取表头最相符的一张；Word 文件里的每个表格都算一张。",
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(
        self, units: QuerySet[Unit], start: int | None, sheets: Sequence[str], *given: object
    ) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        rows = import_limits().page_rows
        self.fields["file"].help_text = (
            f"Excel（.xlsx、.xls）、CSV 或 Word 里的表格（.docx），不超过 20 MB、{rows // 10_000} 万行；"
            "更大的请拆成几个文件，或由管理员用命令导入。"
        )
        if sheets:
            self.fields["sheet"] = forms.ChoiceField(
                label="工作表", choices=[(name, name) for name in sheets]
            )
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
    again: Batch | None


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
    again = _again(actor, kind, request.GET.get("again", ""))
    start = again.unit_id if again else _own_unit(actor, units)
    sheets = again.layout.get("sheets", ()) if again else ()
    form = UploadForm(units, start, sheets, *given)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            batch = _received(actor, kind, form)
        except SheetError as error:
            refusal = str(error)
        else:
            if again is not None and again.pk != batch.pk:
                _discard(actor, again)
            return redirect("import", batch.pk)
    page = NewImportPage(
        title=f"导入{kind.name}",
        kind=kind,
        form=form,
        refusal=refusal,
        recent=tuple(importing.batches(actor).filter(kind=kind.code)[:_RECENT]),
        again=again,
    )
    return render(request, "imports/new.html", {"page": page})


def _again(actor: Actor, kind: Kind, text: str) -> Batch | None:
    """The import whose file is chosen again, to take another sheet of it."""
    if not text.isdecimal() or len(text) > _DIGITS:
        return None
    unwritten = (BatchState.DRAFT, BatchState.CHECKED)
    found = importing.batches(actor).filter(kind=kind.code, state__in=unwritten)
    return found.filter(pk=int(text)).first()


def _discard(actor: Actor, again: Batch) -> None:
    """The import that a new choice of sheet takes the place of goes, if it is still unwritten."""
    try:
        importing.discard(actor, again)
    except (Closed, Batch.DoesNotExist):
        return


def _own_unit(actor: Actor, units: QuerySet[Unit]) -> int | None:
    """The unit of one's own post, to start with."""
    own = units.filter(pk__in=[post.unit_id for post in actor.posts]).order_by("path")
    return own.values_list("pk", flat=True).first()


def _received(actor: Actor, kind: Kind, form: UploadForm) -> Batch:
    file = form.cleaned_data["file"]
    # One byte more than allowed is enough to know that it is too much.
    limits = page_limits()
    data = file.read(limits.file_bytes + 1)
    unit, sheet = form.cleaned_data["unit"], form.cleaned_data["sheet"]
    return importing.upload(actor, kind, unit, file.name, data, sheet=sheet, limits=limits)


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
        return pressed(request, batch)
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
