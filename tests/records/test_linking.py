"""What links say by rule, what is offered, and why there may be none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.content import CONTENT, ContentError
from rongjian.ledgers import link_offers
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.criminal_case import CriminalCase
from rongjian.ledgers.decision import MeetingDecision
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.ledgers.recommendation import Recommendation
from rongjian.ledgers.study_document import StudyDocument
from rongjian.log.models import Event
from rongjian.org.access import Denied
from rongjian.org.actions import appoint
from rongjian.records import linking
from rongjian.records.actions import link, save
from rongjian.records.chain import DEPTH, chain
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.link_rules import link_rules, load_link_rules
from rongjian.records.linking import Chosen
from rongjian.records.models import Link, LinkKind, Mode, NoLink, Record
from tests.house import FOUNDED, NOW, House

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 6, 20)
CODES = [kind.code for kind in kinds()]
ACTIVITY = kind_of("activity")


def meeting(house: House, topic: str = "学习", **more: Any) -> Activity:
    new = Activity(
        unit=house.units["450100-P02"], type="theme_day", happened_on=DAY, topic=topic, **more
    )
    return save(house.actor("lisi"), new)


def handled(house: House, key: str, unit: str = "450100-02", court: str = "qian") -> Record:
    new = HandledPerson(
        unit=house.units[unit], decision="prosecuted", happened_on=DAY, charge="盗窃", key=key
    )
    return save(house.actor(court), new)


# --- rules -----------------------------------------------------------------------------------


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_every_pair_of_kinds_has_a_rule_and_joining_goes_both_ways(one: str, other: str) -> None:
    rules = link_rules()
    rule = rules.rule(one, other)
    assert rule.relation in LinkKind.values
    assert rule.mode in ("", *Mode.values)
    assert rules.joins(one, other) == rules.joins(other, one)
    if rules.joins(one, other):
        assert one != other


def test_what_a_link_says_follows_from_its_ends(house: House) -> None:
    activity, person = meeting(house), handled(house, "BG-1")
    made = link(house.actor("lisi"), activity, person)
    assert (made.kind, made.mode) == (LinkKind.ADVANCE, Mode.SUPERVISION)
    said = link(house.actor("lisi"), activity, handled(house, "BG-2"), LinkKind.GUIDE, mode="team")
    assert (said.kind, said.mode) == (LinkKind.GUIDE, Mode.TEAM)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("relation: basis", "relation: friendship", "没有关系“friendship”"),
        ("mode: service", "mode: leisure", "没有模式“leisure”"),
        ("target: [task-force]", "target: [task-farce]", "没有代码为“task-farce”的台账"),
        ("- {source: [any], target: [any], relation: cooperate}\n", "", "任何两端"),
    ],
)
def test_a_faulty_file_says_what_and_where(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (CONTENT / "links.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "links.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=words):
        load_link_rules(tmp_path)


# --- writing -----------------------------------------------------------------------------------


def test_links_are_written_with_the_record_or_not_at_all(house: House) -> None:
    lisi, person = house.actor("lisi"), handled(house, "BG-1")
    new = Activity(
        unit=house.units["450100-P02"], type="theme_day", happened_on=DAY, topic="研究案件"
    )
    saved = linking.save(lisi, new, Chosen([person]), key="k")
    assert saved.mode == "supervision"
    assert Link.objects.get().target_id == person.pk
    again = Activity(unit=new.unit, type="theme_day", happened_on=DAY, topic="研究案件")
    assert linking.save(lisi, again, Chosen([person]), key="k").pk == saved.pk
    bad = Activity(unit=new.unit, type="theme_day", happened_on=DAY, topic="又一次")
    with pytest.raises(ValidationError):
        linking.save(lisi, bad, Chosen([person], reason="study"))
    assert Activity.objects.count() == 1


def test_only_what_is_visible_can_be_a_target(house: House) -> None:
    foreign = handled(house, "LZ-1", "450200-01", "liu")
    assert linking.targets(house.actor("lisi"), [foreign.pk, 10**9]) == []


def test_no_link_is_said_with_a_reason_and_ends_with_a_link(house: House) -> None:
    lisi, activity = house.actor("lisi"), meeting(house)
    for reason, words, fault in (
        ("", "无关", ""),
        ("whim", "", "请从所列原因中选择一项"),
        ("other", " ", "请用一句话说明"),
        ("other", "身份证 450103199003070012", "居民身份证号码"),
        ("other", "长" * 121, "不超过 120 个字"),
    ):
        if fault:
            with pytest.raises(ValidationError, match=fault):
                linking.explain(lisi, activity, reason, words)
    assert not NoLink.objects.exists()
    linking.explain(lisi, activity, "other", "慰问老党员")
    assert linking.reason_words(NoLink.objects.get()) == "其他：慰问老党员"
    assert Event.objects.get(verb="no-link").record_id == activity.pk
    link(lisi, activity, handled(house, "BG-1"))
    assert not NoLink.objects.exists()


def test_an_outsider_says_nothing(house: House) -> None:
    with pytest.raises(Denied):
        linking.explain(house.actor("qian"), meeting(house), "study", "")


# --- offers ------------------------------------------------------------------------------------


def test_what_is_offered_is_near_recent_and_visible(house: House) -> None:
    head = house.actor("wangwu")
    mine = handled(house, "BG-1")
    foreign = handled(house, "LZ-1", "450200-01", "liu")
    meeting(house, "另一次活动")
    document = save(
        house.actor("qian"),
        StudyDocument(unit=house.units["450100"], title="讲话", type="speech", happened_on=DAY),
    )
    first = Activity.objects.get()
    link(house.actor("lisi"), first, document)
    offered = {offer.record.pk: offer for offer in link_offers.offers(head, ACTIVITY, first.unit)}
    assert foreign.pk not in offered
    assert first.pk not in offered
    assert document.pk not in offered
    lisi = house.actor("lisi")
    by_lisi = [offer.why for offer in link_offers.offers(lisi, ACTIVITY, first.unit)]
    assert by_lisi == ["上次关联"]
    assert set(offered) <= {mine.pk}


def test_a_case_is_offered_by_its_number_and_never_by_what_is_in_it(house: House) -> None:
    case = handled(house, "BG-7")
    [offer] = link_offers.found(house.actor("qian"), ACTIVITY, "BG-7")
    assert (offer.record.pk, offer.words) == (case.pk, "BG-7")
    assert not link_offers.found(house.actor("liu"), ACTIVITY, "BG-7")


def test_old_records_are_not_offered(house: House) -> None:
    handled(house, "BG-1")
    later = house.actor("qian", NOW + timedelta(days=40))
    assert link_offers.offers(later, ACTIVITY, house.units["450100-P02"]) == []


def test_offers_take_as_many_queries_for_many_records_as_for_one(house: House) -> None:
    qian, unit = house.actor("qian"), house.units["450100-P02"]

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert link_offers.offers(qian, ACTIVITY, unit)
        return len(queries)

    handled(house, "BG-0")
    few = cost()
    for number in range(1, 9):
        handled(house, f"BG-{number}")
    assert cost() == few


# --- the chain ------------------------------------------------------------------------------------


@pytest.fixture
def told(house: House) -> dict[str, Record]:
    """Document → meeting → decision → case → recommendation; 王五 heads the department as well."""
    appoint(house.people["wangwu"], house.units["450100-02"], "department_head", FOUNDED)
    qian, lisi = house.actor("qian"), house.actor("lisi")
    court, department = house.units["450100"], house.units["450100-02"]
    made: dict[str, Record] = {
        "document": save(
            qian, StudyDocument(unit=court, title="讲话", type="speech", happened_on=DAY)
        ),
        "meeting": meeting(house),
        "decision": save(
            lisi,
            MeetingDecision(unit=house.units["450100-P02"], what="提前介入", happened_on=DAY),
        ),
        "case": save(
            qian,
            CriminalCase(
                unit=department, key="AJ-1", happened_on=DAY, type="arrest", charge="盗窃"
            ),
        ),
        "recommendation": save(
            qian,
            Recommendation(
                unit=department, key="JY-1", happened_on=DAY, type="other", addressee="主管部门"
            ),
        ),
    }
    link(lisi, made["meeting"], made["document"])
    link(lisi, made["decision"], made["meeting"])
    link(lisi, made["decision"], made["case"])
    link(qian, made["case"], made["recommendation"])
    return made


def names(made: dict[str, Record], steps: tuple[Any, ...]) -> list[str]:
    by_pk = {record.pk: name for name, record in made.items()}
    return [by_pk[step.record.pk] for step in steps]


def test_the_chain_reads_from_the_document_to_the_result(
    house: House, told: dict[str, Record]
) -> None:
    found = chain(house.actor("wangwu"), told["decision"])
    assert names(told, found.before) == ["document", "meeting"]
    assert names(told, found.after) == ["case", "recommendation"]
    from_the_end = chain(house.actor("qian"), told["recommendation"])
    # Of a draft of another body, and of what rests on it alone, 案管 knows nothing.
    assert names(told, from_the_end.before) == ["case"]


def test_circles_end_and_depth_is_limited(house: House) -> None:
    lisi = house.actor("lisi")
    row = [meeting(house, f"第{number}次") for number in range(DEPTH + 3)]
    for one, other in zip(row, [*row[1:], row[0]], strict=True):
        link(lisi, one, other, LinkKind.ADVANCE)
    found = chain(lisi, row[0])
    assert len(found.before) + len(found.after) == len(row) - 1
    assert max(step.depth for step in (*found.before, *found.after)) <= DEPTH


def test_the_chain_takes_as_many_queries_for_many_as_for_one(
    house: House, told: dict[str, Record]
) -> None:
    wang, start = house.actor("wangwu"), told["meeting"]

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert chain(wang, start)
        return len(queries)

    cost()  # What the posts are paired with is looked up once.
    few = cost()
    for number in range(2, 8):
        case = CriminalCase(
            unit=house.units["450100-02"], key=f"AJ-{number}", happened_on=DAY, type="arrest"
        )
        case.charge = "盗窃"
        save(house.actor("qian"), case)
        link(house.actor("lisi"), told["decision"], case)
        link(house.actor("qian"), case, told["recommendation"])
    assert len(chain(wang, start).after) > 6
    assert cost() == few
