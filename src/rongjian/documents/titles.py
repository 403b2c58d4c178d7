"""Where a title may be broken: at most 20 characters a line, words whole, lines of like length."""

from __future__ import annotations

from itertools import pairwise

LINE_CAPACITY = 20
# A line neither begins nor ends with these.
_NEVER_FIRST = "的和与及、，：）》”’〉】了"
_NEVER_LAST = "（《“‘〈【和与及、以在对向为关"
_WORDS = (
    "检察机关",
    "人民检察院",
    "自治区",
    "自治县",
    "关于",
    "推进",
    "党建",
    "业务",
    "深度",
    "融合",
    "检察",
    "工作",
    "实践",
    "情况",
    "报告",
    "通报",
    "总结",
    "分析",
    "会议",
    "纪要",
    "专项",
    "行动",
    "斗争",
    "扫黑除恶",
    "办案",
    "专班",
    "临时",
    "党支部",
    "行业",
    "治理",
    "公益诉讼",
    "服务",
    "监督",
    "建设",
    "落实",
    "加强",
    "贯彻",
    "问题",
    "整改",
)


def title_lines(title: str) -> list[str]:
    """The title's lines; the name of the organ stands alone before 「关于…」 where it can."""
    if len(title) <= LINE_CAPACITY:
        return [title]
    organ, about, matter = title.partition("关于")
    if about and organ:
        return [*_lines(organ), *_lines(about + matter)]
    return _lines(title)


def _lines(text: str) -> list[str]:
    """As few lines as the capacity allows, and of those ways the most even one."""
    breaks = [place for place in range(1, len(text)) if _breakable(text, place)]
    fewest = -(-len(text) // LINE_CAPACITY)
    for count in range(fewest, len(breaks) + 2):
        cuts = _even_cuts(len(text), breaks, count)
        if cuts:
            return [text[start:end] for start, end in pairwise((0, *cuts))]
    return [text[start : start + LINE_CAPACITY] for start in range(0, len(text), LINE_CAPACITY)]


def _even_cuts(length: int, breaks: list[int], count: int) -> tuple[int, ...]:
    """The ends of `count` lines whose lengths differ least from the mean; empty when none fit."""
    mean = length / count
    ways: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for _ in range(count):
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, cuts) in ways.items():
            for end in (*breaks, length):
                if 0 < end - start <= LINE_CAPACITY:
                    way = (cost + (end - start - mean) ** 2, (*cuts, end))
                    longer[end] = min(way, longer.get(end, way))
        ways = longer
    return ways[length][1] if length in ways else ()


def _breakable(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after in _NEVER_FIRST or before in _NEVER_LAST or (before + after).isascii():
        return False
    return not any(_inside(text, word, place) for word in _WORDS)


def _inside(text: str, word: str, place: int) -> bool:
    """Whether a break at `place` would cut an occurrence of the word."""
    start = max(0, place - len(word) + 1)
    return text.find(word, start, place - 1 + len(word)) >= 0
