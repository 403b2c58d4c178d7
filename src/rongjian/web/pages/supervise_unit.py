"""What a unit does about what it was sent: 签收, 交办, 反馈, 说明原因, 申请延期; and 催办 by whoever sent it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rongjian.kernel.text_length import characters
from rongjian.org.access import require, visible
from rongjian.records import form_drafts
from rongjian.records.actions import Stale, WrongState
from rongjian.records.excuses import Excuse
from rongjian.supervision.answering import (
    Plead,
    Told,
    assign,
    counts,
    plead,
    receive,
    remind,
    report,
)
from rongjian.supervision.courses import standing
from rongjian.supervision.feedback import Progress, TaskFeedback
from rongjian.supervision.models import PleaKind
from rongjian.supervision.policy import follow_up
from rongjian.supervision.waiting import asks
from rongjian.web import supervise_deeds
from rongjian.web.dates import day_typed
from rongjian.web.supervise_view import departments_of, ledger_url, owed_at, receipt_of, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rongjian.org.access import Actor
    from rongjian.records.models import FormDraft
    from rongjian.supervision.deployment import Task
    from rongjian.supervision.models import Receipt
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.supervise_view import Owed


# --- one press -----------------------------------------------------------------------------------------------


@require_POST
def act(request: ActorRequest, pk: int, code: str) -> HttpResponse:
    """签收, 交办, 催办."""
    actor, sent = request.actor, request.POST
    receipt = receipt_of(actor, pk, code)
    do = sent.get("do", "")
    if do == "receive":
        supervise_deeds.tried(request, lambda: _received(actor, receipt))
    elif do == "assign":
        supervise_deeds.tried(request, lambda: _assigned(actor, receipt, sent.get("unit", "")))
    elif do == "remind":
        supervise_deeds.tried(request, lambda: _reminded(actor, receipt))
    else:
        raise Http404("没有这个办理步骤。")
    back = {"home": "home", "list": "supervise"}.get(sent.get("next", ""))
    return redirect(back) if back else redirect("supervise-one", pk)


def _received(actor: Actor, receipt: Receipt) -> str:
    receive(actor, receipt)
    return f"已签收“{receipt.deployment.title}”。"


def _assigned(actor: Actor, receipt: Receipt, code: str) -> str:
    unit = departments_of(receipt).filter(code=code).first()
    if unit is None:
        raise ValidationError("请选择本院的一个内设机构")
    assign(actor, receipt, unit)
    return f"已交{unit.short}办理。"


def _reminded(actor: Actor, receipt: Receipt) -> str:
    made = remind(actor, receipt)
    contact = made.receipt.contact
    return "已提醒。" if contact is None else f"已提醒{receipt.unit.short}联系人{contact.masked}。"


# --- reporting ---------------------------------------------------------------------------------------------

_DIGITS = 9
"""The longest number that every database keeps."""


@dataclass(frozen=True)
class FigureBox:
    """A figure drawn from a ledger: what it is now, what the unit says, and where the rows stand."""

    task: Task
    drawn: int
    told: str
    note: str
    rows: str
    fault: str = ""

    @property
    def differs(self) -> bool:
        """Whether the unit says otherwise than the ledger."""
        return bool(self.fault or self.note or self.told != str(self.drawn))


@dataclass(frozen=True)
class ReportPage:
    """The form of a report, as short as it can be."""

    title: str
    receipt: Receipt
    owed: tuple[Owed, ...]
    figures: tuple[FigureBox, ...]
    last: TaskFeedback | None
    returned: TaskFeedback | None
    progress: tuple[tuple[str, str], ...]
    said: Mapping[str, Any]
    ticked: frozenset[str]
    count: int
    most: int
    key: str
    address: str
    kept: FormDraft | None = None
    faults: tuple[tuple[str, str], ...] = ()


@dataclass
class Saying:
    """What somebody typed into a report or a request, and what was wrong with it."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    kept: FormDraft | None = None

    def get(self, name: str) -> str:
        """A value that was typed."""
        texts = self.values.get(name, ())
        return texts[0] if texts else ""

    def take(self, error: ValidationError) -> None:
        """Take over what was refused, by field where it says so."""
        named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, words in named.items():
            self.faults.setdefault("" if name == "__all__" else name, []).extend(words)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """(field, sentence) of everything that was wrong."""
        return tuple(
            (name, words) for name, all_words in self.faults.items() for words in all_words
        )


