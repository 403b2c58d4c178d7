"""Every ledger's export comes back without a change, whatever its texts, numbers and days are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pytest
from django.db import models

from rongjian.log.images import image_of
from rongjian.org.models import Unit
from rongjian.records import importing
from rongjian.records.bulk import create_many
from rongjian.records.import_mapping import NUMBER
from rongjian.records.importing import Outcome
from rongjian.records.models import Batch, BatchState
from rongjian.records.queries import Reading
from rongjian.web.export import workbook
from tests.contract.test_every_import import clerk, exported, kind, records
from tests.world import NOW

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

__all__ = ["clerk", "kind"]

# What spreadsheets, their readers and we ourselves like to take for something else.
TEXTS = (
    "第一行\n第二行\n\n末行",
    "回车\r\n换行",
    "制表\t符",
    "007",
    "0",
    "-5",
    "+86",
    "1e5",
    "3.10",
    "123456789012345678901234",
    "2.17亿",
    "2019.3.5",
    "2024-02-29",
    "43529",
    "TRUE",
    "是",
    "#N/A",
    "=1+1",
    "@SUM(A1)",
    "'=1+1",
    "'单引号",
    "１２３（全角）ＡＢＣ",
    "　首尾空格　",
    "不换行\u00a0空格",
    "零宽\u200b字符",
    "_x0041_",
    "<b>&amp;</b>",
    "“引号”\"'，；、",
    "𠮷🙂",
    "%s {x} \\n",
)
DAYS = (date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(1949, 10, 1), date(2024, 2, 29))
WHOLE = (0, 1, 32767)
AMOUNTS = (Decimal("0.00"), Decimal("0.01"), Decimal("0.10"), Decimal("123456789012.34"))


@pytest.fixture
def hard(kind: Kind, clerk: Actor) -> list[int]:
    """Copies of a record of the clerk's, each with other hard values in every field they fit."""
    pattern = records(kind, clerk)[0]
    attnames = [kind.field(name).attname for name in kind.fields]
    base = {name: getattr(pattern, name) for name in attnames}
    rows = []
    for number, values in enumerate(zip_longest(TEXTS, DAYS, WHOLE, AMOUNTS)):
        keyed = "key" in kind.fields and number % 3
        row = {**base, "key": f"H-{number}" if keyed else ""}
        for name in kind.fields:
            row = fitted(kind, row, name, values)
        rows.append(row)
    batch = Batch.objects.create(
        kind=kind.code, name="样例", digest="", unit=pattern.unit, created_at=NOW
    )
    return create_many(clerk, kind, rows, batch=batch)


def fitted(kind: Kind, row: dict[str, Any], name: str, values: tuple[Any, ...]) -> dict[str, Any]:
    """The row with one field's hard value, or as it was where the ledger's own rules forbid it."""
    field = kind.field(name)
    value = hard_value(field, values)
    if value is None:
        return row
    changed = {**row, field.attname: value}
    return row if list(kind.model.problems(changed)) else changed


def hard_value(field: models.Field[Any, Any], values: tuple[Any, ...]) -> Any:
    text, day, whole, amount = values
    if field.name in {"campaign", "line", "key"} or field.choices:
        return None
    if isinstance(field, models.DecimalField):
        digits = (field.max_digits or 0) - (field.decimal_places or 0)
        fits = amount is not None and amount < 10**digits
        return round(amount, field.decimal_places or 0) if fits else None
    if isinstance(field, models.DateField):
        return day
    if isinstance(field, models.IntegerField):
        return whole
    # A text of a form of its own is none that people type freely.
    if type(field) in {models.CharField, models.TextField}:
        return text[: field.max_length or None]
    return None


def of(kind: Kind, pks: list[int]) -> QuerySet[Record]:
    return kind.model._default_manager.filter(pk__in=pks).order_by("pk")


def images(kind: Kind, pks: list[int]) -> list[dict[str, Any]]:
    return [image_of(record) for record in of(kind, pks)]


def check_unchanged(kind: Kind, clerk: Actor, pks: list[int], *, numbered: bool = True) -> None:
    """The file goes back byte by byte as it came, with or without the column of record numbers."""
    before, rows = images(kind, pks), of(kind, pks)
    data = workbook(kind, Reading(rows, projected=False), rows)
    batch = importing.upload(clerk, kind, rows[0].unit, f"{kind.code}.xlsx", data)
    assert batch.state == BatchState.CHECKED
    if not numbered:
        named = {int(at): name for at, name in batch.mapping.items() if name != NUMBER}
        importing.remap(clerk, batch, named)
        importing.check(clerk, batch)
    found = batch.rows.exclude(outcome="same").values_list("cells", "outcome", "problems")
    assert not list(found)
    assert importing.commit(clerk, batch) == Outcome(0, 0, len(pks), 0)
    assert images(kind, pks) == before


def test_hard_values_come_back_unchanged(kind: Kind, clerk: Actor, hard: list[int]) -> None:
    check_unchanged(kind, clerk, hard)


def test_hard_values_are_known_again_without_record_numbers(
    kind: Kind, clerk: Actor, hard: list[int]
) -> None:
    check_unchanged(kind, clerk, hard, numbered=False)


def test_a_unit_that_shares_its_name_stands_under_its_code(
    kind: Kind, clerk: Actor, hard: list[int]
) -> None:
    pattern = of(kind, hard)[0].unit
    Unit.objects.create(
        code="TWIN",
        name=pattern.name,
        short=pattern.short,
        tree=pattern.tree,
        type=pattern.type,
        court=pattern.court,
        path=f"{pattern.path[:-1]}-T/",
        founded_on=date(2026, 1, 1),
    )
    assert exported(kind, of(kind, hard))[1][kind.fields.index("unit")] == pattern.code
    check_unchanged(kind, clerk, hard)
