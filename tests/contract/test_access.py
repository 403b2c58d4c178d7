"""Access: every cell of the reviewed table, and more than a million random questions.

`permissions.txt` is the table that people reviewed, `oracle.py` works it out slowly and without the
product. Here both `roles.yaml` and what the product answers are held against it, "no" included.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rongjian.kernel.content import CONTENT, ContentError
from rongjian.org import access
from rongjian.org import roles as declared
from rongjian.org.access import Actor, actor_of
from rongjian.org.models import Clearance
from rongjian.org.reaching import reaches
from rongjian.org.roles import VERB_NAMES, classes, conflicts, roles
from tests.contract import oracle
from tests.contract.access_world import (
    STATES,
    TODAY,
    Built,
    Drawn,
    Paper,
    built,
    drawn,
    person,
    realm,
)
from tests.house import FOUNDED, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.org.access import Verb

VERBS = tuple(VERB_NAMES)
CODES = sorted(oracle.table())
SCOPES = {
    "own": "S(author)", "subject": "S(subject)", "handler": "C", "addressee": "R", "node": "N",
    "unit": "B", "paired": "P", "court": "O", "courts": "T", "all": "*",
}  # fmt: skip


# --- the declaration ---------------------------------------------------------------------------------


def test_the_table_and_the_declaration_know_the_same_roles_and_classes() -> None:
    # Seats of a branch's committee that the table does not know: they are posts without any right.
    seats = {"branch_deputy", "branch_publicity"}
    assert set(roles()) - seats == set(oracle.roles().values())
    assert len(roles()) == 21 + len(seats)
    assert not seats & {grant.role for entry in classes().values() for grant in entry.grants}
    assert set(classes()) == set(oracle.table())
    administrators = {code for code, role in roles().items() if role.administrator}
    assert administrators == oracle.ADMINISTRATORS


@pytest.mark.parametrize("code", CODES)
def test_every_cell_is_declared_as_reviewed(code: str) -> None:
    """Role by role and verb by verb: the scopes with their conditions, where there is none too."""
    entry, kind = classes()[code], oracle.table()[code]
    ties = {SCOPES.get(tie, tie) for tie in entry.not_actor}
    named = {"S(author)": "author", "S(subject)": "subject", "R": "addressee"}
    assert {named.get(tie, tie) for tie in ties} == kind.judges
    head = (entry.label, entry.tree, entry.person, entry.administration, entry.recusal)
    assert head == (kind.label, kind.tree, kind.person, kind.admin, kind.recusal)
    for role in roles():
        for verb in VERBS:
            declared = sorted(
                (
                    SCOPES[each.within],
                    each.states,
                    each.two_person,
                    each.not_author,
                    bool(each.when),
                )
                for each in entry.grants
                if each.role == role and verb in each.may
            )
            reviewed = sorted(
                (row.scope, row.states, row.two_person, row.not_author, row.words)
                for row in kind.rows
                if row.role == role and verb in row.verbs
            )
            assert declared == reviewed, (code, role, verb)


# --- every cell in a small world ----------------------------------------------------------------------


def small() -> Drawn:
    """Seven houses; every role once at a house and once at a body in it; rows of every relation."""
    chance = random.Random(7)
    units = realm(chance, cities=2, counties=2)
    world = oracle.World(units, [("C0-P0", "C0-D0"), ("C0K0-P0", "C0K0-D0")], TODAY)
    users = []
    for role in (code for code in roles() if code != "staff"):
        tree = roles()[role].tree
        body = "C0-P0" if tree == "party" else "C0-D0"
        for at in ("C0", body):
            held = [] if role == "party_member" else [oracle.Held(role, at, FOUNDED)]
            branch = "C0-P0" if role == "party_member" else ""
            name = f"{role[:12]}@{at}"
            users.append(oracle.User(name, "C0", branch, clearance="L4", grants=held))
    users.append(oracle.User("plain", "C0", clearance="L4"))
    things = [oracle.Thing(code, state) for code in units for state in ("approved", "draft")]
    for each in users:
        for tie in ("author", "subject", "handler", "addressee", "submitter", "requester"):
            for at in ("C0-D0", "C1-D0"):
                things.append(oracle.Thing(at, chance.choice(STATES), ((tie, each.name),)))
    return Drawn(world, users, things)


def cells(draft: Drawn, done: Built) -> Iterator[tuple[oracle.User, Actor, str, Verb]]:
    for each in draft.users:
        actor = done.actor(each)
        for code in CODES:
            for verb in VERBS:
                yield each, actor, code, verb


def compare(
    draft: Drawn, done: Built, user: oracle.User, actor: Actor, code: str, verb: Verb
) -> int:
    """Hold a list against the oracle; returns how many rows were asked about."""
    listed = set(
        access.visible(actor, Paper._default_manager.all(), verb, code).values_list("pk", flat=True)
    )
    speaking = oracle.candidates(draft.world, user, verb, code)
    right = {
        pk
        for pk, thing in done.papers.items()
        if any(oracle.grants(draft.world, user, verb, code, thing, *each) for each in speaking)
    }
    assert listed == right, (user, code, verb, [done.papers[pk] for pk in listed ^ right][:3])
    return len(done.papers)


def compare_units(
    draft: Drawn, done: Built, user: oracle.User, actor: Actor, code: str, verb: Verb
) -> int:
    """Hold single checks at every unit, and the list of units, against the oracle."""
    right = {at for at in done.units if oracle.may_at(draft.world, user, verb, code, at)}
    single = {at for at, unit in done.units.items() if access.allowed(actor, verb, code, unit)}
    assert single == right, (user, code, verb, single ^ right)
    reached = set(access.reach_units(actor, verb, code).values_list("code", flat=True))
    by_place = {
        row for row, _ in oracle.candidates(draft.world, user, verb, code) if not row.states
    }
    assert right <= reached, (user, code, verb)
    assert (
        reached == right
        or not by_place
        or any(row.not_author for row in by_place)
        or any(row.states for row, _ in oracle.candidates(draft.world, user, verb, code))
    ), (user, code, verb, reached ^ right)
    return len(done.units)


def compare_rows(
    draft: Drawn, done: Built, user: oracle.User, actor: Actor, code: str, verb: Verb
) -> None:
    """A row in hand gets the answer that it gets in a list (every twentieth is asked about)."""
    for each in Paper._default_manager.filter(pk__in=list(done.papers)[::20]).select_related(
        "unit__court"
    ):
        right = oracle.may(draft.world, user, verb, code, done.papers[each.pk])
        whole = verb == "figures"
        single = access.allowed(actor, verb, code, each.unit, each)
        assert single == right or (whole and not single), (user, code, verb, done.papers[each.pk])


def test_every_cell_holds_in_lists_and_single_checks(db: None, papers: None) -> None:
    draft = small()
    done = built(draft)
    asked = 0
    for user, actor, code, verb in cells(draft, done):
        asked += compare(draft, done, user, actor, code, verb)
        if oracle.candidates(draft.world, user, verb, code):
            asked += compare_units(draft, done, user, actor, code, verb)
    assert asked > 1_000_000


# --- random worlds --------------------------------------------------------------------------------------

WORLDS, USERS, ROWS = 6, 12, 100


@pytest.mark.parametrize("seed", [20260625 + number for number in range(WORLDS)])
def test_random_questions_never_get_more_or_less_than_the_oracle(
    seed: int, db: None, papers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Users with none to three grants, over, to come and not approved; every class and verb."""
    draft = drawn(seed, USERS, ROWS)
    done = built(draft)
    asked = alive = 0
    for user, actor, code, verb in cells(draft, done):
        asked += compare(draft, done, user, actor, code, verb)
        if oracle.candidates(draft.world, user, verb, code):
            alive += len(done.papers)
            alive += compare_units(draft, done, user, actor, code, verb)
            compare_rows(draft, done, user, actor, code, verb)
    with capsys.disabled():
        sys.stdout.write(f"\nseed {seed}: {asked:,} decisions, {alive:,} where a post speaks\n")
    assert asked >= 1_000_000 / WORLDS


