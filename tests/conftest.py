"""What every test may count on: which tests need what, and how hypothesis behaves."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

# The casts that tests play with.
pytest_plugins = (
    "tests.house",
    "tests.notices.office",
    "tests.world",
    "tests.web.visitors",
    "tests.web.door",
    "tests.journeys.browser",
    "tests.journeys.moving_clock",
)

# No test may depend on how fast the machine is; a failure must be repeatable from its output.
hypothesis.settings.register_profile("rongjian", deadline=None, print_blob=True)
hypothesis.settings.load_profile("rongjian")

# The fixtures of pytest-django that every test with a database comes by.
DATABASE = {"db", "transactional_db", "django_db_setup"}
# Material handed over with the checkout, not part of it.
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--leak-requests`, `--leak-seed` and `--histories`."""
    parser.addoption(
        "--leak-requests",
        type=int,
        default=800,
        help="how many random requests look for what nobody should be told (a release asks 20000)",
    )
    parser.addoption(
        "--histories",
        type=int,
        default=25,
        help="how many random histories of deployments are lived through (a release asks 10000)",
    )
    parser.addoption("--leak-seed", type=int, default=20260625, help="which requests these are")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with the reason, what cannot run here.

    On PostgreSQL only what asks the database runs: everything else, commands with a directory of
    their own among it, is the same there as on SQLite.
    """
    on_sqlite = config.getoption("--database") == "sqlite"
    if not on_sqlite:
        config.hook.pytest_deselected(items=[item for item in items if not _asks(item)])
        items[:] = [item for item in items if _asks(item)]
    for item in items:
        if item.get_closest_marker("postgres") and on_sqlite:
            item.add_marker(pytest.mark.skip(reason="只在 PostgreSQL 上运行：--database postgres"))
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="检出目录旁没有 ../shared，跳过与其核对"))


def _asks(item: pytest.Item) -> bool:
    """Whether a test works in the test database, by mark or by fixture."""
    names = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db")) or not names.isdisjoint(DATABASE)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the checkout, for tests marked `shared`."""
    return SHARED
