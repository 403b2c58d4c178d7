"""Taking people on, moving them, and letting them go: each from a day on, each with its log line.

Every change of belonging is dated; the copies on `Person` are today's. What is dated ahead takes
effect when its day comes (`settle`). A refusal is a ValidationError by field whose code says which
ways out there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.log import audit, door, receipts
from rongjian.log.images import image_of
from rongjian.org.access import require
from rongjian.org.accounts import shut
from rongjian.org.belonging import (
    arrived_on,
    begin_by,
    belonging,
    end_from,
    move_to,
    stream_of,
)
from rongjian.org.models import (
    COURT_TYPES,
    Affiliation,
    AffiliationKind,
    Membership,
    Person,
    Post,
    PostState,
    UnitType,
)
from rongjian.org.rosters import HOME_TYPES, membership_on

if TYPE_CHECKING:
    from datetime import date

    from rongjian.log.audit import Doer
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

_ONE_DAY = timedelta(days=1)
_DEPARTMENTS = {UnitType.DEPARTMENT, *COURT_TYPES}


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be taken on from a day on; `identity` is the keyed hash, never the number."""

    staff_no: str
    name: str
    department: Unit
    since: date
    title: str = ""
    identity: str = ""


def refusal(field: str, code: str, words: str) -> ValidationError:
    """Why something is not done: at which input, by which rule, in a sentence."""
    return ValidationError({field: ValidationError(words, code=code)})


# --- taking on and putting right -------------------------------------------------------------


@transaction.atomic
def enter(actor: Actor, new: NewPerson, *, key: str = "") -> Person:
    """Take somebody on at a department from a day on."""
    if done := receipts.produced(actor.person.pk, key):
        return Person.objects.get(pk=done[0])
    require(actor, "create", "staff", new.department)
    _check_department(new.department, new.since)
    _check_alone(new, actor)
    person = Person(
        staff_no=new.staff_no.strip(),
        name=new.name.strip(),
        title=new.title.strip(),
        department=new.department,
        court=_court(new.department),
        membership=Membership.NONE,
        identity_hash=new.identity,
    )
    _save(actor, person, "create", None)
    move_to(actor, person, AffiliationKind.DEPARTMENT, new.department, new.since)
    receipts.keep(actor.person.pk, key, [person.pk])
    return person


def _check_alone(new: NewPerson, actor: Actor) -> None:
    """Nobody is entered twice; somebody of another procuratorate is not named here."""
    if Person.objects.filter(staff_no=new.staff_no.strip()).exists():
        raise refusal("staff_no", "known", f"工号“{new.staff_no.strip()}”已有人使用，请核对工号")
    known = Person.objects.filter(identity_hash=new.identity).first() if new.identity else None
    if known is None:
        return
    if known.court_id == actor.person.court_id:
        words = f"身份证号与{known.name}（工号 {known.staff_no}）相同，不能重复登记"
    else:
        words = "这个人已在其他检察院登记，请由原单位办理调动"
    raise refusal("identity", "known", words)


@transaction.atomic
def correct(actor: Actor, person: Person, *, name: str, title: str, identity: str = "") -> Person:
    """Put the name or the office of somebody right; the keyed hash is only ever filled in."""
    person = _taken(person)
    require(actor, "edit", "staff", person.department)
    before = image_of(person)
    person.name, person.title = name.strip(), title.strip()
    person.identity_hash = person.identity_hash or identity
    if image_of(person) != before:
        _save(actor, person, "edit", before)
    return person


# --- membership ------------------------------------------------------------------------------


@transaction.atomic
def set_membership(
    actor: Actor,
    person: Person,
    *,
    joined_on: date | None,
    full_on: date | None,
    may_vote: bool = True,
    branch: Unit | None = None,
    key: str = "",
) -> Person:
    """Note since when somebody is a probationary and a full member, and where they belong.

    `branch` is asked of somebody who belongs to none yet; who has one is moved by `change_branch`.
    """
    person = _taken(person)
    if receipts.produced(actor.person.pk, key):
        return person
    day = _first_day_as_member(person, joined_on, full_on)
    _note_home(actor, person, branch, day)
    before = image_of(person)
    person.joined_on, person.full_on, person.may_vote = joined_on, full_on, may_vote
    if before["full_on"] is not None or before["membership"] != Membership.FULL:
        # Who has been full for longer than anybody wrote down stays so; else the days decide.
        person.membership = Membership.NONE
    _follow(person, actor.today)
    if image_of(person) != before:
        _save(actor, person, "membership", before)
    receipts.keep(actor.person.pk, key, [person.pk])
    return person


