"""Records of several hosts, and units that move, merge or end: whom what was done or declared stands for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rongjian.kernel.regimes import rules
from rongjian.ledgers.activity import Activity
from rongjian.org.actions import NewUnit, found
from rongjian.org.models import Tree, UnitType
from rongjian.org.plans import Merge, Move
from rongjian.records.actions import link, move, save
from rongjian.records.models import LinkKind
from rongjian.records.reorganisation import adjust
from rongjian.regimes.actions import Declaration, declare, due_of
from rongjian.regimes.answers import all_answers, fields_asked
from rongjian.regimes.coverage import coverage
from rongjian.regimes.models import Adoption, Statement
from tests.org.shapers import committee
from tests.regimes.calendar import TODAY, Desk, at, desk, dues, told
from tests.regimes.test_coverage import document

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

__all__ = ["committee", "desk"]

D = date
MATE = "450100-P01"
JUNE = D(2026, 6, 1)


def together(desk: Desk, on: date, hosts: str = MATE) -> Activity:
    """A theme day that the branch held with others, handed in on the day."""
    lisi = desk.house.actor("lisi", at(on))
    row = Activity(
        unit=desk.branch, type="theme_day", happened_on=on, topic="联合主题党日", hosts=hosts
    )
    return move(lisi, save(lisi, row), "submit")


# --- 联办 -----------------------------------------------------------------------------------------------


def test_what_several_held_answers_for_each_of_them(desk: Desk) -> None:
    held = together(desk, D(2026, 6, 10))
    mate = desk.house.units[MATE]
    for unit in (desk.branch, mate):
        june = dues(unit, "LIFE-05")[5]
        assert (june.state, [pk for pk, _, _ in june.answers]) == (4, [held.pk])
    assert told(desk.house.units["450100-P"], "COOP-01")[0] == "due"


def test_who_no_longer_hosts_owes_again_from_memory_too(desk: Desk) -> None:
    asked = fields_asked(rules())

    def holders() -> list[int]:
        kept = all_answers(asked)["activity"]
        return sorted(kept.unit[kept.ids == held.pk].tolist())

    held = together(desk, D(2026, 6, 10))
    mate = desk.house.units[MATE]
    assert holders() == sorted([desk.branch.pk, mate.pk])
    lisi = desk.house.actor("lisi", at(D(2026, 6, 10)))
    held.refresh_from_db()
    held.hosts = ""
    save(lisi, held)
    assert holders() == [desk.branch.pk]
    assert told(mate, "LIFE-05")[5] == "due"
    assert told(desk.branch, "LIFE-05")[5] == "done"


def test_a_document_is_studied_by_every_host(desk: Desk) -> None:
    paper = document(desk, D(2026, 6, 1))
    lisi = desk.house.actor("lisi", at(D(2026, 6, 10)))
    link(lisi, together(desk, D(2026, 6, 10)), paper, LinkKind.BASIS)
    units = [desk.house.units[MATE], desk.branch, desk.house.units["450100-P"]]
    found_ = coverage({paper.pk: paper.happened_on}, units)
    assert found_.workdays.tolist() == [[7, 7, -1]]


# --- merged, moved, ended ---------------------------------------------------------------------------------


def branch(desk: Desk, code: str, above: str = "450100-P") -> Unit:
    plan = NewUnit(
        code, "某支部", code, Tree.PARTY, UnitType.BRANCH, above, above[:6], D(2020, 1, 1)
    )
    return found([plan])[code]


def excuse(desk: Desk, unit: Unit, on: date = TODAY) -> Statement:
    """The organiser says why a unit holds no theme day in June."""
    person = desk.house.people["lisi"]
    person.posts.get_or_create(
        unit=unit, role="branch_organiser", valid_from=D(2026, 1, 1), state="approved"
    )
    actor = desk.house.actor("lisi", at(on))
    due = due_of(unit, "LIFE-05", JUNE, on)
    return declare(actor, due, Declaration("excuse", "casework", ""), key=f"{unit.pk}")


def test_a_declaration_is_of_one_unit_and_no_heir_has_it(desk: Desk, committee: Actor) -> None:
    """Merged on 26 June: the branch owes no June, the heir its own June, and says so for itself."""
    unit, heir = branch(desk, "450100-P60"), branch(desk, "450100-P61")
    said = excuse(desk, unit)
    assert told(unit, "LIFE-05")[5] == "excused"
    adjust(committee, Merge(D(2026, 6, 26), (unit,), heir))
    unit.refresh_from_db()
    heir.refresh_from_db()
    later = D(2026, 7, 20)
    assert told(unit, "LIFE-05", later)[4:7] == ["missed", "na", "na"]
    assert told(heir, "LIFE-05", later)[4:7] == ["missed", "missed", "future"]
    said.refresh_from_db()
    assert (said.unit_id, said.withdrawn_at) == (unit.pk, None)


def test_what_a_merged_unit_did_answers_for_itself_alone(desk: Desk, committee: Actor) -> None:
    unit, heir = branch(desk, "450100-P60"), branch(desk, "450100-P61")
    person = desk.house.people["lisi"]
    for each in (unit, heir):
        person.posts.create(
            unit=each, role="branch_organiser", valid_from=D(2026, 1, 1), state="approved"
        )
    desk.hold("theme_day", D(2026, 5, 12), unit=unit)
    desk.hold("theme_day", D(2026, 6, 12), unit=unit)
    adjust(committee, Merge(D(2026, 6, 26), (unit,), heir))
    unit.refresh_from_db()
    heir.refresh_from_db()
    assert told(unit, "LIFE-05")[4:6] == ["done", "na"]
    assert told(heir, "LIFE-05")[4:6] == ["missed", "due"]


def test_a_unit_that_moves_takes_its_declaration_along(desk: Desk, committee: Actor) -> None:
    unit = branch(desk, "450100-P60")
    excuse(desk, unit)
    above = NewUnit(
        "450100-P9", "机关党总支", "南宁市院机关党总支", Tree.PARTY, UnitType.GENERAL_BRANCH,
        "450100-P", "450100", D(2020, 1, 1),
    )  # fmt: skip
    general = found([above])[above.code]
    adjust(committee, Move(D(2026, 6, 26), unit, general))
    unit.refresh_from_db()
    assert told(unit, "LIFE-05", D(2026, 7, 20))[4:7] == ["missed", "excused", "future"]


def test_a_house_s_adoption_reaches_what_it_takes_in(desk: Desk) -> None:
    """A branch under another house that never took the calendar up owes by the region's word."""
    assert told(branch(desk, "450200-P60", "450200"), "LIFE-05")[5] == "due"
    Adoption.objects.all().delete()
    Adoption.objects.create(unit=desk.house.units["450100"], since=D(2026, 1, 1))
    assert told(branch(desk, "450200-P61", "450200"), "LIFE-05") == []
