"""Links written together with a record: chosen ones, what they say by rule, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.screening import screen
from rongjian.log import audit, receipts
from rongjian.org.access import require, visible
from rongjian.records import actions
from rongjian.records.kinds import kind_of
from rongjian.records.link_models import Mode, NoLink
from rongjian.records.link_rules import link_rules
from rongjian.records.models import VOID, LinkKind, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rongjian.org.access import Actor

R = TypeVar("R", bound=Record)
MOST = 30
"""Links that one form may write at once."""
LONGEST = 120
"""Characters of a sentence that says why there is no link."""


@dataclass(frozen=True)
class Chosen:
    """What a form says about links: targets, a relation and mode where the rule's do not fit, or why none."""

    targets: Sequence[Record] = ()
    relation: str = ""
    mode: str = ""
    reason: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.targets or self.reason)


NOTHING = Chosen()


def targets(actor: Actor, ids: Iterable[int]) -> list[Record]:
    """The records with these numbers that the actor may view, in the order asked."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    rows = Record.objects.filter(pk__in=wanted).exclude(state=VOID)
    found = {row.pk: row for row in visible(actor, rows).select_related("unit__court", "court")}
    return [found[pk] for pk in wanted if pk in found]


def check(kind: str, chosen: Chosen) -> None:
    """ValidationError where what was chosen does not go together."""
    faults = []
    if chosen.relation and chosen.relation not in LinkKind.values:
        faults.append("没有这种关系")
    if chosen.mode and chosen.mode not in Mode.values:
        faults.append("没有这种模式")
    if chosen.reason:
        faults += _reason_faults(kind, chosen)
    if faults:
        raise ValidationError({"links": faults})


def _reason_faults(kind: str, chosen: Chosen) -> Iterator[str]:
    rules = link_rules()
    reason = rules.reasons.get(chosen.reason)
    if reason is None:
        yield "请从所列原因中选择一项"
    elif reason.words and not chosen.words.strip():
        yield f"选“{reason.name}”时，请用一句话说明"
    if any(rules.joins(kind, each.kind) for each in chosen.targets):
        yield "已选业务关联，不能同时说明确无业务关联"
    yield from (hit.message for hit in screen(chosen.words))
    if len(chosen.words) > LONGEST:
        yield f"说明不超过 {LONGEST} 个字"


def carry(record: Record, chosen: Chosen) -> None:
    """Let the record take over from what it is linked to: the task force, and the mode if it has one."""
    rules = link_rules()
    for each in chosen.targets:
        rule = rules.rule(record.kind_code, each.kind)
        if rule.carries and not record.task_force_id:
            record.task_force_id = each.task_force_id
        mode = chosen.mode or rule.mode
        if mode and getattr(record, "mode", mode) == "":
            setattr(record, "mode", mode)  # noqa: B010  # a field of some ledgers only


def save(actor: Actor, record: R, chosen: Chosen, *, key: str = "") -> R:
    """Save a record and what its form said about links, in one transaction."""
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return cast("R", type(record)._default_manager.get(pk=done[0]))
        check(record.kind_code, chosen)
        carry(record, chosen)
        saved = actions.save(actor, record, key=key)
        write(actor, saved, chosen)
    return saved


def write(actor: Actor, source: Record, chosen: Chosen) -> None:
    """Write the links of a stored record, or that it has none."""
    with transaction.atomic():
        check(source.kind, chosen)
        for each in chosen.targets:
            if each.pk != source.pk:
                relation = LinkKind(chosen.relation) if chosen.relation else None
                actions.link(actor, source, each, relation, mode=chosen.mode)
        if chosen.reason:
            explain(actor, source, chosen.reason, chosen.words)


def explain(actor: Actor, record: Record, reason: str, words: str) -> NoLink:
    """Keep why a record touches no business; it takes the right to edit the record."""
    with transaction.atomic():
        require(actor, "edit", kind_of(record.kind).access, record.unit, record)
        check(record.kind, Chosen(reason=reason, words=words))
        kept, _ = NoLink.objects.update_or_create(
            record_id=record.pk, defaults={"reason": reason, "words": words.strip()}
        )
        audit.append(
            actor,
            "no-link",
            f"{record.kind}:{record.pk}",
            stream=record.court.code,
            record_id=record.pk,
            detail=link_rules().reasons[reason].name,
        )
    return kept


def reason_words(kept: NoLink) -> str:
    """A reason in words."""
    reason = link_rules().reasons.get(kept.reason)
    named = reason.name if reason else kept.reason
    return f"{named}：{kept.words}" if kept.words else named
