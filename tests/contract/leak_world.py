"""The demo world with a word of its own in every text of it, and people to go looking for them.

A canary names the record and the field that it stands in: `cnry<what><id in hex>f<field>z`. Whatever a
page, sheet or document answers is searched for them, and each one found is held against the oracle.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import models
from django.test import Client

from rongjian.documents.models import Document
from rongjian.log.models import Event
from rongjian.org.models import (
    Affiliation,
    Pairing,
    Person,
    Placement,
    Post,
    PostState,
    Unit,
    in_force,
)
from rongjian.records import indexing
from rongjian.records.kinds import Kind, kinds
from rongjian.records.models import Batch, Evidence, Record
from rongjian.web.gate import FACTOR
from tests.contract import oracle
from tests.world import NOW, TODAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpResponseBase

    from tests.world import World

CANARY = re.compile(r"cnry([a-z]+?)x([0-9a-f]+)f(\d+)z")
SPOTS = ("450000", "450100", "450103", "450200")
LONGEST = 40
"""Characters that a canary may take; PostgreSQL refuses what a column cannot hold."""
A_KIND = 12
"""Records of each kind and procuratorate that carry canaries."""


def canary(what: str, pk: int, at: int) -> str:
    return f"cnry{what}x{pk:x}f{at}z"


@dataclass
class Visitor:
    """Somebody who asks, as the product and as the oracle know them."""

    name: str
    client: Client
    user: oracle.User


@dataclass
class Aviary:
    """Everything that the test asks about."""

    world: oracle.World
    visitors: list[Visitor]
    marked: list[Record] = field(default_factory=list)
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    heard: int = 0

    def thing(self, record: Record) -> oracle.Thing:
        """A stored record as the oracle sees it, with who handed it in."""
        people = {("author", record.author.staff_no)} if record.author else set()
        handler = getattr(record, "handler", None)
        people |= {("handler", handler.staff_no)} if handler else set()
        for name in ("person", "mentor", "mentee", "one", "other"):
            subject = getattr(record, name, None)
            people |= {("subject", subject.staff_no)} if subject else set()
        sent = Event.objects.filter(record_id=record.pk, verb="submit").values_list(
            "actor", flat=True
        )
        people |= {("submitter", who.removeprefix("u:")) for who in sent}
        reviewer = getattr(record, "reviewer", None)
        people |= {("addressee", reviewer.staff_no)} if reviewer else set()
        # A deployment is read where it was sent, as a joint record is where it is hosted.
        shared = "receipts" if record.kind == "deployment" else "hosted_by"
        hosts = tuple(getattr(record, shared).values_list("unit__code", flat=True))
        if record.kind == "deployment":
            given = getattr(record, shared).exclude(assigned_to=None)
            hosts += tuple(given.values_list("assigned_to__code", flat=True))
        return oracle.Thing(record.unit.code, record.state, tuple(sorted(people)), hosts)

    def may(self, visitor: Visitor, verb: str, code: str, thing: oracle.Thing) -> bool:
        return oracle.may(self.world, visitor.user, verb, code, thing)

    def leaks(self, visitor: Visitor, said: str, asked: str) -> list[str]:
        """The canaries in an answer that the visitor may not read and has not sent."""
        found = {match.group(0): match for match in CANARY.finditer(said)}
        self.heard += len(found)
        return [
            word
            for word, match in found.items()
            if word not in asked and not self.readable(visitor, *match.groups())
        ]

    def readable(self, visitor: Visitor, what: str, number: str, at: str) -> bool:
        pk = int(number, 16)
        if what == "person":
            who = Person.objects.select_related("department").get(pk=pk)
            thing = oracle.Thing(who.department.code, people=(("subject", who.staff_no),))
            # Who opens accounts and grants posts must know whose they are.
            return any(
                self.may(visitor, "view", code, thing)
                for code in ("staff", "account", "role_grant")
            )
        if what == "batch":
            batch = Batch.objects.select_related("unit").get(pk=pk)
            code = next(kind.access for kind in kinds() if kind.code == batch.kind)
            return oracle.may_at(self.world, visitor.user, "import", code, batch.unit.code)
        if what == "document":
            found = Document.objects.select_related("unit").get(pk=pk)
            return self.may(visitor, "view", "report", oracle.Thing(found.unit.code))
        kind = next(kind for kind in kinds() if kind.code.replace("-", "") == what)
        rows = kind.model._default_manager.select_related("unit", "author")
        record = rows.get(pk=pk)
        thing = self.thing(record)
        if self.may(visitor, "view", kind.access, thing):
            return True
        names = self.texts[kind.code]
        # What stands past the fields is evidence and the words of the log: for readers in full.
        open_field = int(at) < len(names) and names[int(at)] not in kind.private
        return open_field and self.may(visitor, "project", kind.access, thing)


def aviary(world: World) -> Aviary:
    """The built world as oracle, with canaries in it; to be called inside a test's transaction."""
    made = Aviary(_oracle_world(), [])
    _mark_records(made)
    _mark_people()
    for kind in list(kinds())[::3]:
        made.batches += [_batch(kind, code) for code in SPOTS[1:3]]
    found = Document.objects.get()
    Document.objects.filter(pk=found.pk).update(title=canary("document", found.pk, 0))
    for account, person in world.persons.items():
        made.visitors.append(_visitor(account, person))
    made.visitors += _newcomers()
    return made


