"""第一议题 coverage: who studied which document, and within how many working days."""

from __future__ import annotations

from datetime import date

from rongjian.ledgers.study_document import StudyDocument
from rongjian.org.access import actor_of
from rongjian.org.models import Unit
from rongjian.records.actions import link, move, save
from rongjian.records.models import LinkKind
from rongjian.regimes.coverage import coverage
from tests.regimes.calendar import Desk, at, desk

__all__ = ["desk"]


def document(desk: Desk, day: date) -> StudyDocument:
    person = desk.house.people["wangwu"]
    house = desk.house.units["450100"]
    person.posts.get_or_create(
        unit=house, role="organ_committee", valid_from=date(2026, 1, 1), state="approved"
    )
    row = StudyDocument(unit=house, title="某文件", type="speech", happened_on=day)
    return save(actor_of(person, at(day)), row)


def test_the_first_study_counts_in_working_days(desk: Desk) -> None:
    spring, later = document(desk, date(2026, 2, 12)), document(desk, date(2026, 6, 1))
    units = list(Unit.objects.filter(type="party_branch").order_by("path"))
    row = units.index(desk.branch)
    lisi = desk.house.actor("lisi", at(date(2026, 3, 9)))
    for day in (date(2026, 2, 26), date(2026, 3, 6)):
        link(lisi, desk.hold("theme_day", day), spring, LinkKind.BASIS)
    draft = type(desk.hold("theme_day", date(2026, 6, 2)))(
        unit=desk.branch, type="theme_day", happened_on=date(2026, 6, 3), topic="草稿"
    )
    link(lisi, save(lisi, draft), later, LinkKind.BASIS)
    asked = {spring.pk: spring.happened_on, later.pk: later.happened_on}
    found = coverage(asked, units)
    assert found.studied[0, row] == date(2026, 2, 26).toordinal()
    # From Thursday the 12th: the 13th, the worked Saturday, and three days after the festival.
    assert found.workdays[0, row] == 5
    assert (found.bodies(0), found.bodies(1)) == (1, 0)
    assert set(found.workdays[1].tolist()) == {-1}
    move(lisi, draft, "submit")
    assert coverage(asked, units).workdays[1, row] == 2


def test_without_documents_or_studies_nothing_is_covered(desk: Desk) -> None:
    units = [desk.branch]
    assert coverage({}, units).studied.shape == (0, 1)
    alone = document(desk, date(2026, 6, 1))
    assert coverage({alone.pk: alone.happened_on}, units).workdays.tolist() == [[-1]]
