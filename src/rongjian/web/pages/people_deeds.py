"""Doing something about a person: one page for every deed, with what is wrong and the ways out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rongjian.org.access import allowed, require
from rongjian.org.models import Post
from rongjian.web.pages.people import found, role_name
from rongjian.web.people_forms import DeedForm, EndForm
from rongjian.web.people_offers import DEEDS, ENTER, Offer

if TYPE_CHECKING:
    from rongjian.org.consequences import Consequence
    from rongjian.org.models import Person
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.people_offers import Deed


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: at which input, in a sentence, and the ways out."""

    target: str
    label: str
    words: str
    ways: tuple[Offer, ...]


@dataclass(frozen=True)
class Warned:
    """One thing that follows, with its ways out."""

    words: str
    ways: tuple[Offer, ...]


@dataclass(frozen=True)
class DeedPage:
    """The form of a deed."""

    title: str
    deed: Deed
    person: Person | None
    form: DeedForm
    key: str
    faults: tuple[Fault, ...]
    warned: tuple[Warned, ...]


def enter(request: ActorRequest) -> HttpResponse:
    """Take somebody on at the own procuratorate."""
    actor = request.actor
    require(actor, "create", "staff", actor.person.court)
    return _page(request, ENTER, None)


def do(request: ActorRequest, pk: int, code: str) -> HttpResponse:
    """Do something about somebody whom the actor may see."""
    person = found(request.actor, pk)
    deed = DEEDS.get(code)
    if deed is None or not deed.offered(request.actor, person):
        raise Http404("没有这项办理，或您没有权限。")
    if person.left_on is not None:
        messages.warning(request, f"{person.name}已登记为 {person.left_on} 离院，不能再办理。")
        return redirect("person", pk)
    return _page(request, deed, person)


def _page(request: ActorRequest, deed: Deed, person: Person | None) -> HttpResponse:
    actor = request.actor
    about = person or actor.person
    if request.method != "POST":
        form = deed.form(actor, about, initial={"day": actor.today, **request.GET.dict()})
        return _render(request, deed, person, form, str(uuid.uuid4()))
    form = deed.form(actor, about, request.POST)
    key = request.POST.get("idempotency", "")[:64]
    if form.is_valid():
        follows = form.consequences() if not request.POST.get("confirmed") else ()
        if follows:
            return _render(request, deed, person, form, key, follows)
        try:
            said = form.carry_out(key)
        except ValidationError as error:
            _take_over(form, error)
        else:
            messages.success(request, said)
            return redirect("person", form.person.pk)
    return _render(request, deed, person, form, key)


def _take_over(form: DeedForm, error: ValidationError) -> None:
    """What the action found, each at its input; what has none stands at the top."""
    found_ = error.error_dict if hasattr(error, "error_dict") else {"": [error]}
    for name, faults in found_.items():
        for fault in faults:
            form.add_error(name if name in form.fields else None, fault)


def _render(
    request: ActorRequest,
    deed: Deed,
    person: Person | None,
    form: DeedForm,
    key: str,
    follows: tuple[Consequence, ...] = (),
) -> HttpResponse:
    page = DeedPage(
        title=f"{deed.name}：{person.name}" if person else deed.name,
        deed=deed,
        person=person,
        form=form,
        key=key,
        faults=tuple(_faults(form, person)) if form.is_bound else (),
        warned=tuple(Warned(each.words, _ways(each.code, person, form)) for each in follows),
    )
    status = 422 if page.faults else 200
    return render(request, "people/deed.html", {"page": page}, status=status)


def _faults(form: DeedForm, person: Person | None) -> list[Fault]:
    found_ = []
    for name, errors in form.errors.as_data().items():
        bound = form[name] if name in form.fields else None
        for error in errors:
            target, label = (bound.id_for_label, str(bound.label)) if bound else ("", "")
            words = "；".join(error.messages)
            found_.append(Fault(target, label, words, _ways(error.code or "", person, form)))
    return found_


def _ways(code: str, person: Person | None, form: DeedForm) -> tuple[Offer, ...]:
    """The ways out of a refusal or a consequence, as far as the actor can go them."""
    if person is None:
        return ()
    card = reverse("person", args=[person.pk])
    units = urlencode({"unit": person.branch.code}) if person.branch else ""
    asked = {name: form.data[name] for name in ("role", "unit", "day") if form.data.get(name)}
    standing_in = f"{_do(person, 'post')}?{urlencode({**asked, 'acting': 'on'})}"
    moved = form.data.get("branch", "")
    ways = {
        "second-home": (
            Offer("转组织关系", f"{_do(person, 'branch')}?{urlencode({'branch': moved})}"),
            Offer("改为列席（组织关系不变）", card),
        ),
        "no-member": (Offer("登记党员身份", _do(person, "membership")),),
        "other-court": (Offer("调往他院", _do(person, "move")),),
        "excluded": (Offer("看任职并办理免职", f"{card}#posts"),),
        "overlap": (Offer("看任职并办理免职", f"{card}#posts"),),
        "twice": (
            Offer("看任职并办理免职", f"{card}#posts"),
            Offer("改为主持工作", standing_in),
        ),
        "held": (Offer("改为主持工作", standing_in),),
        "post": (Offer("看任职并办理免职", f"{card}#posts"),),
        "too-small": (
            Offer("看支部名册", f"{reverse('people')}?{units}"),
            Offer("组织架构：并入联合党支部", reverse("twin")),
        ),
    }
    return ways.get(code, ())


def _do(person: Person, code: str) -> str:
    return reverse("person-do", args=[person.pk, code])


# --- ending a post ---------------------------------------------------------------------------


@dataclass(frozen=True)
class EndPage:
    """Ending a post: the last day in office, and what it rests on."""

    title: str
    post: Post
    role: str
    form: EndForm


def end_post(request: ActorRequest, pk: int) -> HttpResponse:
    """End a post that the actor may end; 404 where its holder may not be seen."""
    actor = request.actor
    post = Post.objects.select_related("person", "unit__court").filter(pk=pk).first()
    person = found(actor, post.person_id) if post else None
    if post is None or person is None or not allowed(actor, "void", "role_grant", post.unit):
        raise Http404("没有这项任职，或您没有权限。")
    form = EndForm(actor, person, request.POST or None, initial={"day": actor.today})
    if form.is_valid():
        try:
            said = form.end(post)
        except ValidationError as error:
            _take_over(form, error)
        else:
            messages.success(request, said)
            return redirect("person", person.pk)
    page = EndPage(f"免职：{person.name}", post, role_name(post), form)
    status = 422 if form.errors else 200
    return render(request, "people/end_post.html", {"page": page}, status=status)