def _first_day_as_member(person: Person, joined_on: date | None, full_on: date | None) -> date:
    if joined_on is None:
        raise refusal("joined_on", "required", "请填写入党日期（支部大会接收为预备党员的日期）")
    if full_on is not None and full_on < joined_on:
        raise refusal("full_on", "order", f"转正日期 {full_on} 早于入党日期 {joined_on}")
    return max(joined_on, arrived_on(person) or joined_on)


def _note_home(actor: Actor, person: Person, branch: Unit | None, day: date) -> None:
    """Put a new member into a branch; the first home is written down, a second one refused."""
    homes = Affiliation.objects.filter(person=person, kind=AffiliationKind.HOME)
    home = homes.filter(valid_to=None).select_related("unit__court").first()
    if home is None and branch is None:
        raise refusal("branch", "required", "请选择所在党支部：党员都要编入一个支部")
    if home is not None:
        require(actor, "edit", "party_member", home.unit)
        if branch is not None and branch.pk != home.unit_id:
            raise second_home(person, home.unit, branch)
        begin_by(actor, homes, day)
        return
    assert branch is not None  # noqa: S101  # refused above
    require(actor, "create", "party_member", branch)
    _check_branch(person, branch, day)
    move_to(actor, person, AffiliationKind.HOME, branch, day)


def second_home(person: Person, home: Unit, branch: Unit) -> ValidationError:
    """One person, one branch: the refusal that names both ways out."""
    words = f"{person.name}已在{home.short}，不能同时作为{branch.short}的正式成员"
    return refusal("branch", "second-home", words)


# --- moving ----------------------------------------------------------------------------------


@transaction.atomic
def change_branch(
    actor: Actor, person: Person, branch: Unit, day: date, *, basis: str = "", key: str = ""
) -> Person:
    """Move somebody's organisation relation (组织关系) to another branch from a day on."""
    person = _taken(person)
    if receipts.produced(actor.person.pk, key):
        return person
    home = belonging(person, AffiliationKind.HOME, day)
    require(actor, "edit", "party_member", home.unit if home else branch)
    _check_exists(branch, day, "branch")
    if home is None or membership_on(person, day) == Membership.NONE:
        raise refusal("branch", "no-member", f"{person.name}在 {day} 还没有组织关系，请先登记入党")
    _check_branch(person, branch, day)
    move_to(actor, person, AffiliationKind.HOME, branch, day)
    _finish(actor, person, "transfer", f"组织关系 {home.unit.short}→{branch.short} {day} {basis}")
    receipts.keep(actor.person.pk, key, [person.pk])
    return person


@transaction.atomic
def transfer(
    actor: Actor,
    person: Person,
    department: Unit,
    day: date,
    *,
    branch: Unit | None = None,
    basis: str = "",
    key: str = "",
) -> Person:
    """Move somebody to another department from a day on, or to another procuratorate.

    Whoever goes to another procuratorate takes a branch there, if a member, and leaves every post.
    """
    person = _taken(person)
    if receipts.produced(actor.person.pk, key):
        return person
    _check_department(department, day)
    old = belonging(person, AffiliationKind.DEPARTMENT, day)
    if old is None:
        raise refusal("day", "order", f"{person.name}在 {day} 还没有到院，请改日期")
    require(actor, "edit", "staff", old.unit)
    if department.court_id != old.unit.court_id:
        _leave_house(actor, person, department, branch, day, basis)
    move_to(actor, person, AffiliationKind.DEPARTMENT, department, day)
    words = f"{old.unit.short}→{department.short} {day} {basis}"
    _finish(actor, person, "transfer", words)
    if department.court_id != old.unit.court_id:
        stream = stream_of(department)
        audit.append(actor, "transfer", f"person:{person.pk}", stream=stream, detail=words.strip())
    receipts.keep(actor.person.pk, key, [person.pk])
    return person


def _leave_house(
    actor: Actor, person: Person, department: Unit, branch: Unit | None, day: date, basis: str
) -> None:
    if not basis.strip():
        raise refusal("basis", "required", "调往其他检察院请填写调动文号")
    places = person.affiliations.exclude(kind=AffiliationKind.TASK_FORCE)
    if later := places.filter(valid_from__gt=day).select_related("unit").first():
        words = (
            f"{person.name}在这天以后还有登记：{later.valid_from} 起在{later.unit.short}。请改日期"
        )
        raise refusal("day", "later", words)
    if membership_on(person, day) != Membership.NONE:
        if branch is None or branch.court_id != department.court_id:
            words = f"{person.name}是党员，请一并选择{_court(department).short}接收组织关系的支部"
            raise refusal("branch", "required", words)
        _check_exists(branch, day, "branch")
        move_to(actor, person, AffiliationKind.HOME, branch, day)
    end_posts(actor, person, day)
    forces = Affiliation.objects.filter(person=person, kind=AffiliationKind.TASK_FORCE)
    end_from(actor, forces, day)


