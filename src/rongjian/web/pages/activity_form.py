"""The form of an activity: little asked, much prefilled, everything that belongs to it in one saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from rongjian.ledgers import meeting
from rongjian.ledgers.activity_types import ItemKind
from rongjian.org.access import reach_units
from rongjian.records import form_drafts
from rongjian.records.kinds import kind_of
from rongjian.web import meeting_form as parts
from rongjian.web.dates import day_typed
from rongjian.web.link_picker import chosen_in
from rongjian.web.pages.ledger_form import (
    FormPage,
    Sending,
    carry_on,
    may_create,
    page_parts,
    restored,
    seen_version,
    send,
    status_of,
    to_edit,
    typed,
    unit_in,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.forms import BoundField

    from rongjian.ledgers.activity import Activity
    from rongjian.ledgers.decision import MeetingDecision
    from rongjian.ledgers.study_document import StudyDocument
    from rongjian.org.models import Unit
    from rongjian.records.models import Record
    from rongjian.regimes.dues import Due
    from rongjian.web.meeting_form import AgendaRow, Attending, DecisionRow
    from rongjian.web.middleware import ActorRequest

KIND = "activity"
_COLLEAGUES = 200
_LATER = ("place", "chair", "recorder", "expected", "absent")
"""Fields that stand in a part of the page of their own."""


@dataclass(frozen=True)
class ActivityPage(FormPage):
    """The form of an activity with its parts."""

    carried: tuple[BoundField, ...] = ()
    carried_words: str = ""
    from_last: bool = False
    clock: tuple[BoundField, ...] = ()
    rest: tuple[BoundField, ...] = ()
    alone: Unit | None = None
    attending: Attending | None = None
    dues: tuple[Due, ...] = ()
    planned: tuple[Activity, ...] = ()
    agenda: tuple[AgendaRow, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()
    decided: tuple[MeetingDecision, ...] = ()
    documents: tuple[StudyDocument, ...] = ()
    owners: tuple[tuple[int, str], ...] = ()
    votes: bool = False
    item_kinds: tuple[tuple[str, str], ...] = tuple(ItemKind.choices)


def new(request: ActorRequest) -> HttpResponse:
    """A new activity: today, now, and what the last one of the unit and type had."""
    kind, actor = kind_of(KIND), request.actor
    may_create(actor, kind)
    units = reach_units(actor, "create", kind.access).filter(type__in=kind.unit_types)
    if request.method != "POST":
        kept = form_drafts.kept(actor, request.get_full_path())
        initial, last = parts.start(actor, units, request.GET.dict())
        initial |= restored(kept)
        unit = units.filter(pk=whole(str(initial.get("unit", "")))).first()
        keep = [whole(str(initial.get(name) or "")) for name in ("chair", "recorder")]
        form = parts.form_of(actor, "create", unit, keep)(initial=initial)
        return _render(request, Sending(kind, None, form, kept=kept), last)
    unit = units.filter(pk=whole(request.POST.get("unit", ""))).first()
    form = parts.form_of(actor, "create", unit)(request.POST, instance=kind.model())
    return _save(request, Sending(kind, None, form))


def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Change an activity with its absences and agenda; decisions are added, those there stay."""
    kind, actor = kind_of(KIND), request.actor
    record: Any = to_edit(actor, kind, pk)
    held: Activity = record
    keep = [each for each in (held.chair_id, held.recorder_id) if each]
    made = parts.form_of(actor, "edit", held.unit, keep)
    clock = {"starts_at": held.starts_at, "ends_at": held.ends_at}
    if request.method != "POST":
        kept = form_drafts.kept(actor, request.get_full_path())
        form = made(instance=held, initial=clock | restored(kept))
        return _render(request, Sending(kind, held, form, seen_version(held, kept), kept=kept))
    form = made(request.POST, instance=held)
    held.version = whole(request.POST.get("version", ""))
    return _save(request, Sending(kind, held, form, version=held.version))


