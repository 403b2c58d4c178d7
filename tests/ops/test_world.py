"""The demo world: its totals are those of the published text, and it is put together by the rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.db.models import Sum

from rongjian.indicators import figures, verify
from rongjian.kernel.catalogue import load_campaigns
from rongjian.kernel.lights import Lamp
from rongjian.kernel.periods import Period
from rongjian.kernel.workdays import is_workday
from rongjian.ledgers.absence import Absence
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.assistance_project import AssistanceProject
from rongjian.ledgers.decision import MeetingDecision
from rongjian.ledgers.guidance_document import GuidanceDocument
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.ledgers.model_case import ModelCase
from rongjian.ledgers.practical_deed import PracticalDeed
from rongjian.ledgers.public_interest_case import PublicInterestCase
from rongjian.ledgers.quotation import Quotation
from rongjian.ledgers.recommendation import Recommendation
from rongjian.ledgers.seized_asset import SeizedAsset
from rongjian.ledgers.service_opinion import ServiceOpinion
from rongjian.ledgers.temporary_branch import TemporaryBranch
from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.ops.demo.bodies import plan_courts
from rongjian.ops.demo.casework import LIVING_SINCE
from rongjian.ops.demo.cast import (
    BRANCH,
    BRANCH_MEMBERS,
    CAST,
    ENDED_FORCE,
    EXPIRING,
    GUEST,
    HOST,
    PASSWORD,
)
from rongjian.ops.demo.sizes import SIZES
from rongjian.org.gaps import gaps
from rongjian.org.models import COURT_TYPES, Membership, Pairing, Person, Unit, UnitType
from rongjian.records.models import Link, NoLink, Record
from rongjian.supervision.courses import standing
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.dispatching import loads
from rongjian.supervision.waiting import escalations, open_items, to_review
from tests.world import NOW, TODAY, World

if TYPE_CHECKING:
    from rongjian.kernel.lights import Light

BRANCHES = (UnitType.BRANCH, UnitType.JOINT_BRANCH)
OF_THE_REPORT = {"gang", "covid", "ecology", "assistance", "education", "ftz"}
GANG = {"campaign": "gang", "happened_on__range": (date(2018, 1, 1), date(2020, 12, 31))}
COVID = {"campaign": "covid", "happened_on__range": (date(2020, 1, 1), date(2021, 6, 30))}
LATER = {"happened_on__range": (date(2020, 1, 1), date(2021, 6, 30))}


@pytest.mark.parametrize(
    ("model", "where", "count"),
    [
        (TemporaryBranch, GANG, 206),
        (HandledPerson, GANG | {"decision": "arrested"}, 369),
        (HandledPerson, GANG | {"decision": "prosecuted"}, 1591),
        (Recommendation, GANG, 428),
        (GuidanceDocument, COVID, 11),
        (HandledPerson, COVID | {"decision": "prosecuted"}, 314),
        (PublicInterestCase, COVID, 236),
        (ModelCase, COVID | {"published_by": "region"}, 10),
        (PracticalDeed, LATER | {"campaign": "education"}, 26),
        (PublicInterestCase, {"field": "ecology", "happened_on__year": 2020}, 2586),
        (ModelCase, {"published_by": "national", "happened_on__year": 2020}, 22),
    ],
)
def test_counts_are_those_of_the_text(world: World, model, where, count) -> None:
    assert model.objects.filter(**where).count() == count
    # Nothing of the kind lies under the campaign but outside the period.
    if "campaign" in where:
        where = {name: value for name, value in where.items() if "happened" not in name}
        assert model.objects.filter(**where).count() == count


def test_sums_are_those_of_the_text(world: World) -> None:
    projects = AssistanceProject.objects.filter(campaign="assistance", **LATER)
    sums = projects.aggregate(Sum("funds"), Sum("problems_solved"))
    assert sums == {"funds__sum": Decimal(217_000_000), "problems_solved__sum": 1278}
    seized = SeizedAsset.objects.filter(**GANG).aggregate(Sum("amount"))["amount__sum"]
    assert Decimal(3_500_000_000) <= seized < Decimal(3_600_000_000)
    assert SeizedAsset.objects.filter(amount__lte=0).count() == 0
    opinion = ServiceOpinion.objects.get(campaign="ftz")
    assert opinion.articles == len(opinion.article_heads.splitlines()) == 20


def test_quotations_keep_what_was_printed_and_its_source(world: World) -> None:
    printed = dict(Quotation.objects.values_list("key", "printed"))
    assert printed == {
        "satisfaction-rank": "第1名",
        "first-national-2020": "7项",
        "top-five-2020": "19项",
    }
    assert set(Quotation.objects.values_list("source", flat=True)) == {"公开文稿 (2021)"}


def test_figures_print_as_the_text_does_and_agree_with_the_records(world: World) -> None:
    shown = figures.figure("assets-gang", world.region, Period.parse("2018-01..2020-12"))
    assert shown.text == "35亿余元"
    assert verify.differences(None, world.region) == []


def test_every_procuratorate_has_its_part_of_the_history(world: World) -> None:
    prosecuted = HandledPerson.objects.filter(**GANG, decision="prosecuted")
    per_court = Counter(prosecuted.values_list("court__code", flat=True))
    courts = set(Unit.objects.filter(type__in=COURT_TYPES).values_list("code", flat=True))
    assert set(per_court) == courts
    months = {day.replace(day=1) for day in prosecuted.values_list("happened_on", flat=True)}
    assert len(months) >= 30


def test_task_forces_and_temporary_branches_pair_off(world: World) -> None:
    standing = Unit.objects.get(type=UnitType.TEMPORARY_BRANCH, dissolved_on=None)
    assert standing.code == ENDED_FORCE.replace("-T", "-PT")
    branches = Unit.objects.filter(type=UnitType.TEMPORARY_BRANCH).exclude(pk=standing.pk)
    pairs = Pairing.objects.filter(party_unit__in=branches).select_related(
        "party_unit", "business_unit"
    )
    forces = {pair.business_unit.code for pair in pairs}
    assert len(pairs) == len(forces) == branches.count() == 206
    for pair in pairs:
        branch, force = pair.party_unit, pair.business_unit
        assert force.type == UnitType.TASK_FORCE
        assert branch.court_id == force.court_id
        assert "-P/" in branch.path
        assert date(2018, 1, 1) <= force.founded_on <= branch.founded_on <= date(2020, 12, 31)
        assert branch.dissolved_on is not None
        assert date(2020, 12, 1) <= branch.dissolved_on <= date(2021, 12, 31)
        assert branch.dissolved_on == force.dissolved_on == pair.valid_to
    approvals = TemporaryBranch.objects.exclude(branch=standing)
    founded = approvals.values_list("branch__code", "unit__code", "dissolved_on")
    told = {(p.party_unit.code, p.business_unit.code, p.valid_to) for p in pairs}
    assert told == set(founded)


def test_gang_records_stand_under_a_task_force_of_their_own_house_in_its_days(
    world: World,
) -> None:
    for model in (HandledPerson, Recommendation, SeizedAsset):
        for record in model.objects.filter(campaign="gang").select_related("task_force"):
            force = record.task_force
            assert force is not None
            assert force.dissolved_on is not None
            assert force.court_id == record.court_id
            assert force.founded_on <= record.happened_on <= force.dissolved_on


def test_only_the_history_belongs_to_the_campaigns_of_the_report(world: World) -> None:
    living = Record.objects.filter(happened_on__gte=date(2022, 1, 1))
    assert living.count() > 1000
    campaigns = set(living.values_list("campaign", flat=True))
    assert not campaigns & OF_THE_REPORT
    assert campaigns - {""}
    known = {each.code: each for each in load_campaigns()}
    for code, day in living.exclude(campaign="").values_list("campaign", "happened_on"):
        assert known[code].starts >= LIVING_SINCE
        assert known[code].runs_on(day)


def test_branches_have_three_full_members_and_small_departments_join(world: World) -> None:
    members = Counter(
        Person.objects.filter(membership=Membership.FULL).values_list("branch_id", flat=True)
    )
    serves: dict[int, int] = defaultdict(int)
    for pair in Pairing.objects.filter(party_unit__type__in=BRANCHES):
        serves[pair.party_unit_id] += 1
    host = Pairing.objects.get(business_unit__code=HOST).party_unit
    for branch in Unit.objects.filter(type__in=BRANCHES):
        assert 3 <= members[branch.pk] <= 50
        joint = branch.type == UnitType.JOINT_BRANCH
        own = 2 if branch == host else 1
        assert (2 <= serves[branch.pk] <= 5) if joint else serves[branch.pk] == own


def test_the_cast_s_house_has_three_things_to_find_and_a_year_ago_one(world: World) -> None:
    found = gaps(world.nanning, TODAY, below=False)
    assert [(gap.rule.code, gap.unit.code) for gap in found] == [
        ("ORG-02", GUEST),
        ("TERM-05", EXPIRING),
        ("TMP-03", ENDED_FORCE.replace("-T", "-PT")),
    ]
    assert [gap.reason for gap in found] == [
        "正式党员 2 名，不满 3 名，现挂靠第三党支部，符合规定",
        "换届 2026-08-14 到期，还有 50 天",
        "未检专项办案专班 2026-05-16 已结束 40 天，临时党支部未撤销",
    ]
    assert [gap.rule.code for gap in gaps(world.nanning, date(2025, 6, 25), below=False)] == [
        "ORG-02"
    ]
    # Elsewhere nothing is amiss; departments too small for a branch are shown as such.
    rest = {gap.rule.code for gap in gaps(world.region, TODAY) if gap not in found}
    assert rest == {"ORG-02"}


def test_every_branch_has_had_a_term_since_it_was_founded(world: World) -> None:
    for unit in Unit.objects.filter(type__in=(*BRANCHES, UnitType.ORGAN_COMMITTEE)):
        terms = list(unit.terms.order_by("began_on"))
        assert terms[0].began_on <= unit.founded_on + timedelta(days=90)
        assert [term.number for term in terms] == list(range(1, len(terms) + 1))
        for before, after in pairwise(terms):
            assert before.expires_on + timedelta(days=1) == after.began_on
        assert terms[-1].expires_on > TODAY


def test_every_department_and_every_member_has_a_branch(world: World) -> None:
    departments = Unit.objects.filter(type=UnitType.DEPARTMENT)
    assert not departments.filter(served_by=None).exists()
    for person in Person.objects.select_related("branch"):
        assert (person.branch is None) == (person.membership == Membership.NONE)
        assert person.branch is None or person.branch.court_id == person.court_id


def test_paths_begin_with_the_procuratorate_and_codes_in_them_are_known(world: World) -> None:
    for unit in Unit.objects.select_related("court"):
        assert unit.path.endswith(f"/{unit.code}/") or unit.path == f"{unit.code}/"
        assert unit.court is not None
        assert unit.path.startswith(unit.court.path)


def test_the_cast_is_where_it_should_be_and_nobody_else_has_an_account(world: World) -> None:
    assert set(world.persons) == {member.account for member in CAST}
    assert Person.objects.exclude(account=None).count() == len(CAST)
    for member in CAST:
        posts = world.actor(member.account).posts
        assert {(post.role, post.unit.code) for post in posts} >= set(member.posts)
        assert world.persons[member.account].department.code == member.department
    branch = world.units[BRANCH]
    assert branch.short == "南宁市院第二党支部"
    assert [pair.business_unit.short for pair in branch.serves.all()] == ["南宁市院第二检察部"]
    assert branch.party_members.count() == BRANCH_MEMBERS
    account = world.persons["lisi"].account
    assert account is not None
    assert account.check_password(PASSWORD)


def test_nobody_is_appointed_beside_the_cast(world: World) -> None:
    for member in CAST:
        for role, code in member.posts:
            if role not in {"prosecutor"}:
                holders = world.units[code].posts.filter(role=role, valid_to=None)
                assert [post.person.name for post in holders] == [member.name]


def test_each_stream_of_the_log_runs_forward_and_holds(world: World) -> None:
    verdict = audit.verify()
    assert verdict.breaks == ()
    assert verdict.streams == Unit.objects.filter(type__in=COURT_TYPES).count()
    last: dict[str, datetime] = {}
    for stream, at in Event.objects.order_by("pk").values_list("stream", "at"):
        moment = datetime.fromisoformat(at)
        assert last.get(stream, moment) <= moment <= NOW
        last[stream] = moment


def test_nothing_is_written_down_before_it_happened(world: World) -> None:
    lags = [
        recorded.date() - day
        for day, recorded in Record.objects.values_list("happened_on", "recorded_at")
    ]
    assert min(lags) >= timedelta(0)
    activities = Activity.objects.values_list("happened_on", "recorded_at")
    assert max(recorded.date() - day for day, recorded in activities) <= timedelta(days=20)


def test_answers_are_not_known_before_they_are_recorded(world: World) -> None:
    told = Recommendation.objects.values_list("replied_on", "recorded_at")
    assert all(replied is None or replied <= recorded.date() for replied, recorded in told)
    assert sum(replied is None for replied, _ in told) < len(told) / 4


def test_every_branch_is_alive(world: World) -> None:
    since = TODAY - timedelta(days=60)
    living = Activity.objects.filter(happened_on__gte=since)
    active = set(living.values_list("unit_id", flat=True))
    assert set(Unit.objects.filter(type__in=BRANCHES).values_list("pk", flat=True)) <= active
    states = Counter(Activity.objects.values_list("state", flat=True))
    assert states["approved"] > states["submitted"] > states["draft"] > 0
    assert NoLink.objects.filter(record__kind="activity").exists()
    assert MeetingDecision.objects.filter(
        links__target__kind="activity", due_on__gte=TODAY
    ).exists()
    waiting = MeetingDecision.objects.filter(state="open").order_by("happened_on")
    assert waiting[0].happened_on >= TODAY - timedelta(days=60)
    named = Absence.objects.filter(activity__unit__code=BRANCH).values("activity").distinct()
    assert named.count() == Activity.objects.filter(unit__code=BRANCH, absent__gt=0).count() > 0
    assert Activity.objects.filter(task_force__code="450100-T901", unit__code=BRANCH).exists()
    assert Link.objects.filter(source__kind="activity").exclude(target__kind="activity").exists()


def test_the_cast_s_branch_has_something_late_and_something_soon(world: World) -> None:
    lights = [item.light.words for item in open_items(world.actor("lisi"))]
    assert lights == ["逾期1天", "剩2个工作日"]
    assert len(escalations(world.actor("lisi"))) == 1
    assert to_review(world.actor("lan"))
    waiting = Activity.objects.filter(unit__code=BRANCH, state="submitted")
    assert list(waiting.values_list("author__name", flat=True)) == ["李四"]


def test_deployments_ran_their_course_and_are_under_way(world: World) -> None:
    closed = Deployment._default_manager.filter(state="closed")
    cells = [cell for each in closed for cell in standing(each, TODAY).cells.values()]
    assert closed.count() == 3
    assert {cell.light.lamp for cell in cells} == {Lamp.DONE, Lamp.EXCUSED}
    assert {cell.light.late for cell in cells} == {0, 1, 2}
    # Of what they were sent twelve procuratorates have not finished 43 matters, three of them seven.
    below = Unit.objects.filter(path__startswith=world.nanning.path, type="county")
    open_now = [load.open for load in loads(below)]
    assert (len(open_now), sum(open_now)) == (12, 43)
    assert [load.unit.code for load in loads(below) if load.busy] == ["450107", "450108", "450109"]


def test_a_deployment_goes_from_the_region_to_the_counties(world: World) -> None:
    passed = Deployment._default_manager.get(passes_on__isnull=False)
    assert passed.passes_on is not None
    assert passed.passes_on.unit == passed.unit == world.nanning
    assert passed.passes_on.deployment.unit == world.region
    assert {receipt.unit.type for receipt in passed.receipts.all()} == {"county"}
    assert passed.due_on < passed.passes_on.deployment.due_on
    told = {_lamp(standing(passed, TODAY).light_at(each)) for each in passed.receipts.all()}
    assert {Lamp.DONE, Lamp.WAITING, Lamp.OK} <= told


def _lamp(found: Light | None) -> Lamp | None:
    return found.lamp if found else None


def test_another_seed_makes_another_world_of_the_same_shape() -> None:
    places = SIZES["county"].places()
    first, again, other = (plan_courts(places, seed) for seed in (42, 42, 43))
    assert first == again
    assert first != other
    assert [team.code for plan in first for team in plan.teams] == [
        team.code for plan in other for team in plan.teams
    ]


def test_the_region_has_all_three_levels() -> None:
    levels = Counter(place.level for place in SIZES["region"].places())
    assert levels == {"region": 1, "city": 14, "county": 111}
    assert is_workday(TODAY)
