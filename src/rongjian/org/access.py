"""Who may see and do what: the one screen of access.

A right is a post (role at a unit, between dates) times a row of `content/roles.yaml`. What is
not listed is denied. Lists, counts, search, exports, documents and figures all pass `visible`,
single checks pass `allowed`; `reason` says in Chinese why something is allowed or not.

Before any grant come the rules that none overrides: administrators have nothing but their post
(F1), a class above somebody's clearance is closed but for their own rows, nobody judges what is
their own (F4) or deals with what is about them (F5), a subtree ends at its tree (F9), and rights
follow today's place (F11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from django.db.models import Model, Q, QuerySet

from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.reaching import Actor, Reach, actor_of, falls_short, reaches
from rongjian.org.roles import (
    PERSONAL,
    VERB_NAMES,
    WITHIN_NAMES,
    AccessClass,
    Grant,
    Role,
    Verb,
    classes,
    roles,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rongjian.org.models import Post

__all__ = [
    "VERB_NAMES",
    "AccessClass",
    "Actor",
    "Denied",
    "Grant",
    "Role",
    "Verb",
    "actor_of",
    "allowed",
    "classes",
    "explain",
    "may_somewhere",
    "opens",
    "reach_units",
    "reason",
    "require",
    "roles",
    "visible",
    "withheld",
]

M = TypeVar("M", bound=Model)
Opening = Literal["records", "number", ""]


class Denied(Exception):
    """The actor lacks a right; the text says which one and whom to ask."""


# --- the questions ---------------------------------------------------------------------------------


def visible(
    actor: Actor,
    queryset: QuerySet[M],
    verb: Verb = "view",
    code: str = "",
    declares: type[Model] | None = None,
) -> QuerySet[M]:
    """The rows of the queryset that the actor may treat with the verb; none when not granted.

    `code` asks for another class than the model's own: who may read the sensitive part of a row, or
    rows of a mixed table that are all of one class; `declares` is then the model with their fields.
    """
    model = queryset.model
    total: Q | None = None
    for only, of_class, owner in _parts(model, code, declares):
        for reach in reaches(actor, of_class, verb):
            condition = reach.condition(model, owner)
            if condition is not None:
                joined = only & condition
                if not joined:
                    return queryset
                total = joined if total is None else total | joined
    return queryset.none() if total is None else queryset.filter(total)


def _parts(
    model: type[Model], code: str, declares: type[Model] | None
) -> Iterable[tuple[Q, str, type[Model]]]:
    """(which rows, their class, the model that declares their fields) of a model's table."""
    own = code or getattr(model, "access_class", "")
    if own:
        return [(Q(), own, declares or model)]
    parts: Iterable[tuple[Q, str, type[Model]]] = model.access_parts()  # type: ignore[attr-defined]
    return parts


def allowed(
    actor: Actor,
    verb: Verb,
    code: str,
    unit: Unit,
    record: object = None,
    *,
    whole: bool = False,
) -> bool:
    """Whether the actor may do the verb with records of a class at a unit, or with that record.

    `whole` asks for the unit with everything below it, as a figure always does.
    """
    whole = whole or verb == "figures"
    return any(
        (reach.covers(unit, whole=whole) or reach.hosts(record)) and reach.fits(record)
        for reach in reaches(actor, code, verb)
    )


def opens(actor: Actor, code: str, unit: Unit) -> Opening:
    """What a figure of a class at a unit is to the actor: its records, the bare number, nothing.

    The one rule for every number on a page, in a text or on a chart: it is a link only where the
    rows behind it may be read, in full or as a projection; else it is plain text.
    """
    if not allowed(actor, "figures", code, unit):
        return ""
    rows = any(allowed(actor, verb, code, unit, whole=True) for verb in ("view", "project"))
    return "records" if rows else "number"