@transaction.atomic
def leave(actor: Actor, person: Person, day: date, *, reason: str = "", key: str = "") -> Person:
    """Let somebody go: from that day on they belong nowhere, hold nothing and cannot log in."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if receipts.produced(actor.person.pk, key) or person.left_on == day:
        return person
    require(actor, "void", "staff", person.department)
    if person.left_on is not None:
        raise refusal("day", "left", f"{person.name}已登记为 {person.left_on} 离院")
    came = arrived_on(person)
    if came is not None and day <= came:
        raise refusal("day", "order", f"离院日期 {day} 不晚于到院日期 {came}")
    end_from(actor, person.affiliations.all(), day)
    end_posts(actor, person, day)
    before = image_of(person)
    person.left_on = day
    _save(actor, person, "leave", before, reason)
    if day <= actor.today:
        shut(actor, person, "离院")
    receipts.keep(actor.person.pk, key, [person.pk])
    return person


def end_posts(by: Doer, person: Person, day: date) -> None:
    """Let every post end the day before; what was to begin later is refused."""
    posts = Post.objects.filter(person=person).exclude(state=PostState.REFUSED)
    for post in posts.exclude(valid_to__lt=day).select_related("unit__court"):
        before = image_of(post)
        if post.valid_from >= day:
            post.state = PostState.REFUSED
        else:
            post.valid_to = day - _ONE_DAY
        post.save(update_fields=["state", "valid_to"])
        audit.append_change(by, "end", post, stream=stream_of(post.unit), before=before)


# --- today's copies --------------------------------------------------------------------------


def follow(person: Person, today: date) -> bool:
    """Bring the copies on the person up to a day; whether anything was different."""
    before = image_of(person)
    _follow(person, today)
    return image_of(person) != before


def _follow(person: Person, today: date) -> None:
    department = belonging(person, AffiliationKind.DEPARTMENT, today)
    if department is not None:
        person.department, person.court = department.unit, _court(department.unit)
        home = belonging(person, AffiliationKind.HOME, today)
        person.branch = home.unit if home else None
    person.membership = membership_on(person, today)


# --- parts -----------------------------------------------------------------------------------


def _taken(person: Person) -> Person:
    """The person as they stand now, locked; nothing is done about somebody who has left."""
    fresh = Person.objects.select_for_update().get(pk=person.pk)
    if fresh.left_on is not None:
        raise refusal("day", "left", f"{fresh.name}已登记为 {fresh.left_on} 离院，不能再办理")
    return fresh


def _court(unit: Unit) -> Unit:
    return unit if unit.court is None else unit.court


def _check_department(unit: Unit, day: date) -> None:
    if unit.type not in _DEPARTMENTS:
        raise refusal("department", "type", f"{unit.short}不是内设机构，请选择部门")
    _check_exists(unit, day, "department")


def _check_branch(person: Person, branch: Unit, day: date) -> None:
    if branch.type not in HOME_TYPES:
        words = f"{branch.short}不接转组织关系：临时党支部成员的组织关系留在原支部"
        raise refusal("branch", "type", words)
    _check_exists(branch, day, "branch")
    department = belonging(person, AffiliationKind.DEPARTMENT, day)
    if department is not None and department.unit.court_id != branch.court_id:
        words = f"{branch.short}不在{person.name}所在的检察院，请先办理调动"
        raise refusal("branch", "other-court", words)


def _check_exists(unit: Unit, day: date, field: str) -> None:
    if day < unit.founded_on:
        raise refusal(field, "not-yet", f"{unit.short} {unit.founded_on} 才成立，请改为这天以后")
    if unit.dissolved_on is not None and day >= unit.dissolved_on:
        raise refusal(field, "dissolved", f"{unit.short} {unit.dissolved_on} 已撤销，请另选单位")


def _finish(actor: Actor, person: Person, verb: str, detail: str) -> None:
    """Let the copies follow and leave the line about the person."""
    before = image_of(person)
    _follow(person, actor.today)
    _save(actor, person, verb, before, detail)


def _save(
    by: Doer, person: Person, verb: str, before: dict[str, Any] | None, detail: str = ""
) -> None:
    texts = {name: getattr(person, name) for name in ("staff_no", "name", "title")}
    door.refuse({**texts, "basis": detail})
    person.full_clean(exclude=["account", "membership"])
    person.save()
    stream = stream_of(person.court)
    audit.append_change(by, verb, person, stream=stream, before=before, detail=detail.strip()[:400])
