"""An import at work: begun once, carried on, taken up after a crash, stopped with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from rongjian.ledgers.seized_asset import SeizedAsset
from rongjian.org.access import Denied
from rongjian.org.models import Post
from rongjian.records import import_running, importing
from rongjian.records.import_committing import commit_rows
from rongjian.records.import_limits import import_limits
from rongjian.records.import_running import Closed, Progress
from rongjian.records.importing import Outcome
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Batch, BatchState
from tests.house import NOW, House

if TYPE_CHECKING:
    from datetime import datetime

    from rongjian.org.access import Actor

ASSET = kind_of("seized-asset")


def later() -> datetime:
    return NOW + timedelta(minutes=10)


def clock() -> datetime:
    return NOW


def uploaded(house: House, rows: int = 30, *more: str) -> Batch:
    lines = [f"ZC-{number},冻结,2020-05-06,{number}" for number in range(rows)]
    data = "\n".join(["编号,措施,日期,金额（元）", *lines, *more]).encode()
    return importing.upload(house.actor("qian"), ASSET, house.units["450100"], "a.csv", data)


def at_work(house: House, *more: str) -> tuple[Actor, Batch]:
    qian, batch = house.actor("qian"), uploaded(house, 30, *more)
    importing.begin(qian, batch)
    return qian, batch


def again(batch: Batch) -> Batch:
    return Batch.objects.get(pk=batch.pk)


def test_an_import_says_that_it_is_at_work_and_for_whom(house: House) -> None:
    qian, batch = at_work(house)
    found = again(batch)
    assert (found.state, found.carrier, found.beat_at) == (BatchState.RUNNING, qian.person, NOW)
    assert import_running.progress(found) == Progress(0, 30)
    importing.begin(qian, batch)
    import_running.carry_on(qian, batch, clock)
    found = again(batch)
    assert (found.state, found.done_at) == (BatchState.DONE, NOW)
    assert import_running.progress(found) is None
    assert importing.outcome_of(found) == Outcome(30, 0, 0, 0)
    with pytest.raises(Closed, match="已导入"):
        importing.begin(qian, batch)


def test_nothing_is_changed_while_it_is_at_work(house: House) -> None:
    qian, batch = at_work(house)
    with pytest.raises(Closed, match="正在导入"):
        importing.fix(qian, batch, 2, "measure", "查封")
    with pytest.raises(Closed, match="正在导入"):
        importing.discard(qian, batch)
    with pytest.raises(Closed, match="正在导入"):
        importing.begin_undo(qian, batch)


def test_what_broke_off_in_the_middle_is_taken_up_and_each_row_written_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rongjian.records.import_committing.SLICE", 7)
    qian, batch = at_work(house)
    # The process dies after two slices: whole slices are there, the rest is not.
    assert commit_rows(qian, batch, 14) == 16
    assert SeizedAsset.objects.count() == 14
    assert import_running.progress(again(batch)) == Progress(14, 30)
    assert import_running.broken_off(NOW) == []
    (broken,) = import_running.broken_off(later())
    import_running.resume(broken, later)
    assert importing.outcome_of(again(batch)) == Outcome(30, 0, 0, 0)
    assert SeizedAsset.objects.count() == 30
    assert import_running.broken_off(later()) == []


def test_a_right_that_was_lost_meanwhile_stops_it_with_the_reason(house: House) -> None:
    qian, batch = at_work(house)
    Post.objects.filter(person=qian.person, role="case_manager").delete()
    (broken,) = import_running.broken_off(later())
    import_running.resume(broken, later)
    found = again(batch)
    assert found.state == BatchState.CHECKED
    assert not SeizedAsset.objects.exists()
    (group,) = importing.counts(found).groups
    assert group == ("right", "没有权限", 30)


def test_what_nobody_foresaw_leaves_it_open_to_be_pressed_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    qian, batch = at_work(house)

    def fail(*_: object) -> None:
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr("rongjian.records.import_running.commit_rows", fail)
        import_running.carry_on(qian, batch, clock)
    found = again(batch)
    assert found.state == BatchState.CHECKED
    assert "请再按一次继续" in found.layout["halted"]
    importing.begin(qian, found)
    assert "halted" not in again(batch).layout
    import_running.carry_on(qian, batch, clock)
    assert again(batch).state == BatchState.DONE


def test_rows_that_stay_leave_it_partly_done(house: House) -> None:
    qian, batch = at_work(house, "ZC-X,冻结,2020-02-30,1")
    import_running.carry_on(qian, batch, clock)
    found = again(batch)
    assert (found.state, found.done_at) == (BatchState.PARTLY, NOW)
    assert importing.outcome_of(found) == Outcome(30, 0, 0, 1)


def test_an_undo_goes_on_outside_too_and_names_what_it_left(house: House) -> None:
    qian, batch = at_work(house)
    import_running.carry_on(qian, batch, clock)
    SeizedAsset.objects.filter(key="ZC-3").update(version=2)
    importing.begin_undo(qian, batch)
    assert again(batch).state == BatchState.UNDOING
    assert import_running.progress(again(batch)) == Progress(0, 30)
    import_running.carry_on(qian, batch, clock)
    found = again(batch)
    assert found.state == BatchState.DONE
    assert found.layout["undone"] == [29, 0, 1]
    assert found.layout["refused"] == ["第 5 行 ZC-3：导入之后又被改过，没有撤销"]
    assert SeizedAsset.objects.exclude(state=VOID).count() == 1


def test_after_thirty_days_an_import_stays(house: House) -> None:
    qian, batch = at_work(house)
    import_running.carry_on(qian, batch, clock)
    days = import_limits().undo_days
    assert days == 30
    late = house.actor("qian", NOW + timedelta(days=days))
    for undo in (importing.begin_undo, importing.undo):
        with pytest.raises(Closed, match="已满 30 天，不能整批撤销"):
            undo(late, again(batch))
    last = house.actor("qian", NOW + timedelta(days=days - 1))
    assert importing.undo(last, again(batch)).voided == 30


def test_only_who_may_import_sets_it_going(house: House) -> None:
    batch = uploaded(house)
    with pytest.raises(Denied):
        importing.begin(house.actor("liu"), batch)
    with pytest.raises(Denied):
        importing.begin_undo(house.actor("liu"), batch)
