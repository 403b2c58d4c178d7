"""权限说明: why somebody may, or may not, do something — with the post, the row and the rule.

Everybody asks about themselves, also of a single record that they can see. Whoever may see the
posts of others (security administrator, auditor, who appoints) asks about roles and units only:
no business content stands on this page, not even whether a record exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.shortcuts import render

from rongjian.org.access import (
    Reason,
    actor_of,
    classes,
    may_somewhere,
    reason,
    roles,
    visible,
)
from rongjian.org.models import Person, Post, PostState, Unit
from rongjian.org.queries import UnknownUnit, unit_named
from rongjian.org.reaching import reaches
from rongjian.org.roles import VERB_NAMES, WITHIN_NAMES
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.models import Record
from rongjian.records.queries import unit_words
from rongjian.web.listing import Option

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from rongjian.org.access import AccessClass, Actor, Verb
    from rongjian.org.roles import Grant
    from rongjian.web.middleware import ActorRequest

_LATER = "尚未开始"
_VERBS: dict[str, Verb] = {str(verb): verb for verb in VERB_NAMES}


@dataclass(frozen=True)
class PostLine:
    """A post of the person asked about, and whether it counts today."""

    role: str
    unit: str
    span: str
    lamp: str
    state: str


@dataclass(frozen=True)
class GrantLine:
    """A row of the matrix: who may, how far, on what condition."""

    role: str
    verbs: str
    within: str
    conditions: str
    decides: bool


@dataclass(frozen=True)
class RightLine:
    """What the person may do with one class of data."""

    name: str
    label: str
    rights: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """The verdict on one question, with everything that decided it."""

    question: str
    reason: Reason
    facts: tuple[tuple[str, str], ...]
    grants: tuple[GrantLine, ...]


@dataclass(frozen=True)
class ExplainPage:
    """One person's posts and rights, and the answer to a question about them."""

    title: str
    person: Person
    of_others: bool
    of_records: bool
    asked_person: str
    verbs: tuple[Option, ...]
    classes: tuple[Option, ...]
    unit: str
    record: str
    faults: tuple[tuple[str, str], ...]
    answer: Answer | None
    posts: tuple[PostLine, ...]
    rights: tuple[RightLine, ...]


def explain(request: ActorRequest) -> HttpResponse:
    """The page; a question stands in its address, so that it can be sent to a colleague."""
    asker, query = request.actor, request.GET
    faults: list[tuple[str, str]] = []
    words = query.get("person", "").strip()
    person = _person(asker, words) or asker.person
    if words and words not in (person.staff_no, person.name):
        faults.append(("person", f"没有您可以查询的人员“{words}”。请写工号；重名时只能写工号。"))
    asked = actor_of(person, asker.now)
    code = query.get("class", "")
    verb = _VERBS.get(query.get("verb", "view"), "view")
    unit = _unit(person, query.get("unit", "").strip(), faults)
    record = _record(asker, person, query.get("record", "").strip(), faults)
    if record is not None:
        code, unit = kind_of(record.kind).access, record.unit
    known = code in classes() and not faults
    page = ExplainPage(
        title="权限说明",
        person=person,
        of_others=_asks_of_others(asker),
        of_records=not asker.administrator,
        asked_person=words or person.staff_no,
        verbs=tuple(Option(each, name, each == verb) for each, name in VERB_NAMES.items()),
        classes=tuple(
            Option(each.code, each.name, each.code == code) for each in classes().values()
        ),
        unit=query.get("unit", "").strip(),
        record=query.get("record", "").strip(),
        faults=tuple(faults),
        answer=_answer(asked, verb, classes()[code], unit, record) if known else None,
        posts=_posts(asked),
        rights=_rights(asked),
    )
    return render(request, "explain/page.html", {"page": page}, status=422 if faults else 200)


def _asks_of_others(asker: Actor) -> bool:
    """Whether the asker sees posts beside the own ones."""
    return any(reach.grant.within != "subject" for reach in reaches(asker, "role_grant", "view"))


def _person(asker: Actor, words: str) -> Person | None:
    """The person with this number or name, if the asker may see their posts; alone if by name."""
    people = Person.objects.select_related("court", "department", "branch")
    near = visible(asker, people, "view", "role_grant") | people.filter(pk=asker.person.pk)
    found = list(near.filter(Q(staff_no=words) | Q(name=words)).distinct()[:2])
    return found[0] if len(found) == 1 else None


