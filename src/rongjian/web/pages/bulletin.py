"""督查通报: the draft beside its facts, what has changed since, and its way to being issued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from rongjian.documents import bulletins, docx
from rongjian.documents.bulletin_models import Bulletin, BulletinState
from rongjian.org.access import allowed, visible
from rongjian.records.actions import WrongState
from rongjian.supervision.deployment import Deployment
from rongjian.web.text_length import length_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from rongjian.documents.bulletin_text import Change, Part
    from rongjian.org.access import Actor
    from rongjian.supervision.feedback import TaskFeedback
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.text_length import TextLength

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ROOMY = 60
"""From so many characters on, a paragraph's box has several lines."""


@dataclass(frozen=True)
class Paragraph:
    """A part of the text with its box, and where the records behind it are read."""

    name: str
    part: Part
    rows: int
    unit: str
    fault: str


@dataclass(frozen=True)
class Does:
    """What the reader may do with it now."""

    writes: bool
    submits: bool
    signs: bool


@dataclass(frozen=True)
class BulletinPage:
    """A bulletin as its reader may see it."""

    title: str
    bulletin: Bulletin
    lamp: str
    paragraphs: tuple[Paragraph, ...]
    changes: tuple[Change, ...]
    reports: tuple[tuple[TaskFeedback, bool], ...]
    unheard: tuple[str, ...]
    length: TextLength
    does: Does
    faults: tuple[str, ...]


@require_POST
def draw(request: ActorRequest, pk: int) -> HttpResponse:
    """生成通报（草稿）: the open draft of the deployment, or a new one."""
    rows = visible(request.actor, Deployment._default_manager.all(), "view")
    deployment = rows.select_related("unit__court", "court").filter(pk=pk).first()
    if deployment is None:
        raise Http404("没有这项督办，或您没有查看权限。")
    try:
        made = bulletins.draw_up(request.actor, deployment)
    except WrongState as error:
        messages.error(request, f"没有生成：{error}。")
        return redirect("supervise-one", pk)
    return redirect("bulletin", made.pk)


def one(request: ActorRequest, pk: int) -> HttpResponse:
    """Read it; with the right to, write on it."""
    found = _found(request.actor, pk)
    if request.method == "POST":
        return _write(request, found)
    return render(request, "bulletin/page.html", {"page": _page(request.actor, found)})


def _write(request: ActorRequest, found: Bulletin) -> HttpResponse:
    actor, sent = request.actor, request.POST
    texts = [sent.get(f"part-{at}", "") for at in range(len(found.parts))]
    chosen = [int(each) for each in sent.getlist("chosen") if each.isdigit()]
    title, addressee = sent.get("title", ""), sent.get("addressee", "")
    try:
        bulletins.write(actor, found, _version(sent), title, addressee, texts, chosen)
    except WrongState as error:
        messages.error(request, f"没有保存：{error}。")
    except ValidationError as error:
        found.title, found.addressee = title, addressee
        found.parts = [
            {**part, "text": text} for part, text in zip(found.parts, texts, strict=True)
        ]
        page = _page(actor, found, error.message_dict)
        return render(request, "bulletin/page.html", {"page": page}, status=422)
    else:
        messages.success(request, "已保存。")
    return redirect("bulletin", found.pk)


@require_POST
def act(request: ActorRequest, pk: int) -> HttpResponse:
    """更新文字, 送签, 签发, 退回."""
    actor, sent = request.actor, request.POST
    found, version = _found(actor, pk), _version(request.POST)
    try:
        match sent.get("do", ""):
            case "renew":
                _, unfit = bulletins.renew(actor, found, version)
                _tell_renewed(request, unfit)
            case "submit":
                bulletins.submit(actor, found, version)
                messages.success(request, "已送签，由院领导签发；签发前仍未印发。")
            case "sign":
                bulletins.sign(actor, found, version)
                messages.success(request, "已签发，各承办单位联系人可以看到。")
            case "return":
                bulletins.give_back(actor, found, version, sent.get("words", "").strip())
                messages.success(request, "已退回拟稿人。")
            case _:
                raise Http404("没有这个办理步骤。")
    except WrongState as error:
        messages.error(request, f"没有办理：{error}。")
    except ValidationError as error:
        messages.error(request, f"没有办理：{'；'.join(error.messages)}")
    return redirect("bulletin", pk)


