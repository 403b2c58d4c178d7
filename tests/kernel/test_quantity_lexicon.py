"""The words are data: an entry changes what is found, and a mistake in one is named by its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rongjian.kernel.content import CONTENT, ContentError
from rongjian.kernel.quantities import find
from rongjian.kernel.quantity_lexicon import load_lexicon, product_lexicon


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """A copy of the product's lexicon with one thing written differently."""
    text = (CONTENT / "quantities.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "quantities.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_new_measure_word_is_an_entry_and_no_code(tmp_path):
    assert find("献血120毫升", product_lexicon()) == []
    entry = "measures:\n  - {dimension: volume, kind: measure, unit: 升, factor: 0.001, words: [毫升]}\n"
    (found,) = find("献血120毫升", load_lexicon(changed(tmp_path, "measures:\n", entry)))
    assert (found.value, found.unit) == (Decimal("0.12"), "升")


def test_a_new_catchword_is_an_entry_and_no_code(tmp_path):
    assert [q.text for q in find("落实四项铁律5条", product_lexicon())] == ["5条"]
    assert [q.text for q in find("建成九个平台", product_lexicon())] == ["九个"]
    lexicon = load_lexicon(changed(tmp_path, "slogans: [", "slogans: [九个平台, "))
    assert find("建成九个平台和9个平台", lexicon) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[^》\\n]{1,80}", "[^》\\n]*", "不限次数"),
        ("[^》\\n]{1,80}", "[^》\\n]{1,}", "不限次数"),
        ("《[^》", "([^》", "正则表达式"),
        ("example: 第三批", "example: 三批", "认不出自己的例子"),
        ("words: [件, 宗,", "words: [件, 件, 宗,", "量词重复：件"),
        ("  件: [套]", "  剑: [套]", "未声明的量词：剑"),
        ("where: middle", "where: within", "within"),
    ],
)
def test_a_mistake_in_the_lexicon_is_named_with_its_line(tmp_path, old, new, message):
    with pytest.raises(ContentError) as refused:
        load_lexicon(changed(tmp_path, old, new))
    assert message in str(refused.value)
    assert refused.value.line > 0