def withheld(actor: Actor, thing: Model) -> frozenset[str]:
    """The fields of something readable that are of a class which the actor may not read.

    A model names them in `access_masks`: class code → fields.
    """
    masks: Mapping[str, tuple[str, ...]] = getattr(thing, "access_masks", {})
    rows = type(thing)._default_manager.filter(pk=thing.pk)
    return frozenset(
        name
        for code, names in masks.items()
        if not visible(actor, rows, "view", code).exists()
        for name in names
    )


def may_somewhere(actor: Actor, verb: Verb, code: str) -> bool:
    """Whether the actor may do the verb at any unit at all (menus and empty pages ask this)."""
    return any(True for _ in reaches(actor, code, verb))


def reach_units(actor: Actor, verb: Verb, code: str) -> QuerySet[Unit]:
    """The units at which the actor may do the verb (choices of forms and context bars)."""
    condition = Q(pk__in=[])
    for reach in reaches(actor, code, verb):
        if reach.grant.within in PERSONAL and not reach.fits(None):
            continue  # What one wrote or handles oneself is no unit.
        for place in reach.places:
            part = place.condition("")
            if verb == "figures" and falls_short(actor, place):
                part &= ~Q(type__in=COURT_TYPES)
            if not part:
                return Unit.objects.all()
            condition |= part
    return Unit.objects.filter(condition)


def require(actor: Actor, verb: Verb, code: str, unit: Unit, record: object = None) -> None:
    """Raise Denied, with the reason, unless the actor may."""
    if not allowed(actor, verb, code, unit, record):
        raise Denied(explain(actor, verb, code, unit, record))


# --- why -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reason:
    """Why somebody may or may not: the sentence, and the rule, post and grant that decided."""

    allowed: bool
    words: str
    rule: str = ""
    why: str = ""
    post: Post | None = None
    grant: Grant | None = None


def explain(actor: Actor, verb: Verb, code: str, unit: Unit, record: object = None) -> str:
    """Why the actor may or may not, in a sentence."""
    return reason(actor, verb, code, unit, record).words


def reason(actor: Actor, verb: Verb, code: str, unit: Unit, record: object = None) -> Reason:
    """What decides: the post and grant that allow, or the first thing that stands against."""
    entry = classes()[code]
    whole = verb == "figures"
    held = list(reaches(actor, code, verb))
    near = [each for each in held if each.covers(unit, whole=whole) or each.hosts(record)]
    for reach in near:
        if reach.fits(record):
            words = f"可以：{reach.post.unit.short}{roles()[reach.post.role].name}（{entry.name}）"
            return Reason(True, words, "", "", reach.post, reach.grant)
    rule, why = _against(actor, entry, verb, near, held)
    holders = [roles()[grant.role].name for grant in entry.grants if verb in grant.may]
    wanted = "、".join(dict.fromkeys(holders)) or "任何人都不"
    words = f"没有权限：{entry.name}在{unit.short}的“{VERB_NAMES[verb]}”只授予 {wanted}"
    nearest = next(iter([*near, *held]), None)
    if nearest is None:
        return Reason(False, words, rule, why)
    return Reason(False, words, rule, why, nearest.post, nearest.grant)


def _against(
    actor: Actor, entry: AccessClass, verb: Verb, near: list[Reach], held: list[Reach]
) -> tuple[str, str]:
    """The rule that stands against a right, and its sentence."""
    mine = [grant for grant in entry.grants if verb in grant.may and grant.role in actor.roles]
    if actor.administrator and not mine:
        return "F1", "三员只有本岗位的权限，不接触业务数据"
    if mine and not held:
        level = actor.person.clearance
        return "密级", f"该类数据为 {entry.label}，本人知悉范围为 {level}"
    if any(reach.ties and reach.grant.within not in PERSONAL for reach in near):
        return "F4", "本人所记、所报或关于本人的，应由他人办理"
    if near:
        asked = near[0].grant.conditions or WITHIN_NAMES[near[0].grant.within]
        return "条件", f"岗位有此权限，但仅限：{asked}"
    if held:
        return "范围", f"岗位有此权限，但该单位不在“{WITHIN_NAMES[held[0].grant.within]}”之内"
    return "未授权", "本人没有一个岗位有这项权限"
