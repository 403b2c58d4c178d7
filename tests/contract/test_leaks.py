"""No answer says what its reader may not know, and nobody writes what they may not.

Random requests over every address and export, by people with every kind of post, in a world in
which each text carries a word of its own; `--leak-requests 20000` asks more than the suite does.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.documents.models import Document
from rongjian.indicators import catalogue
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.org.access import actor_of
from rongjian.org.finding import Directory
from rongjian.org.models import Person, Placement, Unit
from rongjian.records.finding import Wanted, find
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.models import Batch, Link, Record
from tests.contract import oracle
from tests.contract.leak_world import SPOTS, Aviary, Visitor, aviary, canary, spoken, state_of
from tests.contract.test_every_url import ROUTES
from tests.world import NOW, TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase

    from tests.web.visitors import Visit
    from tests.world import World

STATES = ("", "void", "draft", "approved", "filed")
Ask = tuple[str, dict[str, Any], dict[str, str], dict[str, str] | None]
"""Route, its arguments, the query, and what is posted (None: a GET)."""

# Every address is one class and one verb of the table. `*` is the class that the address names by its
# ledger, indicator or import. Those that are nobody's business but the asker's own stand apart.
RIGHTS = {
    "twin": ("org_unit", "view"),
    "twin-export": ("party_org", "export"),
    "adjust": ("party_org", "create"),
    "term": ("party_org", "edit"),
    "branch": ("party_org", "view"),
    "branch-export": ("party_member", "export"),
    "people": ("staff", "view"),
    "person": ("staff", "view"),
    "person-new": ("staff", "create"),
    "person-do": ("staff", "edit"),
    "people-import": ("staff", "import"),
    "people-import-one": ("staff", "import"),
    "post-end": ("role_grant", "void"),
    "taskforces": ("work", "view"),
    "taskforce": ("work", "view"),
    "taskforce-batch": ("temporary_branch", "submit"),
    "taskforce-members": ("work", "edit"),
    "taskforce-branch": ("temporary_branch", "create"),
    "taskforce-serve": ("party_org", "edit"),
    "taskforce-decide": ("temporary_branch", "approve"),
    "taskforce-end": ("work", "void"),
    "notices": ("notice", "view"),
    "account-addresses": ("notice", "edit"),
    "find": ("*", "view"),
    "calendar": ("obligation", "view"),
    "due-declare": ("obligation", "submit"),
    "due-undo": ("obligation", "submit"),
    "calendar-export": ("obligation", "view"),
    "calendar-plan": ("activity", "create"),
    "calendar-rules": ("regime_rule", "view"),
    "calendar-study": ("obligation", "view"),
    "calendar-adopt": ("regime_rule", "edit"),
    "supervise": ("task", "view"),
    "supervise-new": ("task", "create"),
    "supervise-one": ("task", "view"),
    "supervise-edit": ("task", "edit"),
    "supervise-units": ("task", "assign"),
    "supervise-act": ("task", "finalise"),
    "supervise-print": ("task", "view"),
    "supervise-conduction": ("task", "view"),
    "supervise-export": ("task", "export"),
    "supervise-report": ("task_feedback", "submit"),
    "supervise-plea": ("task_feedback", "submit"),
    "supervise-unit-act": ("task_feedback", "submit"),
    "supervise-feedback": ("task_feedback", "view"),
    "supervise-plea-decide": ("task_feedback", "finalise"),
    "deployment-new": ("task", "create"),
    "deployment-edit": ("task", "edit"),
    "task-feedback-new": ("task_feedback", "create"),
    "task-feedback-edit": ("task_feedback", "edit"),
    "ledgers": ("*", "view"),
    "ledger": ("*", "view"),
    "ledger-export": ("*", "export"),
    "ledger-new": ("*", "create"),
    "activity-new": ("activity", "create"),
    "activity-edit": ("activity", "edit"),
    "activity-minutes": ("activity", "view"),
    "form-draft": ("*", "create"),
    "link-find": ("*", "create"),
    "record-saved": ("*", "view"),
    "ledger-grid": ("*", "edit"),
    "ledger-selected": ("*", "view"),
    "ledger-views": ("*", "view"),
    "record": ("*", "view"),
    "record-edit": ("*", "edit"),
    "record-cell": ("*", "edit"),
    "record-move": ("*", "submit"),
    "record-link": ("*", "edit"),
    "api-ledgers": ("*", "view"),
    "api-ledger": ("*", "view"),
    "api-schema": ("*", "view"),
    "api-record": ("*", "view"),
    "imports": ("*", "import"),
    "import-new": ("*", "import"),
    "ledger-import": ("*", "import"),
    "import-template": ("*", "import"),
    "import-mappings": ("*", "import"),
    "import-mapping": ("*", "import"),
    "import": ("*", "import"),
    "import-problems": ("*", "import"),
    "ledger-names": ("*", "unmask"),
    "record-names": ("*", "unmask"),
    "figure-records-names": ("*", "unmask"),
    "sys": ("policy", "view"),
    "sys-users": ("account", "view"),
    "sys-user": ("account", "view"),
    "sys-user-new": ("account", "create"),
    "sys-user-act": ("account", "edit"),
    "sys-grants": ("role_grant", "approve"),
    "sys-grants-decide": ("role_grant", "approve"),
    "sys-clearance": ("label", "edit"),
    "sys-clearance-decide": ("label", "edit"),
    "sys-log": ("audit_log", "view"),
    "sys-log-export": ("audit_log", "export"),
    "sys-log-verify": ("audit_log", "view"),
    "sys-health": ("backup", "view"),
    "sys-rules": ("policy", "view"),
    "figures": ("*", "figures"),
    "figure": ("*", "figures"),
    "figure-records": ("*", "project"),
    "figure-records-export": ("*", "export"),
    "draft-check": ("report", "view"),
    "burden-account": ("data_request", "figures"),
    "burden-feedback": ("burden_feedback", "create"),
    "bulletin-draw": ("circular", "create"),
    "bulletin": ("circular", "view"),
    "bulletin-act": ("circular", "edit"),
    "bulletin-word": ("circular", "view"),
    "data-request-new": ("data_request", "create"),
    "published-check": ("published", "view"),
    "documents": ("report", "view"),
    "document": ("report", "view"),
    "document-word": ("report", "view"),
    "document-new": ("report", "create"),
    "document-freeze": ("report", "edit"),
}
OWN = {"home", "logout", "explain", "my-year", "account", "password", "second-factor"}
"""What everybody has: their own workbench, leaving, their own rights, year, account and secrets."""


def test_every_address_is_one_class_and_verb_or_everybodys_own() -> None:
    assert {*RIGHTS, *OWN} == set(ROUTES)
    assert len(OWN) <= 7
    for code, verb in RIGHTS.values():
        assert verb in oracle.VERBS.values()
        assert code == "*" or code in oracle.table()


# --- asking ----------------------------------------------------------------------------------------


class Questions:
    """Draws requests: right ones, other people's, void ones, and ones that fit nothing."""

    def __init__(self, made: Aviary, chance: random.Random) -> None:
        self.made, self.chance = made, chance
        self.units = [
            *SPOTS,
            *Unit.objects.filter(court__code__in=SPOTS).values_list("code", flat=True)[::7],
        ]
        self.indicators = sorted(catalogue.indicators())
        self.document = Document.objects.get().pk
        near = Person.objects.filter(court__code__in=SPOTS)
        self.people = list(near.filter(name__startswith="cnry").values_list("pk", flat=True))
        forces = Unit.objects.filter(type="task_force", court__code__in=SPOTS)
        self.forces = list(forces.values_list("code", flat=True)[:40])
        branches = Unit.objects.filter(court__code__in=SPOTS, type="party_branch")
        self.branches = list(branches.values_list("code", flat=True))
        self.drawing: tuple[Callable[[], Ask], ...] = (
            self.listed, self.listed, self.told_to_a_machine, self.exported, self.record, self.record, self.record,
            self.edited, self.moved, self.linked, self.figure, self.traced, self.traced,
            self.imported, self.paper, self.plain, self.written, self.person, self.body,
            self.names, self.administration, self.force, self.meeting, self.typed, self.chosen,
            self.looked_for, self.looked_for,
        )  # fmt: skip

    def ask(self) -> Ask:
        return self.chance.choice(self.drawing)()

    def _record(self) -> Record:
        return self.chance.choice(self.made.marked)

    def _place(self, record: Record) -> dict[str, Any]:
        kind = record.kind
        if self.chance.random() < 0.05:
            kind = self.chance.choice(list(kinds())).code
        return {"code": kind, "pk": record.pk + (10**6 if self.chance.random() < 0.03 else 0)}

    def _filter(self) -> dict[str, str]:
        record, query = self._record(), {}
        what = record.kind.replace("-", "")
        for name, value in (
            ("unit", self.chance.choice(self.units)),
            ("q", self.chance.choice([canary(what, record.pk, 0), "cnry", "z"])),
            ("state", self.chance.choice(STATES)),
            ("below", "1"),
            ("page", self.chance.choice("12")),
            ("sort", self.chance.choice(["key", "-key", "unit", "handler__name"])),
            ("batch", "1"),
            ("to", "2020-12-31"),
            ("edit", "1"),
            ("cols", ",".join(kind_of(record.kind).fields)),
        ):
            if self.chance.random() < 0.3:
                query[name] = value
        return query

    def listed(self) -> Ask:
        return "ledger", {"code": self._record().kind}, self._filter(), None

    def exported(self) -> Ask:
        # An export without a unit can be the whole region: it is asked for as a clerk would.
        query = self._filter() | {"unit": self.chance.choice(self.units[1:])}
        return "ledger-export", {"code": self._record().kind}, query, None

    def looked_for(self) -> Ask:
        """A text of a record or of a person, a part of many, or what stands around them."""
        record = self._record()
        what = record.kind.replace("-", "")
        person = self.chance.choice(self.people)
        typed = self.chance.choice(
            [
                *(canary(what, record.pk, at) for at in range(4)),
                canary("person", person, 0), "cnry", f"cnry{what[:4]}", "南宁市院", "第二党支部",
            ]
        )  # fmt: skip
        query = {"q": typed}
        for name, value in (("kind", record.kind), ("unit", self.chance.choice(self.units))):
            if self.chance.random() < 0.2:
                query[name] = value
        return "find", {}, query, None

    def record(self) -> Ask:
        route = self.chance.choice(["record", "record", "api-record"])
        return route, self._place(self._record()), {}, None

    def told_to_a_machine(self) -> Ask:
        limits = {"unit": self.chance.choice(self.units), "below": self.chance.choice("01")}
        return "api-ledger", {"code": self._record().kind}, limits, None

    def edited(self) -> Ask:
        record = self._record()
        if self.chance.random() < 0.5:
            return "record-edit", self._place(record), {}, None
        sent = {"version": str(record.version), "unit": str(record.unit_id), "topic": "改了"}
        return "record-edit", self._place(record), {}, sent

    def typed(self) -> Ask:
        record = self._record()
        field = self.chance.choice(kind_of(record.kind).fields)
        sent = {"field": field, "text": self.chance.choice(["", "改了", "2020-1-2", "3"])}
        return "record-cell", self._place(record), {}, sent

    def chosen(self) -> Ask:
        record = self._record()
        do = self.chance.choice(["change", "write", "move:submit", "take:submit", "export"])
        sent = {
            "row": f"{record.pk}:{record.version}", "do": do, "field": "note", "value": "改了",
        }  # fmt: skip
        return "ledger-selected", {"code": record.kind}, {}, sent

    def moved(self) -> Ask:
        record = self._record()
        moves = [move.code for move in kind_of(record.kind).flow.moves]
        sent = {"move": self.chance.choice(moves), "version": str(record.version)}
        return "record-move", self._place(record), {}, sent

    def linked(self) -> Ask:
        one, other = self._record(), self._record()
        target = self.chance.choice([f"{other.kind}-{other.pk}", canary(other.kind, other.pk, 0)])
        return "record-link", self._place(one), {}, {"kind": "advance", "target": target}

    def figure(self) -> Ask:
        code = self.chance.choice(self.indicators)
        return "figure", {"code": code}, {"unit": self.chance.choice(self.units)}, None

    def traced(self) -> Ask:
        route = self.chance.choice(["figure-records", "figure-records", "figure-records-export"])
        query = {"unit": self.chance.choice(self.units[1:])}
        for name, value in (("own", "1"), ("group", "court"), ("page", "2"), ("sort", "key")):
            if self.chance.random() < 0.2:
                query[name] = value
        return route, {"code": self.chance.choice(self.indicators)}, query, None

    def imported(self) -> Ask:
        pk = self.chance.choice(self.made.batches)
        route = self.chance.choice(["import", "import", "import-problems"])
        if route == "import" and self.chance.random() < 0.4:
            button = self.chance.choice(["commit", "discard", "undo", "check", "drop:2", "nothing"])
            return route, {"pk": pk}, {}, {"do": button}
        return route, {"pk": pk}, {}, None

    def paper(self) -> Ask:
        route = self.chance.choice(["document", "document-word", "document-freeze"])
        sent: dict[str, str] | None = {} if route == "document-freeze" else None
        return route, {"pk": self.document}, {"annex": "1"}, sent

    def plain(self) -> Ask:
        names = ["home", "ledgers", "imports", "import-mappings", "documents"]
        names += ["published-check", "twin", "explain", "calendar"]
        route = self.chance.choice(names)
        query = {"court": self.chance.choice(SPOTS)} if route == "twin" else {}
        if route == "explain":
            record = self._record()
            query = {"verb": "view", "record": f"{record.kind}-{record.pk}"}
        return route, {}, query, None

    def person(self) -> Ask:
        pk = self.chance.choice(self.people)
        route = self.chance.choice(["person", "person-do", "people", "my-year"])
        kwargs: dict[str, Any] = {"pk": pk} if route.startswith("person") else {}
        kwargs |= {"code": "transfer"} if route == "person-do" else {}
        query = {"q": "cnry"} if route == "people" else {}
        return route, kwargs, query, None

    def body(self) -> Ask:
        code = self.chance.choice(self.branches)
        route = self.chance.choice(["branch", "branch", "branch-export"])
        return route, {"code": code}, {}, None

    def names(self) -> Ask:
        sent = {"reason": "核对承办人", "unit": "450100"} if self.chance.random() < 0.5 else None
        return "record-names", self._place(self._record()), {}, sent

    def force(self) -> Ask:
        route = self.chance.choice(["taskforces", "taskforce", "taskforce", "taskforce-members"])
        kwargs = {} if route == "taskforces" else {"code": self.chance.choice(self.forces)}
        return route, kwargs, {}, None

    def meeting(self) -> Ask:
        record = self._record()
        route = self.chance.choice(["activity-minutes", "record-saved", "link-find"])
        if route == "link-find":
            word = self.chance.choice(["cnry", canary(record.kind.replace("-", ""), record.pk, 0)])
            return route, {"code": self._record().kind}, {"link_find": word}, None
        if route == "record-saved":
            return route, self._place(record), {}, None
        held = [each.pk for each in self.made.marked if isinstance(each, Activity)]
        return route, {"pk": self.chance.choice(held)}, {}, None

    def administration(self) -> Ask:
        pages = ["users", "grants", "clearance", "log", "log-export", "health", "rules"]
        query = {"form": self.chance.choice(["xlsx", "ndjson"]), "q": "cnry"}
        return f"sys-{self.chance.choice(pages)}", {}, query, None

    def written(self) -> Ask:
        kind = self.chance.choice(list(kinds()))
        if self.chance.random() < 0.5:
            return "ledger-new", {"code": kind.code}, {"unit": self.chance.choice(self.units)}, None
        unit = Unit.objects.get(code=self.chance.choice(self.units))
        sent = {
            "unit": str(unit.pk), "type": "theme_day", "happened_on": str(TODAY), "topic": "新的",
            "absent": "0", "decision": "prosecuted", "charge": "盗窃", "title": "新的",
        }  # fmt: skip
        return "ledger-new", {"code": kind.code}, {}, sent


