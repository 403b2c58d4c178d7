"""What a link may carry besides its two ends, and the word that a record has none."""

from __future__ import annotations

from django.db import models


class Mode(models.TextChoices):
    """The four modes of 「党建+」."""

    SERVICE = "service", "党建+服务"
    SUPERVISION = "supervision", "党建+监督"
    TEAM = "team", "党建+队伍"
    INTERNET = "internet", "党建+互联网"


class NoLink(models.Model):
    """Somebody's word that a record touches no business, with a reason out of content/links.yaml."""

    record = models.OneToOneField(
        "records.Record", models.CASCADE, related_name="no_link", primary_key=True
    )
    reason = models.CharField("原因", max_length=16)
    words = models.CharField("说明", max_length=120, blank=True)

    class Meta:
        verbose_name = "确无业务关联"

    def __str__(self) -> str:
        return f"{self.record_id} {self.reason}"
