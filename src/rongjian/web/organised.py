"""按现在的组织 / 按当时的组织: the switch that every page with figures or lists offers.

It stands in the address as `organised=then` and is kept on every way down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from django.http import QueryDict

    from rongjian.indicators.compiler import Organised
    from rongjian.kernel.periods import Period
    from rongjian.org.access import Actor

NAME = "organised"
WORDS: dict[Organised, str] = {"now": "按现在的组织", "then": "按当时的组织"}


@dataclass(frozen=True)
class Switch:
    """Both ways of counting: (words, address, whether it is the one shown)."""

    ways: tuple[tuple[str, str, bool], ...]
    organised: Organised

    @property
    def chip(self) -> str:
        """What chips and prints say; nothing for today's organisation, which goes without saying."""
        return WORDS["then"] if self.organised == "then" else ""


def organised_asked(query: QueryDict) -> Organised:
    """Which organisation an address asks for, by default today's."""
    return "then" if query.get(NAME) == "then" else "now"


def parameter(organised: Organised) -> dict[str, str]:
    """What an address carries on."""
    return {NAME: "then"} if organised == "then" else {}


def switch(query: QueryDict) -> Switch:
    """The switch for the page at an address; it changes nothing else but the page of a list."""
    chosen = organised_asked(query)
    found = []
    for organised, words in WORDS.items():
        copy = query.copy()
        for name in (NAME, "page", "under"):
            copy.pop(name, None)
        copy.update(parameter(organised))
        found.append((words, f"?{copy.urlencode()}", organised == chosen))
    return Switch(tuple(found), chosen)


def day_of(actor: Actor, period: Period, organised: Organised) -> date | None:
    """The day whose way down a page shows: none for today's, else as the period ended."""
    return min(period.end, actor.today) if organised == "then" else None