def _oracle_world() -> oracle.World:
    parents = dict(
        Placement.objects.filter(in_force(TODAY)).values_list("unit__code", "parent__code")
    )
    units = {
        unit.code: oracle.Unit(
            unit.code, unit.tree, unit.type, parents.get(unit.code) or "",
            unit.court.code if unit.court else "", unit.dissolved_on,
        )
        for unit in Unit.objects.select_related("court")
    }  # fmt: skip
    pairs = Pairing.objects.filter(in_force(TODAY))
    return oracle.World(
        units, list(pairs.values_list("party_unit__code", "business_unit__code")), TODAY
    )


def _text_fields(kind: Kind) -> tuple[str, ...]:
    """The fields of a kind that hold words of people and are long enough to hold a canary."""
    return tuple(
        name
        for name in kind.fields
        if isinstance(kind.field(name), models.CharField | models.TextField)
        and not kind.field(name).choices
        and (kind.field(name).max_length or LONGEST) >= LONGEST
        and name not in ("campaign", "line", "hosts")
    )


def _mark_records(made: Aviary) -> None:
    for kind in kinds():
        names = made.texts[kind.code] = _text_fields(kind)
        for spot in SPOTS:
            rows = kind.model._default_manager.filter(unit__court__code=spot).order_by("-pk")
            for record in rows.select_related("unit", "author")[:A_KIND]:
                what = kind.code.replace("-", "")
                words = {name: canary(what, record.pk, at) for at, name in enumerate(names)}
                kind.model._default_manager.filter(pk=record.pk).update(**words)
                Evidence.objects.create(record=record, source=canary(what, record.pk, 90))
                made.marked.append(kind.model._default_manager.get(pk=record.pk))
    # Written behind the template's back, they have to be entered for search.
    indexing.enter_again([record.pk for record in made.marked])


def _mark_people() -> None:
    for spot in SPOTS:
        staff = Person.objects.filter(court__code=spot, account=None).order_by("pk")
        for person in staff[:15]:
            Person.objects.filter(pk=person.pk).update(name=canary("person", person.pk, 0))


def _batch(kind: Kind, code: str) -> int:
    """An import that waits with canaries in its cells."""
    names = list(kind.form)
    batch = Batch.objects.create(
        kind=kind.code,
        name="x.csv",
        digest="same",
        unit=Unit.objects.get(code=code),
        headings=[kind.heading(name) for name in names],
        mapping={str(at): name for at, name in enumerate(names)},
        layout={"sheet": "x", "first": 1, "last": 1},
        state="checked",
        created_at=NOW,
    )
    Batch.objects.filter(pk=batch.pk).update(name=canary("batch", batch.pk, 0))
    cells = [canary("batch", batch.pk, at) for at in range(len(names))]
    problem = {"group": "required", "message": canary("batch", batch.pk, 50), "suggestion": ""}
    batch.rows.create(number=2, cells=cells, outcome="bad", problems={names[0]: problem})
    return batch.pk


