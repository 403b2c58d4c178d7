"""减负反馈 and 减负账本: what people say about being burdened, and what burdens whom on whose word.

The account is worked out from forms and requests as they are declared. Nothing here looks at what
people do: no log-ins, no times, no counts by person.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect, render

from rongjian.ledgers.burden_feedback import (
    ANSWERED,
    BurdenFeedback,
    Topic,
    receipt_code,
    receipt_digest,
)
from rongjian.ledgers.burden_rules import form_seconds, limits
from rongjian.ledgers.data_request import DataRequest
from rongjian.log.door import NotStorable
from rongjian.org.access import Denied, may_somewhere, visible
from rongjian.org.reaching import without_name
from rongjian.records import actions
from rongjian.records.kinds import kinds
from rongjian.records.models import VOID
from rongjian.records.queries import unit_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.records.flows import State
    from rongjian.records.kinds import Kind
    from rongjian.web.middleware import ActorRequest

_OWN = 8


class FeedbackForm(forms.Form):
    """What is asked of somebody who has something to say."""

    topic = forms.ChoiceField(label="类别", choices=[("", "请选择"), *Topic.choices])
    words = forms.CharField(
        label="反馈内容", max_length=400, widget=forms.Textarea({"rows": 4, "maxlength": 400})
    )
    about = forms.CharField(
        label="涉及的表格或页面（选填）",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    nameless = forms.BooleanField(label="匿名反馈", required=False)


@dataclass(frozen=True)
class Given:
    """A feedback as its giver sees it."""

    record: BurdenFeedback
    topic: str
    state: State


@dataclass(frozen=True)
class FeedbackPage:
    """The form, what one gave under one's name, and what a receipt led to."""

    title: str
    house: str
    form: FeedbackForm
    key: str
    own: tuple[Given, ...]
    code: str = ""
    missing: bool = False
    found: Given | None = None


def feedback(request: ActorRequest) -> HttpResponse:
    """Give feedback with or without a name; look up the answer to one by its receipt."""
    actor = request.actor
    if not may_somewhere(actor, "create", BurdenFeedback.access_class):
        raise Denied("没有权限：您的账号不办理业务，减负意见请直接向办公室反映")
    if request.method != "POST":
        return _page(request, FeedbackForm(), str(uuid.uuid4()))
    key = request.POST.get("idempotency", "")[:64] or str(uuid.uuid4())
    if request.POST.get("do") == "find":
        return _found(request, key)
    form = FeedbackForm(request.POST)
    # Also what is refused on the way leaves no name behind.
    request.nameless = "nameless" in request.POST
    code = receipt_code(key) if request.nameless else ""
    if not form.is_valid() or not _given(actor, form, key, code):
        return _page(request, form, key, status=422)
    if code:
        return _page(request, FeedbackForm(), str(uuid.uuid4()), code=code)
    messages.success(request, "已交办公室，办理情况在本页查看。")
    return redirect("burden-feedback")


def _given(actor: Actor, form: FeedbackForm, key: str, code: str) -> bool:
    """Store it; False where it must not be, with the reason at its field."""
    sent = form.cleaned_data
    record = BurdenFeedback(
        unit=actor.person.court,
        happened_on=actor.today,
        topic=sent["topic"],
        words=sent["words"],
        about=sent["about"],
        receipt=receipt_digest(code) if code else "",
    )
    try:
        actions.save(without_name(actor) if code else actor, record, key=key)
    except NotStorable as error:
        for name, words in error.message_dict.items():
            form.add_error(name if name in form.fields else None, words)
        return False
    return True


def _found(request: ActorRequest, key: str) -> HttpResponse:
    """The feedback that a receipt was given for; whoever holds the code may read the answer."""
    request.nameless = True
    digest = receipt_digest(request.POST.get("code", ""))
    given = BurdenFeedback.objects.filter(receipt=digest, court=request.actor.person.court).first()
    return _page(request, FeedbackForm(), key, found=given, missing=given is None)


def _page(
    request: ActorRequest,
    form: FeedbackForm,
    key: str,
    *,
    code: str = "",
    found: BurdenFeedback | None = None,
    missing: bool = False,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    mine = BurdenFeedback.objects.filter(author=actor.person).exclude(state=VOID)
    page = FeedbackPage(
        title="减负反馈",
        house=actor.person.court.name,
        form=form,
        key=key,
        own=tuple(_shown(each) for each in visible(actor, mine)[:_OWN]),
        code=code,
        missing=missing,
        found=_shown(found) if found else None,
    )
    return render(request, "burden/feedback.html", {"page": page}, status=status)


def _shown(record: BurdenFeedback) -> Given:
    return Given(record, str(Topic(record.topic).label), ANSWERED.state(record.state))


# --- the account -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfficeLine:
    """What one office asks: how many requests and items, of how many units, and about how long it takes."""

    office: str
    requests: int
    items: int
    answers: int
    minutes: int


@dataclass(frozen=True)
class FormLine:
    """What one ledger's form asks for a record, and about how long that takes."""

    kind: Kind
    asked: int
    more: int
    seconds: int


@dataclass(frozen=True)
class AccountPage:
    """The account of burdens."""

    title: str
    offices: tuple[OfficeLine, ...]
    total: OfficeLine
    most: int
    forms: tuple[tuple[str, tuple[FormLine, ...]], ...]
    feedback: tuple[tuple[State, int], ...]
    create: bool


def account(request: ActorRequest) -> HttpResponse:
    """The requests that are in force by asking office, the ledgers' forms, and how feedback stands."""
    actor = request.actor
    if not may_somewhere(actor, "figures", DataRequest.access_class):
        raise Denied("没有权限：减负账本由院领导、办公室和提出填报的部门查看")
    rows = DataRequest.objects.filter(state="issued").select_related("unit__court")
    offices = _offices(visible(actor, rows))
    page = AccountPage(
        title="减负账本",
        offices=offices,
        total=OfficeLine(
            "合计",
            sum(each.requests for each in offices),
            sum(each.items for each in offices),
            sum(each.answers for each in offices),
            sum(each.minutes for each in offices),
        ),
        most=limits().most_items,
        forms=_forms(kinds()),
        feedback=_feedback(actor),
        create=may_somewhere(actor, "create", DataRequest.access_class),
    )
    return render(request, "burden/account.html", {"page": page})


def _offices(requests: QuerySet[DataRequest]) -> tuple[OfficeLine, ...]:
    """A line an office, in code order."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for request in requests.order_by("unit__path", "pk"):
        found.setdefault(unit_words(request.unit), []).append(request.size)
    return tuple(
        OfficeLine(
            office,
            len(sizes),
            sum(items for items, _, _ in sizes),
            sum(items * units for items, units, _ in sizes),
            sum(minutes for _, _, minutes in sizes),
        )
        for office, sizes in found.items()
    )


def _forms(declared: Iterable[Kind]) -> tuple[tuple[str, tuple[FormLine, ...]], ...]:
    groups: dict[str, list[FormLine]] = {}
    for kind in declared:
        line = FormLine(kind, len(kind.form), len(kind.more), form_seconds(kind, kind.form))
        groups.setdefault(kind.group, []).append(line)
    return tuple((group, tuple(lines)) for group, lines in groups.items())


def _feedback(actor: Actor) -> tuple[tuple[State, int], ...]:
    """How many feedbacks stand where; in numbers, for whoever may read them."""
    rows = visible(actor, BurdenFeedback.objects.exclude(state=VOID))
    if not may_somewhere(actor, "figures", BurdenFeedback.access_class):
        return ()
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return tuple((s, counts.get(s.code, 0)) for s in ANSWERED.states if s.code != VOID)
