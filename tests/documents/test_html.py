"""The HTML file: every number leads to its source in the same file, and words stay words."""

from __future__ import annotations

import re

from rongjian.documents.html import page
from tests.documents.paper import sample


def test_every_number_leads_to_its_line() -> None:
    text = page(sample())
    targets = re.findall(r'<a href="#(\w+)" data-trace="([^"]+)"', text)
    assert targets == [
        ("F01", "F01:prosecuted-gang:450000:201801-202012"),
        ("F02", "F02:assets-gang:450000:201801-202012"),
        ("Q01", "Q01:satisfaction"),
    ]
    assert re.findall(r'<tr id="(\w+)">', text) == [slot for slot, _ in targets]


def test_words_are_never_taken_for_markup() -> None:
    assert "。&lt;&amp;&gt;</p>" in page(sample())
