"""Flows: the states a record can be in, and the moves between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rongjian.org.access import Verb


@dataclass(frozen=True)
class State:
    """A state with its Chinese name, its lamp on the screen and whether figures count it.

    Where it is `sealed`, the fields that the kind declares as `fixed` can no longer be changed.
    """

    code: str
    name: str
    lamp: str
    counted: bool
    sealed: bool = False


@dataclass(frozen=True)
class Move:
    """A step between states; `right` is the verb of `roles.yaml` that it takes.

    What takes `approve` is never for whoever wrote the record or handed it in (经办 ≠ 审核);
    `by_another` keeps the author out of a step that takes something else.
    `needs` are the fields that must be filled in before it can be taken.
    """

    code: str
    name: str
    sources: tuple[str, ...]
    target: str
    right: Verb
    by_another: bool = False
    # What a page asks for before the step is taken; empty for a step that needs only a press.
    asks: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """The states of a kind of record, the first one being where it starts."""

    code: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]

    @property
    def initial(self) -> str:
        """The state a new record is in."""
        return self.states[0].code

    @property
    def counted(self) -> frozenset[str]:
        """Codes of the states that figures count."""
        return frozenset(state.code for state in self.states if state.counted)

    @property
    def submits(self) -> tuple[str, ...]:
        """Codes of the moves that hand a record in, as the log names them."""
        return tuple(move.code for move in self.moves if move.right == "submit")

    def state(self, code: str) -> State:
        """The state with this code; KeyError when the flow has none."""
        return {state.code: state for state in self.states}[code]

    def move(self, code: str) -> Move:
        """The move with this code; KeyError when the flow has none."""
        return {move.code: move for move in self.moves}[code]

    def moves_from(self, state: str) -> tuple[Move, ...]:
        """The moves that leave a state."""
        return tuple(move for move in self.moves if state in move.sources)


VOIDED = State("void", "已作废", "off", counted=False)

# A fact that is true once written down: case decisions, published figures.
FILED = Flow(
    "filed",
    (State("filed", "已登记", "ok", counted=True), VOIDED),
    (Move("void", "作废", ("filed",), "void", "void", asks="原因"),),
)

# A statement that a second person confirms before it counts as confirmed.
REVIEWED = Flow(
    "reviewed",
    (
        State("draft", "草稿", "off", counted=False),
        State("submitted", "已报送", "ok", counted=True),
        State("approved", "已确认", "done", counted=True),
        VOIDED,
    ),
    (
        Move("submit", "报送", ("draft",), "submitted", "submit"),
        Move("approve", "确认", ("submitted",), "approved", "approve", by_another=True),
        Move(
            "return", "退回补充", ("submitted",), "draft", "approve", by_another=True, asks="原因"
        ),
        Move("void", "作废", ("draft", "submitted", "approved"), "void", "void", asks="原因"),
    ),
)

# Something to be done away with: it is closed only with proof, and by a second person (销号). The
# fields `result` and `proof` are the record's own.
CLEARED = Flow(
    "cleared",
    (
        State("open", "待办理", "off", counted=True),
        State("working", "办理中", "ok", counted=True),
        State("claimed", "待复核", "warn", counted=True),
        State("closed", "已销号", "done", counted=True),
        VOIDED,
    ),
    (
        Move("start", "开始办理", ("open",), "working", "edit"),
        Move(
            "claim", "申请销号", ("open", "working"), "claimed", "submit", needs=("result", "proof")
        ),
        Move("close", "复核销号", ("claimed",), "closed", "approve", by_another=True),
        Move(
            "return", "退回办理", ("claimed",), "working", "approve", by_another=True, asks="原因"
        ),
        Move("reopen", "重新打开", ("closed",), "working", "edit", asks="原因"),
        Move("void", "作废", ("open", "working", "claimed"), "void", "void", asks="原因"),
    ),
)
