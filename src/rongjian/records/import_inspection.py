"""Looking into an import without changing it: rows against their records, cells put into our form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rongjian.kernel.cell_forms import FORMS, form_of
from rongjian.records.import_checking import Checker
from rongjian.records.import_forms import AS_IS, sort_of
from rongjian.records.import_mapping import fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.org.access import Actor
    from rongjian.records.models import Batch, BatchRow

_EXAMPLES = 3


def compared(
    actor: Actor, batch: Batch, rows: Iterable[BatchRow]
) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    """For rows about a record that exists: what it holds, and what it would hold, by attname."""
    checker = Checker(actor, batch)
    lines = checker.lines(rows)
    checker.matches.find(lines)
    found = {}
    for line in lines:
        if match := checker.matches.of(line):
            given = {name: line.values[name] for name in checker.matches.given}
            found[line.row.number] = (match.values, {**match.values, **given})
    return found


@dataclass(frozen=True)
class FormCount:
    """The cells of one column typed in one form: how many, examples (typed → ours), and whether
    they are left as they were typed."""

    field: str
    heading: str
    form: str
    words: str
    cells: int
    examples: tuple[tuple[str, str], ...]
    as_is: bool


def forms(actor: Actor, batch: Batch) -> list[FormCount]:
    """What was put into our form, by column and form, in the order of the file and of FORMS."""
    checker = Checker(actor, batch)
    kept = batch.layout.get(AS_IS, {})
    texts: dict[str, Counter[str]] = {column.name: Counter() for column in checker.given}
    for cells in batch.rows.exclude(cells=[]).values_list("cells", flat=True).iterator():
        for column in checker.given:
            texts[column.name][cells[column.at]] += 1
    found = []
    names = fields(checker.kind)
    for column in sorted(checker.given, key=lambda each: each.at):
        sort = sort_of(checker.kind.field(column.name))
        by_form: dict[str, Counter[str]] = {}
        for text, times in texts[column.name].items():
            if text and column.plain(text, checker.home).normalised:
                by_form.setdefault(form_of(text, sort), Counter())[text] += times
        for form in (each for each in FORMS if each in by_form):
            read = [
                (text, column.shown(column.plain(text, checker.home).value))
                for text, _ in by_form[form].most_common(_EXAMPLES)
            ]
            found.append(
                FormCount(
                    field=column.name,
                    heading=names[column.name],
                    form=form,
                    words=FORMS[form],
                    cells=by_form[form].total(),
                    examples=tuple(read),
                    as_is=form in kept.get(column.name, ()),
                )
            )
    return found
