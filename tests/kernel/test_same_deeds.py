"""Which statements are taken for one deed, case by case."""

from __future__ import annotations

import pytest

from rongjian.kernel.same_deeds import Claim, Deeds

DAY = 740_000
# What a ledger is full of: without it every word would be a rare one.
COMMON = [
    Claim(1000 + number, number, DAY + number % 9, names=("开展宪法宣传活动", ""))
    for number in range(40)
]


def found(one: Claim, other: Claim, apart: int = 1) -> bool:
    pairs = Deeds([one, other, *COMMON], apart).likenesses()
    return (one.place, other.place) in {(each.first.place, each.second.place) for each in pairs}


def firm(place: int, name: str, *, unit: int = 0, day: int = DAY) -> Claim:
    return Claim(place, unit or place, day, names=(name,))


def case(place: int, key: str, day: int = DAY) -> Claim:
    return Claim(place, place, day, key=key)


@pytest.mark.parametrize(
    "other",
    [
        "桂宏物流有限公司",
        "广西桂宏物流有限责任公司",
        "（桂宏物流）公司　",
        "南宁桂宏物流集团有限公司",
    ],
)
def test_a_firm_is_the_same_under_its_longer_and_shorter_names(other: str) -> None:
    assert found(firm(1, "广西桂宏物流有限公司"), firm(2, other))


@pytest.mark.parametrize("other", ["广西德顺物流有限公司", "桂宏物流有限公司第二分公司"])
def test_other_firms_and_other_branches_are_others(other: str) -> None:
    assert not found(firm(1, "桂宏物流有限公司第一分公司"), firm(2, other))


def test_the_same_unit_may_say_the_same_twice() -> None:
    assert not found(firm(1, "桂宏物流", unit=7), firm(2, "桂宏物流", unit=7))


@pytest.mark.parametrize(("days", "same"), [(1, True), (2, False)])
def test_another_day_is_another_deed(days: int, same: bool) -> None:
    assert found(firm(1, "桂宏物流"), firm(2, "桂宏物流", day=DAY + days)) is same


def test_what_all_say_in_the_same_words_tells_nothing() -> None:
    assert not list(Deeds(COMMON, 1).likenesses())


def test_what_must_be_equal_is() -> None:
    one, other = (Claim(n, n, DAY, names=("桂宏物流",), same=(n,)) for n in (1, 2))
    assert not found(one, other)


def test_stories_that_differ_make_other_deeds_of_the_same_name() -> None:
    told = (
        "走访车间并座谈听取仓储纠纷诉求三件当场答复",
        "为职工讲解劳动合同条款发放手册解答工伤认定咨询",
    )
    one, other = (
        Claim(n, n, DAY, names=("桂宏物流",), story=story) for n, story in enumerate(told, 1)
    )
    assert not found(one, other)
    assert found(one, Claim(3, 3, DAY, names=("桂宏物流",), story=told[0][2:]))


@pytest.mark.parametrize(
    "other", ["AJ2026000123", "aj-2026-000123", "AJ—2O26—OOO123", "ＡＪ２０２６０００１２３"]
)
def test_a_number_is_the_same_however_it_is_spelt(other: str) -> None:
    assert found(case(1, "AJ-2026-000123"), case(2, other, DAY + 30), apart=92)


@pytest.mark.parametrize("other", ["AJ-2026-000124", "AJ-2025-000123", ""])
def test_another_number_is_another_case(other: str) -> None:
    assert not found(case(1, "AJ-2026-000123"), case(2, other), apart=92)


def test_short_numbers_say_too_little() -> None:
    assert not found(case(1, "12-3"), case(2, "1-23"), apart=92)
