"""The door: whatever people type or bring passes here before it is stored, and leaves no trace if refused.

`kernel.screening` knows what must never be stored; this is the one place that everything asks: records and
people, files, the words said with a step, and every line of the log itself (`audit`), behind which
nothing is written. So a way in that forgets to ask is refused by its own line, and its transaction
is taken back.

What was found is noted while it is watched for (`watched`), and logged after the write that it
ended (`report`): by which rule and a keyed hash, never the text. The key is the installation's, so that
whoever holds the log alone cannot try numbers until one fits.
"""

from __future__ import annotations

import hashlib
import hmac
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from rongjian.kernel.office_parts import side_texts
from rongjian.kernel.screening import MARKS, RULES, Finding, screen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

CODE = "screen"
"""The code of a refusal, as forms and imports sort faults."""
HASH = "sm3" if "sm3" in hashlib.algorithms_available else "sha256"
"""GB/T 32905, where the cryptographic library of the machine has it."""


@dataclass(frozen=True)
class Hit:
    """What was refused: by which rule, and what of it can be compared but not read."""

    rule: str
    digest: str


class NotStorable(ValidationError):
    """Something must not be stored; by field, it says by which rule and never repeats the text."""


_watch: ContextVar[list[Hit] | None] = ContextVar("door", default=None)


def found_in(text: str, admits: Collection[str] = ()) -> list[Finding]:
    """What of the text must not be stored, noted for the log; nobody else may be told what it is.

    `admits` are the rules that do not hold for a field which says so (`Kind.admits`).
    """
    found = [each for each in screen(text) if each.rule not in admits]
    if (hits := _watch.get()) is not None:
        hits += [Hit(each.rule, _digest(text[each.start : each.end])) for each in found]
    return found


def faults(text: str, admits: Collection[str] = ()) -> list[str]:
    """What to tell about content that must not be stored; empty where the text may pass."""
    return list(dict.fromkeys(each.message for each in found_in(text, admits)))


def marks_in(text: str) -> list[Finding]:
    """Only the marks that speak for a whole paper, whatever is taken from it."""
    return found_in(text, frozenset(RULES).difference(MARKS))


def told_beside(data: bytes) -> str:
    """Why a file must not be taken in for what stands beside its body; empty where nothing does."""
    for place, text in side_texts(data):
        if found := marks_in(text):
            return f"{place}里{found[0].message}"
    return ""


def refuse(texts: Mapping[str, str], admits: Mapping[str, Collection[str]] | None = None) -> None:
    """NotStorable, by field, where one of the texts (field → text) must not be stored."""
    allowed = admits or {}
    found = {
        name: [ValidationError(words, code=CODE) for words in told]
        for name, text in texts.items()
        if (told := faults(text, allowed.get(name, ())))
    }
    if found:
        raise NotStorable(found)


def takes_text(field: models.Field[Any, Any]) -> bool:
    """Whether people type free text into the field; one that holds only codes says `codes = True`."""
    return (
        isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not field.choices
        and not getattr(field, "codes", False)
    )


def texts_of(thing: models.Model) -> dict[str, str]:
    """The free texts of a record, unit, person …, by field."""
    found = {
        field.name: field.value_from_object(thing)
        for field in thing._meta.concrete_fields
        if takes_text(field)
    }
    return {name: str(text) for name, text in found.items() if text}


def _digest(found: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), found.encode(errors="replace"), HASH).hexdigest()


@contextmanager
def watched() -> Iterator[list[Hit]]:
    """What is refused meanwhile in this request or command, for `audit.report`; once around it all."""
    hits: list[Hit] = []
    token = _watch.set(hits)
    try:
        yield hits
    finally:
        _watch.reset(token)
