"""What a text is found by, and where a word stands in it as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.find_words import (
    fold,
    heard,
    heard_name,
    needed,
    pieces,
    readings,
    simplified,
    sound_pieces,
    spots,
    syllables,
)

TEXTS = st.text(alphabet="南宁市检察院扫黑除恶学习会重庆ab19Ａ１廣西 ，（）〔〕", max_size=24)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("廣西壯族自治區", "广西壮族自治区"),
        ("ＨＰ－０１２", "hp-012"),
        ("〔2026〕31号", "(2026)31号"),
        ("起诉 1,591　人", "起诉 1591 人"),
        ("1,2,3 和 12,34", "1,2,3 和 12,34"),
        ("“三会一课”", '"三会一课"'),
    ],
)
def test_texts_are_folded_to_one_way_of_writing(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert fold(folded) == folded


def test_a_simplified_character_stays_what_it_is() -> None:
    assert not {chr(code) for code in simplified()} & set(simplified().values())


@given(TEXTS, st.data())
def test_a_text_has_every_piece_that_a_part_of_it_needs(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    part = folded[start : data.draw(st.integers(start, len(folded)))]
    cut = any(each.isascii() and each.isalnum() for each in part)
    if not cut:  # Numbers and letters are found whole or by threes.
        assert set(needed(part)) <= set(pieces(folded))
    assert set(needed(folded)) <= set(pieces(folded))


@given(TEXTS)
def test_marked_spots_are_the_words_that_were_written(text: str) -> None:
    folded = fold(text)
    for word in folded.split():
        for start, end in spots(text, (word,)):
            assert word in fold(text[start:end]) or fold(text[start:end]) in word


def test_numbers_are_found_by_three_digits_and_whole() -> None:
    assert {"2026", "202", "026"} <= set(pieces("2026年"))
    assert needed("12次") == ("12", "次")
    assert "2" not in pieces("12次")


@pytest.mark.parametrize(
    ("run", "sounds"),
    [
        ("南宁市院", "nan ning shi yuan"),
        ("重庆", "chong qing"),
        ("重点", "zhong dian"),
        ("银行", "yin hang"),
    ],
)
def test_a_character_sounds_as_its_neighbours_say(run: str, sounds: str) -> None:
    assert syllables(run) == tuple(sounds.split())


def test_letters_are_read_as_syllables_in_every_way() -> None:
    assert ("xian",) in set(readings("xian"))
    assert ("xi", "an") in set(readings("xian"))
    assert list(readings("nnsy")) == []


def test_what_is_heard_are_initials_or_whole_syllables() -> None:
    assert heard("nnsy", "赴南宁市院") == (1, 5)
    assert heard("ningshi", "南宁市院") == (1, 3)
    assert heard("ingshi", "南宁市院") is None
    assert heard_name("zyf", "曾亚芳")
    assert heard_name("cyf", "曾亚芳")
    assert heard_name("qinchunmei", "覃春梅")
    assert {".shc", "+saohei"} <= set(sound_pieces("扫黑除恶"))


def test_words_are_marked_as_they_were_written() -> None:
    text = "掃黑　共１，５９１人，（南寧）"
    marked = [text[start:end] for start, end in spots(text, ("扫黑", "1591", "nn"))]
    assert marked == ["掃黑", "１，５９１", "南寧"]
