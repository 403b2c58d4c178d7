"""How large a demo world can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.kernel.places import load_places, parent_code

if TYPE_CHECKING:
    from rongjian.kernel.places import Place

REGION = "450000"
NANNING = "450100"
LIUZHOU = "450200"
_COUNTY_WORLD = {REGION, NANNING, LIUZHOU, "450202", "450203"}


@dataclass(frozen=True)
class Size:
    """One size; the fixed history of 2018–2021 has the same totals in all of them.

    `months` is how far the living present reaches back, `close` how many months the case
    managers wait between two recordings of decisions (twice that for the rarer ledgers),
    `history_close` the same for the history, `volume` scales ordinary casework, `links` is how
    many activities a procuratorate links to records of its casework.
    """

    code: str
    name: str
    months: int
    close: int
    history_close: int
    volume: float
    links: int

    def places(self) -> list[Place]:
        """The places of this world in code order, a place never without those above it."""
        return [place for place in load_places() if self.code != "county" or _near(place.code)]


def _near(code: str) -> bool:
    return code in _COUNTY_WORLD or parent_code(code) == NANNING


SIZES = {
    size.code: size
    for size in (
        Size("county", "南宁、柳州两市的一部分", 6, 3, 6, 0.5, 2),
        Size("region", "全区三级 126 个检察院", 18, 3, 1, 1.0, 2),
    )
}
