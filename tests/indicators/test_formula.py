"""Figures as sums of parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rongjian.indicators.formula import Formula, Part, formula_of
from rongjian.indicators.spec import Catalogue, Condition, Definition
from rongjian.kernel.number_text import number_text
from tests.indicators.definitions import SCHEMAS, define

DAY = date(2020, 12, 31)


def formula(code: str, *definitions: Definition, day: date = DAY) -> Formula:
    catalogue = Catalogue.of(definitions)
    return formula_of(catalogue, catalogue.in_force(code, day), day, SCHEMAS)


def part(definition: Definition) -> Part:
    [(_, found)] = formula(definition.code, definition).top
    return found


def value(asked: Formula, known: Mapping[Part, int | str]) -> Decimal | None:
    return asked.value(lambda each: Decimal(known.get(each, 0)))


def named(code: str) -> Definition:
    return define(code, where=[("line", "=", code)])


def test_the_published_case_to_item_ratio_of_xuchang() -> None:
    """2016–2019: 9265 + (14640 − 6220) cases, 9630 further items, printed 1:1.545."""
    numbers = {"arrest": 9265, "prosecution": 14640, "arrested-before": 6220, "further": 9630}
    definitions = [
        *map(named, numbers),
        define("cases", "derived", plus=("arrest", "prosecution"), minus=("arrested-before",)),
        define("items", "derived", plus=("cases", "further")),
        define("items-a-case", "ratio", top="items", bottom="cases", display="ratio"),
    ]
    known: dict[Part, int | str] = {part(named(code)): n for code, n in numbers.items()}
    assert value(formula("cases", *definitions), known) == 17685
    assert value(formula("items", *definitions), known) == 27315
    printed = value(formula("items-a-case", *definitions), known)
    assert number_text(printed, "ratio") == "1:1.545"


def test_published_rates_follow_from_their_parts() -> None:
    """2020-01..09: 156877 not arrested of 551002 + 156877, printed 22.2 %."""
    yes, no = named("yes"), named("no")
    both = define("both", "derived", plus=("yes", "no"))
    rate = define("rate", "ratio", top="no", bottom="both", scale=Decimal(100))
    known: dict[Part, int | str] = {part(yes): 551002, part(no): 156877}
    found = value(formula("rate", yes, no, both, rate), known)
    assert number_text(found, "percent") == "22.16%"


def test_nothing_counted_is_0_and_nothing_added_up_is_no_value() -> None:
    count, total = named("count"), define("total", "sum", field="amount")
    distinct = define("distinct", "distinct", field="court")
    median = define("median", "median", field="people")
    assert value(formula("count", count), {}) == 0
    assert value(formula("distinct", distinct), {}) == 0
    assert value(formula("total", total), {}) is None
    assert value(formula("median", median), {}) is None
    behind = formula("total", total).rows
    assert value(formula("total", total), {behind: 3}) == 0


def test_a_share_of_nothing_is_no_value() -> None:
    rate = define("rate", "ratio", top="a", bottom="b")
    asked = formula("rate", named("a"), named("b"), rate)
    assert value(asked, {part(named("a")): 3}) is None
    assert value(asked, {part(named("b")): 3}) == 0


def test_behind_a_share_stand_the_rows_of_both_its_parts_once() -> None:
    everything = define("all")
    closed = define("closed", where=[("stage", "=", "closed")])
    urgent = define("urgent", where=[("stage", "=", "closed"), ("urgent", "=", True)])
    other = define("other", where=[("line", "=", "B01")])
    assert formula(
        "r", closed, everything, define("r", "ratio", top="closed", bottom="all")
    ).rows.where == ((),)
    within = define("r", "ratio", top="urgent", bottom="closed")
    assert formula("r", closed, urgent, within).rows == part(closed)
    apart = define("r", "ratio", top="other", bottom="closed")
    assert formula("r", closed, other, apart).rows.where == (
        (Condition("line", "=", "B01"),),
        (Condition("stage", "=", "closed"),),
    )


def test_a_row_that_does_not_say_the_amount_is_not_behind_the_sum() -> None:
    total = define("total", "sum", field="amount", where=[("stage", "=", "open")])
    [group] = formula("total", total).rows.where
    assert Condition("amount", "not-empty") in group


def test_the_same_part_is_kept_once_however_it_is_written() -> None:
    one = define("one", where=[("stage", "=", "open"), ("line", "in", ("B01", "B02"))])
    two = define("two", where=[("line", "in", ("B01", "B02")), ("stage", "=", "open")])
    assert part(one) == part(two)
    assert part(one).key == part(two).key
    three = define("three", where=[("line", "in", ("B01", "B02")), ("stage", "!=", "open")])
    assert part(one).key != part(three).key


def test_a_derived_figure_takes_the_versions_of_the_day() -> None:
    old, new = named("a"), define("a", version=2, valid_from=date(2020, 7, 1))
    both = define("both", "derived", plus=("a",))
    assert formula("both", old, new, both, day=date(2020, 6, 30)).top[0][1] == part(old)
    assert formula("both", old, new, both, day=date(2020, 7, 31)).top[0][1] == part(new)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(-1, 1))
def test_terms_add_up_with_their_signs(first: int, second: int, times: int) -> None:
    plus = ("a", "b")[: times + 1]
    definitions = [named("a"), named("b"), define("d", "derived", plus=(*plus, "a"), minus=("b",))]
    known: dict[Part, int | str] = {part(named("a")): first, part(named("b")): second}
    expected = first - second + sum((first, second)[: times + 1])
    assert value(formula("d", *definitions), known) == expected
