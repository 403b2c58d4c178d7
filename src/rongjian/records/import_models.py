"""The table of saved mappings (映射方案): which column of a known layout is which field."""

from __future__ import annotations

from django.db import models

from rongjian.org.models import Person, Unit


class SavedMapping(models.Model):
    """How one procuratorate reads the files of one layout into one ledger.

    `fingerprint` is of the headings in their order; the mapping is column → field, like an
    import's. Of one layout there is one mapping, the one that somebody last settled.
    """

    kind = models.CharField("台账", max_length=32)
    court = models.ForeignKey(
        Unit, models.CASCADE, related_name="saved_mappings", verbose_name="检察院"
    )
    fingerprint = models.CharField("表头指纹", max_length=64)
    name = models.CharField("名称", max_length=120)
    headings = models.JSONField("表头", default=list)
    mapping = models.JSONField("对应列", default=dict)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField("修改时间")
    used_at = models.DateTimeField("最近使用", null=True)

    class Meta:
        ordering = ("kind", "-changed_at", "-pk")
        verbose_name = "映射方案"
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "court", "fingerprint"), name="mapping_once_a_layout"
            )
        ]

    def __str__(self) -> str:
        return self.name