# --- judging ----------------------------------------------------------------------------------------


def judge(made: Aviary, visitor: Visitor, asked: Ask) -> int:
    """Ask once; no leak, no fault, nothing that is not there, nothing written without a right."""
    route, kwargs, query, sent = asked
    where = f"{reverse(route, kwargs=kwargs)}"
    before = state_of(made.marked) if sent is not None else {}
    counted = (Record.objects.count(), Link.objects.count()) if sent is not None else (0, 0)
    client = visitor.client
    # What is sent is followed to the page that says what became of it, and may quote it.
    answer = client.get(where, query) if sent is None else client.post(where, sent, follow=True)
    said = spoken(answer)
    told = f"{visitor.name} {route} {kwargs} {query} {sent} → {answer.status_code}"
    assert answer.status_code < 500, told
    leaked = made.leaks(visitor, said, f"{where} {query} {sent}")
    assert not leaked, f"{told}: {leaked[:3]}"
    if route.startswith("record") or route == "api-record":
        judge_record(made, visitor, asked, answer, told)
    if route.startswith("import") and "pk" in kwargs:
        batch = Batch.objects.filter(pk=kwargs["pk"]).select_related("unit").first()
        if batch is not None:
            code = kind_of(batch.kind).access
            may = oracle.may_at(made.world, visitor.user, "import", code, batch.unit.code)
            assert (answer.status_code == 404) != may or sent is not None, told
    if sent is not None:
        judge_writing(made, visitor, asked, before, counted, told)
    return answer.status_code


