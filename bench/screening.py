"""The door's recall and false alarms on made-up corpora, with its speed beside one plain regular expression.

`python -m bench.screening` prints the shares with the number of texts; `--misses` also lists what went wrong.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from bench.secrecy_corpora import bank_cards, case_numbers, marked, mobiles, ordinary, resident_ids
from bench.stage import seconds
from rongjian.kernel.screening import screen

SEED = 20261125
_NAIVE = re.compile("绝密|机密|秘密|严禁外传|[0-9]{17}[0-9Xx]|1[3-9][0-9]{9}")
"""What one would write first: the peer of the false alarms and of the speed."""


def main() -> None:
    """Measure and print."""
    _marks()
    _alarms()
    _numbers()


def _marks() -> None:
    texts = list(marked(SEED, 2_000))
    missed = [text for text, rule in texts if rule not in _rules(text)]
    by_peer = sum(1 for text, _ in texts if not _NAIVE.search(text))
    _print("标注件查出率", len(texts) - len(missed), len(texts), ">= 99.5 %")
    _print("  普通正则查出率", len(texts) - by_peer, len(texts))
    _list(missed)


def _alarms() -> None:
    texts = list(ordinary(SEED, 10_000))
    alarms = [text for text in texts if screen(text)]
    by_peer = sum(1 for text in texts if _NAIVE.search(text))
    _print(f"日常语句误报率（{len(set(texts)):,} 句不重复）", len(alarms), len(texts), "<= 1 %")
    _print("  普通正则误报率", by_peer, len(texts))
    _list(alarms)
    ours, peer = (
        seconds(lambda: [screen(t) for t in texts]),
        seconds(lambda: [_NAIVE.search(t) for t in texts]),
    )
    sys.stdout.write(
        f"速度: {len(texts) / ours:,.0f} 句/秒 | 普通正则: {len(texts) / peer:,.0f} 句/秒\n"
    )


def _numbers() -> None:
    for name, rule, texts, goal in (
        ("身份证号查出率", "resident_id", resident_ids(SEED, 2_000), "100 %"),
        ("手机号查出率", "mobile", mobiles(SEED, 1_000), ""),
        ("银行卡号查出率", "bank_card", bank_cards(SEED, 1_000), ""),
        ("案号查出率", "case_number", case_numbers(SEED, 1_000), ""),
    ):
        told = list(texts)
        missed = [text for text in told if rule not in _rules(text)]
        _print(name, len(told) - len(missed), len(told), goal)
        _list(missed)


def _rules(text: str) -> set[str]:
    return {each.rule for each in screen(text)}


def _print(what: str, part: int, whole: int, goal: str = "") -> None:
    aim = f"  目标 {goal}" if goal else ""
    sys.stdout.write(f"{what}: {part / whole * 100:.2f} %（{part:,} / {whole:,}）{aim}\n")


def _list(texts: Iterable[str]) -> None:
    if "--misses" in sys.argv:
        sys.stdout.writelines(f"    {text!r}\n" for text in texts)


if __name__ == "__main__":
    main()
