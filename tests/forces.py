"""Task forces in the small house, set up and staffed by the product's own actions."""

from __future__ import annotations

from datetime import date

from rongjian.ledgers import seconding
from rongjian.ledgers.task_force import TaskForce
from rongjian.ledgers.temporary_branch import TemporaryBranch
from rongjian.org.actions import affiliate, appoint
from rongjian.org.models import Person, Unit
from rongjian.records.actions import move, save
from tests.house import FOUNDED, House

BEGAN, ENDS = date(2026, 6, 1), date(2026, 12, 31)


def office(house: House) -> House:
    """The house with two people of the Party office, and members at their branches."""
    units = house.units
    for account in ("weiw", "gong", "head"):
        person = Person.objects.create(
            staff_no=f"N-{account}",
            name=f"{account}某",
            court=units["450100"],
            department=units["450100-02"],
            branch=units["450100-P02"],
            membership="full",
        )
        house.people[account] = person
        affiliate([person], FOUNDED)
    appoint(house.people["weiw"], units["450100"], "organ_committee", FOUNDED)
    appoint(house.people["gong"], units["450000"], "organ_committee", FOUNDED)
    appoint(house.people["head"], units["450100-02"], "department_head", FOUNDED)
    appoint(house.people["head"], units["450100-P02"], "branch_secretary", FOUNDED)
    return house


def colleagues(
    house: House, number: int, membership: str = "full", court: str = "450100"
) -> list[Person]:
    """So many more people of a procuratorate, who have a home branch at its first one."""
    start = Person.objects.count()
    department = {"450100": "450100-02", "450103": "450103-01"}[court]
    made = [
        Person.objects.create(
            staff_no=f"M{start + at:03}",
            name=f"同事{start + at}",
            court=house.units[court],
            department=house.units[department],
            branch=house.units["450100-P02"],
            membership=membership,
        )
        for at in range(number)
    ]
    affiliate(made, FOUNDED)
    return made


def setup(house: House, name: str = "专项办案专班", **changes: object) -> TaskForce:
    """A task force as its department writes it down."""
    values = {
        "unit": house.units["450100-02"],
        "basis": "党组会议决定",
        "name": name,
        "leader": house.people["head"],
        "happened_on": BEGAN,
        "ends_on": ENDS,
        "campaign": "livelihood",
    }
    return save(house.actor("head"), TaskForce(**{**values, **changes}))


def founded(house: House, name: str = "专项办案专班", **changes: object) -> TaskForce:
    """A task force that was approved, so that its unit exists."""
    record = setup(house, name, **changes)
    move(house.actor("head"), record, "submit")
    return move(house.actor("weiw"), record, "approve")


def unit_of(record: TaskForce) -> Unit:
    """The unit that the approval founded."""
    assert record.task_force is not None
    return record.task_force


def staffed(house: House, full: int, record: TaskForce) -> list[Person]:
    """Second so many full members beside the leader, who is one."""
    people = colleagues(house, full - 1)
    seconding.second(house.actor("head"), unit_of(record), people, BEGAN)
    return people


def request(house: House, record: TaskForce, **changes: object) -> TemporaryBranch:
    """The draft of a request for the task force's branch."""
    values = {
        "unit": unit_of(record),
        "secretary": house.people["head"],
        "approved_by": house.units["450100-P"],
        "happened_on": date(2026, 6, 10),
        "campaign": "livelihood",
    }
    return save(house.actor("head"), TemporaryBranch(**{**values, **changes}))


def approved(house: House, record: TaskForce, **changes: object) -> TemporaryBranch:
    """A branch that was asked for and approved."""
    asked = request(house, record, **changes)
    move(house.actor("head"), asked, "submit")
    return move(house.actor("weiw"), asked, "approve", detail="南检党〔2026〕8号")
