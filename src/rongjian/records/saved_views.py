"""我的视图: lists that somebody keeps under a name, as the query of their address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.screening import screen
from rongjian.log import audit
from rongjian.records.grid_models import SavedView

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind

MOST = 20
"""Views of a person and ledger."""


def views_of(actor: Actor, kind: Kind) -> list[SavedView]:
    """The actor's own views of a ledger, by name; nobody else's."""
    return list(SavedView.objects.filter(person=actor.person, kind=kind.code))


def keep_view(actor: Actor, kind: Kind, name: str, query: str) -> SavedView:
    """Keep a list under a name; the same name again replaces it. ValidationError by field."""
    name = " ".join(name.split())
    with transaction.atomic():
        own = SavedView.objects.filter(person=actor.person, kind=kind.code)
        view = own.filter(name=name).first() or SavedView(
            person=actor.person, kind=kind.code, name=name
        )
        if not view.pk and own.count() >= MOST:
            raise ValidationError({"name": f"每个台账最多保存 {MOST} 个视图，请先删去不用的"})
        view.query, view.made_at = query, actor.now
        view.full_clean()
        if hits := [*screen(name), *screen(unquote_plus(query))]:
            raise ValidationError({"name": [hit.message for hit in hits]})
        view.save()
        _log(actor, "keep-view", view)
    return view


def drop_view(actor: Actor, kind: Kind, pk: int) -> bool:
    """Forget one of the actor's own views; whether there was one."""
    with transaction.atomic():
        view = SavedView.objects.filter(person=actor.person, kind=kind.code, pk=pk).first()
        if view is None:
            return False
        _log(actor, "drop-view", view)
        view.delete()
    return True


def _log(actor: Actor, verb: str, view: SavedView) -> None:
    """A line about the view, which is its owner's business: neither its name nor its query."""
    audit.append(actor, verb, f"view:{view.pk}", stream=actor.person.court.code, detail=view.kind)