def report_form(request: ActorRequest, pk: int, code: str) -> HttpResponse:
    """Report on what is open; the text and the figures go in together or not at all."""
    actor = request.actor
    receipt = _answerable(actor, pk, code)
    if request.method != "POST":
        kept = form_drafts.kept(actor, request.get_full_path())
        saying = Saying(kept.values if kept else {}, kept=kept)
        return _report_page(request, receipt, saying)
    saying = Saying({name: request.POST.getlist(name) for name in request.POST})
    if _reported(actor, receipt, saying, request.POST.get("key", "")[:60]):
        form_drafts.drop(actor, request.get_full_path())
        messages.success(request, f"已报送“{receipt.deployment.title}”，等待审核。")
        return redirect("supervise-one", pk)
    return _report_page(request, receipt, saying)


def _answerable(actor: Actor, pk: int, code: str) -> Receipt:
    """The receipt, for the unit's own people while it is under way."""
    receipt = receipt_of(actor, pk, code)
    require(actor, "submit", "task_feedback", receipt.unit, receipt)
    if receipt.deployment.state != "issued":
        raise Http404("这项督办不在办理中。")
    return receipt


def _returned(receipt: Receipt) -> list[TaskFeedback]:
    """The reports that were sent back and are to be mended, the latest first."""
    rows = TaskFeedback._default_manager.filter(
        deployment_key=receipt.deployment.key, unit=receipt.unit, state="returned"
    )
    return list(rows.select_related("unit__court", "court").order_by("-pk"))


def _held(returned: TaskFeedback) -> list[str]:
    """The numbers of the tasks that a report had answered before it was sent back."""
    origins = returned.answered_dues.values_list("origin", flat=True)
    return sorted((origin.rpartition(":")[2] for origin in origins), key=int)


def _parts(receipt: Receipt, meant: Sequence[str]) -> list[tuple[TaskFeedback, list[str]]]:
    """Which report says it of which tasks: what was sent back of its own, one more of the others."""
    rest, parts, free = list(meant), [], []
    for returned in _returned(receipt):
        held = _held(returned)
        own = [number for number in rest if number in held]
        if own:
            parts.append((returned, own))
            rest = [number for number in rest if number not in own]
        elif not held:  # It said that it is under way, and may say so or more of any task.
            free.append(returned)
    if rest or not parts:
        parts.append((free[0] if free else TaskFeedback(), rest))
    return parts


def _reported(actor: Actor, receipt: Receipt, saying: Saying, key: str) -> bool:
    if not saying.get("text").strip():
        saying.faults["text"] = ["请写明进展情况；本期无进展的，写一句原因"]
    told = _told(actor, receipt, saying)
    if saying.faults:
        return False
    owed, meant = _meant(receipt, actor, saying)
    parts = _parts(receipt, meant)
    try:
        with transaction.atomic():
            for place, (feedback, numbers) in enumerate(parts):
                whole = len(parts) == 1 and len(numbers) == len(owed)
                feedback.text = saying.get("text").strip()
                feedback.progress = saying.get("progress") or Progress.DONE
                feedback.tasks = "" if whole else "、".join(numbers)
                figures = [each for each in told if whole or str(each.task.number) in numbers]
                report(actor, receipt, feedback, figures, key=f"{key}-{place}" if place else key)
    except ValidationError as error:
        saying.take(error)
    except (WrongState, Stale) as error:
        saying.faults[""] = [str(error)]
    return not saying.faults


def _told(actor: Actor, receipt: Receipt, saying: Saying) -> list[Told]:
    """The figures as they were typed; what is no whole number is a fault."""
    told = []
    for count in counts(actor, receipt):
        name = f"told-{count.task.number}"
        text = saying.get(name) or str(count.drawn)
        if not text.isdecimal() or len(text) > _DIGITS:
            saying.faults[name] = [f"“{count.task.words}”的数字请只写整数，不超过 {_DIGITS} 位"]
            continue
        told.append(Told(count.task, int(text), saying.get(f"note-{count.task.number}")))
    return told


def _meant(receipt: Receipt, actor: Actor, saying: Saying) -> tuple[tuple[Owed, ...], list[str]]:
    """All that is owed, and the numbers of the tasks that are meant: the ticked ones, else all open."""
    owed = _owed(actor, receipt)
    open_now = [str(each.cell.task.number) for each in owed if asks(each.cell.light)]
    ticked = [number for number in saying.values.get("task", ()) if number in open_now]
    return owed, ticked or open_now


def _owed(actor: Actor, receipt: Receipt) -> tuple[Owed, ...]:
    return owed_at(standing(receipt.deployment, actor.today, [receipt]), receipt)


