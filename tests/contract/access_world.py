"""Worlds for the tests of access: drawn for the oracle first, then built in the database.

`Paper` is a table of rows that know every relation somebody can have to a row; asked about under
the code of any class, it stands for all of them, those without a ledger too.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, models

from rongjian.log import audit
from rongjian.org import guards
from rongjian.org.access import Actor, actor_of
from rongjian.org.actions import NewUnit, found, pair
from rongjian.org.models import COURT_TYPES, Membership, Person, Post, PostState, Tree, UnitType
from rongjian.org.models import Unit as StoredUnit
from tests.contract import oracle
from tests.house import FOUNDED, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = NOW.date()
STATES = ("draft", "submitted", "approved", "published", "final")
STATEMENTS = {"author", "subject", "handler", "requester"}


def _somebody() -> models.ForeignKey[Person | None, Person | None]:
    return models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+")


class Paper(models.Model):
    """A row with everybody a row can name."""

    unit = models.ForeignKey(StoredUnit, models.DO_NOTHING, related_name="+")
    author = _somebody()
    subject = _somebody()
    handler = _somebody()
    requester = _somebody()
    addressees = models.ManyToManyField(Person, through="Copy", related_name="+")
    state = models.CharField(max_length=12)

    access_own, access_subject, access_handler = "author", "subject", "handler"
    access_addressee, access_requester = "addressees", "requester"
    access_submits = ("submit",)
    access_shared = "fellows"

    class Meta:
        app_label = "org"

    def __str__(self) -> str:
        return f"{self.pk}"


class Copy(models.Model):
    """A paper handed to somebody by name."""

    paper = models.ForeignKey(Paper, models.DO_NOTHING)
    person = models.ForeignKey(Person, models.DO_NOTHING, related_name="+")

    class Meta:
        app_label = "org"

    def __str__(self) -> str:
        return f"{self.pk}"


class Fellow(models.Model):
    """A further unit that hosts a paper."""

    paper = models.ForeignKey(Paper, models.DO_NOTHING, related_name="fellows")
    unit = models.ForeignKey(StoredUnit, models.DO_NOTHING, related_name="+")

    class Meta:
        app_label = "org"

    def __str__(self) -> str:
        return f"{self.pk}"


@pytest.fixture(scope="session")
def papers(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tables of the papers; no migration knows them."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Paper)
            editor.create_model(Copy)
            editor.create_model(Fellow)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Fellow)
            editor.delete_model(Copy)
            editor.delete_model(Paper)


@dataclass
class Drawn:
    """A world as the oracle knows it, and its rows."""

    world: oracle.World
    users: list[oracle.User]
    things: list[oracle.Thing]


@dataclass
class Built:
    """The same world in the database."""

    units: dict[str, StoredUnit]
    people: dict[str, Person]
    papers: dict[int, oracle.Thing] = field(default_factory=dict)

    def actor(self, user: oracle.User) -> Actor:
        """A user as the product sees one."""
        return actor_of(Person.objects.get(pk=self.people[user.name].pk), NOW)


# --- drawing -------------------------------------------------------------------------------------


def house(chance: random.Random, code: str, kind: str, parent: str) -> list[oracle.Unit]:
    """One procuratorate with departments, a task force, a committee, branches and a group."""
    found = [oracle.Unit(code, "business", kind, parent, code)]
    for number in range(chance.randint(1, 3)):
        found.append(oracle.Unit(f"{code}-D{number}", "business", "department", code, code))
    found.append(oracle.Unit(f"{code}-T", "business", "task_force", f"{code}-D0", code))
    found.append(oracle.Unit(f"{code}-P", "party", "organ_committee", "", code))
    for number in range(chance.randint(1, 3)):
        branch = f"{code}-P{number}"
        found.append(oracle.Unit(branch, "party", "party_branch", f"{code}-P", code))
    found.append(oracle.Unit(f"{code}-G", "party", "party_group", f"{code}-P0", code))
    return found


def realm(chance: random.Random, cities: int, counties: int) -> dict[str, oracle.Unit]:
    """A region with cities and counties, every one a house of its own."""
    found = house(chance, "R", "region", "")
    for city in range(cities):
        code = f"C{city}"
        found += house(chance, code, "city", "R")
        for county in range(counties):
            found += house(chance, f"{code}K{county}", "county", code)
    return {unit.code: unit for unit in found}


def pairs_of(chance: random.Random, units: dict[str, oracle.Unit]) -> list[tuple[str, str]]:
    """Branches paired with departments of their own house, some with several, some with none."""
    branches = [unit for unit in units.values() if unit.type == "party_branch"]
    bodies = [unit for unit in units.values() if unit.type in ("department", "task_force")]
    return [
        (branch.code, body.code)
        for branch in branches
        for body in bodies
        if branch.court == body.court and chance.random() < 0.4
    ]


def thing(chance: random.Random, units: list[str], users: list[oracle.User]) -> oracle.Thing:
    """A row somewhere, in some state, that names some of the users."""
    people = {
        (tie, chance.choice(users).name)
        for tie in ("author", "subject", "handler", "requester", "submitter")
        if chance.random() < 0.5
    }
    if chance.random() < 0.5:
        people |= {
            ("addressee", user.name)
            for user in chance.sample(users, min(len(users), chance.randint(1, 2)))
        }
    unit, *hosts = chance.sample(units, chance.choices((1, 2, 3), (6, 2, 1))[0])
    return oracle.Thing(unit, chance.choice(STATES), tuple(sorted(people)), tuple(hosts))


def grant(chance: random.Random, units: list[str], role: str) -> oracle.Held:
    """A role somewhere: in force, over, not yet begun, or not approved."""
    day = timedelta(days=chance.randint(1, 400))
    first, last = TODAY - day, chance.choice((None, None, TODAY, TODAY + day))
    when = chance.random()
    if when < 0.12:
        first, last = TODAY - 2 * day, TODAY - timedelta(days=1)
    elif when < 0.24:
        first, last = TODAY + timedelta(days=1), None
    state = chance.choices(("approved", "requested", "refused"), (8, 1, 1))[0]
    return oracle.Held(role, chance.choice(units), first, last, state)


def user(chance: random.Random, name: str, units: dict[str, oracle.Unit]) -> oracle.User:
    """Somebody with none to three grants anywhere."""
    courts = [unit.code for unit in units.values() if unit.type in oracle.COURTS]
    court = chance.choice(courts)
    branches = [u.code for u in units.values() if u.court == court and u.type == "party_branch"]
    roles = [role for role in oracle.roles().values() if role not in ("staff", "party_member")]
    return oracle.User(
        name,
        court,
        branch=chance.choice(["", *branches]),
        clearance=chance.choices(("L0", "L1", "L2", "L3", "L4"), (1, 2, 3, 8, 4))[0],
        left=TODAY if chance.random() < 0.04 else None,
        grants=[
            grant(chance, list(units), role) for role in chance.sample(roles, chance.randint(0, 3))
        ],
    )


def drawn(seed: int, users: int, things: int) -> Drawn:
    """A random world."""
    chance = random.Random(seed)
    units = realm(chance, cities=2, counties=chance.randint(1, 2))
    for code, unit in units.items():
        if unit.type not in oracle.COURTS and chance.random() < 0.25:
            gone = TODAY - timedelta(days=chance.randint(-1, 1))
            units[code] = replace(unit, dissolved=gone)
    world = oracle.World(units, pairs_of(chance, units), TODAY)
    people = [user(chance, f"U{number:02}", units) for number in range(users)]
    rows = [thing(chance, list(units), people) for _ in range(things)]
    return Drawn(world, people, rows)


# --- building ------------------------------------------------------------------------------------


def built(draft: Drawn) -> Built:
    """The drawn world in the database, with a paper for every row."""
    plan = [
        NewUnit(
            each.code, each.code, each.code, Tree(each.tree), UnitType(each.type), each.parent,
            each.court, FOUNDED, each.dissolved,
        )
        for each in draft.world.units.values()
    ]  # fmt: skip
    units = found(plan)
    for party, business in draft.world.pairs:
        pair(units[party], units[business], FOUNDED)
    # What was paired once, or will be, reaches nothing today.
    over = [unit for unit in units.values() if unit.type in COURT_TYPES]
    for court in over:
        pair(units[f"{court.code}-P"], court, FOUNDED, date(2020, 1, 1))
        pair(units[f"{court.code}-P0"], court, TODAY + timedelta(days=1))
    people = {each.name: person(each, units) for each in draft.users}
    done = Built(units, people)
    for each in draft.things:
        done.papers[paper(each, done).pk] = each
    return done


def person(each: oracle.User, units: dict[str, StoredUnit]) -> Person:
    """A user as a person with posts."""
    made = Person.objects.create(
        staff_no=each.name,
        name=each.name,
        court=units[each.court],
        department=units[f"{each.court}-D0"],
        branch=units.get(each.branch),
        membership=Membership.FULL if each.branch else Membership.NONE,
        clearance=each.clearance,
        left_on=each.left,
    )
    # Access holds even where the database has let in what its own guard forbids.
    guards.remove(connection)
    Post.objects.bulk_create(
        Post(
            person=made,
            unit=units[held.unit],
            role=held.role,
            valid_from=held.first,
            valid_to=held.last,
            state=PostState(held.state),
        )
        for held in each.grants
    )
    connection.check_constraints()
    guards.install(connection)
    return made


def paper(each: oracle.Thing, done: Built) -> Paper:
    """A row as a paper, with the line that says who handed it in."""
    named = {tie: done.people[name] for tie, name in each.people if tie in STATEMENTS}
    made: Paper = Paper._default_manager.create(
        unit=done.units[each.unit], state=each.state, **named
    )
    for code in each.hosts:
        Fellow._default_manager.create(paper=made, unit=done.units[code])
    for tie, name in each.people:
        if tie == "addressee":
            Copy._default_manager.create(paper=made, person=done.people[name])
        if tie == "submitter":
            by = Actor(done.people[name], (), NOW)
            audit.append(by, "submit", f"paper:{made.pk}", stream="test", record_id=made.pk)
    return made
