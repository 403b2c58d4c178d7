"""Pages at region size: p50 and p95 beside the plain way of showing the same.

List beside Django admin's change list of the same table; the figure page's numbers beside one ORM
aggregate for each of them; the report's numbers beside one ORM aggregate for each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import django

from bench.refresh import region
from bench.stage import Line, percentiles, show, start_django

TIMES = 40
GANG = "unit=450000&period=2018-01..2020-12"


def main() -> None:
    """Measure and print."""
    start_django(region())
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.plain_settings"
    django.setup()
    show(measure())


def measure() -> list[Line]:
    """p50 and p95 in milliseconds, whole pages through Django's request cycle."""
    from django.contrib.auth.models import User  # noqa: PLC0415  # exists after setup only
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="qian"))
    region_client = Client(SERVER_NAME="localhost")
    region_client.force_login(User.objects.get(username="zhengshi"))

    def get(who: Client, address: str) -> Callable[[], object]:
        def once() -> object:
            answer = who.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address}: {answer.status_code}")
            return answer

        return once

    document = _document()
    pairs: list[tuple[str, Callable[[], object], str, Callable[[], object]]] = [
        (
            "台账列表",
            get(client, "/ledger/handled-person"),
            "Django admin 列表",
            get(client, "/plain/ledgers/handledperson/"),
        ),
        (
            "数字页",
            get(region_client, f"/figures/prosecuted-gang/?{GANG}"),
            "逐格 ORM 聚合（仅取数）",
            _aggregates_of_figure_page,
        ),
        (
            "报告页",
            get(region_client, f"/documents/{document}/"),
            "逐数 ORM 聚合（仅取数）",
            _aggregates_of_report,
        ),
        (
            "数字页的取数",
            _numbers_of_figure_page,
            "逐格 ORM 聚合",
            _aggregates_of_figure_page,
        ),
    ]
    lines = []
    for name, ours, peer_name, peer in pairs:
        ours()
        peer()
        ours_p = percentiles(ours, TIMES)
        peer_p = percentiles(peer, TIMES)
        lines.append(Line(f"{name} p50", ours_p[0], peer_p[0], "毫秒", peer_name))
        lines.append(Line(f"{name} p95", ours_p[1], peer_p[1], "毫秒", peer_name, "< 300 毫秒"))
    return lines


def _document() -> int:
    from rongjian.documents.models import Document  # noqa: PLC0415

    return Document.objects.earliest("pk").pk


def _cells() -> list[tuple[Any, Any]]:
    """The unit and period of every number that the figure page shows."""
    from rongjian.kernel.periods import Period  # noqa: PLC0415
    from rongjian.org.models import Unit  # noqa: PLC0415
    from rongjian.org.queries import children  # noqa: PLC0415

    top = Unit.objects.get(code="450000")
    whole = Period.parse("2018-01..2020-12")
    months = [(top, Period(month, month)) for month in whole]
    return [(top, whole), *months, *((unit, whole) for unit in children(top))]


def _numbers_of_figure_page() -> None:
    from rongjian.indicators.figures import figure  # noqa: PLC0415

    for unit, period in _cells():
        figure("prosecuted-gang", unit, period)


def _aggregates_of_figure_page() -> None:
    from rongjian.indicators.trace import recount  # noqa: PLC0415

    for unit, period in _cells():
        recount("prosecuted-gang", unit, period)


def _aggregates_of_report() -> None:
    from rongjian.documents.render import compose  # noqa: PLC0415
    from rongjian.documents.templates import document_kind  # noqa: PLC0415
    from rongjian.indicators.trace import recount  # noqa: PLC0415
    from rongjian.org.models import Unit  # noqa: PLC0415

    top = Unit.objects.get(code="450000")
    for live in compose(document_kind("fusion-report"), top, {}, None).figures:
        recount(live.indicator, top, live.period)


if __name__ == "__main__":
    main()
