"""The write template: permission, validation, lock, idempotency, dues, event."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.ledgers.published_figure import PublishedFigure
from rongjian.log.audit import Change
from rongjian.log.models import Event, Image
from rongjian.org.access import Denied
from rongjian.org.models import Placement
from rongjian.records.actions import Stale, WrongState, link, move, save
from rongjian.records.models import Due, LinkKind, Record
from tests.house import NOW, House

DAY = date(2026, 3, 5)


def person(house: House, **changes: object) -> HandledPerson:
    values = {
        "unit": house.units["450100-01"],
        "key": "BG-1",
        "decision": "prosecuted",
        "happened_on": DAY,
        "charge": "盗窃",
    }
    return HandledPerson(**{**values, **changes})


def theme_day(house: House) -> Activity:
    return Activity(unit=house.units["450100-P02"], type="theme_day", happened_on=DAY, topic="学习")


def test_a_saved_record_is_stamped_and_logged(house: House) -> None:
    row = save(house.actor("qian"), person(house))
    assert (row.kind, row.state, row.version) == ("handled-person", "filed", 1)
    assert row.path == house.units["450100-01"].path
    assert row.court.code == "450100"
    assert row.recorded_at == NOW
    event = Event.objects.get()
    assert (event.verb, event.object, event.stream) == (
        "create",
        f"handled-person:{row.pk}",
        "450100",
    )
    [(pk, before, after)] = Change.read(bytes(Image.objects.get().body)).images()
    assert (pk, before) == (row.pk, None)
    assert after is not None
    assert after["decision"] == "prosecuted"


def test_a_record_carries_the_line_of_a_department_that_has_just_one(house: House) -> None:
    actor, unit = house.actor("qian"), house.units["450100-01"]
    unit.lines = "B02"
    unit.save(update_fields=["lines"])
    assert save(actor, person(house)).line == "B02"
    assert save(actor, person(house, key="BG-2", line="B09")).line == "B09"
    unit.lines = "B02,B03"
    unit.save(update_fields=["lines"])
    assert save(actor, person(house, key="BG-3", unit=unit)).line == ""


def test_who_may_not_write_writes_nothing(house: House) -> None:
    with pytest.raises(Denied):
        save(house.actor("lisi"), person(house))
    with pytest.raises(Denied):
        save(house.actor("liu"), person(house))
    assert not Record.objects.exists()
    assert not Event.objects.exists()


def test_moving_a_record_needs_the_right_at_both_ends(house: House) -> None:
    row = save(house.actor("zhouba"), person(house, unit=house.units["450103-01"]))
    row.unit = house.units["450100-01"]
    with pytest.raises(Denied):
        save(house.actor("qian"), row)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": "pardoned"}, "decision"),
        ({"happened_on": None}, "happened_on"),
        ({"charge": ""}, "charge"),
        ({"note": "身份证 11010519491231002X"}, "note"),
        ({"note": "机密★10年"}, "note"),
    ],
)
def test_a_faulty_field_is_named_and_nothing_is_written(
    house: House, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        save(house.actor("qian"), person(house, **changes))
    assert field in caught.value.message_dict
    assert not Record.objects.exists()
    assert not Event.objects.exists()


def test_refused_content_is_not_repeated_in_the_message(house: House) -> None:
    with pytest.raises(ValidationError) as caught:
        save(house.actor("qian"), person(house, note="身份证 11010519491231002X"))
    assert "11010519491231002X" not in str(caught.value)


def test_a_rule_between_fields_is_asked(house: House) -> None:
    activity = theme_day(house)
    activity.expected, activity.absent = 3, 5
    with pytest.raises(ValidationError, match="多于应到"):
        save(house.actor("lisi"), activity)


def test_the_second_of_two_editors_sees_what_stands_now(house: House) -> None:
    qian = house.actor("qian")
    save(qian, person(house))
    first, second = HandledPerson.objects.get(), HandledPerson.objects.get()
    first.charge = "诈骗"
    save(qian, first)
    second.charge = "抢劫"
    with pytest.raises(Stale) as caught:
        save(qian, second)
    assert caught.value.current.charge == "诈骗"  # type: ignore[attr-defined]
    assert HandledPerson.objects.get().charge == "诈骗"
    assert Event.objects.count() == 2


def test_a_repeated_key_changes_nothing(house: House) -> None:
    qian = house.actor("qian")
    once = save(qian, person(house), key="form-1")
    again = save(qian, person(house, charge="诈骗"), key="form-1")
    assert again.pk == once.pk
    assert again.charge == "盗窃"
    assert (Record.objects.count(), Event.objects.count()) == (1, 1)


def test_a_key_is_once_a_kind_until_its_record_is_void(house: House) -> None:
    qian = house.actor("qian")
    row = save(qian, person(house))
    with pytest.raises(ValidationError):
        save(qian, person(house))
    move(qian, row, "void", detail="误录")
    assert save(qian, person(house)).pk != row.pk


def test_confirming_takes_another_person(house: House) -> None:
    lisi, wangwu = house.actor("lisi"), house.actor("wangwu")
    activity = save(lisi, theme_day(house))
    with pytest.raises(WrongState, match="草稿"):
        move(wangwu, activity, "approve")
    move(lisi, activity, "submit")
    move(wangwu, activity, "approve")
    assert Activity.objects.get().state == "approved"
    own = save(wangwu, theme_day(house))
    move(wangwu, own, "submit")
    with pytest.raises(WrongState, match="以外"):
        move(wangwu, own, "approve")


def test_the_path_is_that_of_the_day(house: House) -> None:
    unit = house.units["450100-01"]
    Placement.objects.filter(unit=unit).update(valid_to=date(2020, 12, 31))
    Placement.objects.create(unit=unit, path="450000/450100/old/", valid_from=date(2021, 1, 1))
    row = save(house.actor("qian"), person(house, happened_on=date(2021, 5, 1)))
    assert row.path == "450000/450100/old/"


def test_a_record_answers_the_dues_whose_window_holds_its_day(house: House) -> None:
    def due(unit: str, opens: date, ends: date) -> Due:
        return Due.objects.create(
            origin=f"deploy:{opens}",
            unit=house.units[unit],
            kind="activity",
            opens_on=opens,
            due_on=ends,
        )

    inside = due("450100-P02", date(2026, 3, 1), date(2026, 3, 31))
    due("450100-P02", date(2026, 4, 1), date(2026, 4, 30))
    due("450100-P01", date(2026, 3, 1), date(2026, 3, 31))
    activity = save(house.actor("lisi"), theme_day(house))
    assert [answered.pk for answered in activity.answered_dues.all()] == [inside.pk]


def test_links_need_the_right_to_edit_their_source_and_are_made_once(house: House) -> None:
    row = save(house.actor("qian"), person(house))
    activity = save(house.actor("lisi"), theme_day(house))
    with pytest.raises(Denied):
        link(house.actor("lisi"), row, activity, LinkKind.SERVE)
    made = link(house.actor("lisi"), activity, row, LinkKind.ADVANCE)
    assert link(house.actor("lisi"), activity, row, LinkKind.ADVANCE) == made
    assert Event.objects.filter(verb="link").count() == 1


def test_a_ledger_fills_in_what_it_derives(house: House) -> None:
    figure = save(
        house.actor("zhengshi"),
        PublishedFigure(
            unit=house.units["450000"],
            dataset="DS-99",
            item="办理案件",
            period="2021",
            measure_unit="件",
            printed=">=2200",
            source="公报",
        ),
    )
    assert figure.happened_on == date(2021, 12, 31)
    assert figure.key == "DS-99 办理案件 2021"
