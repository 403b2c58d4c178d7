"""Deployments on the same topic that are still open: 「合并到已有任务」 before another one is sent.

Titles are compared by their pairs of characters without the words that every title has; what is found
is offered, and whoever deploys decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rongjian.kernel.same_deeds import Claim
from rongjian.org.access import visible
from rongjian.supervision.deployment import Deployment

if TYPE_CHECKING:
    from rongjian.org.access import Actor

_EVERYWHERE = re.compile(
    "关于|印发|认真|切实|进一步|做好|开展|深入|加强|推进|专项|集中|全面|有关|情况|工作|活动|行动|检查|自查|"
    "排查|清查|清理|报告|意见|方案|安排|通知|部署|转部署|的"
)
_SAME_TITLE, _SAME_TEXT = 0.6, 0.5
_TELLING = 12
"""Pairs of characters from which on a text tells anything."""


def alike(actor: Actor, title: str, text: str = "") -> list[Deployment]:
    """What the actor's own house has under way on the same topic, in the order of their limits."""
    near = Deployment._default_manager.filter(state="issued", court=actor.person.court)
    new = _claim(title, text)
    found = visible(actor, near, "view").select_related("unit", "leading").order_by("due_on", "pk")
    return [each for each in found if _same_topic(new, _claim(each.title, each.text))]


def _claim(title: str, text: str) -> Claim:
    rest = _EVERYWHERE.sub("", title)
    # A title of such words alone is compared as it stands.
    return Claim(0, 0, 0, names=(rest if len(rest) > 1 else title,), story=text)


def _same_topic(new: Claim, known: Claim) -> bool:
    title = _share(new.name_pairs[0], known.name_pairs[0])
    fewest = min(len(new.story_pairs), len(known.story_pairs))
    text = _share(new.story_pairs, known.story_pairs) if fewest >= _TELLING else 0.0
    return title >= _SAME_TITLE or text >= _SAME_TEXT


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the shorter the two have in common, from 0 to 1."""
    fewest = min(len(one), len(other))
    return len(one & other) / fewest if fewest else 0.0
