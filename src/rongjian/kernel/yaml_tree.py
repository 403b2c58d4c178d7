"""YAML text as a tree of nodes that know their lines, for files that people write by hand.

Nothing is constructed from the text. Anchors, aliases and tags are refused, so that a file is
plainly what it looks like and a small file cannot unfold into a large one.
"""

from __future__ import annotations

from typing import Any

import yaml
from yaml.nodes import Node, ScalarNode

MAX_BYTES = 1_000_000
MAX_DEPTH = 20


class Unreadable(ValueError):
    """The text is not YAML that we accept; `line` counts from 1, 0 means the whole text."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


class _Forbidden(yaml.MarkedYAMLError):
    """Well-formed YAML of a sort that we do not accept; its problem is in Chinese."""


class _Composer(yaml.SafeLoader):
    """Composes nodes and refuses what could hide or multiply content."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """Look at what comes next, then compose it as usual."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None) is not None:
            problem = "不能用锚点（&）和别名（*），请直接写出内容"
        elif getattr(event, "tag", None) is not None:
            problem = "不能用标签（!）"
        elif self.depth >= MAX_DEPTH:
            problem = f"嵌套超过 {MAX_DEPTH} 层"
        else:
            self.depth += 1
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node
        raise _Forbidden(None, None, problem, event.start_mark)


def read_tree(raw: bytes) -> Node:
    """The root node of a YAML text of one document."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(0, f"文件超过 {MAX_BYTES // 1000} KB")
    try:
        root = _Composer(raw.decode("utf-8-sig")).get_single_node()
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise Unreadable(line, "不是 UTF-8 编码的文字") from problem
    except (yaml.YAMLError, ValueError, OverflowError) as problem:
        raise _explained(problem) from problem
    if root is None:
        raise Unreadable(1, "文件是空的")
    return root


def _explained(problem: Exception) -> Unreadable:
    """The parser's complaint in Chinese; its own words stay in brackets for who must search."""
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    line = mark.line + 1 if mark else 0
    words = str(getattr(problem, "problem", None) or problem).splitlines()[0]
    if isinstance(problem, _Forbidden):
        return Unreadable(line, words)
    if "'\\t'" in words:
        return Unreadable(line, "缩进要用空格，不能用制表符")
    return Unreadable(line, f"YAML 写法不对，请检查缩进、冒号、引号和括号（{words}）")


def line_of(node: Node) -> int:
    """The line a node begins on, counted from 1."""
    return int(node.start_mark.line) + 1


def is_quoted(node: ScalarNode) -> bool:
    """Whether a word was written in quotes or as a block, and is therefore text."""
    return node.style is not None


def is_empty(node: Node) -> bool:
    """Whether nothing was written (or one of YAML's words for nothing)."""
    words = ("", "~", "null", "Null", "NULL")
    return isinstance(node, ScalarNode) and not is_quoted(node) and node.value in words
