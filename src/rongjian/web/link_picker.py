"""The part of a form that links a record to what it was about: offers, a look-up, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.ledgers import link_offers
from rongjian.records import linking
from rongjian.records.link_rules import link_rules
from rongjian.records.linking import Chosen
from rongjian.records.models import LinkKind, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rongjian.ledgers.link_offers import Offer
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.records.kinds import Kind
    from rongjian.records.link_rules import Reason


@dataclass(frozen=True)
class Picker:
    """What the part shows; `asked` where the kind is asked for a link to the business."""

    kind: Kind
    offers: tuple[Offer, ...]
    ticked: frozenset[int]
    asked: bool
    relation: str = ""
    mode: str = ""
    reason: str = ""
    words: str = ""
    wanted: str = ""

    @property
    def leading(self) -> tuple[Offer, ...]:
        """The offers of a form that shows them at once: what is ticked, or the likeliest one (B15)."""
        ticked = tuple(each for each in self.offers if each.record.pk in self.ticked)
        return ticked or self.offers[:1]

    @property
    def further(self) -> tuple[Offer, ...]:
        """The other offers, folded away where the form shows the leading ones at once."""
        return tuple(each for each in self.offers if each not in self.leading)

    @property
    def relations(self) -> list[tuple[str, str]]:
        """Every relation that may be said instead of the rule's."""
        return list(LinkKind.choices)

    @property
    def modes(self) -> list[tuple[str, str]]:
        """Every mode that may be said instead of the rule's."""
        return list(Mode.choices)

    @property
    def reasons(self) -> list[Reason]:
        """Why there may be no link."""
        return list(link_rules().reasons.values())


def picker(
    actor: Actor, kind: Kind, unit: Unit | None, typed: Mapping[str, Sequence[str]]
) -> Picker:
    """The part for a record of a kind at a unit, with what was typed into it before."""
    ticked = _ids(typed)
    wanted = _one(typed, "link_find")
    shown = link_offers.offered(actor, kind, ticked)
    shown += link_offers.found(actor, kind, wanted) if wanted else []
    shown += link_offers.offers(actor, kind, unit)
    by_record = {offer.record.pk: offer for offer in reversed(shown)}
    order = dict.fromkeys(offer.record.pk for offer in shown)
    return Picker(
        kind=kind,
        offers=tuple(by_record[pk] for pk in order),
        ticked=frozenset(ticked),
        asked=kind.code in link_rules().asked,
        relation=_one(typed, "link_relation"),
        mode=_one(typed, "link_mode"),
        reason=_one(typed, "no_link"),
        words=_one(typed, "no_link_words"),
        wanted=wanted,
    )


def chosen_in(actor: Actor, kind: Kind, typed: Mapping[str, Sequence[str]]) -> tuple[Chosen, str]:
    """What a sent form says about links, and what is unclear about it ("" where nothing is)."""
    ids, fault = _ids(typed), ""
    if wanted := _one(typed, "link_find"):
        fitting = [offer.record.pk for offer in link_offers.found(actor, kind, wanted)]
        ids += fitting if len(fitting) == 1 else []
        if not fitting:
            fault = f"没有找到您能查看的“{wanted[:20]}”，请改一改，或清空后保存"
        elif len(fitting) > 1 and not set(fitting) & set(ids):
            fault = f"“{wanted[:20]}”找到 {len(fitting)} 条，请勾选其中的一条"
    chosen = Chosen(
        targets=linking.targets(actor, ids),
        relation=_one(typed, "link_relation"),
        mode=_one(typed, "link_mode"),
        reason=_one(typed, "no_link"),
        words=_one(typed, "no_link_words"),
    )
    return chosen, fault


def _ids(typed: Mapping[str, Sequence[str]]) -> list[int]:
    return [int(text) for text in typed.get("link", ()) if text.isdecimal()][: linking.MOST]


def _one(typed: Mapping[str, Sequence[str]], name: str) -> str:
    values = typed.get(name, ())
    return values[0].strip() if values else ""