# --- what must hold of any such table (security design 7.5) ------------------------------------------------


def test_what_is_read_by_somebody_is_read_by_the_listed_and_answers_by_nobody() -> None:
    for code, entry in classes().items():
        readers = {grant.role for grant in entry.grants if "view" in grant.may}
        bare = {"attachment", "import_batch", "survey_response", "purge"}
        assert bool(readers) != (code in bare), code
    assert not any(grant for grant in classes()["survey_response"].grants)
    assert {grant.role for grant in classes()["intf_record"].grants} == {
        "staff", "custodian", "integrity",
    }  # fmt: skip


def test_nobody_passes_both_making_and_judging_a_record(db: None, papers: None) -> None:
    """Whoever wrote or handed in a row cannot approve or finalise it, whatever roles they hold."""
    chance = random.Random(5)
    units = realm(chance, cities=1, counties=1)
    world = oracle.World(units, [], TODAY)
    able = [code for code, role in roles().items() if not role.administrator]
    pairs = [(one, other) for one in able for other in able if one < other]
    users: list[oracle.User] = []
    for one, other in pairs:
        if not conflicts([one, other]):
            held = [oracle.Held(role, "C0", FOUNDED) for role in (one, other)]
            users.append(oracle.User(f"{len(users)}", "C0", "C0-P0", "L4", grants=held))
    things = [
        oracle.Thing("C0", "submitted", ((tie, each.name),))
        for each in users
        for tie in ("author", "submitter")
    ]
    done = built(Drawn(world, users, things))
    judged = [code for code, entry in classes().items() if entry.not_actor[0] == "own"]
    for each in users:
        actor = done.actor(each)
        own = {pk for pk, thing in done.papers.items() if thing.people[0][1] == each.name}
        for code in judged:
            for verb in ("approve", "finalise"):
                assert not access.visible(
                    actor, Paper._default_manager.filter(pk__in=own), verb, code
                ).exists(), (each.grants, code)


