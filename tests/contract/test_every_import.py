"""Every ledger's sheets go round: template, export and import have the same headings and values."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.db import models

from rongjian.log.images import image_of
from rongjian.org.access import allowed, visible
from rongjian.org.models import Unit
from rongjian.records import import_mapping, importing
from rongjian.records.import_mapping import NUMBER
from rongjian.records.importing import Outcome
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.records.models import VOID, BatchState, Record
from rongjian.records.queries import Reading, lines
from rongjian.web.export import workbook
from tests.contract.test_every_kind import real_words
from tests.records.import_files import xlsx

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.models import Batch
    from tests.world import World

# Who may import something, and for which unit.
CLERKS = {
    "qian": "450100",
    "weiw": "450100",
    "chen": "450100",
    "wangwu": "450100-D12",
    "zhaoliu": "450100",
    "zhuan": "450100",
    "zhengshi": "450000",
    "lisi": "450100-P02",
}
AT_THE_BRANCH = {"talk": "450100-P02"}
"""Kinds that somebody with several posts imports for another unit than most."""
MOST = 60
NOTE = "改过"
SAMPLE = "样例"


@pytest.fixture(params=[kind.code for kind in kinds()])
def kind(request: pytest.FixtureRequest) -> Kind:
    return kind_of(request.param)


@pytest.fixture
def clerk(world: World, kind: Kind) -> Actor:
    """The first who may import this kind and has records of it to change, if need be made now."""
    able = []
    for account, usual in CLERKS.items():
        code = AT_THE_BRANCH.get(kind.code, usual)
        actor = world.actor(account)
        if allowed(actor, "import", kind.access, world.units[code]):
            able.append(actor)
            if records(kind, actor):
                return actor
    headings: list[object] = [kind.heading(name) for name in kind.form]
    user = able[0].person.account
    code = CLERKS[user.get_username() if user else ""]
    sample = [real_words(name) or _sample(kind.field(name), code) for name in kind.form]
    batch = imported(world, kind, able[0], [headings, sample])
    assert importing.commit(able[0], batch) == Outcome(1, 0, 0, 0)
    return able[0]


def _sample(field: models.Field[Any, Any], unit: str) -> object:
    if isinstance(field, models.DateField):
        return "2026-06-01"
    if isinstance(field, models.BooleanField):
        return "是"
    if isinstance(field, models.ForeignKey):
        return unit if field.related_model is Unit else ""
    if field.name == "line":
        return next(iter(lines().values()))
    if field.choices:
        return str(field.flatchoices[0][1])
    return SAMPLE if isinstance(field, models.CharField) else 3


def records(kind: Kind, clerk: Actor) -> QuerySet[Record]:
    rows = visible(clerk, kind.model._default_manager.exclude(state=VOID), "edit")
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
    return kind.model._default_manager.filter(pk__in=ids).order_by("pk")


def exported(kind: Kind, rows: QuerySet[Record]) -> list[list[object]]:
    content = workbook(kind, Reading(rows, projected=False), rows)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.values]


def imported(world: World, kind: Kind, clerk: Actor, rows: list[list[object]]) -> Batch:
    account = clerk.person.account
    usual = CLERKS[account.get_username() if account else ""]
    unit = world.units[AT_THE_BRANCH.get(kind.code, usual)]
    return importing.upload(clerk, kind, unit, f"{kind.code}.xlsx", xlsx(rows))


def test_the_template_has_the_headings_of_the_export_and_all_are_understood(
    kind: Kind, clerk: Actor
) -> None:
    content = importing.template(kind)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    heading = [cell.value for cell in next(iter(sheet.rows))]
    assert heading == exported(kind, records(kind, clerk))[0]
    assert len(set(heading)) == len(heading)
    found = import_mapping.propose(kind, [str(words) for words in heading])
    assert [found[at].field for at in range(len(heading))] == [*kind.fields, NUMBER]
    assert all(proposal.sure for proposal in found.values())


def test_an_export_that_was_not_touched_changes_nothing(
    world: World, kind: Kind, clerk: Actor
) -> None:
    rows = records(kind, clerk)
    batch = imported(world, kind, clerk, exported(kind, rows))
    assert batch.state == BatchState.CHECKED
    faults = [row.problems for row in batch.rows.filter(outcome__in=["bad", "update", "new"])]
    assert not faults, faults[:3]
    assert importing.commit(clerk, batch) == Outcome(0, 0, rows.count(), 0)


def test_without_record_numbers_an_export_is_known_again_too(
    world: World, kind: Kind, clerk: Actor
) -> None:
    rows = records(kind, clerk)
    batch = imported(world, kind, clerk, [row[:-1] for row in exported(kind, rows)])
    assert importing.commit(clerk, batch) == Outcome(0, 0, rows.count(), 0)


def test_a_changed_cell_changes_its_record_alone_and_is_taken_back(
    world: World, kind: Kind, clerk: Actor
) -> None:
    rows = records(kind, clerk)
    sheet = exported(kind, rows)
    at = next(
        at
        for free in (_is_text, _is_choice, _is_number)
        for at, name in enumerate(kind.fields)
        if name != "key" and free(kind, name) and not real_words(name)
    )
    # The first that does not keep this field as it is.
    row = next(n for n, each in enumerate(rows, start=1) if not _kept(kind, each, kind.fields[at]))
    value, written = _another(kind.field(kind.fields[at]), sheet[row][at])
    sheet[row][at] = written
    before = {record.pk: image_of(record) for record in rows}
    batch = imported(world, kind, clerk, sheet)
    assert importing.commit(clerk, batch) == Outcome(0, 1, rows.count() - 1, 0)
    changed = [record for record in rows.all() if image_of(record) != before[record.pk]]
    assert [getattr(record, kind.fields[at]) for record in changed] == [value]
    assert importing.undo(clerk, batch).restored == 1
    again = rows.get(pk=changed[0].pk)
    assert {**image_of(again), "version": 0} == {**before[again.pk], "version": 0}


def _kept(kind: Kind, record: Record, name: str) -> bool:
    return name in kind.fixed and kind.flow.state(record.state).sealed


def _is_text(kind: Kind, name: str) -> bool:
    field = kind.field(name)
    free = isinstance(field, models.CharField) and not field.choices
    return free and name not in {"campaign", "line"}


def _is_choice(kind: Kind, name: str) -> bool:
    return bool(kind.field(name).choices)


def _is_number(kind: Kind, name: str) -> bool:
    return isinstance(kind.field(name), models.IntegerField)


def _another(field: models.Field[Any, Any], now: object) -> tuple[object, object]:
    """Another value of a field, and how a sheet writes it."""
    if isinstance(field, models.IntegerField):
        more = int(str(now)) + 1
        return more, more
    if not field.choices:
        return NOTE, NOTE
    return next((code, words) for code, words in field.flatchoices if words != now)