def judge_record(
    made: Aviary, visitor: Visitor, asked: Ask, answer: HttpResponseBase, told: str
) -> None:
    """What is not visible is 404, whatever is asked of it; what is visible is never 404."""
    route, kwargs, _, sent = asked
    kind = kind_of(kwargs["code"])
    rows = kind.model._default_manager.select_related("unit", "author")
    record = rows.filter(pk=kwargs["pk"]).first()
    reads = route in {"record", "api-record"}
    verbs = ("view", "project") if reads else ("view",)
    seen = record is not None and any(
        made.may(visitor, verb, kind.access, made.thing(record)) for verb in verbs
    )
    if not seen:
        assert answer.status_code == 404, told
    elif sent is None and reads:
        assert answer.status_code == 200, told


def judge_writing(
    made: Aviary,
    visitor: Visitor,
    asked: Ask,
    before: dict[int, tuple[str, int]],
    counted: tuple[int, int],
    told: str,
) -> None:
    """Whatever changed, the oracle must have allowed it to this visitor."""
    route, kwargs, _, sent = asked
    assert sent is not None
    after = state_of(made.marked)
    for pk in [pk for pk, was in before.items() if after[pk] != was]:
        assert str(pk) in {str(kwargs.get("pk")), sent.get("row", "").partition(":")[0]}, told
        kind = kind_of(kwargs["code"])
        record = kind.model._default_manager.select_related("unit", "author").get(pk=pk)
        thing = made.thing(record)
        was = replace(thing, state=before[pk][0])
        step = sent.get("move", "") or sent.get("do", "").partition("take:")[2]
        verb = kind.flow.move(step).right if step else "edit"
        if verb == "submit":
            people = tuple(tie for tie in thing.people if tie[0] != "submitter")
            was = replace(was, people=people)
        assert made.may(visitor, verb, kind.access, was), told
    if Record.objects.count() > counted[0] and route == "ledger-new":
        newest = Record.objects.select_related("unit").latest("pk")
        code = kind_of(newest.kind).access
        assert oracle.may_at(made.world, visitor.user, "create", code, newest.unit.code), told
    elif Record.objects.count() != counted[0]:
        assert route == "import", told
    if Link.objects.count() > counted[1]:
        link = Link.objects.select_related("source__unit", "target__unit").latest("pk")
        for end, verb in ((link.source, "edit"), (link.target, "view")):
            kind = kind_of(end.kind)
            stored = kind.model._default_manager.select_related("unit", "author").get(pk=end.pk)
            assert made.may(visitor, verb, kind.access, made.thing(stored)), told