def test_administrators_meet_no_business_and_nothing_in_one_person(db: None, papers: None) -> None:
    draft = drawn(11, 3, 20)
    for each, role in zip(draft.users, ("sysadmin", "secadmin", "auditor"), strict=True):
        each.left, each.branch = None, "R-P0"
        each.court, each.clearance = "R", "L4"
        each.grants = [oracle.Held(role, "R", FOUNDED), oracle.Held("chief", "R", FOUNDED)]
    done = built(draft)
    for each in draft.users:
        actor = done.actor(each)
        assert len(actor.roles) == 1
        for code, entry in classes().items():
            if not entry.administration:
                for verb in VERBS:
                    assert not access.may_somewhere(actor, verb, code), (each.grants, code, verb)
    both = [oracle.Held(role, "R", FOUNDED) for role in ("sysadmin", "auditor")]
    twice = oracle.User("twice", "R", grants=both)
    draft.users.append(twice)
    from_database = person(twice, done.units)
    assert actor_of(from_database, NOW).posts == ()


def test_more_grants_never_take_a_right_away(db: None, papers: None) -> None:
    """Removing a post of several never adds a right; an administrator's is alone and apart."""
    draft = drawn(13, 14, 60)
    done = built(draft)
    for each in draft.users:
        actor = done.actor(each)
        if actor.administrator or len(actor.posts) < 3:
            continue
        fewer = Actor(actor.person, actor.posts[:-1], actor.now)
        for code in CODES:
            for verb in VERBS:
                rows = Paper._default_manager.all()
                more = set(access.visible(actor, rows, verb, code))
                assert set(access.visible(fewer, rows, verb, code)) <= more


@pytest.mark.parametrize("clearance", Clearance.values)
def test_no_class_is_read_above_a_clearance_but_ones_own(
    clearance: str, db: None, papers: None
) -> None:
    """The lattice L0 to L4, five by five: no post opens what lies above its holder."""
    draft = drawn(17, 1, 80)
    every = [code for code, role in roles().items() if not role.administrator]
    each = draft.users[0]
    each.left, each.clearance = None, clearance
    each.grants = [oracle.Held(role, "R", FOUNDED) for role in every if role != "staff"]
    done = built(draft)
    actor = done.actor(each)
    for code, entry in classes().items():
        for verb in VERBS:
            withins = {reach.grant.within for reach in reaches(actor, code, verb)}
            if entry.label != "parent" and entry.label > clearance:
                assert withins <= {"own", "subject"}, (code, verb)
            compare(draft, done, each, actor, code, verb)


def test_what_no_post_may_change_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (CONTENT / "roles.yaml").read_text(encoding="utf-8")
    chief = "{role: chief, may: [project, figures], within: courts}\n      - {role: party"
    for wrong, said in (
        (chief.replace("chief", "chef"), "没有登记的角色"),
        (chief.replace("project", "view"), "不能超出本院"),
        (chief.replace("role: chief", "role: auditor"), "不接触业务数据"),
        (chief.replace("project", "peep"), "不认识"),
        (chief.replace("courts", "everywhere", 1), "不认识"),
        (chief.replace("chief, may: [project, figures], within: courts",
                       "branch_secretary, may: [view], within: unit"), "paired"),
    ):  # fmt: skip
        at = text.index("  - code: casework")
        broken = text[:at] + text[at:].replace(chief, wrong, 1)
        (tmp_path / "roles.yaml").write_text(broken, encoding="utf-8")
        monkeypatch.setattr(declared, "CONTENT", tmp_path)
        for known in (declared.roles, declared.classes):
            known.cache_clear()
        try:
            with pytest.raises(ContentError, match=said) as caught:
                declared.classes()
        finally:
            for known in (declared.roles, declared.classes):
                known.cache_clear()
        line = broken[: broken.index(wrong, at)].count("\n") + 1
        assert caught.value.line == line, wrong
