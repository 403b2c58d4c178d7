"""The demo's deployments: what was sent down, who answered in time, late or not at all.

All of it goes through the actions, at its own times, by those who would have done it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Literal, cast

from rongjian.documents import bulletins
from rongjian.kernel.content import CONTENT, load_file
from rongjian.kernel.outline import outline
from rongjian.kernel.workdays import add_workdays
from rongjian.ops.demo.scribe import moment
from rongjian.org.access import actor_of
from rongjian.org.models import Unit
from rongjian.records.actions import move
from rongjian.supervision.answering import Plead, decide, plead, receive, report
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.dispatching import dispatch, lay_out, proposed
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import PleaKind, Receipt

if TYPE_CHECKING:
    from datetime import date, datetime

    from rongjian.ops.demo.realm import Realm
    from rongjian.ops.demo.scribe import Scribe
    from rongjian.org.access import Actor
    from rongjian.org.models import Person

Answer = Literal["submitted", "accepted", "returned"]
_SAID = (
    "已按要求办理，有关材料已经归档。",
    "已逐项落实，没有发现新的问题。",
    "已经办结，情况由分管院领导审核。",
)
_ASKED = "请补充具体数字"
_SIGNS = "yuan"
"""Who signs what the cast's house issues."""


@dataclass(frozen=True)
class Told:
    """One deployment of the demo; `late` says by unit how many working days, `excused` for what reason.

    `bulletin` is how far the bulletin on it has come by today, if there is one.
    """

    code: str
    title: str
    house: str
    by: str
    sent: int
    ends: int
    to: tuple[str, ...]
    text: str
    basis: str = ""
    leading: str = ""
    reviewer: str = ""
    passes_on: str = ""
    done: bool = False
    late: Mapping[str, int] = field(default_factory=dict)
    excused: Mapping[str, str] = field(default_factory=dict)
    answered: Mapping[str, Answer] = field(default_factory=dict)
    bulletin: Literal["", "draft", "published"] = ""


@cache
def told() -> list[Told]:
    """Every deployment that the demo tells of."""
    return load_file(CONTENT / "demo" / "deployments.yaml", Told)


def write_deployments(realm: Realm, scribe: Scribe) -> None:
    """Plan every deployment with its answers, up to the evening before today."""
    made: dict[str, Deployment] = {}
    for each in told():
        _Course(realm, scribe, each, made).plan()