def _tell_renewed(request: ActorRequest, unfit: Sequence[Change]) -> None:
    messages.success(request, "已按现在的记录更新文字，您写的内容没有改动。")
    for change in unfit:
        messages.warning(
            request,
            f"这一处您改写过，请自行核对：原为“{change.before}”，现为“{change.now or '已不成立'}”。",
        )


def word(request: ActorRequest, pk: int) -> HttpResponse:
    """The bulletin as .docx to the official format."""
    found = _found(request.actor, pk)
    day = bulletins.day_of(found, request.actor.today)
    composed = bulletins.composition(found)
    content = docx.write(composed, day=day, addressee=found.addressee)
    state = "" if found.state == BulletinState.PUBLISHED else "（草稿）"
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{composed.title}{state}.docx"
    )
    return response


def _found(actor: Actor, pk: int) -> Bulletin:
    rows = visible(actor, Bulletin.objects.all(), "view")
    found = rows.select_related("unit__court", "court", "author", "deployment__unit__court")
    bulletin = found.filter(pk=pk).first()
    if bulletin is None:
        raise Http404("没有这份通报，或您没有查看权限。")
    return bulletin


def _version(sent: QueryDict) -> int:
    given = sent.get("version", "")
    return int(given) if given.isdigit() else 0


def _page(
    actor: Actor, found: Bulletin, faults: dict[str, list[str]] | None = None
) -> BulletinPage:
    told = {name: "；".join(words) for name, words in (faults or {}).items()}
    draft = found.state == BulletinState.DRAFT
    writes = draft and allowed(actor, "edit", found.access_class, found.unit, found)
    parts = bulletins.parts_of(found)
    return BulletinPage(
        title=found.title,
        bulletin=found,
        lamp="done" if found.state == BulletinState.PUBLISHED else "off",
        paragraphs=tuple(
            _paragraph(at, part, told.get(f"part-{at}", "")) for at, part in enumerate(parts)
        ),
        changes=tuple(bulletins.changes_since(found, actor.today)) if _inside(actor, found) else (),
        reports=_reports(actor, found) if writes else (),
        unheard=tuple(bulletins.unheard(found)) if writes else (),
        length=length_of("".join(part.text for part in parts)),
        does=Does(
            writes,
            draft and allowed(actor, "submit", found.access_class, found.unit, found),
            _signs(actor, found),
        ),
        faults=tuple(told.values()),
    )


def _inside(actor: Actor, found: Bulletin) -> bool:
    """Whether the reader works on it, rather than having received it."""
    return any(
        allowed(actor, verb, found.access_class, found.unit, found) for verb in ("edit", "approve")
    )


def _signs(actor: Actor, found: Bulletin) -> bool:
    own = actor.person.pk in (found.author_id, found.submitted_by_id)
    may = allowed(actor, "approve", found.access_class, found.unit, found)
    return found.state == BulletinState.SUBMITTED and may and not own


def _reports(actor: Actor, found: Bulletin) -> tuple[tuple[TaskFeedback, bool], ...]:
    rows = bulletins.quotable(actor, found.deployment)
    return tuple((report, report.pk in found.chosen) for report in rows)


def _paragraph(at: int, part: Part, fault: str) -> Paragraph:
    unit = part.code.removeprefix("late-") if part.code.startswith("late-") else ""
    rows = 1 if part.level == "h1" else max(2, len(part.text) // _ROOMY + 1)
    return Paragraph(f"part-{at}", part, rows, unit, fault)
