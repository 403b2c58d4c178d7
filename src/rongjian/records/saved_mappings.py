"""Saved mappings (映射方案): a layout that was mapped once is understood the next time.

A layout is told by its headings in their order. One procuratorate has one mapping of a layout for
a ledger; whoever may import that ledger there may use, change and delete it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from rongjian.log import audit, door
from rongjian.org.access import may_somewhere, reach_units, require
from rongjian.org.models import Unit
from rongjian.records import import_mapping
from rongjian.records.import_models import SavedMapping
from rongjian.records.kinds import kind_of, kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.models import Batch

_NAME = 120


def fingerprint(headings: Sequence[str]) -> str:
    """What tells a layout: its headings in their order, however they are spaced."""
    folded = (re.sub(r"\s", "", unicodedata.normalize("NFKC", each)) for each in headings)
    return hashlib.sha256("\x1f".join(folded).casefold().encode()).hexdigest()


def court_of(unit: Unit) -> Unit:
    """The procuratorate whose layouts are used for imports of a unit."""
    return unit.court or unit


def known(kind: str, unit: Unit, headings: Sequence[str]) -> SavedMapping | None:
    """The saved mapping of a layout, with no field that the ledger no longer has."""
    found = SavedMapping.objects.filter(
        kind=kind, court=court_of(unit), fingerprint=fingerprint(headings)
    ).first()
    fields = import_mapping.fields(kind_of(kind))
    return found if found and {*found.mapping.values()} <= {*fields} else None


def reachable(actor: Actor) -> QuerySet[SavedMapping]:
    """The saved mappings of the ledgers and procuratorates that the actor imports for."""
    condition = Q(pk__in=[])
    for kind in kinds():
        if may_somewhere(actor, "import", kind.access):
            units = reach_units(actor, "import", kind.access)
            courts = Unit.objects.filter(
                Q(pk__in=units.values("court")) | Q(pk__in=units.filter(court=None).values("pk"))
            )
            condition |= Q(kind=kind.code, court__in=courts)
    return SavedMapping.objects.filter(condition).select_related("court", "author")


def remember(actor: Actor, batch: Batch) -> None:
    """Keep how an import was mapped by hand, for the next file of its layout."""
    saved, _ = SavedMapping.objects.update_or_create(
        kind=batch.kind,
        court=court_of(batch.unit),
        fingerprint=fingerprint(batch.headings),
        defaults={
            "headings": batch.headings,
            "mapping": batch.mapping,
            "author": actor.person,
            "changed_at": actor.now,
        },
        create_defaults={
            "name": batch.name[:_NAME],
            "headings": batch.headings,
            "mapping": batch.mapping,
            "author": actor.person,
            "changed_at": actor.now,
        },
    )
    _log(actor, saved, "保存")


def change(actor: Actor, saved: SavedMapping, name: str, mapping: Mapping[str, str]) -> None:
    """Give a saved mapping another name and other fields; imports under way keep theirs."""
    _require(actor, saved)
    door.refuse({"name": name})
    with transaction.atomic():
        saved.name = name.strip()[:_NAME] or saved.name
        saved.mapping = dict(mapping)
        saved.author, saved.changed_at = actor.person, actor.now
        saved.save(update_fields=["name", "mapping", "author", "changed_at"])
        _log(actor, saved, "修改")


def forget(actor: Actor, saved: SavedMapping) -> None:
    """Delete a saved mapping; the next file of its layout is mapped anew."""
    _require(actor, saved)
    with transaction.atomic():
        _log(actor, saved, "删除")
        saved.delete()


def _require(actor: Actor, saved: SavedMapping) -> None:
    """Whoever imports anywhere in the procuratorate; Denied otherwise."""
    if not reachable(actor).filter(pk=saved.pk).exists():
        require(actor, "import", kind_of(saved.kind).access, saved.court)


def _log(actor: Actor, saved: SavedMapping, what: str) -> None:
    kind = kind_of(saved.kind)
    audit.append(
        actor,
        "edit",
        f"mapping:{saved.pk}",
        stream=saved.court.code,
        detail=f"{what}映射方案：{kind.name}，{len(saved.mapping)} 列",
    )
