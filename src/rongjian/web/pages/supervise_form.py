"""Writing a deployment: a text pasted or uploaded becomes tasks, which are mended and then sent.

It also begins from a decision or a finding (`?from=`), and from what one's own house was sent and
hands down (`?passes=`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from rongjian.documents.draft_files import DraftError, read_draft
from rongjian.kernel.outline import outline
from rongjian.kernel.text_length import characters
from rongjian.org.access import allowed, visible
from rongjian.org.models import Unit
from rongjian.records import actions, form_drafts
from rongjian.records.actions import WrongState
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Record
from rongjian.records.queries import about
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.dispatching import lay_out
from rongjian.supervision.models import Receipt
from rongjian.supervision.policy import follow_up, sources
from rongjian.web import task_rows
from rongjian.web.forms import PersonChoice, UnitChoice, form_class
from rongjian.web.pages.ledger_form import (
    FormPage,
    Sending,
    may_create,
    page_parts,
    restored,
    seen_version,
    send,
    status_of,
    to_edit,
    typed,
    whole,
)
from rongjian.web.supervise_view import deployment_of

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.web.forms import RecordForm
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.task_rows import Ledgers, TaskLine

KIND = "deployment"
_TITLE = 120


@dataclass
class Beginning:
    """What a new deployment begins from: a record that is its basis, or what came from above."""

    source: Record | None = None
    passes: Receipt | None = None


@dataclass(frozen=True)
class DeploymentForm(FormPage):
    """The form of a deployment with the tasks that it is made of."""

    rows: tuple[TaskLine, ...] = ()
    blank: tuple[TaskLine, ...] = ()
    beginning: Beginning | None = None
    count: int = 0
    most: int = 0
    ledgers: tuple[Ledgers, ...] = ()
    file_fault: str = ""
    split: bool = False


def new(request: ActorRequest) -> HttpResponse:
    """A new deployment, empty or prefilled from what it begins from."""
    kind, actor = kind_of(KIND), request.actor
    may_create(actor, kind)
    begins = _beginning(actor, request.POST if request.method == "POST" else request.GET)
    if request.method != "POST":
        kept = form_drafts.kept(actor, request.get_full_path())
        initial, rows = _start(actor, begins)
        form = _form(actor, "create", initial=initial | restored(kept))
        lines = task_rows.typed_tasks(kept.values) if kept else rows
        return _render(request, Sending(kind, None, form, kept=kept), lines, begins)
    record = Deployment(passes_on=begins.passes)
    return _sent(request, Sending(kind, None, _bound(request, "create", record)), begins)


def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Change a draft; what has been sent is followed on its own page."""
    kind, actor = kind_of(KIND), request.actor
    record: Any = to_edit(actor, kind, pk)
    if record.state != "draft":
        messages.warning(request, "已下发的部署不能再改任务，可作废后重新部署。")
        return redirect("supervise-one", pk)
    if request.method != "POST":
        kept = form_drafts.kept(actor, request.get_full_path())
        form = _form(actor, "edit", instance=record, initial=restored(kept))
        lines = task_rows.typed_tasks(kept.values) if kept else _stored_rows(record)
        sending = Sending(kind, record, form, seen_version(record, kept), kept=kept)
        return _render(request, sending, lines, Beginning())
    form = _bound(request, "edit", record)
    record.version = whole(request.POST.get("version", ""))
    return _sent(request, Sending(kind, record, form, record.version), Beginning())


def _stored_rows(record: Deployment) -> list[TaskLine]:
    return task_rows.from_tasks(list(record.tasks.order_by("number")), record.due_on)


# --- what it begins from ---------------------------------------------------------------------------------


def _beginning(actor: Actor, said: Any) -> Beginning:
    """What the address or the form names; 404 where the actor may not read it."""
    found = Beginning()
    if wanted := said.get("from", ""):
        rows = Record.objects.exclude(state=VOID).filter(pk=whole(wanted), kind__in=sources())
        source = visible(actor, rows, "view").first()
        if source is None:
            raise Http404("没有这条记录，或您没有查看权限。")
        found.source = kind_of(source.kind).model._default_manager.get(pk=source.pk)
    if wanted := said.get("passes", ""):
        receipts = Receipt.objects.select_related("unit__court", "deployment")
        held = visible(actor, receipts.filter(pk=whole(wanted)), "view").first()
        if held is None or not allowed(actor, "create", "task", held.unit):
            raise Http404("没有这项督办，或您不能由本单位转部署。")
        found.passes = held
    return found


def _start(actor: Actor, begins: Beginning) -> tuple[dict[str, Any], list[TaskLine]]:
    """The values and tasks that a new deployment starts with."""
    initial: dict[str, Any] = {"unit": actor.person.court_id, "happened_on": actor.today}
    if begins.source is not None:
        words = about(begins.source, full=True)
        kind = kind_of(begins.source.kind)
        due = getattr(begins.source, "due_on", None)
        initial |= {
            "title": words[:_TITLE],
            "basis": f"{kind.name}（{begins.source.happened_on}）"[:80],
            "due_on": due if due and due >= actor.today else None,
        }
        return initial, [task_rows.TaskLine(place="0", words=words[:200])]
    if begins.passes is not None:
        above = deployment_of(actor, begins.passes.deployment_id)
        initial |= {
            "title": above.title,
            "basis": f"{above.court.short}督办 {above.key}"[:80],
            "text": above.text,
            "due_on": above.due_on,
            "unit": begins.passes.unit.court_id,
        }
        return initial, _stored_rows(above)
    return initial, []


# --- sending the form ----------------------------------------------------------------------------------


