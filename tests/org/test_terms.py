"""Terms of office: an election, an extension, and everything that is refused with its ways out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from rongjian.log.models import Event
from rongjian.org.access import Denied
from rongjian.org.actions import appoint
from rongjian.org.models import Term, UnitType
from rongjian.org.terms import begin_term, extend_term, usual_end
from tests.house import FOUNDED, House
from tests.org.party import DAY, Party

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

PAPER = "柳机党批〔2026〕8号"


@pytest.fixture
def party(house: House) -> Party:
    """The procuratorate to build in."""
    return Party(house)


@pytest.fixture
def office(house: House) -> Actor:
    """Whoever looks after the Party organisation there."""
    appoint(house.people["liu"], house.units["450200"], "organ_committee", FOUNDED)
    return house.actor("liu")


@pytest.fixture
def branch(party: Party) -> Unit:
    """A branch without a term."""
    found = party.branch(4)[1]
    Term.objects.filter(unit=found).delete()
    return found


def refused(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return error.value.message_dict


def test_an_election_begins_a_term_that_lasts_as_the_rule_says(office: Actor, branch: Unit) -> None:
    term = begin_term(office, branch, DAY, basis=f" {PAPER} ")
    assert (term.number, term.expires_on, term.basis) == (1, date(2029, 6, 24), PAPER)
    event = Event.objects.order_by("-pk")[0]
    assert (event.verb, event.object, event.stream) == ("elect", f"term:{term.pk}", "450200")


def test_a_committee_is_elected_for_five_years(office: Actor, party: Party) -> None:
    committee = party.unit(UnitType.ORGAN_COMMITTEE)
    assert begin_term(office, committee, DAY, basis=PAPER).expires_on == date(2031, 6, 24)
    assert usual_end(committee, date(2024, 2, 29)) == date(2029, 2, 27)


def test_a_request_sent_twice_is_registered_once(office: Actor, branch: Unit) -> None:
    first = begin_term(office, branch, DAY, basis=PAPER, key="k")
    assert begin_term(office, branch, DAY, basis=PAPER, key="k") == first
    until = date(2030, 1, 1)
    extend_term(office, first, until, basis=PAPER, key="x")
    extend_term(office, first, until, basis=PAPER, key="x")
    assert Term.objects.filter(unit=branch).count() == 1


@pytest.mark.parametrize(
    ("began", "expires", "basis", "field", "words"),
    [
        (DAY, None, " ", "basis", "批复选举结果的文号"),
        (date(2019, 12, 31), None, PAPER, "began_on", "2020-01-01 才成立"),
        (DAY + timedelta(days=1), None, PAPER, "began_on", "选举结束后再登记"),
        (DAY, DAY, PAPER, "expires_on", "届满日期应在选举日期之后"),
        (DAY, date(2029, 6, 26), PAPER, "expires_on", "每届任期 3 年，最晚到 2029-06-24"),
    ],
)
def test_what_cannot_be_a_term_is_refused(
    office: Actor,
    branch: Unit,
    began: date,
    expires: date | None,
    basis: str,
    field: str,
    words: str,
) -> None:
    with pytest.raises(ValidationError) as error:
        begin_term(office, branch, began, expires, basis=basis)
    assert words in refused(error)[field][0]
    assert not Term.objects.filter(unit=branch).exists()
    assert not Event.objects.filter(verb="elect").exists()


def test_the_edges_of_a_term_are_accepted(office: Actor, branch: Unit) -> None:
    begin_term(office, branch, branch.founded_on, date(2023, 1, 1), basis=PAPER)
    begin_term(office, branch, DAY, DAY + timedelta(days=1), basis=PAPER)
    kept = (
        Term.objects.filter(unit=branch).order_by("began_on").values_list("began_on", "expires_on")
    )
    assert list(kept) == [
        (branch.founded_on, date(2023, 1, 1)),
        (DAY, DAY + timedelta(days=1)),
    ]


def test_terms_do_not_overlap(office: Actor, branch: Unit) -> None:
    begin_term(office, branch, date(2024, 3, 1), basis=PAPER)
    with pytest.raises(ValidationError) as error:
        begin_term(office, branch, date(2024, 3, 1), basis=PAPER)
    assert "这次换届已经登记" in refused(error)["began_on"][0]
    with pytest.raises(ValidationError) as error:
        begin_term(office, branch, date(2021, 6, 1), date(2024, 3, 1), basis=PAPER)
    assert "届满日期最晚到 2024-02-29" in refused(error)["expires_on"][0]
    begin_term(office, branch, date(2021, 6, 1), date(2024, 2, 29), basis=PAPER)
    # An early election ends the term that runs.
    assert begin_term(office, branch, DAY, basis=PAPER).number == 2


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        (UnitType.TEMPORARY_BRANCH, "负责人由批准单位指定，不换届"),
        (UnitType.LEADING_GROUP, "没有任期"),
        (UnitType.DEPARTMENT, "没有任期"),
    ],
)
def test_some_units_have_no_terms(office: Actor, party: Party, type_: UnitType, words: str) -> None:
    with pytest.raises(ValidationError) as error:
        begin_term(office, party.unit(type_), DAY, basis=PAPER)
    assert words in refused(error)["unit"][0]


def test_a_dissolved_branch_is_refused(office: Actor, party: Party) -> None:
    gone = party.unit(UnitType.BRANCH, until=DAY)
    with pytest.raises(ValidationError) as error:
        begin_term(office, gone, DAY - timedelta(days=3), basis=PAPER)
    assert "已于 2026-06-25 撤销" in refused(error)["unit"][0]


def test_an_extension_needs_an_approval_and_is_at_most_a_year(office: Actor, branch: Unit) -> None:
    term = begin_term(office, branch, date(2023, 6, 1), date(2026, 5, 31), basis=PAPER)
    for until, basis, field, words in (
        (date(2026, 12, 1), "", "basis", "批准文号"),
        (date(2026, 5, 31), PAPER, "until", "延期应在这一天之后"),
        (date(2027, 6, 1), PAPER, "until", "最晚到 2027-05-31。也可以现在换届"),
    ):
        with pytest.raises(ValidationError) as error:
            extend_term(office, term, until, basis=basis)
        assert words in refused(error)[field][0]
    term = extend_term(office, term, date(2027, 5, 31), basis="自机党批〔2026〕3号")
    assert (term.extended_to, term.basis) == (
        date(2027, 5, 31),
        f"{PAPER}；延期：自机党批〔2026〕3号",
    )
    assert Event.objects.order_by("-pk")[0].verb == "extend"
    begin_term(office, branch, DAY, basis=PAPER)
    with pytest.raises(ValidationError) as error:
        extend_term(office, term, date(2027, 5, 31), basis=PAPER)
    assert "之后已经换届" in refused(error)["until"][0]


def test_only_who_looks_after_the_organisation_registers(house: House, branch: Unit) -> None:
    with pytest.raises(Denied):
        begin_term(house.actor("lisi"), branch, DAY, basis=PAPER)
    assert not Term.objects.filter(unit=branch).exists()
