"""A digest as it is read: its lines, and the same as plain text that needs no log-in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from rongjian.notices.policy import rounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.notices.models import Digest, Mention


AT_FIRST = 10
"""So many lines stand in a message; the page has the others below them."""

_NAMED = 5


@dataclass(frozen=True)
class Line:
    """One thing of a digest, with every reason for which it stands there."""

    words: str
    unit: str
    limit: str
    until: date
    why: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Letter:
    """A digest in words."""

    day: date
    heading: str
    text: str
    lines: tuple[Line, ...]

    @property
    def first(self) -> tuple[Line, ...]:
        """The lines that are shown at once."""
        return self.lines[:AT_FIRST]

    @property
    def others(self) -> tuple[Line, ...]:
        """Those that are shown on demand."""
        return self.lines[AT_FIRST:]


def letter(digest: Digest) -> Letter:
    """The digest as it was told; what was done since makes no difference."""
    lines = lines_of(digest.mentions.all())
    day = digest.day
    heading = f"融检提醒（{day.month}月{day.day}日，{len(lines)} 项）"
    return Letter(day, heading, _text(digest.person.name, lines), lines)


def lines_of(mentions: Iterable[Mention]) -> tuple[Line, ...]:
    """One line for each thing, whatever the number of its reasons and of the units that it is about."""
    by_subject: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_subject.setdefault(mention.subject, []).append(mention)
    units: dict[Line, list[str]] = {}
    for found in by_subject.values():
        first, why = found[0], tuple(each.why for each in found)
        line = Line(first.words, "", first.limit, first.due_on, why, first.url)
        units.setdefault(line, []).append(first.unit)
    return tuple(replace(line, unit=_names(names)) for line, names in units.items())


def _names(names: list[str]) -> str:
    most = "、".join(names[:_NAMED])
    return most if len(names) <= _NAMED else f"{most}等 {len(names)} 个单位"


def _text(name: str, lines: tuple[Line, ...]) -> str:
    parts = [f"{name}：", ""]
    for number, line in enumerate(lines[:AT_FIRST], 1):
        parts.append(f"{number}. {line.words}")
        parts.append(f"   {line.unit}，{line.limit}")
        parts.append(f"   {'；'.join(line.why)}")
    if len(lines) > AT_FIRST:
        parts.append(f"另有 {len(lines) - AT_FIRST} 项，见融检“提醒”页。")
    parts += [
        "",
        f"工作日 {rounds().opens:%H:%M} 至多一封，同一事项不逐日重复。已经办了的，不必理会。",
    ]
    return "\n".join(parts) + "\n"
