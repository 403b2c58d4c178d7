"""Declared content: YAML files read into frozen dataclasses, each mistake named by file and line.

The dataclass is the schema. A field's type hint says what may be written there: str, int, bool,
Decimal, date, Literal, tuple, Mapping, another dataclass, a union of these, or a type with a
classmethod `from_content` that is given what the hint of its argument asks for. A default makes a
field optional. What hints cannot say, `__post_init__` and `from_content` refuse by ValueError.

Text is taken as written: under a `str` hint `no`, `2024` and `010` stay the text they are, because
the hint decides and not YAML's guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rongjian.kernel.yaml_tree import Unreadable, is_empty, is_quoted, line_of, read_tree

T = TypeVar("T")

CONTENT = Path(__file__).resolve().parent.parent / "content"
"""Where the product's own declared content lies."""

_SHOWN = 12


@dataclass(frozen=True, order=True)
class Position:
    """Where something was declared; an entry's field of this type is filled by the loader."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


NOWHERE = Position("", 0)
"""The position of an entry that was built in code and not read from a file."""


@dataclass(frozen=True)
class Basis:
    """What a declared rule rests on, and the day somebody last looked it up."""

    document: str
    checked: date
    article: str = ""


class ContentError(ValueError):
    """A content file cannot be used; the text says where, why, and what could be meant."""

    def __init__(self, where: Position, reason: str) -> None:
        super().__init__(where, reason)
        self.where = where
        self.reason = reason

    @property
    def file(self) -> str:
        """The file, as the message names it."""
        return self.where.file

    @property
    def line(self) -> int:
        """The line, counted from 1; 0 when the whole file or folder is meant."""
        return self.where.line

    def __str__(self) -> str:
        return f"{self.where}：{self.reason}"


def load_file(path: Path, entry: type[T]) -> list[T]:
    """The entries of a file that holds a list of them, or a single one."""
    return _distinct(_entries(path, entry))


def load_section(path: Path, section: str, entry: type[T]) -> list[T]:
    """The entries listed under one heading of a file that has several headings."""
    root, source = _read(path)
    found = source.pairs(root, "文件")
    if section not in found:
        reason = f"缺少“{section}”一节{_choices(section, found, '已有')}"
        raise ContentError(Position(source.label, 1), reason)
    return _distinct(source.entries(found[section][1], entry, f"“{section}”"))


def load_folder(path: Path, entry: type[T]) -> list[T]:
    """The entries of every YAML file of a folder, in the order of the file names."""
    if not path.is_dir():
        raise ContentError(Position(_label(path), 0), "找不到这个文件夹")
    found: list[tuple[Position, T]] = []
    for file in sorted(path.iterdir()):
        if file.suffix == ".yml":
            raise ContentError(Position(_label(file), 0), "扩展名请写成 .yaml，否则不会被读入")
        if file.suffix == ".yaml":
            found.extend(_entries(file, entry))
    return _distinct(found)


def _entries(path: Path, entry: type[T]) -> list[tuple[Position, T]]:
    root, source = _read(path)
    if isinstance(root, MappingNode):
        return [(source.at(root), source.entry(root, entry, "文件"))]
    return source.entries(root, entry, "文件")


def _distinct(found: Iterable[tuple[Position, T]]) -> list[T]:
    """The entries, once no two of them share a code (and, for dated versions, a first day)."""
    first: dict[tuple[object, object], Position] = {}
    kept: list[T] = []
    for where, entry in found:
        code = getattr(entry, "code", None)
        key = (code, getattr(entry, "valid_from", None))
        if code is not None and key in first:
            raise ContentError(where, f"代码“{code}”重复，{first[key]} 已经用过")
        first[key] = where
        kept.append(entry)
    return kept


def _label(path: Path) -> str:
    resolved = path.resolve()
    inside = resolved.is_relative_to(CONTENT)
    return (resolved.relative_to(CONTENT.parent) if inside else path).as_posix()


def _read(path: Path) -> tuple[Node, _Source]:
    """The root of a file's node tree; everything unreadable becomes a ContentError."""
    source = _Source(_label(path))
    try:
        return read_tree(path.read_bytes()), source
    except OSError as problem:
        raise ContentError(Position(source.label, 0), "找不到或打不开这个文件") from problem
    except Unreadable as problem:
        raise ContentError(Position(source.label, problem.line), problem.reason) from problem


