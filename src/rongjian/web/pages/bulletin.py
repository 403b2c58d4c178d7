"""督查通报: the draft beside its facts, what has changed since, and its way to being issued."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from rongjian.documents import bulletins, docx
from rongjian.documents.bulletin_models import Bulletin, BulletinState
from rongjian.org.access import allowed, visible
from rongjian.records.actions import WrongState
from rongjian.supervision.deployment import Deployment
from rongjian.web.pages.ledger_form import whole
from rongjian.web.text_length import length_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from rongjian.documents.bulletin_text import Change, Part
    from rongjian.org.access import Actor, Verb
    from rongjian.supervision.feedback import TaskFeedback
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.text_length import TextLength

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ROOMY = 60
"""From so many characters on, a paragraph's box has several lines."""
_DONE = {
    "renew": "已按现在的记录更新文字，您写的内容没有改动。",
    "submit": "已送签，由院领导签发；签发前仍未印发。",
    "withdraw": "已撤回，可以继续修改。",
    "sign": "已签发，各承办单位联系人可以看到。",
    "return": "已退回拟稿人。",
}


@dataclass(frozen=True)
class Typed:
    """What stood in the form that was sent: a text for each part, and which part the form had there."""

    version: int
    title: str
    addressee: str
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    chosen: tuple[int, ...]

    @property
    def by_part(self) -> dict[str, str]:
        """The texts by what names their part, wherever it stands by now."""
        return dict(zip(_names(self.codes), self.texts, strict=True))


@dataclass(frozen=True)
class Refused:
    """What was typed and not kept, and why: in words, or by the part that is at fault."""

    typed: Typed
    words: str = ""
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Paragraph:
    """A part of the text with its box, and where the records behind it are read.

    `theirs` is what somebody else has stored there meanwhile.
    """

    name: str
    part: Part
    rows: int
    unit: str
    fault: str
    theirs: str


@dataclass(frozen=True)
class Does:
    """What the reader may do with it now."""

    writes: bool
    submits: bool
    takes_back: bool
    signs: bool


@dataclass(frozen=True)
class BulletinPage:
    """A bulletin as its reader may see it.

    `theirs` are the title and addressee that somebody else has stored meanwhile, `lost` typed texts
    that have no box to stand in.
    """

    title: str
    bulletin: Bulletin
    addressee: str
    codes: str
    remark: str
    lamp: str
    paragraphs: tuple[Paragraph, ...]
    changes: tuple[Change, ...]
    reports: tuple[tuple[TaskFeedback, bool], ...]
    unheard: tuple[str, ...]
    length: TextLength
    does: Does
    refused: str
    faults: tuple[str, ...]
    theirs: tuple[str, str]
    lost: tuple[str, ...]


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
    except ValidationError as error:
        messages.error(request, f"没有生成：{'；'.join(error.messages)}")
        return redirect("supervise-one", pk)
    return redirect("bulletin", made.pk)


def one(request: ActorRequest, pk: int) -> HttpResponse:
    """Read it; with the right to, write on it."""
    found = _found(request.actor, pk)
    if request.method == "POST":
        return _write(request, found)
    return render(request, "bulletin/page.html", {"page": _page(request.actor, found)})


def _write(request: ActorRequest, found: Bulletin) -> HttpResponse:
    """保存; 更新文字 and 送签 keep what was typed first. Where one cannot be done, neither is."""
    actor, do = request.actor, request.POST.get("do", "")
    typed = _typed(request.POST, found)
    try:
        with transaction.atomic():
            held = bulletins.write(
                actor,
                found,
                typed.version,
                typed.title,
                typed.addressee,
                typed.texts,
                typed.chosen,
            )
            unfit = _take(actor, held, held.version, do) if do else ()
    except WrongState as error:
        return _again(request, found.pk, Refused(typed, words=str(error)), 409)
    except ValidationError as error:
        return _again(request, found.pk, Refused(typed, faults=error.message_dict), 422)
    _tell(request, do, unfit)
    return redirect("bulletin", found.pk)


def _typed(sent: QueryDict, found: Bulletin) -> Typed:
    codes = [part["code"] for part in found.parts]
    if "codes" in sent:
        codes = sent.get("codes", "").split(",")
    texts = [sent.get(f"part-{at}", "").replace("\r\n", "\n") for at in range(len(codes))]
    return Typed(
        version=whole(sent.get("version", "")),
        title=sent.get("title", ""),
        addressee=sent.get("addressee", ""),
        codes=tuple(codes),
        texts=tuple(texts),
        chosen=tuple(whole(each) for each in sent.getlist("chosen")),
    )


def _again(request: ActorRequest, pk: int, refused: Refused, status: int) -> HttpResponse:
    """The page once more, with what was typed on top of what is stored by now."""
    page = _page(request.actor, _found(request.actor, pk), refused)
    return render(request, "bulletin/page.html", {"page": page}, status=status)


@require_POST
def act(request: ActorRequest, pk: int) -> HttpResponse:
    """更新文字 and 送签 without a text to keep; 撤回, 签发, 退回."""
    do, words = request.POST.get("do", ""), request.POST.get("words", "").strip()
    found, version = _found(request.actor, pk), whole(request.POST.get("version", ""))
    try:
        unfit = _take(request.actor, found, version, do, words)
    except WrongState as error:
        messages.error(request, f"没有办理：{error}。")
    except ValidationError as error:
        messages.error(request, f"没有办理：{'；'.join(error.messages)}")
    else:
        _tell(request, do, unfit)
    return redirect("bulletin", pk)


