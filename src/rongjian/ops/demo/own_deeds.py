"""The demo's rows about people: vanguard posts, pairs of mentor and mentee, care, talks.

A few at the branch of the cast, so that every page about them has something to show, and one post
at each other procuratorate, so that a figure above has more than one house in it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from rongjian.ops.demo.cast import BRANCH, DEPARTMENT
from rongjian.ops.demo.scribe import moment
from rongjian.org.access import actor_of
from rongjian.org.models import Membership

if TYPE_CHECKING:
    from rongjian.ops.demo.realm import Court, Realm
    from rongjian.ops.demo.scribe import Row, Scribe
    from rongjian.org.models import Person

_POSTS = (
    (150, "专案攻坚岗", "牵头完成一起团伙案件的证据审查，两次补充侦查后依法起诉"),
    (110, "释法说理岗", "为三件不起诉案件逐一释法说理，当事人均服判息诉"),
    (70, "文书质量岗", ""),
)
_PAIRS = (
    (200, "熟悉审查逮捕全流程，能独立办理普通刑事案件", ""),
    (420, "掌握认罪认罚从宽案件的量刑建议", "已能独立提出量刑建议，如期结对期满"),
)
_CARE = (
    (24, "political_birthday", "letter"),
    (88, "post_change", "talk"),
    (131, "festival", "visit"),
    (190, "honour", "letter"),
)
_TALKS = (20, 61, 118)


def write_own_deeds(realm: Realm, scribe: Scribe, today: date) -> None:
    """Plan the rows; each is written down by the branch's own organiser or the Party office."""
    for court in realm.courts:
        if court.unit.code == BRANCH.split("-")[0]:
            _of_the_cast(realm, court, scribe, today)
        else:
            _of_another(court, scribe, today)


def _of_the_cast(realm: Realm, court: Court, scribe: Scribe, today: date) -> None:
    branch = next(each.unit for each in court.branches if each.unit.code == BRANCH)
    people = [person for person in court.staff[DEPARTMENT.split("-")[1]] if person.branch == branch]
    force = court.standing_force
    posts: list[Row] = []
    for (back, title, deed), person in zip(_POSTS, people, strict=False):
        posts.append(
            {
                **_about(person, today - timedelta(days=back)),
                "title": title,
                "deed": deed,
                "task_force_id": force.pk if force and not posts else None,
            }
        )
    pairs: list[Row] = [
        {
            "unit_id": branch.pk,
            "happened_on": today - timedelta(days=back),
            "mentor_id": mentor.pk,
            "mentee_id": mentee.pk,
            "until": today - timedelta(days=back - 365),
            "goals": goals,
            "closing": closing,
        }
        for (back, goals, closing), mentor, mentee in zip(
            _PAIRS, people, reversed(people), strict=False
        )
    ]
    care: list[Row] = [
        {**_about(person, today - timedelta(days=back)), "occasion": why, "manner": how}
        for (back, why, how), person in zip(_CARE, people, strict=False)
    ]
    _write(realm, scribe, {"vanguard-post": posts, "mentoring": pairs, "care": care})
    _talks(realm, scribe, people, today)


def _write(realm: Realm, scribe: Scribe, rows_by_kind: dict[str, list[Row]]) -> None:
    organiser = actor_of(realm.cast["lisi"], scribe.until)
    for kind, rows in rows_by_kind.items():
        for row in rows:
            scribe.rows(moment(row["happened_on"], 16), organiser, kind, [row])


def _talks(realm: Realm, scribe: Scribe, people: list[Person], today: date) -> None:
    """Talks of the branch's secretary with members: that they were, and when."""
    secretary = actor_of(realm.cast["wangwu"], scribe.until)
    others = [person for person in people if person.pk != secretary.person.pk]
    for back, person in zip(_TALKS, others, strict=False):
        day = today - timedelta(days=back)
        talk: Row = {"unit_id": person.branch_id, "happened_on": day, "between": "committee_member"}
        talk |= {"one_id": secretary.person.pk, "other_id": person.pk}
        scribe.rows(moment(day, 17), secretary, "talk", [talk])


def _of_another(court: Court, scribe: Scribe, today: date) -> None:
    """One post at the first branch, noted by the Party office of the house."""
    unit = court.branches[0].unit
    full = (
        person
        for staff in court.staff.values()
        for person in staff
        if person.branch == unit and person.membership == Membership.FULL
    )
    person, day = next(full), today - timedelta(days=100 + int(court.unit.code) % 60)
    row: Row = {**_about(person, day), "title": _POSTS[0][1], "deed": ""}
    office = court.acting("organ_committee", moment(day, 16))
    scribe.rows(moment(day, 16), office, "vanguard-post", [row])


def _about(person: Person, day: date) -> Row:
    """The beginning of every row about somebody: it stands at their branch."""
    return {"unit_id": person.branch_id, "happened_on": day, "person_id": person.pk}
