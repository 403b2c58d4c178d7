"""制度报告: what a regime asks for in writing and no other ledger is about: reports, notices, reviews."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class ReportType(models.TextChoices):
    """Which duty it fulfils; the rules under `content/regimes` name these."""

    IDEOLOGY_STUDY = "ideology_study", "意识形态专题研究"
    IDEOLOGY_REPORT = "ideology_report", "意识形态书面报告"
    IDEOLOGY_NOTICE = "ideology_notice", "意识形态情况通报"
    FOUR_FORMS = "four_forms", "四种形态统计"
    INTERFERENCE_NOTICE = "interference_notice", "重大事项季度通报"
    RISK_REVIEW = "risk_review", "廉政风险点复评"
    RECTIFICATION = "rectification", "巡视巡察整改调度"
    SECRETARY_REVIEW = "secretary_review", "抓党建述职评议"
    DATA_REVIEW = "data_review", "业务数据分析研判"


@kind(
    "regime-report",
    flow=REVIEWED,
    access="regime",
    group="制度落实",
    form=("type", "unit", "happened_on", "title", "receiver"),
    more=("key", "decided"),
    columns=("happened_on", "type", "title", "unit", "receiver"),
    filters=("type",),
    facts=("type",),
    private=("decided",),
)
class RegimeReport(Record):
    """One report, notice or review; the day of the record is the day it was made or held."""

    type = models.CharField("类型", max_length=20, choices=ReportType)
    title = models.CharField("标题", max_length=120)
    receiver = models.CharField("接收单位", max_length=60, blank=True)
    decided = models.CharField("议定事项", max_length=400, blank=True)

    class Meta:
        verbose_name = "制度报告"
