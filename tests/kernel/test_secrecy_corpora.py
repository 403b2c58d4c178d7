"""The door over made-up papers, minutes and numbers: a small draw of what `bench/screening.py` measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bench.secrecy_corpora import (
    bank_cards,
    case_numbers,
    marked,
    mobiles,
    ordinary,
    resident_ids,
)
from rongjian.kernel.screening import screen

SEED = 7


def rules(text: str) -> set[str]:
    return {finding.rule for finding in screen(text)}


def test_marked_items_are_found() -> None:
    texts = list(marked(SEED, 600))
    missed = [text for text, rule in texts if rule not in rules(text)]
    assert len(missed) <= len(texts) * 0.005, missed[:10]


def test_ordinary_sentences_pass() -> None:
    texts = list(ordinary(SEED, 2_000))
    assert len(set(texts)) > 1_900
    alarms = [text for text in texts if screen(text)]
    assert len(alarms) <= len(texts) * 0.01, alarms[:10]


@pytest.mark.parametrize(
    ("rule", "draw"),
    [
        ("resident_id", resident_ids),
        ("mobile", mobiles),
        ("bank_card", bank_cards),
        ("case_number", case_numbers),
    ],
)
def test_numbers_of_persons_and_cases_are_all_found(
    rule: str, draw: Callable[[int, int], Iterator[str]]
) -> None:
    assert [text for text in draw(SEED, 400) if rule not in rules(text)] == []