class _Course:
    """One deployment on its way: who does what on which day."""

    def __init__(
        self, realm: Realm, scribe: Scribe, told: Told, made: dict[str, Deployment]
    ) -> None:
        self.realm, self.scribe, self.told, self.made = realm, scribe, told, made
        # The evening before today is when the demo ends; the day after it is what people call today.
        self.today = add_workdays(scribe.until.date(), 1)
        self.limit = self.day(told.ends)

    def day(self, places: int) -> date:
        """The working day so many places from today."""
        return add_workdays(self.today, places)

    def plan(self) -> None:
        """Have everything written at its time."""
        sent = moment(self.day(self.told.sent), 9, 30)
        self.scribe.at(sent, self._send)
        for number, code in enumerate(self._codes()):
            signed = moment(add_workdays(sent.date(), number % 2), 15, number)
            if self.told.done or number % 4 != 3 or code in self.told.answered:
                self.scribe.at(signed, partial(self._sign, code))
            self._plan_answer(number, code)
        if self.told.done:
            self.scribe.at(moment(add_workdays(self.limit, 8), 16), self._close)
        if self.told.bulletin:
            drawn = self.day(-1) if self.told.bulletin == "draft" else add_workdays(self.limit, 7)
            self.scribe.at(moment(drawn, 16), self._draw)

    def _plan_answer(self, number: int, code: str) -> None:
        answer = "accepted" if self.told.done else self.told.answered.get(code)
        if reason := self.told.excused.get(code):
            self.scribe.at(moment(self.limit, 10), partial(self._plead, code, reason))
            return
        if answer is None:
            return
        usual = min(self.day(-2), add_workdays(self.limit, -1 - number % 3))
        day = add_workdays(self.limit, self.told.late[code]) if code in self.told.late else usual
        words = _SAID[number % len(_SAID)]
        self.scribe.at(moment(day, 10, number), partial(self._report, code, words))
        if answer != "submitted":
            checked = moment(add_workdays(day, 1), 11, number)
            self.scribe.at(checked, partial(self._check, code, answer))

    def _codes(self) -> list[str]:
        if self.told.to != ("counties",):
            return list(self.told.to)
        below = Unit.objects.filter(path__startswith=self.house.path, type="county")
        return sorted(below.values_list("code", flat=True))

    @property
    def house(self) -> Unit:
        """The house that deploys."""
        return self.realm.court(self.told.house).unit

    # --- what is written ---

    def _send(self, now: datetime) -> None:
        actor = self._actor(self.realm.cast[self.told.by], now)
        reviewer = self.realm.cast.get(self.told.reviewer)
        draft = Deployment(
            title=self.told.title,
            unit=self.house,
            basis=self.told.basis,
            text=self.told.text,
            happened_on=now.date(),
            due_on=self.limit,
            leading=Unit.objects.filter(code=self.told.leading).first(),
            reviewer=reviewer,
        )
        if self.told.passes_on:
            above = self.made[self.told.passes_on]
            draft.passes_on = Receipt.objects.get(deployment=above, unit=self.house)
        tasks = proposed(outline(self.told.text), self.limit)
        self.made[self.told.code] = lay_out(actor, draft, tasks)
        units = Unit.objects.filter(code__in=self._codes()).select_related("court")
        dispatch(replace(actor, now=now), draft, units)

    def _sign(self, code: str, now: datetime) -> None:
        receipt = self._receipt(code)
        receive(self._contact(receipt, now), receipt)

    def _report(self, code: str, words: str, now: datetime) -> None:
        receipt = self._receipt(code)
        report(self._contact(receipt, now), receipt, TaskFeedback(text=words))

    def _check(self, code: str, answer: Answer, now: datetime) -> None:
        feedback = TaskFeedback._default_manager.get(
            deployment_key=self.made[self.told.code].key, unit__code=code
        )
        lead = self.realm.cast[self.told.reviewer or self.told.by]
        if answer == "returned":
            move(self._actor(lead, now), feedback, "return", detail=_ASKED)
        else:
            move(self._actor(lead, now), feedback, "accept")

    def _plead(self, code: str, reason: str, now: datetime) -> None:
        receipt = self._receipt(code)
        made = plead(self._contact(receipt, now), receipt, Plead(PleaKind.EXCUSE, reason))
        decide(self._actor(self.realm.cast[self.told.by], now), made, accepted=True)

    def _close(self, now: datetime) -> None:
        held = Deployment._default_manager.get(pk=self.made[self.told.code].pk)
        move(self._actor(self.realm.cast[self.told.by], now), held, "close")

    def _draw(self, now: datetime) -> None:
        """The bulletin by whoever deployed it, signed by a leader of the house."""
        author = self._actor(self.realm.cast[self.told.by], now)
        drawn = bulletins.draw_up(author, self.made[self.told.code])
        if self.told.bulletin == "published":
            drawn = bulletins.submit(author, drawn, drawn.version)
            leader = self._actor(self.realm.cast[_SIGNS], now + timedelta(hours=1))
            bulletins.sign(leader, drawn, drawn.version)

    def _receipt(self, code: str) -> Receipt:
        return Receipt.objects.select_related("unit__court", "contact", "deployment").get(
            deployment=self.made[self.told.code], unit__code=code
        )

    def _contact(self, receipt: Receipt, now: datetime) -> Actor:
        # Nothing is sent to a unit without one.
        return self._actor(cast("Person", receipt.contact), now)

    def _actor(self, person: Person, now: datetime) -> Actor:
        return actor_of(person, now)
