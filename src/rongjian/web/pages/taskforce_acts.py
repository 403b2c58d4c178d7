"""What is done on a task force's page: seconding, asking for a branch, deciding, dissolving."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rongjian.ledgers import seconding
from rongjian.ledgers.temporary_branch import TemporaryBranch, plans_of
from rongjian.org import temporary
from rongjian.org.access import Denied, allowed, explain
from rongjian.org.models import Membership, Person, Unit, UnitType
from rongjian.org.queries import unit_named
from rongjian.org.rosters import membership_on, rosters
from rongjian.records import actions
from rongjian.records.actions import Stale, WrongState
from rongjian.records.queries import unit_words
from rongjian.web import force_view
from rongjian.web.pages.taskforce import found

if TYPE_CHECKING:
    from collections.abc import Callable

    from rongjian.org.access import Actor
    from rongjian.org.temporary import Condition
    from rongjian.web.force_view import Case
    from rongjian.web.middleware import ActorRequest

FASTER = "这个专班刚被别人改过，请看过现在的内容再办。"


def _tried(request: ActorRequest, act: Callable[[], str]) -> None:
    """Do something and say what happened: the sentence that it returns, or why it was refused."""
    try:
        messages.success(request, act())
    except ValidationError as error:
        messages.error(request, f"没有办理：{'；'.join(error.messages)}")
    except WrongState as error:
        messages.error(request, f"没有办理：{error}")
    except Stale:
        messages.warning(request, FASTER)


# --- people ----------------------------------------------------------------------------------


class SecondForm(forms.Form):
    """Whom to second, by names and numbers, and from which day on."""

    people = forms.CharField(
        label="姓名或工号",
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="可一次写多人，用顿号隔开；外院人员写工号",
    )
    on = forms.DateField(label="自", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


@dataclass(frozen=True)
class MembersPage:
    """The people of a task force with the form that seconds more."""

    title: str
    case: Case
    members: tuple[force_view.Member, ...]
    form: SecondForm
    conditions: tuple[Condition, ...]

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong, for the top of the page."""
        return [str(words) for errors in self.form.errors.values() for words in errors]


def members(request: ActorRequest, code: str) -> HttpResponse:
    """Second people to a task force, or let some return; what was typed is kept when refused."""
    force, actor = found(request, code), request.actor
    case = force_view.case_of(actor, force)
    if not case.edits or case.ended:
        raise Denied(explain(actor, "edit", "work", force))
    form = SecondForm(initial={"on": max(actor.today, force.founded_on)})
    if request.method == "POST" and request.POST.getlist("release"):
        leaving = [int(pk) for pk in request.POST.getlist("release") if pk.isdecimal()]
        _tried(
            request, lambda: f"已移出 {seconding.release(actor, force, leaving, actor.today)} 人。"
        )
        return redirect("taskforce-members", code)
    if request.method == "POST":
        form = SecondForm(request.POST)
        if form.is_valid() and _second(request, force, form):
            return redirect("taskforce-members", code)
    page = MembersPage(
        title=f"抽调人员：{unit_words(force)}",
        case=case,
        members=tuple(force_view.members_of(actor, case)),
        form=form,
        conditions=() if case.branch else force_view.conditions(case),
    )
    status = 422 if form.errors else 200
    return render(request, "taskforce/members.html", {"page": page}, status=status)


def _second(request: ActorRequest, force: Unit, form: SecondForm) -> bool:
    """Second those who are named, all or none; whether it was done."""
    people, unclear = seconding.named_people(request.actor, form.cleaned_data["people"])
    for words in unclear:
        form.add_error("people", words)
    if unclear:
        return False
    try:
        new = seconding.second(request.actor, force, people, form.cleaned_data["on"])
    except ValidationError as error:
        form.add_error("on", error)
        return False
    there = len(people) - len(new)
    also = f"，{there} 人原已在专班" if there else ""
    messages.success(request, f"已抽调 {len(new)} 人{also}。组织关系仍在原支部。")
    return True


# --- the branch ------------------------------------------------------------------------------


