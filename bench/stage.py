"""What every bench shares: a data directory of its own, timing, and one way to print."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """One measured claim: ours, the peer's, and how many times ours is better."""

    what: str
    ours: float
    peer: float
    unit: str
    peer_name: str
    goal: str = ""
    # Rates are better when high, durations when low.
    higher_is_better: bool = False

    @property
    def ratio(self) -> float:
        """How many times better ours is than the peer."""
        pair = (self.ours, self.peer) if self.higher_is_better else (self.peer, self.ours)
        return pair[0] / pair[1] if pair[1] else float("inf")


def show(lines: list[Line]) -> None:
    """Print the lines as a table, or as JSON with --json."""
    if "--json" in sys.argv:
        print(json.dumps([{**asdict(line), "ratio": line.ratio} for line in lines], indent=1))
        return
    for line in lines:
        goal = f"  目标 {line.goal}" if line.goal else ""
        print(
            f"{line.what}: {line.ours:,.2f} {line.unit} | {line.peer_name}: "
            f"{line.peer:,.2f} {line.unit} | 倍数 {line.ratio:.1f}{goal}"
        )


def seconds(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def middle(action: Callable[[], object], times: int) -> float:
    """Median wall seconds of several calls."""
    return statistics.median(seconds(action) for _ in range(times))


def percentiles(action: Callable[[], object], times: int) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    taken = sorted(seconds(action) * 1000 for _ in range(times))
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


@dataclass
class Times:
    """Wall and processor seconds, step by step."""

    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Measure one step."""
        wall, cpu = time.perf_counter(), _cpu()
        yield
        self.wall[step] = time.perf_counter() - wall
        self.cpu[step] = _cpu() - cpu


def _cpu() -> float:
    return sum(os.times()[:4])


@contextmanager
def directory(name: str = "") -> Iterator[Path]:
    """A data directory for one bench: kept under build/bench when named, else temporary."""
    if name:
        kept = Path("build/bench") / name
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def start_django(folder: Path) -> None:
    """Let Django use the directory; once per process."""
    os.environ["RONGJIAN_DIR"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rongjian.settings")