# --- who asks ------------------------------------------------------------------------------------


def _visitor(name: str, person: Person) -> Visitor:
    client = Client(raise_request_exception=True)
    assert person.account is not None
    client.force_login(person.account)
    session = client.session
    session[FACTOR] = "totp"  # Whoever owes a second factor has proven it.
    session.save()
    person.refresh_from_db()
    posts = Post.objects.filter(person=person).select_related("unit")
    held = [
        oracle.Held(post.role, post.unit.code, post.valid_from, post.valid_to, post.state)
        for post in posts
    ]
    user = oracle.User(
        person.staff_no,
        person.court.code,
        person.branch.code if person.branch and person.membership != "none" else "",
        person.clearance,
        person.left_on,
        held,
    )
    return Visitor(name, client, user)


def _newcomers() -> Iterator[Visitor]:
    """Roles that the cast lacks, and the ways in which a right can be over, to come or missing."""
    day = timedelta(days=1)
    plans: tuple[tuple[str, str, tuple[tuple[Any, ...], ...], str], ...] = (
        ("plain", "450100", (), "L3"),
        ("plainbelow", "450103", (), "L3"),
        ("party", "450100", (("party_secretary", "450100"),), "L3"),
        ("handler", "450100", (("prosecutor", "450100"),), "L3"),
        ("headbelow", "450103", (("department_head", None),), "L3"),
        ("casesbelow", "450103", (("case_manager", "450103"),), "L3"),
        ("sibling", "450200", (("case_manager", "450200"), ("organ_committee", "450200")), "L3"),
        ("lowly", "450100", (("case_manager", "450100"), ("organ_committee", "450100")), "L1"),
        ("public", "450100", (("chief", "450100"),), "L0"),
        ("over", "450100", (("case_manager", "450100", TODAY - 9 * day, TODAY - day),), "L3"),
        ("tocome", "450100", (("chief", "450000", TODAY + day, None),), "L3"),
        ("unapproved", "450100", (("chief", "450000", TODAY, None, "requested"),), "L3"),
        ("two", "450100", (("case_manager", "450103"), ("organ_committee", "450200")), "L3"),
        ("watcher", "450000", (("auditor", "450000"),), "L4"),
    )
    for name, court, posts, clearance in plans:
        house = Unit.objects.get(code=court)
        body = Unit.objects.filter(court=house, type="department").order_by("path")[0]
        branch = Unit.objects.filter(court=house, type="party_branch").order_by("path").first()
        person = Person.objects.create(
            staff_no=f"V-{name}", name=name, court=house, department=body, branch=branch,
            membership="full" if name != "plain" else "none", clearance=clearance,
            account=User.objects.create_user(f"v-{name}"),
        )  # fmt: skip
        Affiliation.objects.create(person=person, unit=body, kind="department", valid_from=TODAY)
        for role, unit, *when in posts:
            usual: tuple[Any, ...] = (TODAY, None, "approved")
            first, last, state = (*when, *usual[len(when) :])
            at = Unit.objects.get(code=unit) if unit else body
            Post.objects.create(
                person=person, unit=at, role=role, valid_from=first, valid_to=last,
                state=PostState(state),
            )  # fmt: skip
        yield _visitor(name, person)


# --- what was answered -----------------------------------------------------------------------------


def spoken(answer: HttpResponseBase) -> str:
    """Everything that an answer says: a page, the parts of a sheet or document, headers."""
    body: bytes = getattr(answer, "content", b"")
    head = " ".join(f"{name}: {value}" for name, value in answer.items())
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            inside = b" ".join(parts.read(name) for name in parts.namelist())
        return head + inside.decode("utf-8", "replace")
    return head + body.decode("utf-8", "replace")


def state_of(records: Iterable[Record]) -> dict[int, tuple[str, int]]:
    """State and version of records as stored."""
    rows = Record.objects.filter(pk__in=[record.pk for record in records])
    return {
        pk: (state, version) for pk, state, version in rows.values_list("pk", "state", "version")
    }
