"""Document kinds: a text with places for figures, read from `content/documents/<kind>/`.

The format is logic-less. A text is taken literally except for its tokens, and a token only names
something; nothing is evaluated:

    ⟦indicator@period⟧   the figure of an indicator over one of the kind's periods
    ⟦quote:key⟧          what a quotation prints
    ⟦unit:name⟧          the unit's full name;  ⟦unit:scope⟧  what it speaks for: 全区检察机关, 本院
    ⟦period:name⟧        one of the kind's periods, as an official text writes it

One text serves every unit: a sentence is left out where the unit lacks a quotation it names, or
where no record stands behind any of its figures. So a sentence says one thing, and 一是、二是 are
written where nothing can be left out between them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from rongjian.indicators import catalogue
from rongjian.kernel.content import CONTENT, NOWHERE, Basis, ContentError, Position, load_file
from rongjian.kernel.periods import Period

Level = Literal["h1", "h2", "h3", "p"]

_MARKED = re.compile(r"⟦([^⟦⟧]*)⟧")
_FIGURE = re.compile(r"([a-z][a-z0-9-]*)@([a-z][a-z0-9-]*)")
_QUOTE = re.compile(r"quote:([a-z0-9][a-z0-9-]*)")
_UNIT = re.compile(r"unit:(name|scope)")
_PERIOD = re.compile(r"period:([a-z][a-z0-9-]*)")


@dataclass(frozen=True)
class FigureToken:
    """A place for the figure of an indicator over a period."""

    indicator: str
    period: str


@dataclass(frozen=True)
class QuoteToken:
    """A place for what the quotation with this key prints."""

    key: str


@dataclass(frozen=True)
class UnitToken:
    """A place for the unit's name or for what it speaks for."""

    form: str


@dataclass(frozen=True)
class PeriodToken:
    """A place for the name of a period."""

    period: str


Piece = str | FigureToken | QuoteToken | UnitToken | PeriodToken


@dataclass(frozen=True)
class Sentence:
    """A piece of text with its tokens, in order."""

    pieces: tuple[Piece, ...]

    @classmethod
    def from_content(cls, text: str) -> Sentence:
        """Read a text with tokens; ValueError when one is not of the forms above."""
        pieces: list[Piece] = []
        end = 0
        for found in _MARKED.finditer(text):
            pieces += [text[end : found.start()], _token(found.group(1))]
            end = found.end()
        pieces.append(text[end:])
        if any(isinstance(piece, str) and ("⟦" in piece or "⟧" in piece) for piece in pieces):
            raise ValueError("里的 ⟦ 和 ⟧ 没有成对")
        return cls(tuple(piece for piece in pieces if piece))


def _token(text: str) -> Piece:
    if found := _FIGURE.fullmatch(text):
        return FigureToken(found[1], found[2])
    if found := _QUOTE.fullmatch(text):
        return QuoteToken(found[1])
    if found := _UNIT.fullmatch(text):
        return UnitToken(found[1])
    if found := _PERIOD.fullmatch(text):
        return PeriodToken(found[1])
    raise ValueError(
        f"里的 ⟦{text}⟧ 不认识，可写 ⟦指标代码@期间⟧、⟦quote:引文编号⟧、"
        "⟦unit:name⟧、⟦unit:scope⟧ 或 ⟦period:期间⟧"
    )


@dataclass(frozen=True)
class PeriodParameter:
    """A period that whoever writes the document may change, with what it is otherwise."""

    name: str
    default: str

    def __post_init__(self) -> None:
        Period.parse(self.default)

    @property
    def period(self) -> Period:
        """The period that holds when nobody names another."""
        return Period.parse(self.default)


@dataclass(frozen=True)
class TemplateBlock:
    """One heading of the levels 一、（一）1. or one paragraph, which lists its sentences."""

    h1: Sentence | None = None
    h2: Sentence | None = None
    h3: Sentence | None = None
    p: tuple[Sentence, ...] = ()
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if sum(map(bool, (self.h1, self.h2, self.h3, self.p))) != 1:
            raise ValueError("每一段只能有 h1、h2、h3、p 中的一项")

    @property
    def level(self) -> Level:
        """Which of the four it is."""
        if self.p:
            return "p"
        return "h1" if self.h1 else "h2" if self.h2 else "h3"

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its sentences; a heading is a single one."""
        heading = self.h1 or self.h2 or self.h3
        return (heading,) if heading else self.p


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document: its text, and the periods that can be set for it."""

    code: str
    name: str
    title: Sentence
    basis: Basis
    periods: Mapping[str, PeriodParameter]
    blocks: tuple[TemplateBlock, ...]
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if any(isinstance(piece, FigureToken | QuoteToken) for piece in self.title.pieces):
            raise ValueError("标题里不能放数字或引文")

    def tokens(self) -> Iterator[tuple[Position, FigureToken | PeriodToken]]:
        """Every token that refers to something declared elsewhere, with where it stands."""
        placed = [(self.where, self.title)]
        placed += [(block.where, each) for block in self.blocks for each in block.sentences]
        for where, sentence in placed:
            for piece in sentence.pieces:
                if isinstance(piece, FigureToken | PeriodToken):
                    yield where, piece


class UnknownDocument(LookupError):
    """No kind of document has this code."""


def load_kinds(content: Path, indicators: Collection[str]) -> dict[str, DocumentKind]:
    """The kinds of a content folder by code; a reference to nothing stops with file and line."""
    found: dict[str, DocumentKind] = {}
    for folder in sorted(path for path in (content / "documents").iterdir() if path.is_dir()):
        kinds = load_file(folder / "document.yaml", DocumentKind)
        if len(kinds) != 1 or kinds[0].code != folder.name:
            where = kinds[0].where if kinds else Position(folder.name, 0)
            raise ContentError(where, f"一个文件夹放一种文稿，代码应与文件夹同名：{folder.name}")
        _check(kinds[0], indicators)
        found[folder.name] = kinds[0]
    return found


def _check(kind: DocumentKind, indicators: Collection[str]) -> None:
    for where, token in kind.tokens():
        if token.period not in kind.periods:
            known = "、".join(kind.periods)
            raise ContentError(where, f"没有期间 {token.period}，periods 里有：{known}")
        if isinstance(token, FigureToken) and token.indicator not in indicators:
            raise ContentError(where, f"没有指标 {token.indicator}，请查 content/indicators")


@cache
def document_kinds() -> Mapping[str, DocumentKind]:
    """Every kind of document that the product knows, by code."""
    return load_kinds(CONTENT, catalogue.indicators())


def document_kind(code: str) -> DocumentKind:
    """The kind with this code; UnknownDocument names those there are."""
    try:
        return document_kinds()[code]
    except KeyError:
        known = "、".join(f"{kind.code}（{kind.name}）" for kind in document_kinds().values())
        raise UnknownDocument(f"没有文稿“{code}”，现有：{known}") from None
