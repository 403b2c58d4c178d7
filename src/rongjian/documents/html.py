"""A composed document as one HTML file that stands alone: for reading, not for the website.

Every number leads to its line in the table of sources at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from rongjian.documents.composition import Text, Withheld

if TYPE_CHECKING:
    from rongjian.documents.composition import Block, Composition, MarginEntry, Run

_STYLE = mark_safe(
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;"
    "font:1.25rem/1.9 FangSong_GB2312,FangSong,'Noto Serif CJK SC',serif}"
    "h1{font-size:1.7rem;font-weight:400;text-align:center}"
    "h2,h3,h4,p{margin:0;font-size:inherit;font-weight:400;text-indent:2em}"
    "h2{font-family:SimHei,'Noto Sans CJK SC',sans-serif}h3{font-family:KaiTi,serif}"
    "a{color:#1F4E8C}table{border-collapse:collapse;width:100%;font:.85rem/1.5 sans-serif}"
    "caption{text-align:left;padding:2rem 0 .5rem}"
    "td,th{border:1px solid #8A919C;padding:.3rem .5rem;text-align:left}"
)
_TAGS = {"h1": "h2", "h2": "h3", "h3": "h4", "p": "p"}


def page(composition: Composition) -> str:
    """The whole file."""
    return format_html(
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{}</title>'
        "<style>{}</style></head>\n<body><main><h1>{}</h1>\n{}\n{}</main></body></html>\n",
        composition.title,
        _STYLE,
        composition.title,
        format_html_join("\n", "{}", ((_block(block),) for block in composition.blocks)),
        _sources(composition),
    )


def _block(block: Block) -> SafeString:
    tag = _TAGS[block.level]
    runs = format_html_join("", "{}", ((_run(run),) for run in block.runs))
    return format_html("<{}>{}</{}>", tag, runs, tag)


def _run(run: Run) -> str:
    if isinstance(run, Text | Withheld):
        return run.text
    return format_html(
        '<a href="#{}" data-trace="{}" title="{}">{}</a>',
        run.slot,
        run.trace_id,
        run.tooltip,
        run.text,
    )


def _sources(composition: Composition) -> SafeString:
    rows = format_html_join("\n", "{}", ((_source(entry),) for entry in composition.margin))
    return format_html(
        "<table><caption>数字与依据</caption><thead><tr><th>序号</th><th>数字</th><th>状态</th>"
        "<th>依据</th></tr></thead><tbody>\n{}\n</tbody></table>",
        rows,
    )


def _source(entry: MarginEntry) -> SafeString:
    words = "；".join(word for word in (entry.detail, entry.note, entry.extent) if word)
    return format_html(
        '<tr id="{}"><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>',
        entry.slot,
        entry.number,
        entry.label,
        entry.status.label,
        words,
    )
