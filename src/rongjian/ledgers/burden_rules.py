"""What asking costs, from where on it needs approval, and what is known already and must not be asked.

The figures stand in `content/burden.yaml`. Everything here follows from what is declared (kinds, their
fields, a request's items); nothing looks at who does what with them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from django.db import models

from rongjian.kernel.content import CONTENT, Basis, load_section
from rongjian.records.kinds import kind_of, kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rongjian.records.kinds import Kind

Input = Literal["choice", "day", "number", "person", "text", "item"]
_FILE = CONTENT / "burden.yaml"
_NOT_ASKED = {"key", "note"}
"""Fields of many ledgers that say nothing about a matter."""
_MARKS = re.compile(
    r"^[\d一二三四五六七八九十]{1,3}[.、．)）]|[\s“”\"'《》:：;；。]|[（(][^（()）]*[)）]"
)
_TAILS = re.compile(r"(的)?(总)?(数量|数|情况|名单|清单|台账|明细|统计|件|人|个|次)$")


@dataclass(frozen=True)
class Limits:
    """From how many new items on, and whether for county level, a request has to be approved."""

    most_items: int
    county: bool
    basis: Basis


@dataclass(frozen=True)
class Effort:
    """How many seconds an input of this sort takes."""

    input: Input
    seconds: int


@dataclass(frozen=True)
class Length:
    """How many 字 a text of this sort may have."""

    code: str
    name: str
    most: int
    basis: Basis


@dataclass(frozen=True)
class Known:
    """Something asked for that a ledger holds already."""

    item: str
    kind: Kind
    heading: str

    @property
    def words(self) -> str:
        """Where it stands, for whoever wanted to ask for it."""
        where = f"的“{self.heading}”" if self.heading else ""
        return f"“{self.item}”已在台账“{self.kind.name}”{where}里，请直接查询，不再填报"


@cache
def limits() -> Limits:
    """The limits of the content file."""
    (only,) = load_section(_FILE, "limits", Limits)
    return only


@cache
def efforts() -> dict[str, int]:
    """Seconds by sort of input."""
    return {each.input: each.seconds for each in load_section(_FILE, "effort", Effort)}


@cache
def lengths() -> tuple[Length, ...]:
    """The limits of length, the widest first."""
    return tuple(sorted(load_section(_FILE, "lengths", Length), key=lambda each: -each.most))


def items_of(text: str) -> list[str]:
    """What a request asks for: one item a line, no line twice."""
    lines = (line.strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def already_known(items: Iterable[str]) -> Iterator[Known]:
    """Those of the items that a ledger holds."""
    by_words = _held()
    for item in items:
        if found := by_words.get(_plain(item)):
            code, heading = found
            yield Known(item, kind_of(code), heading)


def request_minutes(items: int, units: int) -> int:
    """About how many minutes a request takes all units together, rounded up."""
    return -(-items * units * efforts()["item"] // 60)


def form_seconds(kind: Kind, names: Iterable[str]) -> int:
    """How many seconds these inputs of a ledger's form take."""
    return sum(efforts()[_sort(kind.field(name))] for name in names)


def _sort(field: models.Field[object, object]) -> Input:
    if isinstance(field, models.ForeignKey):
        return "person"
    if (
        field.choices
        or isinstance(field, models.BooleanField)
        or field.name in {"campaign", "line"}
    ):
        return "choice"
    if isinstance(field, models.DateField):
        return "day"
    return "number" if isinstance(field, models.IntegerField | models.DecimalField) else "text"


def _plain(words: str) -> str:
    """An item or heading without numbering, brackets and the words that every table adds."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKC", words).strip())
    while (shorter := _TAILS.sub("", bare)) != bare and shorter:
        bare = shorter
    return bare


@cache
def _held() -> dict[str, tuple[str, str]]:
    """What ledgers hold, by its words: (kind, heading); of a ledger itself the heading is empty."""
    found: dict[str, tuple[str, str]] = {}
    for kind in kinds():
        found.setdefault(_plain(kind.name), (kind.code, ""))
        for name in kind.fields:
            if name not in _NOT_ASKED:
                found.setdefault(_plain(kind.heading(name)), (kind.code, kind.heading(name)))
                found.setdefault(
                    _plain(kind.name + kind.heading(name)), (kind.code, kind.heading(name))
                )
    return found
