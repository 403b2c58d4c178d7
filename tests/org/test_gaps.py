"""The gap rules one by one: each fires, does not fire, and turns at its edge, on any day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.kernel.content import CONTENT, ContentError
from rongjian.kernel.party_rules import FILE, KNOWN, load_party_rules, party_rules
from rongjian.kernel.periods import months_later
from rongjian.org.actions import appoint, pair
from rongjian.org.gaps import gaps, size_faults
from rongjian.org.models import Affiliation, Pairing, Post, Term, Unit, UnitType
from tests.org.party import COURT, DAY, SINCE, Party

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house import House

BRANCH, JOINT = UnitType.BRANCH, UnitType.JOINT_BRANCH


@pytest.fixture
def party(house: House) -> Party:
    """The procuratorate to build in, without the department the small house gives it."""
    Affiliation.objects.filter(person=house.people["liu"]).delete()
    Unit.objects.filter(code=f"{COURT}-01").update(dissolved_on=SINCE)
    return Party(house)


# ---- the rules themselves ----


def test_every_rule_has_a_sentence_with_its_numbers_and_a_basis() -> None:
    rules = party_rules()
    assert set(rules) == set(KNOWN)
    for rule in rules.values():
        assert rule.sentence.endswith("。")
        assert "{" not in rule.sentence
        assert rule.source.startswith("《中国共产党") or rule.source.startswith("《关于党")
        assert rule.basis.checked <= date.today()  # noqa: DTZ011  # a day nobody can have looked yet
    assert "满 7 名" in rules["ORG-05"].sentence
    assert "3 至 5 人" in rules["ORG-05"].sentence
    assert rules["ORG-08"].source.endswith("（本系统设置，可调整）")


def test_the_numbers_are_those_of_the_branch_regulations() -> None:
    rules = party_rules()
    assert (rules["ORG-01"].least, rules["ORG-02"].most, rules["ORG-02A"].most) == (3, 2, 5)
    assert rules["ORG-03"].most == 50
    seats = rules["ORG-05"].seats
    assert seats is not None
    assert (rules["ORG-05"].least, seats.least, seats.usual, seats.most) == (7, 3, 5, 7)
    assert (rules["ORG-07"].least, rules["ORG-08"].least) == (50, 100)
    assert (rules["TERM-02"].years, rules["TERM-03"].years) == (3, 5)
    assert (rules["TERM-04"].months, rules["TERM-05"].months) == (12, 6)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("- code: ORG-03\n", "- code: ORG-33\n", "没有一项检查用到规则 ORG-33"),
        ("  most: 50\n", "", "ORG-03 的 says 用到了没有给出的数：most"),
        ("severity: notice", "severity: maybe", "severity"),
    ],
)
def test_a_faulty_rule_stops_the_start(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (CONTENT / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=words):
        load_party_rules(tmp_path)


def test_a_missing_rule_stops_the_start(tmp_path: Path) -> None:
    text = (CONTENT / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text[: text.index("- code: MEM-02")], encoding="utf-8")
    with pytest.raises(ContentError, match="缺少规则：MEM-02"):
        load_party_rules(tmp_path)


# ---- nothing is found where everything is as it should be ----


@pytest.mark.parametrize("full", [3, 6, 7, 49])
def test_a_branch_that_keeps_the_rules_has_no_gap(party: Party, full: int) -> None:
    party.branch(full)
    assert party.found() == []


def test_an_empty_procuratorate_has_no_gap(party: Party) -> None:
    assert party.found() == []


# ---- departments ----


@pytest.mark.parametrize(
    ("full", "code"), [(0, "SET-01"), (2, "SET-01"), (3, "ORG-01"), (9, "ORG-01")]
)
def test_a_department_without_a_branch(party: Party, full: int, code: str) -> None:
    _, near = party.branch(3)
    department = party.unit(UnitType.DEPARTMENT)
    party.people(full, department, near)
    (gap,) = [gap for gap in party.found() if gap.unit == department]
    assert gap.rule.code == code
    assert f"正式党员 {full} 名" in gap.reason
    labels = [remedy.label for remedy in gap.remedies]
    joined = f"编入{near.short}"
    assert labels == (["成立支部", joined] if full >= 3 else [joined, "组成联合支部"])
    assert [way.other for way in gap.remedies if way.target == "pair"] == [near]
    pair(near, department, DAY)
    assert code not in party.codes(department)
    assert party.codes(department, DAY - timedelta(days=1)) == [code]


def test_a_small_department_at_another_s_branch_is_only_shown(party: Party) -> None:
    _, near = party.branch(7)
    department = party.unit(UnitType.DEPARTMENT)
    pair(near, department, SINCE)
    people = party.people(2, department, near)
    (gap,) = party.found()
    assert (gap.rule.code, gap.is_notice, gap.remedies) == ("ORG-02", True, ())
    assert gap.reason == f"正式党员 2 名，不满 3 名，现挂靠{near.short}，符合规定"
    party.people(1, department, near)
    (gap,) = party.found()
    assert (gap.rule.code, gap.is_notice) == ("ORG-01A", True)
    assert [remedy.label for remedy in gap.remedies] == ["成立支部"]
    people[0].left_on = DAY
    people[0].save()
    assert party.codes(department) == ["ORG-02"]


def test_probationary_members_do_not_count_for_a_branch(party: Party) -> None:
    _, near = party.branch(5)
    department = party.unit(UnitType.DEPARTMENT)
    people = party.people(3, department, near, "probationary")
    assert party.codes(department) == ["SET-01"]
    for person in people:
        person.joined_on, person.full_on = date(2025, 6, 26), DAY
        person.save()
    assert party.codes(department) == ["ORG-01"]
    assert party.codes(department, DAY - timedelta(days=1)) == ["SET-01"]


def test_a_task_force_of_six_months_needs_a_party_unit(party: Party) -> None:
    _, home = party.branch(3)
    force = party.unit(UnitType.TASK_FORCE, date(2026, 1, 10))
    for person in home.party_members.all():
        Affiliation.objects.create(
            person=person, unit=force, kind="task_force", valid_from=force.founded_on
        )
    assert party.codes(force, date(2026, 7, 9)) == []
    assert party.codes(force, date(2026, 7, 10)) == ["ORG-06"]
    Affiliation.objects.filter(unit=force).first().delete()  # type: ignore[union-attr]
    assert party.codes(force, date(2026, 7, 10)) == []


# ---- branches ----


def test_a_branch_below_three_full_members(party: Party) -> None:
    _, branch = party.branch(2, probationary=4)
    (gap,) = [gap for gap in party.found() if gap.unit == branch]
    assert gap.rule.code == "ORG-01"
    assert gap.reason == "正式党员 2 名，不满 3 名"
    assert [remedy.label for remedy in gap.remedies] == ["并入其他支部", "撤销"]


@pytest.mark.parametrize(("probationary", "codes"), [(1, []), (2, ["ORG-03"])])
def test_a_branch_of_more_than_fifty_members(
    party: Party, probationary: int, codes: list[str]
) -> None:
    _, branch = party.branch(49, probationary)
    assert party.codes(branch) == codes


@pytest.mark.parametrize(("units", "codes"), [(5, []), (6, ["ORG-02A"])])
def test_a_joint_branch_covers_at_most_five(party: Party, units: int, codes: list[str]) -> None:
    _, branch = party.branch(4, type_=JOINT)
    for _ in range(units - 1):
        pair(branch, party.unit(UnitType.DEPARTMENT), SINCE)
    assert party.codes(branch) == codes


@pytest.mark.parametrize(("others", "codes"), [(2, []), (3, ["ORG-01A"])])
def test_a_department_may_leave_a_joint_branch_that_can_do_without_it(
    party: Party, others: int, codes: list[str]
) -> None:
    department, branch = party.branch(3, type_=JOINT)
    small = party.unit(UnitType.DEPARTMENT)
    pair(branch, small, SINCE)
    party.people(others, small, branch)
    assert party.codes(department) == codes


@pytest.mark.parametrize(
    ("full", "seats", "codes"),
    [
        (6, 2, []),
        (6, 3, ["ORG-04"]),
        (7, 2, ["ORG-05"]),
        (7, 3, []),
        (9, 5, []),
    ],
)
def test_the_committee_by_the_number_of_members(
    party: Party, full: int, seats: int, codes: list[str]
) -> None:
    _, branch = party.branch(full)
    Post.objects.filter(unit=branch).delete()
    party.seat(branch, list(branch.party_members.all()), seats)
    assert party.codes(branch) == codes


@pytest.mark.parametrize(("seats", "codes"), [(7, []), (8, ["ORG-05A"])])
def test_a_committee_has_at_most_seven(party: Party, seats: int, codes: list[str]) -> None:
    _, branch = party.branch(12)
    for person in list(branch.party_members.all())[3:seats]:
        appoint(person, branch, "branch_publicity", SINCE)
    assert party.codes(branch) == codes


def test_somebody_with_two_posts_sits_once(party: Party) -> None:
    _, branch = party.branch(7)
    post = Post.objects.filter(unit=branch).last()
    assert post is not None
    post.person = branch.posts.first().person  # type: ignore[union-attr]
    post.save()
    assert party.codes(branch) == ["ORG-05"]


def test_a_branch_without_a_secretary(party: Party) -> None:
    _, branch = party.branch(4)
    post = branch.posts.get()
    post.valid_to = DAY
    post.save()
    assert party.codes(branch) == []
    assert party.codes(branch, DAY + timedelta(days=1)) == ["SEC-01"]
    post.valid_to, post.state = None, "requested"
    post.save()
    assert party.codes(branch) == ["SEC-01"]
    post.state = "approved"
    post.save()
    post.person.left_on = DAY
    post.person.save()
    assert "SEC-01" in party.codes(branch)


# ---- the procuratorate ----


@pytest.mark.parametrize(("members", "codes"), [(49, []), (50, ["ORG-07"]), (100, ["ORG-08"])])
def test_a_house_of_many_members_needs_more_than_branches(
    party: Party, members: int, codes: list[str]
) -> None:
    for size in [50] * (members // 50) + ([members % 50] if members % 50 else []):
        party.branch(size - 1, 1)
    assert party.codes(party.court) == codes
    general = party.unit(UnitType.GENERAL_BRANCH)
    party.term(general, date(2025, 1, 10), date(2028, 1, 9))
    assert party.codes(party.court) == [code for code in codes if code == "ORG-08"]


def test_an_organ_committee_of_few_needs_its_approval(party: Party) -> None:
    party.branch(5)
    committee = party.unit(UnitType.ORGAN_COMMITTEE)
    term = party.term(committee, date(2024, 1, 1), date(2028, 12, 31))
    assert party.codes(committee) == []
    term.basis = ""
    term.save()
    assert party.codes(committee) == ["ORG-08A"]


# ---- terms ----


def test_a_term_is_remembered_six_months_ahead_and_missed_afterwards(party: Party) -> None:
    _, branch = party.branch(4)
    Term.objects.filter(unit=branch).delete()
    party.term(branch, date(2023, 8, 15), date(2026, 8, 14))
    assert party.codes(branch, date(2026, 2, 13)) == []
    assert party.codes(branch, date(2026, 2, 14)) == ["TERM-05"]
    assert party.codes(branch, date(2026, 8, 14)) == ["TERM-05"]
    assert party.codes(branch, date(2026, 8, 15)) == ["TERM-02"]
    (soon,) = party.found()
    assert soon.reason == "换届 2026-08-14 到期，还有 50 天"
    assert [remedy.target for remedy in soon.remedies] == ["term"]
    party.term(branch, date(2026, 8, 10), date(2029, 8, 9))
    assert party.codes(branch, date(2026, 8, 15)) == []


def test_an_extension_counts_and_is_at_most_a_year(party: Party) -> None:
    _, branch = party.branch(4)
    Term.objects.filter(unit=branch).delete()
    term = party.term(branch, date(2022, 6, 1), date(2025, 5, 31), extended_to=date(2026, 5, 31))
    assert party.codes(branch, date(2026, 5, 31)) == ["TERM-05"]
    assert party.codes(branch, date(2026, 6, 1)) == ["TERM-02"]
    term.extended_to = date(2026, 6, 1)
    term.save()
    assert party.codes(branch, date(2025, 10, 1)) == ["TERM-04"]


@pytest.mark.parametrize(
    ("type_", "code", "years"), [(BRANCH, "TERM-02", 3), (UnitType.ORGAN_COMMITTEE, "TERM-03", 5)]
)
def test_a_term_is_no_longer_than_its_kind_allows(
    party: Party, type_: UnitType, code: str, years: int
) -> None:
    party.branch(5)
    unit = party.unit(type_)
    term = party.term(unit, date(2025, 1, 10), date(2025 + years, 1, 10))
    assert code not in party.codes(unit)
    term.expires_on += timedelta(days=1)
    term.save()
    assert code in party.codes(unit)


def test_a_branch_without_a_term_cannot_be_reminded(party: Party) -> None:
    _, branch = party.branch(4)
    Term.objects.filter(unit=branch).delete()
    assert party.codes(branch) == ["TERM-05"]
    party.term(branch, DAY, date(2029, 6, 24))
    assert party.codes(branch) == []
    assert party.codes(branch, DAY - timedelta(days=1)) == ["TERM-05"]


# ---- temporary branches ----


def test_a_temporary_branch_with_three_members_and_an_appointed_secretary(party: Party) -> None:
    _, branch = party.force(3)
    assert party.found() == []
    branch.posts.all().delete()
    assert party.codes(branch) == ["TMP-02"]


def test_a_temporary_branch_of_two(party: Party) -> None:
    _, branch = party.force(2)
    (gap,) = party.found()
    assert (gap.rule.code, gap.unit) == ("TMP-01", branch)
    assert [remedy.label for remedy in gap.remedies] == ["与其他专班联合", "发起撤销"]


@pytest.mark.parametrize("pairing_ended", [True, False])
def test_a_temporary_branch_goes_with_its_task_force(party: Party, pairing_ended: bool) -> None:
    force, branch = party.force(3)
    force.dissolved_on = DAY - timedelta(days=40)
    force.save()
    if pairing_ended:
        Pairing.objects.filter(party_unit=branch).update(valid_to=force.dissolved_on)
    (gap,) = party.found()
    assert (gap.rule.code, gap.unit) == ("TMP-03", branch)
    assert "已结束 40 天，临时党支部未撤销" in gap.reason
    assert [remedy.label for remedy in gap.remedies] == ["发起撤销"]
    assert party.found(force.dissolved_on - timedelta(days=1)) == []
    branch.dissolved_on = DAY
    branch.save()
    assert party.found() == []


def test_a_temporary_branch_without_a_task_force(party: Party) -> None:
    _, branch = party.force(3)
    Pairing.objects.filter(party_unit=branch).delete()
    assert party.codes(branch) == ["TMP-04"]


def test_a_temporary_branch_neither_elects_nor_takes_members_over(party: Party) -> None:
    _, branch = party.force(3)
    term = party.term(branch, DAY - timedelta(days=9), DAY + timedelta(days=9))
    assert party.codes(branch) == ["TMP-05"]
    term.delete()
    person = branch.posts.get().person
    Affiliation.objects.filter(person=person, kind="home").update(valid_to=DAY)
    assert party.codes(branch, DAY) == []
    moved = DAY + timedelta(days=1)
    Affiliation.objects.create(person=person, unit=branch, kind="home", valid_from=moved)
    (gap,) = [gap for gap in party.found(moved) if gap.rule.code == "TMP-06"]
    assert (gap.unit, gap.people) == (branch, (person,))


# ---- members ----


def test_a_member_of_two_branches_is_found_once(party: Party) -> None:
    _, first = party.branch(4)
    _, second = party.branch(4)
    person = first.party_members.all()[0]
    until = DAY + timedelta(days=5)
    Affiliation.objects.filter(person=person, kind="home").update(valid_to=until)
    Affiliation.objects.create(person=person, unit=second, kind="home", valid_from=DAY)
    (gap,) = party.found()
    assert (gap.rule.code, gap.unit, gap.people) == ("MEM-01", first, (person,))
    assert party.found(DAY - timedelta(days=1)) == []
    assert party.found(until + timedelta(days=1)) == []


def test_a_member_without_a_branch(party: Party) -> None:
    department, _ = party.branch(3)
    (person,) = party.people(1, department, None)
    party.people(1, department, None, "none")
    (gap,) = party.found()
    assert (gap.rule.code, gap.unit, gap.people) == ("MEM-02", department, (person,))
    # A branch at another procuratorate is a branch too.
    elsewhere = party.house.units["450100-P01"]
    Affiliation.objects.create(person=person, unit=elsewhere, kind="home", valid_from=DAY)
    assert party.found() == []


# ---- days, reach, cost ----


def test_a_dissolved_unit_is_judged_only_while_it_stood(party: Party) -> None:
    department = party.unit(UnitType.DEPARTMENT, date(2024, 1, 1), date(2025, 1, 1))
    assert party.codes(department, date(2023, 12, 31)) == []
    assert party.codes(department, date(2024, 1, 1)) == ["SET-01"]
    assert party.codes(department, date(2025, 1, 1)) == []


def test_a_procuratorate_can_be_asked_alone(party: Party) -> None:
    region = party.house.units["450000"]
    department = party.unit(UnitType.DEPARTMENT)
    assert department in {gap.unit for gap in gaps(region, DAY)}
    assert gaps(region, DAY, below=False) == []
    assert [gap.unit for gap in gaps(party.court, DAY, below=False)] == [department]


def test_what_the_rules_say_of_sizes_is_told_of_the_units_asked_about(party: Party) -> None:
    department, branch = party.branch(4, type_=JOINT)
    branch.posts.all().delete()
    for _ in range(5):
        pair(branch, party.unit(UnitType.DEPARTMENT), DAY)
    (words,) = size_faults(party.court, DAY, [department, branch])
    assert words.startswith(f"{branch.short}：覆盖 6 个单位，超过 5 个。联合党支部")
    assert size_faults(party.court, DAY, [department]) == ()
    assert size_faults(party.court, DAY - timedelta(days=1), [branch]) == ()


def test_names_are_those_of_the_day(party: Party) -> None:
    department = party.unit(UnitType.DEPARTMENT)
    placed = department.placements.get()
    placed.valid_to, placed.short = DAY - timedelta(days=1), "柳州市院公诉处"
    placed.save()
    department.placements.create(
        parent=party.court, path=department.path, name="新", short="柳州市院一部", valid_from=DAY
    )
    assert [gap.name for gap in party.found()] == ["一部"]
    assert [gap.name for gap in party.found(DAY - timedelta(days=1))] == ["公诉处"]


def test_the_whole_region_takes_as_many_queries_as_one_house(
    party: Party, django_assert_num_queries
) -> None:
    party.force(3)
    with django_assert_num_queries(9):
        gaps(party.court, DAY)
    for _ in range(12):
        party.branch(8)
        party.force(3)
    with django_assert_num_queries(9):
        gaps(party.house.units["450000"], DAY)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(began=st.dates(date(2020, 1, 1), date(2027, 1, 1)), months=st.integers(0, 14))
def test_at_most_one_finding_says_how_a_term_ends(party: Party, began: date, months: int) -> None:
    """Whatever the term: before its end a reminder or nothing, after it a miss, never both."""
    branch = _one_branch(party)
    Term.objects.filter(unit=branch).delete()
    ends = months_later(began, 36) - timedelta(days=1)
    extended = months_later(ends, months) if months else None
    party.term(branch, began, ends, extended_to=extended)
    codes = party.codes(branch)
    end = extended or ends
    assert ("TERM-04" in codes) is (began <= DAY and months > 12)
    if began > DAY:
        assert codes == ["TERM-05"]
    elif end < DAY:
        assert "TERM-02" in codes
        assert "TERM-05" not in codes
    else:
        assert ("TERM-05" in codes) is (months_later(end, -6) <= DAY)
        assert "TERM-02" not in codes


def _one_branch(party: Party) -> Unit:
    """The branch of the examples: built by the first, found again by the others."""
    kept = Unit.objects.filter(court=party.court, type=BRANCH).first()
    return kept or party.branch(4)[1]
