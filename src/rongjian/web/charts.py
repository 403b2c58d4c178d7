"""Charts as SVG made on the server: their marks are links, and nothing is fetched to draw them.

A chart is a picture of a table that stands beside it on the page. Units are never compared by
colour or order, the baseline is zero, and red is not used.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import vl_convert
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

BLUE = "#1F4E8C"
GREY = "#5F6875"
LINE = "#E3E6EB"
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
# Vega makes a relative address absolute with a host of its own; this one is cut off again.
_NOWHERE = "https://marks.invalid"
_CONTAINER = re.compile(r' aria-roledescription="[^"]*"')


@dataclass(frozen=True)
class Mark:
    """One bar: where it stands, how high it is, what a screen reader says, where it leads if anywhere."""

    label: str
    value: float
    spoken: str
    url: str


def columns(marks: Sequence[Mark], measure_unit: str, summary: str) -> SafeString:
    """Bars in the order given (months, steps), as the SVG element of a page; `summary` says what it shows."""
    values = [_value(mark) for mark in marks]
    every = max(1, len(marks) // 12)
    shown = [mark.label for mark in marks[::every]]
    spec = {
        "data": {"values": values},
        "width": 880,
        "height": 180,
        "mark": {"type": "bar", "color": BLUE, "minBandSize": 2},
        "encoding": {
            "x": _axis_of_labels(shown),
            "y": {
                "field": "y",
                "type": "quantitative",
                "scale": {"zero": True},
                "axis": {"title": measure_unit, "tickMinStep": 1, "format": ",~r", "tickCount": 5},
            },
            **({"href": {"field": "to"}} if all(mark.url for mark in marks) else {}),
            "description": {"field": "told"},
        },
        "config": _CONFIG,
    }
    return _labelled(_svg(json.dumps(spec, ensure_ascii=False, sort_keys=True)), summary)


def _value(mark: Mark) -> dict[str, Any]:
    told = f"{mark.spoken}，可查看记录" if mark.url else mark.spoken
    return {"x": mark.label, "y": mark.value, "told": told, "to": f"{_NOWHERE}{mark.url}"}


def _axis_of_labels(shown: Sequence[str]) -> dict[str, Any]:
    axis = {"title": None, "values": list(shown), "labelAngle": 0, "labelOverlap": "greedy"}
    return {"field": "x", "type": "ordinal", "sort": None, "axis": axis}


_CONFIG = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": GREY,
        "labelFontSize": 12,
        "titleColor": GREY,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleAngle": 0,
        "titleAlign": "left",
        "titleY": -8,
        "titleX": 0,
        "domainColor": LINE,
        "tickColor": LINE,
        "gridColor": LINE,
    },
    "bar": {"discreteBandSize": {"band": 0.8}},
}


@lru_cache(maxsize=256)
def _svg(spec: str) -> str:
    """The spec drawn; the same spec is drawn once. No data may be fetched from anywhere."""
    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return _CONTAINER.sub("", drawn.replace(_NOWHERE, ""))


def _labelled(svg: str, summary: str) -> SafeString:
    """The SVG with its sentence; every text in it was escaped when it was drawn."""
    named = svg.replace(
        '<svg xmlns="http://www.w3.org/2000/svg"',
        f'<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="{_attribute(summary)}"',
        1,
    )
    return mark_safe(named)  # noqa: S308  # drawn here from escaped values, nothing typed in


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
