"""Reading kept documents: lists and single ones, through `visible` as everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.documents.models import Document, FrozenFigure
from rongjian.org.access import visible

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.org.models import Unit


def documents(actor: Actor, unit: Unit | None = None) -> QuerySet[Document]:
    """The documents that the actor may read, newest first; of a unit and below when one is given."""
    found = visible(actor, Document.objects.select_related("unit__court", "author"))
    return found.filter(unit__path__startswith=unit.path) if unit else found


def document(actor: Actor, pk: int) -> Document:
    """One document; Document.DoesNotExist also when the actor may not read it."""
    return documents(actor).get(pk=pk)


def frozen_figure(actor: Actor, document_pk: int, slot: str) -> FrozenFigure:
    """A frozen figure by its place in a document; DoesNotExist also when it is not readable."""
    found = FrozenFigure.objects.select_related("unit__court", "document")
    return found.get(document__in=documents(actor).order_by(), document=document_pk, slot=slot)
