"""Verifying the log and writing down what was found, so that everybody who must know can see it.

The proof is to recount (`audit.verify`, also outside the product by `rongjian verify audit`); the
line kept here only says when that was last done and how it ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from rongjian.log import audit
from rongjian.log.changes import one_moment
from rongjian.log.models import Event

if TYPE_CHECKING:
    from rongjian.log.audit import Doer, Verdict

VERB = "verify"
WHOLE, BROKEN = "log:whole", "log:broken"


@dataclass(frozen=True)
class Service:
    """A routine of the product as the one who does something; `name` is what the log calls it."""

    name: str
    now: datetime
    address: str = ""

    @property
    def ref(self) -> str:
        """How the log names who acted."""
        return f"svc:{self.name}"


@dataclass(frozen=True)
class Last:
    """When the log was last verified, whether it held, and in words what was found."""

    at: datetime
    whole: bool
    words: str


def verified(by: Doer) -> Verdict:
    """Verify every stream as it stands at one moment, and add a line that says what was found.

    Reading everything keeps nobody from writing, and what is written meanwhile is no fault.
    """
    with one_moment():
        verdict = audit.verify()
    found = BROKEN if verdict.breaks else WHOLE
    with transaction.atomic():
        audit.append(by, VERB, found, stream=audit.SYSTEM, detail=in_words(verdict)[:400])
    return verdict


def last() -> Last | None:
    """What the last verification found; None before the first."""
    lines = Event.objects.filter(stream=audit.SYSTEM, verb=VERB, object__in=(WHOLE, BROKEN))
    line = lines.order_by("-seq").first()
    if line is None:
        return None
    return Last(datetime.fromisoformat(line.at), line.object == WHOLE, line.detail)


def in_words(verdict: Verdict) -> str:
    """A verdict as a sentence; it names the first bad line and no content."""
    if not verdict.breaks:
        return f"变更记录校验一致：{verdict.streams} 条链，{verdict.events} 条"
    first, number = verdict.breaks[0], len(verdict.breaks)
    more = f"；另有 {number - 1} 条链不一致" if number > 1 else ""
    return f"变更记录校验不一致，自第 {first.seq} 条起（链 {first.stream}：{first.reason}）{more}"
