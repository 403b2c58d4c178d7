"""Whether the data directory holds a database that commands can work with."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from rongjian.org.models import Unit


class NoData(LookupError):
    """The database has no tables yet; the text says what makes them."""


def require_data() -> None:
    """Raise NoData before a command reads from a database that nobody has set up."""
    if Unit._meta.db_table not in connection.introspection.table_names():
        raise NoData(
            f"数据目录 {settings.DATA_DIR} 里还没有数据库：先运行 rongjian serve 或 rongjian demo"
        )
