"""Full names on a page: the form that asks why, and for how long which address shows them.

What was opened is kept in the session by address, so another filter starts masked again. Sorting
and paging do not change what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render

from rongjian.records.unmasking import (
    LONGEST,
    limits,
    named_fields,
    open_rows,
    reasons,
    unmask,
    used_today,
)

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.unmasking import Wanted
    from rongjian.web.middleware import ActorRequest

_KEPT = "names"
_NOT_THE_FILTER = {"page", "sort", "size", "height", "frozen"}


@dataclass(frozen=True)
class Names:
    """What a page says about names: where to ask for them, or who has them open until when."""

    ask: str = ""
    reader: str = ""
    until: str = ""

    @property
    def open(self) -> bool:
        """Whether full names stand on the page."""
        return bool(self.reader)


def of_page(request: ActorRequest, kind: Kind, shown: tuple[str, ...], ask: str) -> Names:
    """The names of a page that shows these fields; nothing where it shows no person."""
    if kind.model.member_field or not named_fields(kind, shown):
        return Names()  # Rows about people are read at home, and there by name.
    until = _until(request)
    if until is None:
        return Names(ask=_address(ask, request.GET))
    person, now = request.actor.person, request.actor.now
    reader = f"{person.name} {person.staff_no} {now:%Y-%m-%d %H:%M}"
    return Names(reader=reader, until=f"{until:%H:%M}")


def opened(request: ActorRequest, kind: Kind, ids: list[int]) -> frozenset[int]:
    """Those of the records whose names the actor has opened at this address."""
    if _until(request) is None:
        return frozenset()
    rows = open_rows(request.actor, kind.model._default_manager.filter(pk__in=ids))
    return frozenset(rows.values_list("pk", flat=True))


def _until(request: ActorRequest) -> datetime | None:
    """Until when the names of this address are open; None when they are not."""
    kept = request.session.get(_KEPT, {}).get(_address(request.path, request.GET))
    until = datetime.fromisoformat(kept) if kept else None
    return until if until and until > request.actor.now else None


def _address(path: str, query: QueryDict) -> str:
    """An address by what it filters."""
    parts = sorted((name, value) for name, value in query.items() if name not in _NOT_THE_FILTER)
    return f"{path}?{urlencode(parts)}" if parts else path


# --- asking ----------------------------------------------------------------------------------


class ReasonForm(forms.Form):
    """Why names are wanted."""

    reason = forms.ChoiceField(
        label="理由", widget=forms.RadioSelect, error_messages={"required": "请选择显示姓名的理由"}
    )
    words = forms.CharField(
        label="用途说明",
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(each.code, each.name) for each in reasons().values()]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        must = "、".join(each.name for each in reasons().values() if each.explain)
        shortest = limits().shortest
        self.fields["words"].help_text = f"选“{must}”时必填，至少 {shortest} 个字"


@dataclass(frozen=True)
class AskPage:
    """The page that asks why."""

    title: str
    kind: Kind
    form: ReasonForm
    refusal: tuple[str, ...]
    number: int
    words: str
    used: int
    daily: int
    minutes: int
    back: str


def ask(request: ActorRequest, kind: Kind, wanted: Wanted, path: str) -> HttpResponse:
    """Ask for the reason; with one, log it and go back to where names are then shown."""
    back = _address(path, request.GET)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    refusal: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            unmask(request.actor, wanted, **form.cleaned_data)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                form.add_error(None, error)
            else:
                refusal = tuple(error.messages)
        else:
            _keep(request, back)
            return redirect(back)
    page = AskPage(
        title="显示姓名",
        kind=kind,
        form=form,
        refusal=refusal,
        number=open_rows(request.actor, wanted.rows).count(),
        words=wanted.words,
        used=used_today(request.actor),
        daily=limits().daily,
        minutes=limits().minutes,
        back=back,
    )
    return render(request, "parts/ask_names.html", {"page": page})


def _keep(request: ActorRequest, address: str) -> None:
    """Let this address show names for the minutes allowed; what has run out is forgotten."""
    now = request.actor.now
    kept = request.session.get(_KEPT, {})
    alive = {at: until for at, until in kept.items() if datetime.fromisoformat(until) > now}
    until = now + timedelta(minutes=limits().minutes)
    request.session[_KEPT] = alive | {address: until.isoformat()}


def may_ask(actor: Actor, wanted: Wanted) -> bool:
    """Whether there is any name here that the actor could open."""
    return open_rows(actor, wanted.rows).exists()
