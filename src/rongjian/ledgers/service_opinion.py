"""服务保障意见: opinions issued to serve a task of the whole, with their articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@kind(
    "service-opinion",
    flow=FILED,
    access="work",
    group="服务大局",
    form=("title", "unit", "happened_on", "articles", "article_heads", "campaign"),
    more=("key", "number", "line"),
    columns=("title", "articles", "unit", "happened_on", "campaign"),
    facts=("articles",),
)
class ServiceOpinion(Record):
    """One opinion; its articles are listed by their heads, one a line."""

    title = models.CharField("意见名称", max_length=120)
    number = models.CharField("发文字号", max_length=40, blank=True)
    articles = models.PositiveSmallIntegerField("条数")
    article_heads = models.TextField("各条要点（一行一条）", max_length=4000)

    class Meta:
        verbose_name = "服务保障意见"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The number of articles is the number of lines: the figure opens to its parts."""
        lines = [line for line in (row["article_heads"] or "").splitlines() if line.strip()]
        if row["articles"] is not None and row["articles"] != len(lines):
            yield "articles", f"条数填 {row['articles']}，各条要点有 {len(lines)} 行"