class PersonOf(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the task force's people; those of another procuratorate without their full name."""

    court: int

    def label_from_instance(self, obj: Any) -> str:
        """Name and house."""
        name = obj.name if obj.court_id == self.court else obj.masked
        return f"{name}（{obj.court.short}）"


class UnitOf(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A Party organisation."""

    def label_from_instance(self, obj: Any) -> str:
        """Its short name."""
        return str(obj.short)


class BranchForm(forms.Form):
    """What asking for a temporary branch takes beside what is known."""

    secretary = PersonOf(Person.objects.none(), label="书记", empty_label="请选择")
    organiser = PersonOf(
        Person.objects.none(), label="组织委员", empty_label="（暂不指定）", required=False
    )
    approved_by = UnitOf(Unit.objects.none(), label="报批的党组织", empty_label="请选择")
    happened_on = forms.DateField(
        label="拟成立日期",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="早于批准之日的，以批准之日为成立日期",
    )

    def offer(self, actor: Actor, case: Case, joint: Unit | None) -> None:
        """Offer those who may hold the offices, and who may approve."""
        forces = [case.force, joint] if joint else [case.force]
        lists = rosters(forces, case.last_day)
        people = {each.pk: each for found in lists.values() for each in found.people}
        standing = {pk: membership_on(person, case.day) for pk, person in people.items()}
        for name, wanted in (
            ("secretary", {Membership.FULL}),
            ("organiser", {Membership.FULL, Membership.PROBATIONARY}),
        ):
            ids = [pk for pk, membership in standing.items() if membership in wanted]
            field: Any = self.fields[name]
            field.court = actor.person.court_id
            field.queryset = Person.objects.filter(pk__in=ids).select_related("court")
        above = [code for code in case.force.path.split("/") if code]
        approving: Any = self.fields["approved_by"]
        approving.queryset = Unit.objects.filter(
            type__in=temporary.APPROVING, court__code__in=above, dissolved_on=None
        ).order_by("-path")


@dataclass(frozen=True)
class BranchPage:
    """The request for a temporary branch."""

    title: str
    case: Case
    joint: Unit | None
    form: BranchForm
    conditions: tuple[Condition, ...]
    key: str

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(id of the input, what is wrong)."""
        return [
            (self.form[name].id_for_label if name in self.form.fields else "", str(words))
            for name, errors in self.form.errors.items()
            for words in errors
        ]


def branch(request: ActorRequest, code: str) -> HttpResponse:
    """Ask for a temporary branch: written and handed in as one, or not at all."""
    force, actor = found(request, code), request.actor
    case = force_view.case_of(actor, force)
    if not case.asks:
        raise Denied(explain(actor, "submit", "temporary_branch", force))
    if case.waiting or case.branch or case.ended:
        messages.warning(request, "这个专班的党组织已在报批或已成立，不必再报。")
        return redirect("taskforce", code)
    joint = _joint(case, request.GET.get("joint", "") or request.POST.get("joint", ""))
    form = BranchForm(request.POST or None, initial=_initial(case))
    form.offer(actor, case, joint)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(actor, case, joint, form, request.POST.get("idempotency", "")[:64])
        except (WrongState, ValidationError) as error:
            words = error.messages if isinstance(error, ValidationError) else [str(error)]
            form.add_error(None, words)
        else:
            messages.success(request, "已报机关党委。同意后临时党支部成立，党员的组织关系不变。")
            return redirect("taskforce", code)
    draft = _draft(case, joint, form)
    page = BranchPage(
        title=f"成立临时党支部：{unit_words(force)}",
        case=case,
        joint=joint,
        form=form,
        conditions=temporary.conditions(plans_of([draft], actor.today)[0], actor.today),
        key=request.POST.get("idempotency") or str(uuid.uuid4()),
    )
    status = 422 if form.errors else 200
    return render(request, "taskforce/branch.html", {"page": page}, status=status)


def _joint(case: Case, code: str) -> Unit | None:
    if code:
        units = Unit.objects.select_related("court").exclude(dissolved_on__lte=case.day)
        return units.filter(type=UnitType.TASK_FORCE, court=case.force.court_id, code=code).first()
    return case.request.joint if case.request else None


def _initial(case: Case) -> dict[str, Any]:
    """What was returned is offered again; else the leader and the own Party organisation."""
    if case.request and case.request.state == "draft":
        old = case.request
        return {
            "secretary": old.secretary_id,
            "organiser": old.organiser_id,
            "approved_by": old.approved_by_id,
            "happened_on": old.happened_on,
        }
    above = temporary.superiors([case.force.court_id or 0]).get(case.force.court_id or 0)
    return {
        "secretary": case.setup.leader_id if case.setup else None,
        "approved_by": above.pk if above else None,
        "happened_on": max(case.day, case.force.founded_on),
    }


def _draft(case: Case, joint: Unit | None, form: BranchForm) -> TemporaryBranch:
    """The request as the form has it so far, for checking only."""
    values = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    leader = case.setup.leader if case.setup else None
    return TemporaryBranch(
        unit=case.force,
        joint=joint,
        secretary=values.get("secretary") or leader,
        happened_on=values.get("happened_on") or case.day,
    )


def _ask(actor: Actor, case: Case, joint: Unit | None, form: BranchForm, key: str) -> None:
    """Save the request and hand it in; a returned one is taken up again."""
    old = case.request if case.request and case.request.state == "draft" else None
    record = old or TemporaryBranch(unit=case.force)
    for name in ("secretary", "organiser", "approved_by", "happened_on"):
        setattr(record, name, form.cleaned_data[name])
    record.joint = joint
    record.campaign = case.setup.campaign if case.setup else ""
    with transaction.atomic():
        saved = actions.save(actor, record, key=key)
        if saved.state == "draft":
            actions.move(actor, saved, "submit")


@require_POST
def serve(request: ActorRequest, code: str) -> HttpResponse:
    """编入: an existing branch takes the task force on."""
    force, actor = found(request, code), request.actor
    taken = unit_named(request.POST.get("branch", ""))

    def act() -> str:
        seconding.serve(actor, force, taken)
        return f"已编入{taken.short}。党员的组织关系不变。"

    _tried(request, act)
    return redirect("taskforce", code)


@require_POST
def decide(request: ActorRequest, code: str) -> HttpResponse:
    """Approve the request, with its document number, or return it with the reason."""
    force, actor = found(request, code), request.actor
    case = force_view.case_of(actor, force)
    step = "return" if request.POST.get("step") == "return" else "approve"
    words = request.POST.get("words", "").strip()[: 40 if step == "approve" else 200]

    def act() -> str:
        record = case.request
        if record is None:
            raise WrongState("没有报批的临时党支部")
        version = request.POST.get("version", "")
        record.version = int(version) if version.isdecimal() else 0
        moved = actions.move(actor, record, step, detail=words)
        if step == "return":
            return "已退回，由经办人补充后再报。"
        return f"已同意：{moved.branch.short if moved.branch else ''}成立，书记已任职。"

    _tried(request, act)
    return redirect("taskforce", code)


@require_POST
def end(request: ActorRequest, code: str) -> HttpResponse:
    """Dissolve the branch with its task force; what they did stays as the archive."""
    force, actor = found(request, code), request.actor
    case = force_view.case_of(actor, force)
    words = request.POST.get("words", "").strip()[:120]
    summary = request.POST.get("summary", "").strip()[:400]

    def act() -> str:
        setup = case.setup
        if setup is None or not allowed(actor, "void", "work", setup.unit):
            raise WrongState("您的岗位不能撤销这个专班，请报机关党委办理")
        with transaction.atomic():
            if case.request and summary and case.request.state == "approved":
                case.request.summary = summary
                actions.save(actor, case.request)
            actions.move(actor, setup, "end", detail=words)
        return "已撤销并归档：专班和临时党支部的任职同时终止，党员回原支部参加组织生活。"

    _tried(request, act)
    return redirect("taskforce", code)