def _unit(person: Person, words: str, faults: list[tuple[str, str]]) -> Unit:
    if words:
        try:
            return unit_named(words)
        except UnknownUnit as error:
            faults.append(("unit", f"{error}。"))
    return person.court


def _record(
    asker: Actor, person: Person, words: str, faults: list[tuple[str, str]]
) -> Record | None:
    """The record that its number names, where the asker asks for themselves and can see it."""
    if not words:
        return None
    name, _, number = words.rpartition("-")
    known = {kind.code for kind in kinds()}
    if person == asker.person and name in known and number.isdecimal() and len(number) < 19:
        rows = kind_of(name).model._default_manager.select_related("unit__court")
        for verb in ("view", "project"):
            if found := visible(asker, rows, verb).filter(pk=int(number)).first():
                return found
    faults.append(
        ("record", f"没有您可以查看的记录“{words}”。请写台账代码和编号，如 activity-12。")
    )
    return None


def _answer(
    asked: Actor, verb: Verb, entry: AccessClass, unit: Unit, record: Record | None
) -> Answer:
    found = reason(asked, verb, entry.code, unit, record)
    where = f"{unit_words(unit)}的“{record}”" if record else f"{unit_words(unit)}的{entry.name}"
    facts = [
        (
            "数据级别",
            f"{entry.label if entry.label != 'parent' else '随所属记录'}，本人知悉范围 {asked.person.clearance}",
        )
    ]
    if found.post is not None and found.grant is not None:
        facts.insert(0, ("岗位", f"{unit_words(found.post.unit)} {roles()[found.post.role].name}"))
        facts.insert(1, ("授权", _row(found.grant)))
    if found.why:
        facts.append((f"规则 {found.rule}", found.why))
    grants = tuple(
        GrantLine(
            roles()[grant.role].name,
            "、".join(VERB_NAMES[each] for each in grant.may),
            WITHIN_NAMES[grant.within],
            grant.conditions,
            grant == found.grant,
        )
        for grant in entry.grants
        if verb in grant.may
    )
    question = f"{asked.person.name}{'可以' if found.allowed else '不能'}{VERB_NAMES[verb]}{where}"
    return Answer(question, found, tuple(facts), grants)


def _row(grant: Grant) -> str:
    verbs = "、".join(VERB_NAMES[each] for each in grant.may)
    said = f"{roles()[grant.role].name}：{verbs}，范围为{WITHIN_NAMES[grant.within]}"
    return f"{said}（{grant.conditions}）" if grant.conditions else said


def _posts(asked: Actor) -> tuple[PostLine, ...]:
    """What everybody has, then every post that was ever given, those that count first."""
    given = Post.objects.filter(person=asked.person, role__in=roles()).select_related("unit__court")
    counted = {post.pk for post in asked.posts}
    everybody = [post for post in asked.posts if post.role in ("staff", "party_member")]
    rest = sorted(given, key=lambda post: (post.pk not in counted, post.valid_from))
    return tuple(
        _post(post, asked.today, counted=post in everybody or post.pk in counted)
        for post in (*everybody, *rest)
    )


def _post(post: Post, today: date, *, counted: bool) -> PostLine:
    until = f" 至 {post.valid_to}" if post.valid_to else " 起"
    span = f"{post.valid_from}{until}" if post.pk else "不需任命"
    lamp, state = ("ok", "有效") if counted else ("off", _why_not(post, today))
    return PostLine(roles()[post.role].name, unit_words(post.unit), span, lamp, state)


def _why_not(post: Post, today: date) -> str:
    """Why a post gives no rights today."""
    if post.state != PostState.APPROVED:
        return post.get_state_display()
    if post.valid_from > today:
        return _LATER
    if post.valid_to is not None and post.valid_to < today:
        return "已届满"
    if post.unit.dissolved_on is not None and post.unit.dissolved_on <= today:
        return "单位已撤销"
    return "与三员岗位不能并存，不生效"


def _rights(asked: Actor) -> tuple[RightLine, ...]:
    """The person's rights by class of data, as their posts of today make them."""
    found = []
    for code, entry in classes().items():
        rights: dict[str, list[str]] = {}
        for verb, name in VERB_NAMES.items():
            if may_somewhere(asked, verb, code):
                for reach in reaches(asked, code, verb):
                    within = WITHIN_NAMES[reach.grant.within]
                    listed = rights.setdefault(within, [])
                    if name not in listed:
                        listed.append(name)
        if rights:
            pairs = tuple((within, "、".join(names)) for within, names in rights.items())
            found.append(RightLine(entry.name, entry.label, pairs))
    return tuple(found)
