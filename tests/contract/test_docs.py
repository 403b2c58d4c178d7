"""The documentation says what is there: commands, settings, ledgers, indicators."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rongjian.__main__ import COMMANDS
from rongjian.indicators.catalogue import indicators
from rongjian.records.kinds import kinds

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "src/rongjian/settings.py").read_text(encoding="utf-8")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_both_readmes_list_every_command(name: str) -> None:
    listed = re.findall(r"^\| `rongjian ([a-z-]+)` \|", text(name), re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_every_setting_is_explained() -> None:
    read = {f"RONGJIAN_{name}" for name in re.findall(r'env\("([A-Z_]+)"', SETTINGS)}
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", text("docs/operations.md"), re.MULTILINE))
    assert read | {"DATABASE_URL"} == listed


def test_every_ledger_and_indicator_has_its_word() -> None:
    words = text("docs/words.md")
    rows = re.findall(r"^\| ([^|`]+) \| `([a-z-]+)` \|", words, re.MULTILINE)
    listed = {code: name for name, code in rows}
    wanted = {kind.code: kind.name for kind in kinds()}
    wanted |= {code: definition.name for code, definition in indicators().items()}
    assert {code: listed.get(code) for code in wanted} == wanted


@pytest.mark.parametrize(
    "name", [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("docs/**/*.md"))]
)
def test_links_and_paths_in_docs_lead_somewhere(name: str) -> None:
    here = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)#]+)\)", text(name)):
        if "://" not in target:
            assert (here / target).exists(), f"{name} → {target}"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:3]) for path in sorted(ROOT.glob("docs/decisions/*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
