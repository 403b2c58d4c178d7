"""Writing documents: drawing one up and freezing its figures. Records are never written here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rongjian.documents.frozen import body_of, ids_behind, kept, packed
from rongjian.documents.models import Document, FrozenFigure
from rongjian.documents.render import compose_document, periods_of, title_of
from rongjian.documents.templates import document_kind
from rongjian.indicators import catalogue, snapshots
from rongjian.log import audit, receipts
from rongjian.org.access import Denied, require

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rongjian.documents.composition import LiveFigure
    from rongjian.kernel.periods import Period
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit


class CannotFreeze(Exception):
    """The document cannot be frozen as it stands; the text says why and what to do."""


def create(
    actor: Actor, kind: str, unit: Unit, periods: Mapping[str, Period], *, key: str = ""
) -> Document:
    """Draw up a document of a kind for a unit, its figures live.

    Periods not given are the kind's own of today. A repeated idempotency `key` returns what the
    first call drew up. Raises UnknownDocument, LookupError for a period, or Denied.
    """
    declared = document_kind(kind)
    chosen = periods_of(declared, periods)
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return Document.objects.get(pk=done[0])
        require(actor, "create", Document.access_class, unit)
        document = Document(
            kind=declared.code,
            unit=unit,
            court=unit.court or unit,
            title=title_of(declared, unit, chosen),
            periods={name: str(period) for name, period in chosen.items()},
            author=actor.person,
            created_at=actor.now,
        )
        document.full_clean()
        document.save()
        _log(actor, document, "create", declared.name)
        receipts.keep(actor.person.pk, key, [document.pk])
    return document


def freeze(actor: Actor, document: Document) -> Document:
    """Fix text and figures of a document: value, definition version, snapshot and record ids.

    The actor needs the right to edit the document and to see each of its figures. Raises Denied,
    or CannotFreeze when it is frozen already or when records have changed since the snapshot.
    """
    with transaction.atomic():
        held = Document.objects.select_for_update(of=("self",))
        found = held.select_related("unit__court").get(pk=document.pk)
        require(actor, "edit", Document.access_class, found.unit)
        if found.frozen_at is not None:
            raise CannotFreeze("这份文稿已经冻结")
        composition = compose_document(found, actor)
        if composition.withheld:
            raise Denied(f"不能冻结：{composition.withheld[0].reason}")
        if composition.changes:
            names = "、".join(figure.name for figure in composition.changes)
            raise CannotFreeze(f"不能冻结：{names}在快照之后有变动，请等数字刷新后再试")
        figures = [_frozen(found, figure) for figure in composition.figures]
        snapshots.pin(composition.snapshot)
        FrozenFigure.objects.bulk_create(figures)
        found.title, found.body = composition.title, body_of(composition)
        found.frozen_at = actor.now
        found.save(update_fields=["title", "body", "frozen_at"])
        _log(actor, found, "freeze", f"{len(figures)} 个数字，快照 {composition.snapshot}")
    return found


def _frozen(document: Document, figure: LiveFigure) -> FrozenFigure:
    ids = ids_behind(figure.indicator, document.unit, figure.period)
    if len(ids) != figure.records:
        raise CannotFreeze(f"不能冻结：{figure.name}的记录正在变动，请稍后再试")
    return FrozenFigure(
        document=document,
        slot=figure.slot,
        indicator=figure.indicator,
        name=figure.name,
        ledger=catalogue.in_force(figure.indicator, figure.period.end).of,
        version=figure.version,
        unit=document.unit,
        period=str(figure.period),
        value=kept(figure.value),
        measure_unit=figure.measure_unit,
        text=figure.text,
        snapshot=figure.snapshot,
        ids=packed(ids),
    )


def _log(actor: Actor, document: Document, verb: str, detail: str) -> None:
    target = f"document:{document.pk}"
    audit.append(actor, verb, target, stream=document.court.code, detail=detail)