def _report_page(request: ActorRequest, receipt: Receipt, saying: Saying) -> HttpResponse:
    actor = request.actor
    returned = next(iter(_returned(receipt)), None)
    owed = tuple(each for each in _owed(actor, receipt) if asks(each.cell.light))
    text = saying.get("text") or (returned.text if returned and not saying.values else "")
    page = ReportPage(
        title=f"反馈：{receipt.deployment.title}",
        receipt=receipt,
        owed=owed,
        figures=_boxes(actor, receipt, saying),
        last=_last(actor, receipt),
        returned=returned,
        progress=tuple(Progress.choices),
        said={"text": text, "progress": saying.get("progress")},
        ticked=frozenset(saying.values.get("task", ()) or _ticked_before(returned)),
        count=characters(text),
        most=follow_up().feedback,
        key=saying.get("key") or uuid.uuid4().hex,
        address=request.get_full_path(),
        kept=saying.kept,
        faults=saying.told,
    )
    status = 422 if saying.faults else 200
    return render(request, "supervise/report.html", {"page": page}, status=status)


def _ticked_before(returned: TaskFeedback | None) -> list[str]:
    return _held(returned) if returned else []


def _last(actor: Actor, receipt: Receipt) -> TaskFeedback | None:
    """What was reported last time, as a start for this one."""
    rows = TaskFeedback._default_manager.filter(
        deployment_key=receipt.deployment.key, unit=receipt.unit
    ).exclude(state__in=("draft", "void", "returned"))
    return visible(actor, rows, "view").order_by("-pk").first()


def _boxes(actor: Actor, receipt: Receipt, saying: Saying) -> tuple[FigureBox, ...]:
    return tuple(
        FigureBox(
            count.task,
            count.drawn,
            saying.get(f"told-{count.task.number}") or str(count.drawn),
            saying.get(f"note-{count.task.number}"),
            ledger_url(actor, count.task, receipt.unit, actor.today),
            "；".join(saying.faults.get(f"told-{count.task.number}", [])),
        )
        for count in counts(actor, receipt)
    )


# --- a reason, or more time ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PleaPage:
    """The form of a reason or of a wish for more time."""

    title: str
    receipt: Receipt
    owed: tuple[Owed, ...]
    kinds: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    said: Mapping[str, str]
    ticked: frozenset[str]
    key: str
    faults: tuple[tuple[str, str], ...] = ()


def plea_form(request: ActorRequest, pk: int, code: str) -> HttpResponse:
    """说明原因 or 申请延期; the light stays as it is until somebody else has decided."""
    actor = request.actor
    receipt = _answerable(actor, pk, code)
    if request.method != "POST":
        return _plea_page(request, receipt, Saying())
    saying = Saying({name: request.POST.getlist(name) for name in request.POST})
    if _pleaded(actor, receipt, saying, request.POST.get("key", "")[:60]):
        messages.success(request, "已提出，等待部署单位审定。审定之前灯不变。")
        return redirect("supervise-one", pk)
    return _plea_page(request, receipt, saying)


def _pleaded(actor: Actor, receipt: Receipt, saying: Saying, key: str) -> bool:
    kind = saying.get("kind")
    if kind not in PleaKind.values:
        saying.faults["kind"] = ["请选择“说明原因”或“申请延期”"]
        return False
    wanted = saying.get("until").strip()
    until = day_typed(wanted)
    if wanted and until is None:
        saying.faults["until"] = [f"延期日期“{wanted[:20]}”读不懂，请写成 2026-06-30"]
        return False
    numbers = [int(each) for each in saying.values.get("task", ()) if each.isdecimal()]
    words = saying.get("words")[:200]
    said = Plead(PleaKind(kind), saying.get("reason"), words, until, tuple(numbers))
    try:
        plead(actor, receipt, said, key=key)
    except ValidationError as error:
        saying.take(error)
    except WrongState as error:
        saying.faults[""] = [str(error)]
    return not saying.faults


def _plea_page(request: ActorRequest, receipt: Receipt, saying: Saying) -> HttpResponse:
    owed = tuple(each for each in _owed(request.actor, receipt) if asks(each.cell.light))
    names = ("kind", "reason", "words", "until")
    page = PleaPage(
        title=f"说明：{shortened(receipt.deployment.title, 24)}",
        receipt=receipt,
        owed=owed,
        kinds=tuple(PleaKind.choices),
        reasons=tuple(Excuse.choices),
        said={name: saying.get(name) for name in names} | {"kind": saying.get("kind") or "excuse"},
        ticked=frozenset(saying.values.get("task", ())),
        key=saying.get("key") or uuid.uuid4().hex,
        faults=saying.told,
    )
    status = 422 if saying.faults else 200
    return render(request, "supervise/plea.html", {"page": page}, status=status)
