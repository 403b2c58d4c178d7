"""导入机构人员表、党员花名册: choose a file, look at each row, mend, bring in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from rongjian.kernel.sheets import SheetError
from rongjian.org.access import Denied, may_somewhere, visible
from rongjian.org.models import Person
from rongjian.records import people_import
from rongjian.records.import_reading import Trouble
from rongjian.records.models import RowOutcome
from rongjian.records.people_sheets import SHEETS

if TYPE_CHECKING:
    from collections import Counter

    from rongjian.org.access import Actor
    from rongjian.records.models import Batch, BatchRow
    from rongjian.records.people_import import Judged
    from rongjian.records.people_sheets import SheetKind
    from rongjian.web.middleware import ActorRequest

_CELL = re.compile(r"cell-(\d{1,7})-([a-z_]+)")
_SHOWN = 200
LAMPS = {
    RowOutcome.NEW: "ok",
    RowOutcome.UPDATE: "ok",
    RowOutcome.SAME: "off",
    RowOutcome.BAD: "bad",
    RowOutcome.DROPPED: "off",
    RowOutcome.CREATED: "done",
    RowOutcome.UPDATED: "done",
}
_ORDER = {RowOutcome.BAD: 0, RowOutcome.NEW: 1, RowOutcome.UPDATE: 1}


class UploadForm(forms.Form):
    """Which sheet, and the file."""

    kind = forms.ChoiceField(label="表格", widget=forms.RadioSelect)
    file = forms.FileField(label="文件", help_text="xlsx 或 csv；表头自动识别，列的顺序不限")


@dataclass(frozen=True)
class StartPage:
    """Choosing a file."""

    title: str
    form: UploadForm
    refusal: str
    sheets: tuple[SheetKind, ...]
    recent: tuple[tuple[Batch, SheetKind], ...]


def start(request: ActorRequest) -> HttpResponse:
    """Choose a sheet and a file."""
    actor = request.actor
    sheets = tuple(each for each in SHEETS.values() if may_somewhere(actor, "import", each.access))
    if not sheets:
        raise Denied("没有权限：您的岗位不能导入人员")
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": sheets[0].code})
    form.fields["kind"].choices = [  # type: ignore[attr-defined]
        (each.code, each.name) for each in sheets
    ]
    refusal = ""
    if form.is_valid():
        file = form.cleaned_data["file"]
        kind = SHEETS[form.cleaned_data["kind"]]
        try:
            batch = people_import.upload(actor, kind, file.name, file.read())
        except SheetError as error:
            refusal = str(error)
        else:
            return redirect("people-import-one", batch.pk)
    recent = tuple((batch, SHEETS[batch.kind]) for batch in people_import.batches(actor)[:8])
    page = StartPage("导入人员", form, refusal, sheets, recent)
    status = 422 if refusal or form.errors else 200
    return render(request, "people/import_start.html", {"page": page}, status=status)


# --- one import ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mend:
    """A cell to be mended: where it stands in the file, what it holds, what is wrong with it."""

    name: str
    heading: str
    address: str
    text: str
    trouble: Trouble
    hidden: bool


@dataclass(frozen=True)
class Line:
    """One row of the file as the preview shows it."""

    row: BatchRow
    who: str
    lamp: str
    state: str
    person: Person | None
    changes: tuple[tuple[str, str, str], ...]
    mends: tuple[Mend, ...]


@dataclass(frozen=True)
class ImportPage:
    """One import with what each row would do."""

    title: str
    batch: Batch
    kind: SheetKind
    counts: Counter[str]
    lines: tuple[Line, ...]
    more: int
    ready: int
    dropped: tuple[str, ...]
    closed: bool


def one(request: ActorRequest, pk: int) -> HttpResponse:
    """Look at an import, mend it, bring it in."""
    actor = request.actor
    batch = people_import.batches(actor).filter(pk=pk).first()
    if batch is None:
        raise Http404("没有这次导入，或您不能查看。")
    if request.method == "POST":
        return _pressed(request, batch)
    judged = people_import.check(actor, batch)
    rows = list(batch.rows.order_by("number"))
    rows.sort(key=lambda row: (_ORDER.get(RowOutcome(row.outcome), 2), row.number))
    counts = people_import.counts(batch)
    ids = [row.record_id for row in rows if row.record_id]
    people = {person.pk: person for person in visible(actor, Person.objects.filter(pk__in=ids))}
    kind = SHEETS[batch.kind]
    page = ImportPage(
        title=f"{kind.name}导入 #{batch.pk}",
        batch=batch,
        kind=kind,
        counts=counts,
        lines=tuple(
            _line(kind, batch, row, judged.get(row.number), people.get(row.record_id or 0))
            for row in rows[:_SHOWN]
        ),
        more=max(len(rows) - _SHOWN, 0),
        ready=counts[RowOutcome.NEW] + counts[RowOutcome.UPDATE],
        dropped=tuple(batch.layout.get("dropped", ())),
        closed=not any(counts[each] for each in (*people_import.OPEN,)),
    )
    return render(request, "people/import_one.html", {"page": page})


def _line(
    kind: SheetKind, batch: Batch, row: BatchRow, judged: Judged | None, person: Person | None
) -> Line:
    fields = list(batch.mapping.values())
    outcome = RowOutcome(row.outcome)
    troubles = judged.troubles if judged else {}
    mends = tuple(
        Mend(
            name,
            kind.heading(name),
            f"{batch.layout['letters'].get(name, '')}{row.number}",
            row.cells[fields.index(name)] if name in fields else "",
            trouble,
            hidden=name == "identity" or name not in fields,
        )
        for name, trouble in troubles.items()
    )
    return Line(
        row=row,
        who=row.cells[fields.index("name")],
        lamp=LAMPS[outcome],
        state=str(outcome.label),
        person=person,
        changes=tuple(judged.changes) if judged else (),
        mends=mends,
    )


def _pressed(request: ActorRequest, batch: Batch) -> HttpResponse:
    actor, what = request.actor, request.POST.get("do", "")
    verb, _, number = what.partition(":")
    texts = {
        (int(found[1]), found[2]): str(value)
        for name, value in request.POST.items()
        if (found := _CELL.fullmatch(name))
    }
    row, _, rest = request.POST.get("suggest", "").partition(":")
    if row.isdecimal() and rest:
        name, _, suggested = rest.partition(":")
        texts[int(row), name] = suggested
    if texts:
        people_import.fix(actor, batch, texts)
    if verb == "drop" and number.isdecimal():
        people_import.drop(actor, batch, int(number))
        messages.success(request, f"第 {number} 行不导入。")
    elif verb == "commit":
        _commit(request, actor, batch)
    else:
        bad = people_import.counts(batch)[RowOutcome.BAD]
        messages.success(request, f"已保存修改，还有 {bad} 行需要修改。" if bad else "已保存修改。")
    return redirect("people-import-one", batch.pk)


def _commit(request: ActorRequest, actor: Actor, batch: Batch) -> None:
    done = people_import.commit(actor, batch)
    bad = people_import.counts(batch)[RowOutcome.BAD]
    new, changed = done[RowOutcome.CREATED], done[RowOutcome.UPDATED]
    left = f"；{bad} 行需要修改，留在这里" if bad else ""
    messages.success(request, f"已新增 {new} 人，更新 {changed} 人{left}。")