@pytest.fixture
def birds(world: World, visit: Visit) -> Aviary:
    """The world with canaries; `visit` holds the clock still."""
    return aviary(world)


def test_no_answer_leaks_and_no_stranger_writes(
    birds: Aviary, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    number = pytestconfig.getoption("--leak-requests")
    seed = pytestconfig.getoption("--leak-seed")
    chance = random.Random(seed)
    questions = Questions(birds, chance)
    seen: Counter[int] = Counter()
    for _ in range(number):
        seen[judge(birds, chance.choice(birds.visitors), questions.ask())] += 1
    with capsys.disabled():
        told = f"{number:,} requests, answers {dict(seen)}, {birds.heard:,} canaries rightly told"
        sys.stdout.write(f"\nseed {seed}: {told}\n")
    assert birds.heard > number // 2
    assert seen[200] > number // 5
    assert seen[404] > number // 20


def test_search_finds_what_the_oracle_lets_find_and_nothing_more(birds: Aviary) -> None:
    """Every text of a record leads there exactly for those who may read that text."""
    chance = random.Random(7)
    directory = Directory.load()
    told = 0
    for visitor in birds.visitors:
        actor = actor_of(Person.objects.get(staff_no=visitor.user.name), NOW)
        for record in chance.sample(birds.marked, 60):
            what = record.kind.replace("-", "")
            names = birds.texts[record.kind]
            for at in range(len(names)):
                word = canary(what, record.pk, at)
                hits = find(actor, Wanted(word), directory).hits
                right = record.state != "void" and birds.readable(
                    visitor, what, f"{record.pk:x}", str(at)
                )
                assert [hit.pk for hit in hits] == [record.pk] * right, (visitor.name, word)
                told += right
    assert told > 100


def test_the_index_of_ledgers_counts_what_the_oracle_counts(birds: Aviary) -> None:
    stored = [
        (kind, [birds.thing(each) for each in _all(kind.model)])
        for kind in kinds()
        if kind.model._default_manager.count() < 900
    ]
    assert len(stored) > 5
    for visitor in birds.visitors:
        answer = visitor.client.get(reverse("ledgers"))
        roles = {role for role, _ in birds.world.holdings(visitor.user)}
        assert (answer.status_code == 403) == bool(roles & oracle.ADMINISTRATORS), visitor.name
        if answer.status_code == 403:
            continue
        page = answer.context["page"]
        shown = {entry.code: entry.count for _, entries in page.groups for entry in entries}
        for kind, things in stored:
            living = [thing for thing in things if thing.state != "void"]
            right = max(
                sum(birds.may(visitor, verb, kind.access, thing) for thing in living)
                for verb in ("view", "project")
            )
            assert shown.get(kind.code, 0) == right, (visitor.name, kind.code)


def _all(model: Any) -> Any:
    related = ["unit", "author"] + (["handler"] if hasattr(model, "handler") else [])
    return model._default_manager.select_related(*related)


# --- the next request obeys ---------------------------------------------------------------------------


def test_when_a_post_ends_the_next_request_obeys(world: World, visit: Visit) -> None:
    client = visit("qian")
    row = HandledPerson._default_manager.filter(unit__court=world.nanning).order_by("pk")[0]
    where = reverse("record", args=["handled-person", row.pk])
    assert client.get(where).status_code == 200
    world.persons["qian"].posts.update(valid_to=TODAY - timedelta(days=1))
    assert client.get(where).status_code == 404
    for route in ("ledger", "ledger-export"):
        assert client.get(reverse(route, args=["handled-person"])).status_code == 403


def test_when_somebody_becomes_an_administrator_business_is_gone_at_once(
    world: World, visit: Visit
) -> None:
    client = visit("qian")
    person = world.persons["qian"]
    assert client.get(reverse("documents")).status_code == 200
    person.posts.update(valid_to=TODAY - timedelta(days=1))
    person.posts.create(unit=world.region, role="sysadmin", valid_from=TODAY, state="approved")
    for route in ("documents", "draft-check", "published-check"):
        assert client.get(reverse(route)).status_code == 403
    assert client.get(reverse("ledger", args=["handled-person"])).status_code == 403
    assert client.get(reverse("figures")).status_code == 403


def test_when_a_unit_moves_its_former_scopes_lose_access_at_once(
    world: World, visit: Visit
) -> None:
    """Rights follow today's place: what was copied onto the record decides nothing (F11)."""
    branch, other = world.units["450100-P02"], world.units["450200"]
    row = Activity._default_manager.filter(unit=branch, state="approved").order_by("pk")[0]
    where = reverse("record", args=["activity", row.pk])
    former, new = visit("weiw"), visit("gong")
    assert former.get(where).status_code == new.get(where).status_code == 200
    path = f"{other.path}450100-P02/"
    Unit.objects.filter(pk=branch.pk).update(path=path, court=other)
    Placement.objects.filter(unit=branch).update(path=path)
    assert former.get(where).status_code == 404
    assert new.get(where).status_code == 200
    row.refresh_from_db()
    assert row.court_id == world.nanning.pk
    assert NOW.date() == TODAY
