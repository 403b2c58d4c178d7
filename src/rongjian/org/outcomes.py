"""What a reorganisation did, for the preview, the log and what follows in the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.org.models import Affiliation, Pairing, Post, Unit
    from rongjian.org.plans import Plan
    from rongjian.org.timelines import Stay, Timelines


@dataclass
class Outcome:
    """What a reorganisation did: units with their stays before and after, and what hangs on them."""

    plan: Plan
    world: Timelines
    founded: list[Unit] = field(default_factory=list)
    ended: list[tuple[Unit, Unit | None]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    unpaired: list[Pairing] = field(default_factory=list)
    paired: list[Pairing] = field(default_factory=list)
    people: list[Affiliation] = field(default_factory=list)
    released: list[Affiliation] = field(default_factory=list)
    settled: list[Unit] = field(default_factory=list)
    images: dict[int, dict[str, Any]] = field(default_factory=dict)
    codes: tuple[str, ...] = ()

    @property
    def changed(self) -> Iterator[tuple[Unit, tuple[Stay, ...], list[Stay]]]:
        """Each unit whose place or name changes on some day: (unit, stays before, stays after)."""
        for code in self.codes:
            before = self.world.before.get(code, ())
            yield self.world.units[code], before, self.world.stays[code]

    @property
    def place(self) -> Unit:
        """The procuratorate in whose log the reorganisation stands."""
        return self.world.court_on(self.plan.named[0].code, self.plan.on)
