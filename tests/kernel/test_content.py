"""The loader of declared content: what it reads, and how it names what it cannot read."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel import yaml_tree
from rongjian.kernel.content import (
    CONTENT,
    NOWHERE,
    ContentError,
    Position,
    load_file,
    load_folder,
    load_section,
)

Measure = Literal["count", "sum", "ratio", "distinct", "median"]


class Cycle:
    """A type that reads itself from a text of its own form."""

    def __init__(self, months: int) -> None:
        self.months = months

    @classmethod
    def from_content(cls, text: str) -> Cycle:
        if text not in ("月", "季", "年"):
            raise ValueError(f"不认识的周期“{text}”")
        return cls({"月": 1, "季": 3, "年": 12}[text])


class Anything:
    """A type that wants to see whatever was written."""

    def __init__(self, seen: object) -> None:
        self.seen = seen

    @classmethod
    def from_content(cls, seen: object) -> Anything:
        return cls(seen)


@dataclass(frozen=True)
class Part:
    """An entry inside another one."""

    kind: str
    share: Decimal = Decimal(1)


@dataclass(frozen=True)
class Entry:
    """One field of every kind the loader reads."""

    code: str
    measure: Measure = "count"
    needed: int = 1
    strict: bool = False
    weight: Decimal | None = None
    since: date = date(2018, 1, 1)
    until: date | None = None
    words: tuple[str, ...] = ()
    where_clause: tuple[tuple[str, str, int | str], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    top: Part | None = None
    cycle: Cycle | None = None
    level: Literal[1, 2, 3] = 1
    value: bool | int | Decimal | tuple[str, ...] | str = 0
    extra: Any = None
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if self.needed < 1:
            raise ValueError("needed 至少为 1")


@dataclass(frozen=True)
class Version:
    """An entry that holds from a day on."""

    code: str
    valid_from: date


@dataclass(frozen=True)
class Seen:
    """An entry with a field that reads itself from anything."""

    anything: Anything


@dataclass(frozen=True)
class Odd:
    """An entry with a field that no file can hold."""

    when: frozenset[str]


def written(folder: Path, text: str, name: str = "service.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str, entry: type = Entry) -> ContentError:
    path = written(folder, text)
    with pytest.raises(ContentError) as caught:
        load_file(path, entry)
    assert caught.value.file == path.as_posix()
    return caught.value


def read(folder: Path, text: str) -> Entry:
    (entry,) = load_file(written(folder, text), Entry)
    return entry


def test_every_kind_of_field_is_read_as_its_hint_says(tmp_path):
    text = """\
        - code: case-acceptance
          measure: ratio
          needed: 3
          strict: true
          weight: 0.10
          since: 2020-02-29
          until:
          words: [扫黑除恶, '黑财']
          where_clause: [[state, "=", accepted], [days, "<=", 7]]
          names: {short: 采纳率, 1: 一}
          parts:
            - {kind: case}
            - kind: suggestion
              share: 0.5
          top: {kind: top}
          cycle: 季
          level: 2
          value: [a, b]
          extra: {n: 1, d: 2026-01-02, t: "1", l: [true, ~, 1.50]}
    """
    entry = read(tmp_path, text)
    assert entry.measure == "ratio"
    assert (entry.needed, entry.strict, entry.level) == (3, True, 2)
    assert str(entry.weight) == "0.10"
    assert (entry.since, entry.until) == (date(2020, 2, 29), None)
    assert entry.words == ("扫黑除恶", "黑财")
    assert entry.where_clause == (("state", "=", "accepted"), ("days", "<=", 7))
    assert entry.names == {"short": "采纳率", "1": "一"}
    assert entry.parts == (Part("case"), Part("suggestion", Decimal("0.5")))
    assert entry.top == Part("top")
    assert entry.cycle is not None
    assert entry.cycle.months == 3
    assert entry.value == ("a", "b")
    first = {"n": 1, "d": date(2026, 1, 2), "t": "1", "l": [True, None, Decimal("1.50")]}
    assert entry.extra == first
    assert entry.where == Position((tmp_path / "service.yaml").as_posix(), 1)


@pytest.mark.parametrize("word", ["no", "yes", "on", "010", "450000", "1:30", "2026-01-01", "1e3"])
def test_text_stays_the_text_that_was_written(tmp_path, word):
    assert read(tmp_path, f"code: {word}").code == word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("3", 3),
        ('"3"', "3"),
        ("true", True),
        ("2.5", Decimal("2.5")),
        ("三", "三"),
        ("[x]", ("x",)),
        ("2026", 2026),
    ],
)
def test_a_union_takes_the_first_arm_that_fits_and_text_last(tmp_path, word, value):
    read_value = read(tmp_path, f"code: a\nvalue: {word}").value
    assert (type(read_value), read_value) == (type(value), value)


def test_from_content_gets_what_its_argument_asks_for(tmp_path):
    path = written(tmp_path, "- {anything: [1, {a: ~}]}\n- {anything: 月}\n")
    assert [each.anything.seen for each in load_file(path, Seen)] == [[1, {"a": None}], "月"]
    error = refusal(tmp_path, "code: a\ncycle: [月]\n")
    assert (error.line, error.reason) == (2, "字段 cycle 应为文字")


def test_the_message_names_file_line_field_choices_and_the_nearest(tmp_path):
    error = refusal(tmp_path, "- code: a\n- code: b\n\n  measure: cout\n")
    assert error.line == 4
    assert error.reason == (
        "字段 measure 的值“cout”不认识，可用：count、sum、ratio、distinct、median（是否想写 count？）"
    )
    assert str(error) == f"{error.file}:4：{error.reason}"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- code: a\n  mesure: sum\n", 2, "不认识字段 mesure，可用：code、measure"),
        ("- code: a\n  mesure: sum\n", 2, "等 16 个（是否想写 measure？）"),
        ("- code: a\n- measure: sum\n", 2, "缺少字段 code"),
        ("- code: a\n  needed: 1\n  needed: 2\n", 3, "字段 needed 重复，第 2 行已经写过"),
        ("- code: a\n- code: b\n- code: a\n", 3, "代码“a”重复"),
        ("code: a\nneeded: many\n", 2, "字段 needed 应为整数，不认识“many”"),
        ("code: a\nneeded: 1.5\n", 2, "字段 needed 应为整数"),
        ("code: a\nneeded: 010\n", 2, "字段 needed 应为整数"),
        ("code: a\nneeded: '2'\n", 2, "请去掉引号"),
        ("code: a\nneeded:\n", 2, "字段 needed 不能为空，应为整数"),
        ("code: a\nneeded: [1]\n", 2, "字段 needed 应为整数"),
        ("code:\n", 1, "字段 code 不能为空，应为文字"),
        ("code: ~\n", 1, "字段 code 不能为空"),
        ("code: a\nstrict: yes\n", 2, "应为 true 或 false，不认识“yes”"),
        ("code: a\nweight: .5\n", 2, "应为数字"),
        ("code: a\nweight: 1e9\n", 2, "应为数字"),
        ("code: a\nweight: .nan\n", 2, "应为数字"),
        ("code: a\nsince: 2026-02-30\n", 2, "应为日期（如 2026-01-31），不认识“2026-02-30”"),
        ("code: a\nsince: 2026-1-1\n", 2, "应为日期"),
        ("code: a\nsince: 20260101\n", 2, "应为日期"),
        ("code: a\nlevel: 4\n", 2, "字段 level 的值“4”不认识，可用：1、2、3"),
        ("code: a\nlevel: '1'\n", 2, "字段 level 的值“1”不认识"),
        ("code: a\nmeasure: [sum]\n", 2, "字段 measure 的值“（不是一个词）”不认识"),
        ("code: a\nwords: 扫黑\n", 2, "字段 words 应写成列表"),
        ("code: a\nwords:\n  - 扫黑\n  -\n", 4, "字段 words 不能为空"),
        ("code: a\nwhere_clause:\n  - [state, '=']\n", 3, "字段 where_clause 应有 3 项，写了 2 项"),
        ("code: a\nnames: []\n", 2, "字段 names 应写成“字段: 值”的形式"),
        ("code: a\nnames: {x: 1, x: 2}\n", 2, "字段 x 重复"),
        ("code: a\nparts:\n  - kind: case\n    shar: 1\n", 4, "不认识字段 shar"),
        ("code: a\ntop:\n  kind: case\n  share: x\n", 4, "字段 share 应为数字"),
        ("code: a\nvalue:\n  - a\n  - [b]\n", 4, "字段 value 应为文字"),
        ("code: a\ncycle: 旬\n", 2, "字段 cycle 不认识的周期“旬”"),
        ("- code: b\n- code: a\n  needed: 0\n", 2, "needed 至少为 1"),
        ("code: a\nwhere: 1\n", 2, "不认识字段 where"),
        ("[a]: 1\n", 1, "字段名应是一个词"),
        ("~: 1\n", 1, "字段名应是一个词"),
        ("code：a\n", 1, "文件应写成列表"),
        ("- code：a\n", 1, "冒号要用半角"),
        ("code：a\n", 1, "冒号要用半角"),
        ("- a\n", 1, "每一项应写成“字段: 值”的形式"),
        ("", 1, "文件是空的"),
        ("# only a comment\n", 1, "文件是空的"),
        ("code: a\n\tneeded: 1\n", 2, "缩进要用空格"),
        ("code: a\n  needed: 1\n", 2, "YAML 写法不对"),
        ("code: 'a\n", 2, "YAML 写法不对"),
        ("code: [a\n", 2, "YAML 写法不对"),
        ('code: "\\U00110000"\n', 0, "YAML 写法不对"),
        ("code: a\n---\ncode: b\n", 2, "YAML 写法不对"),
        ("code: a\x07\n", 0, "YAML 写法不对"),
        ("- &x {code: a}\n- *x\n", 1, "不能用锚点"),
        ("- code: a\n  names: *x\n", 2, "不能用锚点"),
        ("code: a\n<<: {needed: 2}\n", 2, "不认识字段 <<"),
        ("code: !!python/object/apply:os.system [ls]\n", 1, "不能用标签"),
        ("code: a\nneeded: !!int 2\n", 2, "不能用标签"),
        ("code: a\nextra: " + "[" * 40 + "]" * 40, 2, "嵌套超过 20 层"),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path, text, line, words):
    error = refusal(tmp_path, text)
    assert words in str(error)
    assert error.line == line


def test_files_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "gbk.yaml"
    path.write_bytes("code: a\nnames: {short: 检察院}\n".encode("gb18030"))
    with pytest.raises(ContentError, match=r"gbk\.yaml:2：不是 UTF-8"):
        load_file(path, Entry)
    path.write_bytes(b"#" * (yaml_tree.MAX_BYTES + 1))
    with pytest.raises(ContentError, match="文件超过 1000 KB"):
        load_file(path, Entry)
    with pytest.raises(ContentError, match=r"none\.yaml：找不到或打不开这个文件"):
        load_file(tmp_path / "none.yaml", Entry)


def test_a_byte_order_mark_is_not_part_of_the_first_field(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes("\ufeffcode: a\n".encode())
    assert load_file(path, Entry) == [Entry("a")]


def test_a_folder_is_read_in_file_order_and_codes_are_unique_over_it(tmp_path):
    written(tmp_path, "- code: c\n- code: a\n", "b.yaml")
    written(tmp_path, "code: b\n", "a.yaml")
    written(tmp_path, "not read", "notes.md")
    assert [entry.code for entry in load_folder(tmp_path, Entry)] == ["b", "c", "a"]
    last = written(tmp_path, "- code: z\n- code: c\n", "z.yaml")
    with pytest.raises(ContentError) as caught:
        load_folder(tmp_path, Entry)
    first = (tmp_path / "b.yaml").as_posix()
    assert str(caught.value) == f"{last.as_posix()}:2：代码“c”重复，{first}:1 已经用过"


def test_a_folder_that_would_be_read_in_part_is_refused(tmp_path):
    written(tmp_path, "code: a\n", "a.yml")
    with pytest.raises(ContentError, match=r"a\.yml：扩展名请写成 \.yaml"):
        load_folder(tmp_path, Entry)
    with pytest.raises(ContentError, match="找不到这个文件夹"):
        load_folder(tmp_path / "none", Entry)


def test_a_code_may_come_again_as_a_later_version(tmp_path):
    text = "- {code: a, valid_from: 2020-01-01}\n- {code: a, valid_from: 2024-01-01}\n"
    path = written(tmp_path, text)
    assert [entry.valid_from.year for entry in load_file(path, Version)] == [2020, 2024]
    error = refusal(tmp_path, text + "- {code: a, valid_from: 2020-01-01}\n", Version)
    assert (error.line, "代码“a”重复" in error.reason) == (3, True)


def test_a_section_is_read_and_the_others_are_left_alone(tmp_path):
    path = written(tmp_path, "entries:\n- code: a\n- code: b\nothers: anything\n")
    found = load_section(path, "entries", Entry)
    assert [(entry.code, entry.where.line) for entry in found] == [("a", 2), ("b", 3)]
    with pytest.raises(ContentError, match="缺少“entry”一节，已有：entries、others（是否想写"):
        load_section(path, "entry", Entry)
    with pytest.raises(ContentError, match=r"service\.yaml:4：“others”应写成列表"):
        load_section(path, "others", Entry)


def test_product_content_is_named_by_its_place_in_the_product():
    with pytest.raises(ContentError) as caught:
        load_file(CONTENT / "none" / "x.yaml", Entry)
    assert str(caught.value).startswith("content/none/x.yaml：")


def test_what_the_loader_cannot_mean_is_a_programming_error(tmp_path):
    path = written(tmp_path, "when: [a]\n")
    with pytest.raises(TypeError, match="frozenset"):
        load_file(path, Odd)
    with pytest.raises(TypeError, match="dataclasses"):
        load_file(path, str)


WORDS = st.text(string.ascii_letters + string.digits + "检察院：、 -#'\"[]{}&*!|>%@", max_size=12)
DECIMALS = st.decimals(-(10**9), 10**9, places=3)
PARTS = st.builds(Part, WORDS, DECIMALS)
ENTRIES = st.builds(
    Entry,
    code=WORDS,
    measure=st.sampled_from(["count", "sum", "ratio"]),
    needed=st.integers(1, 10**6),
    strict=st.booleans(),
    weight=st.none() | DECIMALS,
    since=st.dates(date(1949, 10, 1), date(2100, 1, 1)),
    until=st.none() | st.dates(date(1949, 10, 1), date(2100, 1, 1)),
    words=st.lists(WORDS, max_size=3).map(tuple),
    where_clause=st.lists(
        st.tuples(WORDS, WORDS, st.integers(-99, 99) | st.just("值")), max_size=2
    ).map(tuple),
    names=st.dictionaries(WORDS, WORDS, max_size=3),
    parts=st.lists(PARTS, max_size=2).map(tuple),
    top=st.none() | PARTS,
    level=st.sampled_from([1, 2, 3]),
)


class Plain(yaml.SafeDumper):
    """Writes decimals as a person writes them, and everything in full."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


