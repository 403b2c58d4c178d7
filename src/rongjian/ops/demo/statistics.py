"""Real published statistics in the demo world, brought in as any office would: by import.

The table holds facts that others printed (`content/demo/published_statistics.csv`), kept as they
were printed; what contradicts itself in it is found on the page 「公布数据核对」.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.kernel.content import CONTENT
from rongjian.org.access import actor_of
from rongjian.records import importing
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from datetime import datetime

    from rongjian.ops.demo.realm import Realm

TABLE = CONTENT / "demo" / "published_statistics.csv"


def import_statistics(realm: Realm, at: datetime) -> int:
    """Import the table as the region's case manager; how many rows came in.

    Raises ValueError when a row stays behind: the table is ours to keep importable.
    """
    actor = actor_of(realm.cast["zhengshi"], at)
    kind, unit = kind_of("published-figure"), realm.region.unit
    batch = importing.upload(actor, kind, unit, TABLE.name, TABLE.read_bytes())
    importing.check(actor, batch)
    outcome = importing.commit(actor, batch)
    if outcome.left:
        raise ValueError(f"公布数据有 {outcome.left} 行没有导入：{TABLE.name}")
    return outcome.created