def _save(request: ActorRequest, sending: Sending) -> HttpResponse:
    said, actor = typed(request), request.actor
    chosen, sending.unclear = chosen_in(actor, sending.kind, said)

    def write(key: str) -> Record:
        activity: Any = sending.form.instance
        for name in ("starts_at", "ends_at"):
            setattr(activity, name, sending.form.cleaned_data[name])
        return meeting.hold(actor, activity, parts.meeting_typed(said), chosen, key=key)

    new = sending.record is None
    saved = send(request, sending, write)
    if saved is None:
        return _render(request, sending)
    carry_on(request, sending.kind, saved)
    return redirect("record-saved" if new else "record", KIND, saved.pk)


# --- the page ----------------------------------------------------------------------------------------


def _render(request: ActorRequest, sending: Sending, last: Activity | None = None) -> HttpResponse:
    page = _page(request, sending, last)
    return render(request, "activity/form.html", {"page": page}, status=status_of(sending))


def _page(request: ActorRequest, sending: Sending, last: Activity | None) -> ActivityPage:
    form, actor, kept = sending.form, request.actor, sending.kept
    stored: Any = sending.record
    unit, day = unit_in(form), _day(form["happened_on"].value())
    chosen = str(form["type"].value() or "")
    rule = parts.rule_of(chosen)
    said = typed(request) if request.method == "POST" else kept.values if kept else None
    agenda, decisions, absent = _rows(said, stored, last, rule)
    shown = parts.attending(actor, rule, unit, day, absent)
    met = parts.dues_met(actor, unit, chosen, day)
    own = [name for name in sending.kind.more if name not in _LATER]
    units: Any = form.fields["unit"]
    few = list(units.queryset[:2]) if hasattr(units, "queryset") else []
    return ActivityPage(
        **page_parts(request, sending) | {"title": "修改活动" if stored else "记录活动"},
        carried=tuple(form[name] for name in (*parts.CARRIED, "ends_at")),
        carried_words=_carried_words(form),
        from_last=last is not None and said is None,
        clock=(form["happened_on"], form["starts_at"]),
        rest=tuple(form[name] for name in own),
        alone=unit if len(few) == 1 and unit else None,
        attending=shown,
        dues=tuple(met),
        planned=() if stored else tuple(parts.planned(actor, unit, chosen, met)),
        agenda=(*agenda, *(parts.AgendaRow(),) * parts.BLANK_ROWS),
        decisions=(*decisions, *(parts.DecisionRow(),) * parts.BLANK_ROWS),
        decided=tuple(meeting.decisions_of(actor, stored)) if stored else (),
        owners=tuple((each.pk, each.name) for each in shown.people) or _colleagues(form),
        documents=tuple(parts.documents(actor)),
        votes=rule is not None and rule.votes,
    )


def _rows(
    said: Mapping[str, Sequence[str]] | None, stored: Any, last: Activity | None, rule: Any
) -> tuple[list[AgendaRow], list[DecisionRow], set[int]]:
    """Agenda, decisions and absences: as typed, as stored, or as a new activity starts."""
    if said is not None:
        return parts.agenda_typed(said), parts.decisions_typed(said), parts.absent_in(said)
    if stored is not None:
        return parts.agenda_of(stored), [], parts.absent_of(stored)
    return parts.agenda_template(last, rule), [], set()


def _colleagues(form: Any) -> tuple[tuple[int, str], ...]:
    """Those who may chair, where the unit has no roster to choose somebody responsible from."""
    return tuple(form.fields["chair"].queryset.values_list("pk", "name")[:_COLLEAGUES])


def _carried_words(form: Any) -> str:
    """Place, chair and recorder in a line."""
    words = [f"地点 {form['place'].value()}"] if form["place"].value() else []
    for name, label in (("chair", "主持"), ("recorder", "记录")):
        person = form.fields[name].queryset.filter(pk=whole(str(form[name].value() or ""))).first()
        words += [f"{label} {person.name}"] if person else []
    return "，".join(words)


def _day(value: Any) -> date | None:
    return day_typed(value) if isinstance(value, str) else value
