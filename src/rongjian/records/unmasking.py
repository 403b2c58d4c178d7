"""Showing full names: who may, for a reason that the log keeps, within a daily budget.

Lists print 黄×. Whoever has the right may open the names of what one filter finds, in the own
procuratorate, for a few minutes; the line in the log stands before the first name is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.content import CONTENT, load_section
from rongjian.log import audit, door
from rongjian.log.models import Event
from rongjian.org.access import classes, visible
from rongjian.org.models import Person
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from rongjian.org.access import Actor, Verb
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

VERB: Final = "unmask"
LONGEST = 60
"""Characters of one's own words; with them a line of the log still holds the filter."""
_DETAIL = 400
MASKED_AT_HOME = ("L3", "L4")
"""Levels at which a record's own page masks names as well; below them the own house reads them."""
_FILE = CONTENT / "unmasking.yaml"


@dataclass(frozen=True)
class Reason:
    """A reason that may be chosen; some say nothing unless explained in words."""

    code: str
    name: str
    explain: bool = False


@dataclass(frozen=True)
class Limits:
    """How often a day one may ask, for how many minutes names stay, how short words may be."""

    daily: int
    minutes: int
    shortest: int

    def __post_init__(self) -> None:
        if not (self.daily > 0 and 0 < self.minutes <= 60 and self.shortest > 0):
            raise ValueError("daily、shortest 应大于 0，minutes 应在 1 至 60 之间")


@cache
def reasons() -> Mapping[str, Reason]:
    """The reasons by code, in the order in which they are offered."""
    return {reason.code: reason for reason in load_section(_FILE, "reasons", Reason)}


@cache
def limits() -> Limits:
    """The limits in force."""
    return load_section(_FILE, "limits", Limits)[0]


@dataclass(frozen=True)
class Wanted:
    """What is to be opened: how the log names it, the rows, and in words which these are."""

    target: str
    rows: QuerySet[Record]
    words: str
    record_id: int | None = None


def named_at_home(code: str) -> bool:
    """Whether the page of a single record names people in the own procuratorate without more ado."""
    kind = kind_of(code)
    return bool(kind.model.member_field) or classes()[kind.access].label not in MASKED_AT_HOME


def named_fields(kind: Kind, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the fields that hold a person."""
    return tuple(name for name in names if kind.field(name).related_model is Person)


def open_rows(actor: Actor, rows: QuerySet[Record]) -> QuerySet[Record]:
    """The rows whose names the actor may ask for: by right, in the own procuratorate.

    A class that knows the right to unmask asks for it. Elsewhere a name says which colleague dealt
    with a row, which whoever reads the row at home may know.
    """
    grants = classes()[rows.model.access_class].grants
    right: Verb = VERB if any(VERB in grant.may for grant in grants) else "view"
    return visible(actor, rows, right).filter(court=actor.person.court_id)


def used_today(actor: Actor) -> int:
    """How often the actor has asked today."""
    asked = Event.objects.filter(actor=actor.ref, verb=VERB)
    return asked.filter(at__startswith=actor.today.isoformat()).count()


def unmask(actor: Actor, wanted: Wanted, reason: str, words: str = "") -> int:
    """Log that the actor opens the names of these rows, and say of how many.

    Raises ValidationError, by field (`reason`, `words`), when the reason does not do or the
    budget of the day is spent.
    """
    why = _reason(reason, words.strip())
    with transaction.atomic():
        if used_today(actor) >= limits().daily:
            raise ValidationError(
                f"今天已显示姓名 {limits().daily} 次，达到每日上限。"
                "可以明天再看，或请安全管理员调整上限。"
            )
        number = open_rows(actor, wanted.rows).count()
        if not number:
            raise ValidationError("这些记录里没有您可以显示姓名的。请改换条件，或回到脱敏的列表。")
        audit.append(
            actor,
            VERB,
            wanted.target,
            stream=actor.person.court.code,
            record_id=wanted.record_id,
            detail=f"姓名 {number} 条；理由：{why}；条件：{wanted.words or '无'}"[:_DETAIL],
        )
    return number


def _reason(code: str, words: str) -> str:
    """The reason in words for the log; ValidationError says what is missing."""
    chosen, shortest = reasons().get(code), limits().shortest
    if chosen is None:
        raise ValidationError({"reason": "请选择显示姓名的理由"})
    if (chosen.explain or words) and len(words) < shortest:
        raise ValidationError({"words": f"请写明用途，至少 {shortest} 个字"})
    if len(words) > LONGEST:
        raise ValidationError({"words": f"用途最多 {LONGEST} 个字"})
    door.refuse({"words": words})
    return f"{chosen.name}（{words}）" if words else chosen.name
