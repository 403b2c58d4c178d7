"""学习文件: a document to be studied and carried out; what came of it is linked to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class DocumentType(models.TextChoices):
    """What kind of document it is; the newest speech or instruction comes first on an agenda."""

    SPEECH = "speech", "重要讲话"
    INSTRUCTION = "instruction", "指示批示"
    DECISION = "decision", "决策部署"
    REGULATION = "regulation", "党内法规和规范性文件"
    SUPERIOR = "superior", "上级检察院部署"


@kind(
    "study-document",
    flow=FILED,
    access="work",
    group="组织生活",
    form=("title", "unit", "type", "happened_on", "received_on", "number"),
    more=("key", "source", "campaign", "line", "study_by"),
    columns=("happened_on", "type", "title", "number", "unit", "study_by"),
    filters=("type",),
    facts=("type", "received_on", "study_by"),
    admits={"number": ("case_number",)},
    aliases={"title": ("文件名称", "文件标题"), "happened_on": ("印发日期", "发布日期")},
)
class StudyDocument(Record):
    """One document; the day of the record is the day it was issued."""

    title = models.CharField("文件名称", max_length=120)
    type = models.CharField("文件类型", max_length=12, choices=DocumentType)
    number = models.CharField("文号", max_length=40, blank=True)
    source = models.CharField("来源", max_length=80, blank=True)
    received_on = models.DateField("收到日期", null=True, blank=True)
    study_by = models.DateField("学习时限", null=True, blank=True)

    class Meta:
        verbose_name = "学习文件"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A document is neither received nor due for study before it was issued."""
        issued = row["happened_on"]
        for field, name in (("received_on", "收到日期"), ("study_by", "学习时限")):
            if row[field] and issued and row[field] < issued:
                yield field, f"{name}早于印发日期 {issued}"
