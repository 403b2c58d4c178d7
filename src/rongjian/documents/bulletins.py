"""督查通报: drawn up from facts, written on by people, signed by another; nothing issues itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime

from rongjian.documents import bulletin_text
from rongjian.documents.bulletin_models import Bulletin, BulletinState
from rongjian.documents.bulletin_text import Change, Part
from rongjian.documents.composition import Block, Composition, Text
from rongjian.log import audit, door
from rongjian.log.images import image_of
from rongjian.org.access import require, visible
from rongjian.records.actions import WrongState
from rongjian.supervision.contacts import contacts_of
from rongjian.supervision.courses import standing
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import Plea

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.supervision.deployment import Deployment

FORBIDDEN = (
    "排名",
    "名次",
    "排行",
    "倒数",
    "末位",
    "第一名",
    "最后一名",
    "垫底",
    "居首",
    "位居前列",
)
"""Words that set units against each other: a bulletin holds tasks against limits (policy of 2024-10)."""
_LONGEST = 2000
"""Characters of one part."""
_BY_OTHERS = ("addressees", "submitted_by", "signed_by", "issued_at")
"""What the way of a bulletin fills in; no form has it."""


def draw_up(actor: Actor, deployment: Deployment) -> Bulletin:
    """The open draft on a deployment, or a new one from the facts of today.

    Raises Denied, WrongState, or ValidationError.
    """
    with transaction.atomic():
        require(actor, "create", Bulletin.access_class, deployment.unit)
        open_one = Bulletin.objects.exclude(state=BulletinState.PUBLISHED)
        if held := open_one.filter(deployment=deployment).first():
            return held
        now = standing(deployment, actor.today)
        if not now.receipts:
            raise WrongState("还没有下发，没有可通报的情况")
        facts = bulletin_text.sentences(now)
        made = Bulletin(
            deployment=deployment,
            unit=deployment.unit,
            court=deployment.court,
            title=bulletin_text.titled(deployment.title, _longest("title")),
            addressee="各承办单位",
            author=actor.person,
            created_at=actor.now,
            drawn_on=actor.today,
            facts=facts,
            parts=_stored(bulletin_text.laid_out(facts, bulletin_text.practice([]))),
        )
        made.full_clean(exclude=_BY_OTHERS)
        made.save()
        _log(actor, "create", made, None)
    return made


def parts_of(bulletin: Bulletin) -> list[Part]:
    """The text as people left it."""
    return [Part(**part) for part in bulletin.parts]


def changes_since(bulletin: Bulletin, today: date) -> list[Change]:
    """Which generated sentences are told otherwise today: by other records, or since a limit has passed.

    A later day alone is no change: the text says as of when it holds. What is issued never moves.
    """
    if bulletin.state == BulletinState.PUBLISHED:
        return []
    now = standing(bulletin.deployment, today)
    if bulletin_text.sentences(now, bulletin.drawn_on) == bulletin.facts:
        return []
    return bulletin_text.changes(bulletin.facts, bulletin_text.sentences(now))


def renew(actor: Actor, bulletin: Bulletin, version: int) -> tuple[Bulletin, list[Change]]:
    """Take today's facts into the text; what people rewrote is kept and told. Denied, WrongState.

    What waits to be signed is brought up to date by whoever may sign it: days go on while it waits.
    What somebody rewrote is then for its author to look at.
    """
    waits = bulletin.state == BulletinState.SUBMITTED
    verb, state = ("approve", bulletin.state) if waits else ("edit", BulletinState.DRAFT)
    with transaction.atomic():
        held = _held(actor, bulletin, version, verb, state)
        facts = bulletin_text.sentences(standing(held.deployment, actor.today))
        found = bulletin_text.changes(held.facts, facts)
        parts, unfit = bulletin_text.renewed(parts_of(held), found)
        if waits and unfit:
            raise WrongState("有变化的句子已被改写：请退回拟稿人核对")
        before = image_of(held)
        held.parts, held.facts, held.drawn_on = _stored(parts), facts, actor.today
        _save(actor, held, "renew", before, f"{len(found)} 处")
    return held, unfit


def write(
    actor: Actor,
    bulletin: Bulletin,
    version: int,
    title: str,
    addressee: str,
    texts: Sequence[str],
    chosen: Sequence[int],
) -> Bulletin:
    """Keep what somebody wrote: one text for each part, and the reports that are quoted.

    Raises Denied, WrongState, or ValidationError where words set units against each other or a part
    is too long.
    """
    with transaction.atomic():
        held = _held(actor, bulletin, version)
        parts = parts_of(held)
        if len(texts) != len(parts):
            raise WrongState("正文的段落已有变动，请看过现在的内容再改")
        reports = quotable(actor, held.deployment)
        picked = [report for report in reports if report.pk in chosen]
        old = [report for report in reports if report.pk in held.chosen]
        before = image_of(held)
        held.title, held.addressee = title.strip(), addressee.strip()
        held.chosen = [report.pk for report in picked]
        held.parts = _stored(
            _written(part, text, bulletin_text.practice(old), bulletin_text.practice(picked))
            for part, text in zip(parts, texts, strict=True)
        )
        _refuse_lengths(held)
        _refuse_words(held)
        held.full_clean(exclude=_BY_OTHERS)
        _save(actor, held, "edit", before, "")
    return held


def _written(part: Part, text: str, old: str, new: str) -> Part:
    words = text.replace("\r\n", "\n").strip()
    if part.code == "practice":
        words = words.replace(old, new, 1) if old in words else words
    return Part(part.code, part.level, words)


def quotable(actor: Actor, deployment: Deployment) -> list[TaskFeedback]:
    """The accepted reports on a deployment whose words may be quoted, in code order."""
    # By the number alone: where a unit has gone, its reports are with a unit that was sent nothing.
    rows = TaskFeedback._default_manager.filter(deployment_key=deployment.key, state="accepted")
    near = visible(actor, rows, "view").select_related("unit__court")
    return list(near.order_by("unit__path", "pk"))


def unheard(bulletin: Bulletin) -> list[str]:
    """The late units that have not been heard: they gave no reason yet, so they are asked first."""
    now = standing(bulletin.deployment, bulletin.drawn_on)
    heard = set(
        Plea.objects.filter(receipt__deployment=bulletin.deployment).values_list(
            "receipt__unit__code", flat=True
        )
    )
    late = [code.removeprefix("late-") for code in bulletin.facts if code.startswith("late-")]
    return [unit.short for unit in now.units if unit.code in late and unit.code not in heard]


# --- its way -------------------------------------------------------------------------------------------------


def submit(actor: Actor, bulletin: Bulletin, version: int) -> Bulletin:
    """Hand it to the leader who signs; the facts must be those of the records."""
    with transaction.atomic():
        held = _held(actor, bulletin, version, "submit")
        if changes_since(held, actor.today):
            raise WrongState("事实有变化：请先按“更新文字”，再送签")
        _refuse_words(held)
        before = image_of(held)
        held.state, held.submitted_by = BulletinState.SUBMITTED, actor.person
        held.remark = ""
        _save(actor, held, "submit", before, "")
    return held


def take_back(actor: Actor, bulletin: Bulletin, version: int) -> Bulletin:
    """撤回 while nobody has signed it, by whoever handed it in."""
    with transaction.atomic():
        held = _held(actor, bulletin, version, "submit", BulletinState.SUBMITTED)
        if actor.person.pk != held.submitted_by_id:
            raise WrongState("只有送签人本人可以撤回")
        before = image_of(held)
        held.state, held.submitted_by = BulletinState.DRAFT, None
        _save(actor, held, "withdraw", before, "")
    return held


def sign(actor: Actor, bulletin: Bulletin, version: int) -> Bulletin:
    """签发: it is issued, to who is the contact of each unit on this day.

    Never by whoever drew it up or handed it in.
    """
    with transaction.atomic():
        held = _held(actor, bulletin, version, "approve", BulletinState.SUBMITTED)
        require(actor, "finalise", Bulletin.access_class, held.unit, held)
        if actor.person.pk in (held.author_id, held.submitted_by_id):
            raise WrongState("自己拟稿或送签的通报，应由他人签发")
        if changes_since(held, actor.today):
            raise WrongState("送签后事实有变化：请先按“更新文字”，看过后再签发")
        before = image_of(held)
        held.state, held.signed_by = BulletinState.PUBLISHED, actor.person
        held.issued_at = actor.now
        _save(actor, held, "publish", before, "")
        sent = held.deployment.receipts.select_related("unit")
        readers = contacts_of([receipt.unit for receipt in sent], actor.today)
        held.addressees.set({person.pk for person in readers.values()})
    return held


def give_back(actor: Actor, bulletin: Bulletin, version: int, words: str) -> Bulletin:
    """退回 to whoever drew it up, who reads why. Raises ValidationError for words that cannot be kept."""
    with transaction.atomic():
        held = _held(actor, bulletin, version, "approve", BulletinState.SUBMITTED)
        if not words:
            raise WrongState("请写明退回原因")
        if len(words) > _longest("remark"):
            raise ValidationError({"words": f"退回原因最多{_longest('remark')}个字符，请删减。"})
        door.refuse({"words": words})
        before = image_of(held)
        held.state, held.submitted_by, held.remark = BulletinState.DRAFT, None, words
        _save(actor, held, "return", before, words)
    return held


# --- as a paper ----------------------------------------------------------------------------------------------


def composition(bulletin: Bulletin) -> Composition:
    """The bulletin as every writer of papers takes it."""
    blocks = tuple(
        Block(part.level, (Text(words),))
        for part in parts_of(bulletin)
        for words in part.text.split("\n")
        if words.strip()
    )
    if bulletin.state != BulletinState.PUBLISHED:
        blocks = (Block("p", (Text("（草稿，未印发）"),)), *blocks)
    return Composition(
        kind="bulletin",
        title=f"{bulletin.unit.name}{bulletin.title}",
        unit=bulletin.unit.code,
        unit_name=bulletin.unit.name,
        blocks=blocks,
        snapshot=0,
    )


def day_of(bulletin: Bulletin, today: date) -> date:
    """The day under the text: that of the issuing, before that today."""
    return localtime(bulletin.issued_at).date() if bulletin.issued_at else today


# --- keeping -------------------------------------------------------------------------------------------------


def _held(
    actor: Actor,
    bulletin: Bulletin,
    version: int,
    verb: str = "edit",
    state: str = BulletinState.DRAFT,
) -> Bulletin:
    rows = Bulletin.objects.select_for_update(of=("self",)).select_related("unit__court", "court")
    held = rows.get(pk=bulletin.pk)
    require(actor, verb, Bulletin.access_class, held.unit, held)  # type: ignore[arg-type]
    if held.state != state:
        raise WrongState(f"通报{held.get_state_display()}，不能这样办理")
    if held.version != version:
        raise WrongState("通报刚被别人改过，请看过现在的内容再办")
    return held


def _save(actor: Actor, held: Bulletin, verb: str, before: dict[str, object], detail: str) -> None:
    held.version += 1
    held.save()
    _log(actor, verb, held, before, detail)


def _stored(parts: object) -> list[dict[str, str]]:
    return [asdict(part) for part in parts]  # type: ignore[attr-defined]


def _longest(name: str) -> int:
    length: int = Bulletin._meta.get_field(name).max_length  # type: ignore[union-attr,assignment]
    return length


def _refuse_lengths(bulletin: Bulletin) -> None:
    found = {
        f"part-{at}": f"第{at + 1}段（“{part.text[:12]}…”）有{len(part.text)}个字符，最多{_LONGEST}个：请删减"
        + ("，或少选几条做法" if part.code == "practice" else "")
        for at, part in enumerate(parts_of(bulletin))
        if len(part.text) > _LONGEST
    }
    if found:
        raise ValidationError(found)


def _refuse_words(bulletin: Bulletin) -> None:
    found: dict[str, list[str]] = {}
    whole = {f"part-{at}": part.text for at, part in enumerate(parts_of(bulletin))}
    for name, text in {"title": bulletin.title, **whole}.items():
        if held := [word for word in FORBIDDEN if word in text]:
            found[name] = [f"“{held[0]}”是单位之间的比较：通报只写任务和时限，请改写这一段"]
    door.refuse({"title": bulletin.title, **whole})
    if found:
        raise ValidationError(found)


def _log(
    actor: Actor, verb: str, bulletin: Bulletin, before: dict[str, object] | None, detail: str = ""
) -> None:
    audit.append_change(
        actor, verb, bulletin, stream=bulletin.court.code, before=before, detail=detail
    )
