"""One due as a page shows it: sign, words, what can be done, and what stands behind it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from rongjian.kernel.dues import DONE, LATE, NA, SIGNS, STATES, WORDS, days_words
from rongjian.org.access import allowed, visible
from rongjian.records.kinds import kind_of
from rongjian.records.models import Record
from rongjian.records.queries import told, unit_words
from rongjian.regimes.actions import UNDO, can_undo
from rongjian.regimes.models import Excuse, Statement
from rongjian.regimes.waiting import answering

if TYPE_CHECKING:
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.regimes.dues import Due

LAMPS = ("off", "off", "warn", "bad", "done", "warn", "why")


def name_of(due: Due) -> str:
    """How an address names a due of a unit: rule and day."""
    return f"{due.rule.code}.{due.begins_on}"


def words_of(due: Due, today: date) -> str:
    """The state in words: 临期　还有 5 天; 补录 12 天; 完成（本期无）."""
    word = WORDS[due.state]
    if due.state == LATE and due.late_by:
        return f"{word} {due.late_by} 天"
    if due.statement is not None and not (due.answers and due.state in (DONE, LATE)):
        told_so = due.statement.told
        return told_so if told_so.startswith(word) else f"{word}（{told_so}）"
    more = days_words(due.state, due.window.ends_on, due.window.due_on, today)
    return f"{word} {more}".strip()


@dataclass(frozen=True)
class Cell:
    """A cell of the calendar: how many months wide, its state, its words, its own address."""

    wide: int
    state: str = ""
    sign: str = ""
    name: str = ""
    said: str = ""
    url: str = ""
    chosen: bool = False


def cell_of(due: Due, today: date, url: str, *, chosen: bool, whose: str = "") -> Cell:
    """A due as a cell; `whose` names the unit where rows are units."""
    name = f"{whose}{due.rule.name} {due.window.label}"
    return Cell(
        wide=len(due.window.period),
        state=STATES[due.state],
        sign=SIGNS[due.state],
        name=due.rule.name,
        said=f"{name} {words_of(due, today)}",
        url=url,
        chosen=chosen,
    )


@dataclass(frozen=True)
class Ways:
    """What an actor can do about a due; the declarations are sent with `key`, once."""

    record: str = ""
    button: str = ""
    nil: bool = False
    excuse: bool = False
    key: str = ""

    @property
    def any(self) -> bool:
        """Whether anything."""
        return bool(self.record) or self.nil or self.excuse


NO_WAYS = Ways()


def ways_of(actor: Actor, due: Due) -> Ways:
    """The ways that are open: record it, also late; say that there was nothing; say why."""
    if due.state == NA or actor.today < due.window.opens_on:
        return NO_WAYS
    kind = kind_of(due.rule.answers[0].kind)
    records = allowed(actor, "create", kind.access, due.unit)
    over = actor.today > due.window.due_on
    finished = bool(due.answers) and due.state in (DONE, LATE)
    declares = not finished and allowed(actor, "submit", "obligation", due.unit)
    query = urlencode(answering(due, actor.today))
    return Ways(
        record=f"{reverse('ledger-new', args=[kind.code])}?{query}" if records else "",
        button="补录" if over else "记录",
        nil=declares and due.rule.nil,
        excuse=declares,
        key=uuid.uuid4().hex if declares else "",
    )


@dataclass(frozen=True)
class Panel:
    """A due opened: its rule and basis, the records or the reason behind its state, what can be done."""

    due: Due
    whose: str
    lamp: str
    said: str
    ways: Ways
    records: tuple[tuple[str, str, str], ...]
    hidden: int
    statement: str
    reasons: tuple[tuple[str, str], ...]
    accepts: tuple[str, ...]


def panel_of(actor: Actor, due: Due) -> Panel:
    """What a cell opens to; of records only those that the actor may read are named."""
    ids = [record for record, _, _ in due.answers]
    rows = visible(actor, Record.objects.filter(pk__in=ids), "view")
    readable = {record.pk: record for record in rows}
    about = told(readable.values())
    records = tuple(
        (
            about[pk],
            f"{day}" + (f"，{noted} 记录" if noted != day else ""),
            reverse("record", args=[readable[pk].kind, pk]),
        )
        for pk, day, noted in due.answers
        if pk in readable
    )
    return Panel(
        due=due,
        whose=unit_words(due.unit),
        lamp=LAMPS[due.state],
        said=words_of(due, actor.today),
        ways=ways_of(actor, due),
        records=records,
        hidden=len(ids) - len(records),
        statement=_statement(due.statement) if due.statement else "",
        reasons=tuple((value, str(label)) for value, label in Excuse.choices),
        accepts=tuple(dict.fromkeys(kind_of(each.kind).name for each in due.rule.accepts)),
    )


def _statement(statement: Statement) -> str:
    made = timezone.localtime(statement.made_at)
    return f"{statement.told}，{statement.author.name} {made:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Declared:
    """What was just declared, and for how many seconds it can be taken back."""

    statement: Statement
    words: str
    seconds: int


def just_declared(actor: Actor, asked: str) -> Declared | None:
    """The declaration that an address says was just made, if it is the actor's and still stands."""
    if not asked.isdecimal():
        return None
    rows = Statement.objects.filter(pk=int(asked), author=actor.person).select_related(
        "unit__court"
    )
    statement = rows.first()
    if statement is None or not can_undo(actor, statement):
        return None
    left = UNDO - (actor.now - statement.made_at)
    return Declared(statement, f"已说明：{statement.told}", max(1, int(left.total_seconds())))
