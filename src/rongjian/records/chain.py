"""What came before a record and what came of it, along its links: the chain that the fusion is.

A link leads from what acts to what it acts on; 依据 leads the other way, from what rests to what it
rests on. So a document stands before the meeting that studied it, and the case after the decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from rongjian.org.access import visible
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Link, LinkKind, Record
from rongjian.records.queries import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind

DEPTH = 5
WIDTH = 40
"""Records that one level shows at most; what stands there is said, not hidden."""


@dataclass(frozen=True)
class Step:
    """One record of the chain, how far it stands from the record asked about, and what leads to it."""

    record: Record
    about: str
    says: str
    depth: int

    @property
    def kind(self) -> Kind:
        """What the record is."""
        return kind_of(self.record.kind)


@dataclass(frozen=True)
class Chain:
    """Both ways, each in reading order: what was before from the furthest, what came after as a tree."""

    before: tuple[Step, ...]
    after: tuple[Step, ...]
    cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


@dataclass
class _Node:
    pk: int
    says: str
    depth: int
    below: list[_Node]


def chain(actor: Actor, record: Record) -> Chain:
    """The chain of a record as far as the actor may view it; two queries a level, whatever it holds."""
    seen: dict[int, Record] = {record.pk: record}
    before, cut_before = _walk(actor, record.pk, seen, back=True)
    after, cut_after = _walk(actor, record.pk, seen, back=False)
    nodes = [*_flat(before), *_flat(after)]
    words = told([seen[node.pk] for node in nodes], full=True)

    def steps(found: Iterable[_Node]) -> tuple[Step, ...]:
        return tuple(Step(seen[n.pk], words[n.pk], n.says, n.depth) for n in found)

    furthest_first = sorted(_flat(before), key=lambda node: -node.depth)
    return Chain(steps(furthest_first), steps(_flat(after)), cut_before or cut_after)


def _walk(
    actor: Actor, start: int, seen: dict[int, Record], *, back: bool
) -> tuple[list[_Node], bool]:
    """Level by level away from the start; nobody is met twice, so circles end."""
    root = _Node(start, "", 0, [])
    level, cut = {start: root}, False
    for depth in range(1, DEPTH + 1):
        edges = [edge for edge in _edges(level, back=back) if edge[1] not in seen]
        fresh = _readable(actor, {to for _, to, _ in edges})
        following: dict[int, _Node] = {}
        for here, to, says in edges:
            if to in fresh and to not in seen:
                if len(following) == WIDTH:
                    cut = True
                    break
                seen[to] = fresh[to]
                following[to] = _Node(to, says, depth, [])
                level[here].below.append(following[to])
        if not following:
            return root.below, cut
        level = following
    return root.below, cut


def _edges(level: Iterable[int], *, back: bool) -> list[tuple[int, int, str]]:
    """(from, to, what the link says) of every link that leads away from a level."""
    here = list(level)
    onward, resting = ("target", "source") if back else ("source", "target")
    basis = Q(kind=LinkKind.BASIS)
    links = Link.objects.filter(
        (Q(**{f"{onward}__in": here}) & ~basis) | (Q(**{f"{resting}__in": here}) & basis)
    ).order_by("pk")
    found = []
    for link in links:
        ahead, behind = (
            (link.target_id, link.source_id) if back else (link.source_id, link.target_id)
        )
        says = str(link.get_kind_display())
        if link.kind == LinkKind.BASIS:
            ahead, behind = behind, ahead
            says = says if back else "据此"
        found.append((ahead, behind, says))
    return found


def _readable(actor: Actor, ids: set[int]) -> dict[int, Record]:
    if not ids:
        return {}
    rows = Record.objects.filter(pk__in=ids).exclude(state=VOID)
    return {row.pk: row for row in visible(actor, rows).select_related("unit__court")}


def _flat(nodes: Iterable[_Node]) -> list[_Node]:
    """The nodes with what is below each of them, in reading order."""
    found = []
    for node in nodes:
        found += [node, *_flat(node.below)]
    return found