def _whole(text: str) -> int:
    if not re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,17})", text):
        raise ValueError(text)
    return int(text)


def _switch(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _exact(text: str) -> Decimal:
    if not re.fullmatch(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        raise ValueError(text)
    return Decimal(text)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


_PLAIN: dict[object, tuple[str, Callable[[str], object]]] = {
    int: ("整数", _whole),
    bool: (" true 或 false", _switch),
    Decimal: ("数字", _exact),
    date: ("日期（如 2026-01-31）", _day),
}


def _choices(word: str, options: Iterable[object], lead: str = "可用") -> str:
    """What could have been written instead, and the nearest of it."""
    known = [str(option) for option in options]
    listed = "、".join(known[:_SHOWN]) + (f"等 {len(known)} 个" if len(known) > _SHOWN else "")
    near = get_close_matches(word, known, n=1)
    return f"，{lead}：{listed or '（无）'}" + (f"（是否想写 {near[0]}？）" if near else "")


def _wide_colon(node: Node) -> str:
    """The commonest cause of a word where fields were meant."""
    wide = isinstance(node, ScalarNode) and "：" in node.value
    return "，冒号要用半角 : 加空格" if wide else ""


@cache
def _hints(entry: type) -> dict[str, Any]:
    if not is_dataclass(entry):
        raise TypeError(f"content entries are dataclasses, {entry!r} is not")
    return get_type_hints(entry)


@cache
def _taken(own: Any) -> Any:
    """What a type's `from_content` wants to be given: the hint of its argument."""
    hints = get_type_hints(own.from_content)
    hints.pop("return", None)
    return next(iter(hints.values()), object)


def _optional(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


@dataclass(frozen=True)
class _Source:
    """One file's nodes turned into values, with the file's name at hand for every refusal."""

    label: str

    def at(self, node: Node) -> Position:
        return Position(self.label, line_of(node))

    def wrong(self, node: Node, reason: str) -> ContentError:
        return ContentError(self.at(node), reason)

    def pairs(self, node: Node, name: str) -> dict[str, tuple[Node, Node]]:
        """A mapping's keys with their key and value nodes; no key twice."""
        if not isinstance(node, MappingNode):
            raise self.wrong(node, f"{name}应写成“字段: 值”的形式{_wide_colon(node)}")
        found: dict[str, tuple[Node, Node]] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or is_empty(key):
                raise self.wrong(key, f"{name}的字段名应是一个词")
            if key.value in found:
                line = line_of(found[key.value][0])
                raise self.wrong(key, f"字段 {key.value} 重复，第 {line} 行已经写过")
            found[key.value] = (key, value)
        return found

    def listed(self, node: Node, name: str) -> list[Node]:
        if not isinstance(node, SequenceNode):
            form = "每项以“- ”开头，或写在方括号里"
            raise self.wrong(node, f"{name}应写成列表（{form}）{_wide_colon(node)}")
        return list(node.value)

    def entries(self, node: Node, entry: type[T], name: str) -> list[tuple[Position, T]]:
        items = self.listed(node, name)
        return [(self.at(item), self.entry(item, entry, "每一项")) for item in items]

    def entry(self, node: Node, entry: type[T], name: str) -> T:
        """One dataclass from one mapping."""
        schema: Any = entry
        hints = _hints(schema)
        places = {key: self.at(node) for key, hint in hints.items() if hint is Position}
        wanted = {
            field.name: field for field in fields(schema) if field.init and field.name not in places
        }
        found = self.pairs(node, name)
        for key, (key_node, _) in found.items():
            if key not in wanted:
                raise self.wrong(key_node, f"不认识字段 {key}{_choices(key, wanted)}")
        for key, field in wanted.items():
            if key not in found and not _optional(field):
                raise self.wrong(node, f"缺少字段 {key}")
        values = {
            key: self.value(found[key][1], hints[key], f"字段 {key} ")
            for key in wanted
            if key in found
        }
        return self.built(node, "", lambda: entry(**values, **places))

    def built(self, node: Node, name: str, build: Callable[[], T]) -> T:
        """What the type's own code makes of the values; its ValueError gets the position."""
        try:
            return build()
        except ValueError as problem:
            raise self.wrong(node, f"{name}{problem}") from problem

    def value(self, node: Node, hint: Any, name: str) -> Any:
        """A node as the type its hint asks for."""
        if hasattr(hint, "from_content"):
            read = self.value(node, _taken(hint), name)
            return self.built(node, name, lambda: hint.from_content(read))
        if hint is str or hint in _PLAIN:
            return self.scalar(node, hint, name)
        if hint is Any or hint is object:
            return self.plain(node)
        if isinstance(hint, type) and is_dataclass(hint):
            return self.entry(node, hint, name)
        shaped = {
            Literal: self.choice,
            tuple: self.items,
            Mapping: self.table,
            Union: self.either,
            UnionType: self.either,
        }.get(get_origin(hint))
        if shaped is None:
            raise TypeError(f"content cannot be read as {hint!r} ({name.strip()})")
        return shaped(node, get_args(hint), name)

    def scalar(self, node: Node, hint: Any, name: str) -> object:
        kind, parse = _PLAIN.get(hint, ("文字", str))
        if not isinstance(node, ScalarNode):
            raise self.wrong(node, f"{name}应为{kind}")
        if is_empty(node):
            raise self.wrong(node, f"{name}不能为空，应为{kind}")
        if hint is not str and is_quoted(node):
            raise self.wrong(node, f"{name}应为{kind}，请去掉引号")
        try:
            return parse(node.value)
        except ValueError as problem:
            raise self.wrong(node, f"{name}应为{kind}，不认识“{node.value}”") from problem

    def choice(self, node: Node, options: tuple[Any, ...], name: str) -> object:
        if isinstance(node, ScalarNode):
            for option in options:
                read = node.value if isinstance(option, str) else self.plain(node)
                if type(read) is type(option) and read == option:
                    return option
        written = node.value if isinstance(node, ScalarNode) else "（不是一个词）"
        raise self.wrong(node, f"{name}的值“{written}”不认识{_choices(written, options)}")

    def items(self, node: Node, hints: tuple[Any, ...], name: str) -> tuple[Any, ...]:
        found = self.listed(node, name)
        if hints[1:] == (...,):
            return tuple(self.value(item, hints[0], name) for item in found)
        if len(found) != len(hints):
            raise self.wrong(node, f"{name}应有 {len(hints)} 项，写了 {len(found)} 项")
        return tuple(self.value(item, hint, name) for item, hint in zip(found, hints, strict=True))

    def table(self, node: Node, hints: tuple[Any, ...], name: str) -> dict[Any, Any]:
        return {
            self.value(key, hints[0], name): self.value(value, hints[1], name)
            for key, value in self.pairs(node, name).values()
        }

    def either(self, node: Node, arms: tuple[Any, ...], name: str) -> object:
        """The first arm that fits; text comes last, since it would take anything."""
        if NoneType in arms and is_empty(node):
            return None
        failures: list[ContentError] = []
        for arm in sorted((arm for arm in arms if arm is not NoneType), key=lambda a: a is str):
            try:
                return self.value(node, arm, name)
            except ContentError as failure:
                failures.append(failure)
        raise max(failures, key=lambda failure: failure.line)

    def plain(self, node: Node) -> object:
        """A node without a schema: what each word looks like, unless it is quoted."""
        if isinstance(node, MappingNode):
            found = self.pairs(node, "")
            return {key: self.plain(value) for key, (_, value) in found.items()}
        if isinstance(node, SequenceNode):
            return [self.plain(item) for item in node.value]
        if not isinstance(node, ScalarNode) or is_empty(node):
            return None
        if not is_quoted(node):
            for _, parse in _PLAIN.values():
                try:
                    return parse(node.value)
                except ValueError:
                    continue
        return node.value
