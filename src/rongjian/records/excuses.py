"""The reasons why what is owed was not done: the same five for a regime and for a deployment."""

from __future__ import annotations

from django.db import models


class Excuse(models.TextChoices):
    """The five reasons; the last asks for a sentence."""

    CASEWORK = "casework", "集中办案"
    MERGED = "merged", "与上级活动合并"
    AWAY = "away", "人员出差"
    UNFIT = "unfit", "不适用"
    OTHER = "other", "其他"
