"""Keeping what somebody is typing: screened like everything that is stored, and theirs alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rongjian.kernel.screening import screen
from rongjian.records.draft_models import FormDraft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rongjian.org.access import Actor

KEPT = timedelta(days=30)
"""For how long what was not sent waits."""
MOST_FIELDS, MOST_VALUES, LONGEST = 200, 100, 20_000
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "idempotency", "then", "address"})

Values = dict[str, list[str]]


def keep(
    actor: Actor, address: str, typed: Mapping[str, Sequence[str]]
) -> tuple[FormDraft, list[str]]:
    """Keep the values of a form; returns also why some were left out.

    A value that must never be stored is not stored here either; the rest is kept without it.
    """
    values, refused = _fit(typed)
    own = FormDraft.objects.filter(person=actor.person)
    own.filter(saved_at__lt=actor.now - KEPT).delete()
    draft, _ = FormDraft.objects.update_or_create(
        person=actor.person,
        address=address[:200],
        defaults={"values": values, "saved_at": actor.now},
    )
    return draft, refused


def _fit(typed: Mapping[str, Sequence[str]]) -> tuple[Values, list[str]]:
    values: Values = {}
    refused: list[str] = []
    for name in list(typed)[:MOST_FIELDS]:
        if name in _NOT_TYPED:
            continue
        # Sent every few seconds: the door notes it for the log when the form itself is sent.
        texts = [_storable(text)[:LONGEST] for text in typed[name][:MOST_VALUES]]
        hits = [hit.message for text in texts for hit in screen(text)]
        if hits:
            refused += hits
        else:
            values[_storable(name)[:60]] = texts
    return values, list(dict.fromkeys(refused))


def _storable(text: str) -> str:
    """The text without what no database column takes."""
    return text.replace("\0", "")


def kept(actor: Actor, address: str) -> FormDraft | None:
    """What the actor typed into the form at this address and did not send."""
    return FormDraft.objects.filter(person=actor.person, address=address[:200]).first()


def drop(actor: Actor, address: str) -> None:
    """Forget it: it was saved, or is not wanted any more."""
    FormDraft.objects.filter(person=actor.person, address=address[:200]).delete()