def _take(
    actor: Actor, bulletin: Bulletin, version: int, do: str, words: str = ""
) -> Sequence[Change]:
    """Take a step; the changes that the text did not take in."""
    match do:
        case "renew":
            return bulletins.renew(actor, bulletin, version)[1]
        case "submit":
            bulletins.submit(actor, bulletin, version)
        case "withdraw":
            bulletins.take_back(actor, bulletin, version)
        case "sign":
            bulletins.sign(actor, bulletin, version)
        case "return":
            bulletins.give_back(actor, bulletin, version, words)
        case _:
            raise Http404("没有这个办理步骤。")
    return ()


def _tell(request: ActorRequest, do: str, unfit: Sequence[Change]) -> None:
    messages.success(request, _DONE.get(do, "已保存。"))
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


def _page(actor: Actor, found: Bulletin, refused: Refused | None = None) -> BulletinPage:
    faults = refused.faults if refused else {}
    told = {name: "；".join(words) for name, words in faults.items()}
    inside, does = _inside(actor, found), _does(actor, found)
    typed = refused.typed if refused and does.writes else None
    paragraphs = _paragraphs(found, typed, told)
    return BulletinPage(
        title=typed.title if typed else found.title,
        bulletin=found,
        addressee=typed.addressee if typed else found.addressee,
        codes=",".join(part["code"] for part in found.parts),
        remark=found.remark if inside else "",
        lamp="done" if found.state == BulletinState.PUBLISHED else "off",
        paragraphs=paragraphs,
        changes=tuple(bulletins.changes_since(found, actor.today)) if inside else (),
        reports=_reports(actor, found, typed) if does.writes else (),
        unheard=tuple(bulletins.unheard(found)) if does.writes else (),
        length=length_of("".join(each.part.text for each in paragraphs)),
        does=does,
        refused=_refusal(found, refused),
        faults=tuple(told.values()),
        theirs=_theirs(found, typed),
        lost=_lost(found, refused.typed, writes=does.writes) if refused else (),
    )


def _does(actor: Actor, found: Bulletin) -> Does:
    def may(verb: Verb) -> bool:
        return allowed(actor, verb, found.access_class, found.unit, found)

    me, draft = actor.person.pk, found.state == BulletinState.DRAFT
    waits = found.state == BulletinState.SUBMITTED
    return Does(
        writes=draft and may("edit"),
        submits=draft and may("submit"),
        takes_back=waits and may("submit") and me == found.submitted_by_id,
        signs=waits and may("approve") and me not in (found.author_id, found.submitted_by_id),
    )


def _inside(actor: Actor, found: Bulletin) -> bool:
    """Whether the reader works on it, rather than having received it."""
    return any(
        allowed(actor, verb, found.access_class, found.unit, found) for verb in ("edit", "approve")
    )


def _refusal(found: Bulletin, refused: Refused | None) -> str:
    """Why nothing was kept, and what to do about it."""
    if refused is None or not refused.words:
        return ""
    said = f"没有保存：{refused.words}。您写的内容还在下面，没有存入。"
    if refused.typed.version == found.version:
        return said
    return f"{said}与现在保存的不同之处已在各段下列出，核对后再保存。"


def _reports(
    actor: Actor, found: Bulletin, typed: Typed | None
) -> tuple[tuple[TaskFeedback, bool], ...]:
    chosen = typed.chosen if typed else found.chosen
    rows = bulletins.quotable(actor, found.deployment)
    return tuple((report, report.pk in chosen) for report in rows)


def _names(codes: Sequence[str]) -> list[str]:
    """What names each part: the code of what it tells, and for a heading which of them it is."""
    heads = count(1)
    return [code or f"h{next(heads)}" for code in codes]


def _stored(found: Bulletin) -> list[tuple[str, Part]]:
    parts = bulletins.parts_of(found)
    return list(zip(_names([part.code for part in parts]), parts, strict=True))


def _paragraphs(
    found: Bulletin, typed: Typed | None, told: Mapping[str, str]
) -> tuple[Paragraph, ...]:
    texts = typed.by_part if typed else {}
    moved = typed is not None and typed.version != found.version
    made = []
    for at, (name, part) in enumerate(_stored(found)):
        text = texts.get(name, part.text)
        theirs = part.text if moved and text.strip() != part.text else ""
        mine = replace(part, text=text)
        made.append(_paragraph(f"part-{at}", mine, told.get(f"part-{at}", ""), theirs))
    return tuple(made)


def _paragraph(name: str, part: Part, fault: str, theirs: str) -> Paragraph:
    unit = part.code.removeprefix("late-") if part.code.startswith("late-") else ""
    rows = 1 if part.level == "h1" else max(2, len(part.text) // _ROOMY + 1)
    return Paragraph(name, part, rows, unit, fault, theirs)


def _theirs(found: Bulletin, typed: Typed | None) -> tuple[str, str]:
    if typed is None or typed.version == found.version:
        return "", ""
    return (
        found.title if found.title != typed.title.strip() else "",
        found.addressee if found.addressee != typed.addressee.strip() else "",
    )


def _lost(found: Bulletin, typed: Typed, *, writes: bool) -> tuple[str, ...]:
    """Typed texts without a box: their part is gone, or nobody writes on the bulletin any more."""
    stored = {name: part.text for name, part in _stored(found)}
    return tuple(
        text
        for name, text in typed.by_part.items()
        if text.strip() and (name not in stored or not writes) and text.strip() != stored.get(name)
    )
