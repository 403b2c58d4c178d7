"""先进典型: honours given to units or people, with who gave them."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class HonourLevel(models.TextChoices):
    """Of what level the giver is."""

    NATIONAL = "national", "国家级"
    REGION = "region", "自治区级"
    CITY = "city", "市级"
    COUNTY = "county", "县区级"


class Honoured(models.TextChoices):
    """Whether a collective or a person was honoured; the person is not named here."""

    COLLECTIVE = "collective", "集体"
    PERSON = "person", "个人"


@kind(
    "honour",
    flow=FILED,
    access="work",
    group="服务大局",
    form=("title", "unit", "happened_on", "level", "honoured", "given_by"),
    more=("key", "campaign", "line", "deeds"),
    columns=("happened_on", "title", "level", "honoured", "given_by", "unit"),
    filters=("level", "honoured"),
    facts=("level", "honoured"),
)
class Honour(Record):
    """One honour; the deeds behind it are linked records, `deeds` tells them in short."""

    title = models.CharField("荣誉名称", max_length=120)
    level = models.CharField("级别", max_length=12, choices=HonourLevel)
    honoured = models.CharField("对象", max_length=12, choices=Honoured)
    given_by = models.CharField("授予单位", max_length=80)
    deeds = models.CharField("主要事迹", max_length=400, blank=True)

    class Meta:
        verbose_name = "先进典型"
