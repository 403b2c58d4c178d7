"""字数 beside a text that somebody writes: how long it is, against what the rules allow."""

from __future__ import annotations

from dataclasses import dataclass

from rongjian.kernel.text_length import characters
from rongjian.ledgers.burden_rules import Length, lengths


@dataclass(frozen=True)
class TextLength:
    """The length of a text, the limits, and those that it goes beyond."""

    count: int
    limits: tuple[Length, ...]

    @property
    def beyond(self) -> tuple[Length, ...]:
        """The limits that the text exceeds."""
        return tuple(limit for limit in self.limits if self.count > limit.most)


def length_of(text: str) -> TextLength:
    """The length of a text against the limits of the content file."""
    return TextLength(characters(text), lengths())
