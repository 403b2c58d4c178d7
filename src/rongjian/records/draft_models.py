"""What somebody has typed into a form and not sent yet, kept so that no network loses it."""

from __future__ import annotations

from django.db import models

from rongjian.org.models import Person


class FormDraft(models.Model):
    """The values of one person in the form at one address; nobody else ever reads them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="form_drafts")
    address = models.CharField("表单", max_length=200)
    values = models.JSONField("内容", default=dict)
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("person", "address"), name="draft_once_a_form")
        ]
        verbose_name = "未报送的内容"

    def __str__(self) -> str:
        return f"{self.person_id} {self.address}"
