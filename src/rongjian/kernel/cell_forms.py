"""In which form of its own a cell was typed, where reading put it into ours: to count and list them."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Sort = Literal["text", "date", "number", "boolean", "choice", "unit", "person"]

FORMS = {
    "blank": "只有空格的空白格",
    "space": "多余的空格、换行或不可见字符",
    "width": "全角字符",
    "dotted": "点号、斜杠等写法的日期（2019.3.5）",
    "written": "年月日写法的日期（2019年3月5日）",
    "worded": "中文数字的日期（二〇一九年三月五日）",
    "serial": "表格序号的日期（43529）",
    "joined": "连写的日期（20190305）",
    "clock": "带时刻的日期",
    "scaled": "以万、亿为单位的数（2.17亿）",
    "grouped": "带千分位的数（1,200）",
    "measured": "带单位的数（35元）",
    "truth": "√、1 等写法的是或否",
    "choice": "选项的代码或别的写法",
    "unit": "单位简称或别称",
    "person": "人员写法",
    "other": "其他写法",
}
"""Form → what the user calls it, in the order of lists."""

_NUMERALS = re.compile("[零〇一二三四五六七八九十]")
_TESTS: tuple[tuple[Sort, str, re.Pattern[str]], ...] = (
    ("date", "clock", re.compile(r"\d{1,2}:\d\d")),
    ("date", "serial", re.compile(r"\d{5}(\.\d+)?")),
    ("date", "joined", re.compile(r"\d{8}")),
    ("date", "worded", _NUMERALS),
    ("date", "written", re.compile("[年月日]")),
    ("date", "dotted", re.compile(r"[./。、-]")),
    ("number", "scaled", re.compile("[百千万亿]")),
    ("number", "grouped", re.compile(r"\d,\d{3}")),
    ("number", "measured", re.compile(r"[^\d.,+-]")),
)
_WHOLE = {"serial", "joined"}
_NAMED: dict[Sort, str] = {
    "boolean": "truth",
    "choice": "choice",
    "unit": "unit",
    "person": "person",
}


def form_of(raw: str, sort: Sort) -> str:
    """The form (a key of FORMS) in which a cell of that sort was typed."""
    if not raw.strip():
        return "blank"
    plain = unicodedata.normalize("NFKC", raw).strip()
    if sort in _NAMED:
        return _NAMED[sort]
    for of, form, test in _TESTS:
        if of == sort and (test.fullmatch(plain) if form in _WHOLE else test.search(plain)):
            return form if plain == raw or form != "dotted" or "-" not in plain else "width"
    if any(unicodedata.normalize("NFKC", each) != each for each in raw if not each.isspace()):
        return "width"
    return "space" if sort == "text" or re.search(r"\s", raw) else "other"