def _form(actor: Actor, verb: Any, *args: Any, **kwargs: Any) -> RecordForm:
    """The ledger's form; who leads and who reviews is chosen from one's own house."""
    form = form_class(kind_of(KIND), actor, verb)(*args, **kwargs)
    court = actor.person.court
    leading, reviewer = form.fields["leading"], form.fields["reviewer"]
    form.fields["leading"] = UnitChoice(
        Unit.objects.filter(type="department", court=court, dissolved_on=None).order_by("path"),
        required=False,
        label=leading.label,
        empty_label="（无）",
    )
    people: Any = reviewer
    form.fields["reviewer"] = PersonChoice(
        people.queryset.filter(court=court),
        required=False,
        label=reviewer.label,
        empty_label="（牵头部门负责人）",
    )
    return form


def _bound(request: ActorRequest, verb: Any, record: Deployment) -> RecordForm:
    """The form as it was sent; without a title, the first line of the text is one."""
    said = request.POST.copy()
    text, fault = _uploaded(request)
    if text:
        said["text"] = text
    if not said.get("title", "").strip():
        said["title"] = _first_line(said.get("text", ""))
    form = _form(request.actor, verb, said, instance=record)
    if fault:
        form.add_error("text", fault)
    return form


def _uploaded(request: ActorRequest) -> tuple[str, str]:
    """(text, fault) of the file that was sent along."""
    file = request.FILES.get("file")
    if file is None:
        return "", ""
    try:
        return read_draft(file.name or "", file.read()).strip(), ""
    except DraftError as error:
        return "", str(error)


def _first_line(text: str) -> str:
    numbered = {each.line for each in outline(text)}
    for number, line in enumerate(text.splitlines(), start=1):
        if number in numbered:
            return ""
        if line.strip():
            return line.strip()[:_TITLE]
    return ""


def _sent(request: ActorRequest, sending: Sending, begins: Beginning) -> HttpResponse:
    """Split the text, or save the draft and go on to choosing units."""
    lines = task_rows.typed_tasks(typed(request))
    if request.POST.get("do") == "split":
        return _split(request, sending, begins, lines)
    form, actor = sending.form, request.actor
    wants_units = request.POST.get("do") == "units"

    def write(key: str) -> Record:
        record = cast("Deployment", form.instance)
        # Whoever may not come back to the draft lists its tasks at once.
        returns = allowed(actor, "edit", record.access_class, record.unit)
        if not lines and not wants_units and returns:
            return actions.save(actor, record, key=key)
        try:
            tasks = task_rows.planned(lines, record.due_on)
            return lay_out(actor, record, tasks, begins.source, key=key)
        except WrongState as error:
            raise ValidationError(str(error)) from error
        except ValidationError as error:
            words = [line.words.strip() for line in task_rows.ticked(lines)]
            raise _by_task(error, words) from error

    saved = send(request, sending, write)
    if saved is None:
        return _render(request, sending, lines, begins)
    if wants_units:
        return redirect("supervise-units", saved.pk)
    messages.success(request, "已保存为拟稿。下发之前只有本院督查和院领导能看到。")
    return redirect("supervise-edit" if not lines else "supervise-one", saved.pk)


def _by_task(error: ValidationError, words: list[str]) -> ValidationError:
    """The faults with those of a task told by its number and words."""
    if not hasattr(error, "error_dict"):
        return error
    found: dict[str, list[str]] = {}
    for name, faults in error.message_dict.items():
        part, _, place = name.partition("-")
        if part == "task" and place.isdecimal():
            told = f"第 {int(place) + 1} 项任务“{words[int(place)][:20]}”："
            found.setdefault("tasks", []).extend(told + each for each in faults)
        else:
            found.setdefault(name, []).extend(faults)
    return ValidationError(found)


def _split(
    request: ActorRequest, sending: Sending, begins: Beginning, before: list[TaskLine]
) -> HttpResponse:
    """Show what the text proposes; nothing is kept, nothing else of the form is held against it."""
    text = str(sending.form.data.get("text", ""))
    faults = [str(words) for words in sending.form.errors.get("text", [])]
    lines = task_rows.from_outline(outline(text))
    data = sending.form.data
    form = _form(request.actor, "create", initial={name: data[name] for name in data})
    page = _page(request, _with_form(sending, form), lines or before, begins)
    words = faults[0] if faults else "" if lines else _nothing(text)
    page = replace(page, file_fault=words, split=True)
    status = 422 if words else 200
    return render(request, "supervise/new.html", {"page": page}, status=status)


def _with_form(sending: Sending, form: RecordForm) -> Sending:
    """The same sending with another form."""
    return Sending(sending.kind, sending.record, form, sending.version)


def _nothing(text: str) -> str:
    if not text.strip():
        return "没有读到部署内容：请粘贴文字，或上传 .docx、.txt 文件"
    return "没有找到“一、（一）1.”这样的层次序号：请在下面逐项添加任务，或给原文编上序号后再拆分"


def _render(
    request: ActorRequest, sending: Sending, lines: list[TaskLine], begins: Beginning
) -> HttpResponse:
    page = _page(request, sending, lines, begins)
    return render(request, "supervise/new.html", {"page": page}, status=status_of(sending))


def _page(
    request: ActorRequest, sending: Sending, lines: list[TaskLine], begins: Beginning
) -> DeploymentForm:
    text = str(sending.form["text"].value() or "")
    parts = page_parts(request, sending)
    parts["title"] = "修改督办拟稿" if sending.record else "新建督办"
    return DeploymentForm(
        **parts,
        rows=tuple(lines),
        blank=(task_rows.TaskLine(),) * task_rows.BLANK_ROWS,
        beginning=begins,
        count=characters(text),
        most=follow_up().longest,
        ledgers=task_rows.ledgers(request.actor),
    )