Plain.add_representer(
    Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:f}")
)
Plain.add_representer(tuple, lambda dumper, value: dumper.represent_list(value))


def dumped(entry: Entry) -> dict[str, object]:
    values = asdict(entry)
    del values["where"]
    return values


@given(st.lists(ENTRIES, min_size=1, max_size=4, unique_by=lambda entry: entry.code), st.booleans())
def test_whatever_is_written_is_read_back(tmp_path_factory, entries, flow):
    text = yaml.dump(
        [dumped(entry) for entry in entries],
        Dumper=Plain,
        allow_unicode=True,
        default_flow_style=flow,
    )
    path = written(tmp_path_factory.mktemp("content"), text)
    assert load_file(path, Entry) == entries


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.data())
def test_the_line_of_a_mistake_is_the_line_it_is_on(tmp_path_factory, gaps, data):
    lines: list[str] = []
    for number, gap in enumerate(gaps):
        lines += [f"- code: c{number}", *["  # why"] * gap, "  measure: sum"]
    spots = [at for at, line in enumerate(lines) if "measure" in line]
    spot = data.draw(st.sampled_from(spots))
    lines[spot] = "  measure: summ"
    error = refusal(tmp_path_factory.mktemp("content"), "\n".join(lines))
    assert error.line == spot + 1


YAML_LIKE = st.text("ab:-[]{}#'\"\\&*!|>%@?,~<= \n\t01：", max_size=60)


@given(YAML_LIKE | st.text(max_size=30), st.sampled_from(["", "code: a\n", "- code: a\n  "]))
def test_any_text_is_read_or_refused_and_nothing_else_happens(tmp_path_factory, text, before):
    path = tmp_path_factory.mktemp("content") / "any.yaml"
    path.write_bytes((before + text).encode("utf-8", "surrogatepass"))
    found: list[Entry] = []
    refused: list[ContentError] = []
    try:
        found = load_file(path, Entry)
    except ContentError as error:
        refused.append(error)
    assert all(isinstance(entry, Entry) for entry in found)
    last = len((before + text + ".").splitlines()) + 1
    assert all(error.reason and 0 <= error.line <= last for error in refused)


def test_small_files_do_not_unfold(tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "不能用锚点" in refusal(tmp_path, bomb).reason
