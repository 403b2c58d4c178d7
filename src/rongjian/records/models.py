"""The tables of the spine: records with their links and evidence, dues, batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rongjian.org.models import Person, Unit

# Django looks for tables here only.
from rongjian.records.draft_models import FormDraft as FormDraft
from rongjian.records.find_models import Findable  # noqa: F401
from rongjian.records.grid_models import GridStep, SavedView  # noqa: F401
from rongjian.records.host_models import Host, HostsField  # noqa: F401  # a table
from rongjian.records.import_models import SavedMapping  # noqa: F401  # a table of this app
from rongjian.records.kinds import kinds
from rongjian.records.link_models import Mode as Mode
from rongjian.records.link_models import NoLink as NoLink

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from rongjian.kernel.statutory_limits import Clock
    from rongjian.org.access import Actor
    from rongjian.records.flows import Move

VOID = "void"
_A_YEAR = 365


class Record(models.Model):
    """One dated statement about a unit, of a declared kind, in a state of its flow.

    Every ledger entry is a child table of this one. `hosts` are the codes of further units that it
    counts for, in kinds that ask for them. `path` is the unit's place on `happened_on`
    ("as organised then"); `unit.path` is today's ("as organised now").
    """

    kind = models.CharField("台账", max_length=32, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="records", verbose_name="单位")
    court = models.ForeignKey(
        Unit, models.PROTECT, related_name="court_records", verbose_name="检察院", editable=False
    )
    path = models.CharField("当时位置", max_length=200, editable=False)
    happened_on = models.DateField("日期")
    campaign = models.CharField("专项", max_length=24, blank=True)
    line = models.CharField("业务条线", max_length=8, blank=True)
    task_force = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="task_force_records",
        verbose_name="专班",
        limit_choices_to={"type": "task_force"},
    )
    hosts = HostsField("联办单位", max_length=300, blank=True, default="")
    key = models.CharField("编号", max_length=120, blank=True)
    state = models.CharField("状态", max_length=12, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    author = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="authored", editable=False
    )
    batch = models.ForeignKey(
        "Batch", models.SET_NULL, null=True, related_name="records", editable=False
    )
    recorded_at = models.DateTimeField("记录时间", editable=False)

    class Meta:
        ordering = ("-happened_on", "-pk")
        verbose_name = "记录"
        constraints = [
            # A voided record frees its key: an undone import can be imported again.
            models.UniqueConstraint(
                fields=("kind", "key"),
                condition=~Q(key="") & ~Q(state=VOID),
                name="record_key_once_a_kind",
            )
        ]
        indexes = [
            models.Index(fields=("kind", "happened_on")),
            models.Index(fields=("kind", "campaign", "happened_on")),
            # Lists are counted from this one alone.
            models.Index(fields=("kind", "unit", "state", "happened_on"), name="record_listed"),
        ]

    # Set by @kind on each ledger; the base table mixes kinds and so has none of its own.
    kind_code: ClassVar[str] = ""
    access_class: ClassVar[str] = ""
    access_own: ClassVar[str] = "author"
    access_submits: ClassVar[tuple[str, ...]] = ("submit",)
    # Whose rows name further units, the people of which may read it.
    access_shared: ClassVar[str] = "hosted_by"
    # The field that names whom a row is about, where that must be somebody of its unit.
    member_field: ClassVar[str] = ""
    # Whether a record answers whatever is due of its kind by its day; else it names what it answers.
    answers_by_day: ClassVar[bool] = True
    # Numbers of unlike things, which nobody adds up.
    unlike: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return self.key or f"{self.kind}-{self.pk}"

    @property
    def late_days(self) -> int:
        """How many days after it happened it was written down (补录); nobody edits either day.

        From a year on it was taken over from old books and is not called late.
        """
        days = (timezone.localdate(self.recorded_at) - self.happened_on).days
        return days if 0 < days <= _A_YEAR else 0

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """What is wrong between the fields of one row: (field, Chinese sentence).

        Ledgers override this; form, import and bulk writing all ask it.
        """
        yield from ()

    @classmethod
    def prepare(cls, row: Mapping[str, Any], today: date) -> dict[str, Any]:
        """What a ledger fills in itself when a form or file leaves it out."""
        return {}

    @classmethod
    def held_at(cls) -> tuple[str, Mapping[str, Collection[str]]]:
        """A choice of the ledger and, for each of its values, the types of units that may hold it.

        Ledgers override this where not every value is for every unit; unnamed values are for all.
        """
        return "", {}

    def clocks(self, today: date) -> Sequence[Clock]:
        """The limits of time that run from this record; ledgers with such limits override this."""
        return ()

    @classmethod
    def follow(cls, actor: Actor, step: Move, records: Sequence[Any], words: str) -> None:
        """What follows from a step, in its own transaction, before the records are stored.

        Ledgers override this: they change the records, found or end units, or refuse the step by
        WrongState. `words` is what was said with the step. One record or many go the same way.
        """

    def clean(self) -> None:
        """Refuse what `problems` finds."""
        found: dict[str, list[str]] = {}
        values = {field.attname: getattr(self, field.attname) for field in self._meta.fields}
        for field, message in self.problems(values):
            found.setdefault(field, []).append(message)
        if found:
            raise ValidationError(found)

    @classmethod
    def access_parts(cls) -> Iterable[tuple[Q, str, type[Record]]]:
        """For mixed lists: which class of rights rules which kinds, and who declares their fields."""
        by_class: dict[tuple[str, type[Record]], list[str]] = {}
        for kind in kinds():
            owner = kind.model if _of_its_own(kind.model) else Record
            by_class.setdefault((kind.access, owner), []).append(kind.code)
        return [(Q(kind__in=codes), code, owner) for (code, owner), codes in by_class.items()]


def _of_its_own(model: type[Record]) -> bool:
    """Whether rights to a ledger's rows depend on more than what every record has."""
    ties = ("subject", "handler", "addressee", "requester")
    people = any(getattr(model, f"access_{tie}", "") for tie in ties)
    shared = model.access_shared not in ("", Record.access_shared)
    return people or shared or bool({*model.access_submits} - {*Record.access_submits})


class LinkKind(models.TextChoices):
    """What a link says; a link between Party work and business is the fusion itself."""

    ADVANCE = "advance", "推动办理"
    GUIDE = "guide", "学习引导"
    SUPERVISE = "supervise", "作风监督"
    SERVE = "serve", "服务"
    COOPERATE = "cooperate", "协作"
    BASIS = "basis", "依据"


class Link(models.Model):
    """A directed link between two records."""

    source = models.ForeignKey(Record, models.CASCADE, related_name="links")
    target = models.ForeignKey(Record, models.CASCADE, related_name="linked_from")
    kind = models.CharField("关系", max_length=12, choices=LinkKind)
    mode = models.CharField("模式", max_length=12, choices=Mode, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("source", "target", "kind"), name="link_once"),
            models.CheckConstraint(
                condition=~Q(source=models.F("target")), name="link_to_another_record"
            ),
        ]
        verbose_name = "关联"

    def __str__(self) -> str:
        return f"{self.source_id}→{self.target_id}"


class Evidence(models.Model):
    """What stands behind a record where the record itself is not enough: a source in words."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="evidence")
    source = models.CharField("出处", max_length=200)
    digest = models.CharField("校验值", max_length=64, blank=True)

    class Meta:
        verbose_name = "佐证"

    def __str__(self) -> str:
        return self.source


class Due(models.Model):
    """A unit is expected to bring `needed` records of a kind between two days.

    Identity is origin × unit × window. Status is never stored: it follows from the answers, the
    calendar and today.
    """

    origin = models.CharField("来源", max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="dues")
    kind = models.CharField("台账", max_length=32)
    opens_on = models.DateField("自")
    due_on = models.DateField("限期")
    needed = models.PositiveSmallIntegerField("次数", default=1)
    reason = models.CharField("说明", max_length=200, blank=True)
    answers = models.ManyToManyField(Record, related_name="answered_dues", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("origin", "unit", "opens_on"), name="due_once"),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("opens_on")), name="due_after_opening"
            ),
        ]
        indexes = [models.Index(fields=("unit", "kind", "opens_on"))]
        verbose_name = "应办事项"

    def __str__(self) -> str:
        return f"{self.origin}@{self.unit_id} {self.due_on}"


class BatchState(models.TextChoices):
    """How far an import has come."""

    DRAFT = "draft", "待对应列"
    CHECKED = "checked", "已检查"
    RUNNING = "running", "正在导入"
    PARTLY = "partly", "部分导入"
    DONE = "done", "已导入"
    UNDOING = "undoing", "正在撤销"
    UNDONE = "undone", "已撤销"


class Batch(models.Model):
    """One import: the file's rows as they came, the mapping, and what became of each row.

    While it is carried out, `carrier` is who pressed the button and `beat_at` when the work last
    said that it goes on; `done_at` is when rows were last brought in.
    """

    kind = models.CharField("台账", max_length=32)
    name = models.CharField("文件", max_length=120)
    digest = models.CharField("校验值", max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="batches")
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="batches")
    headings = models.JSONField("表头", default=list)
    layout = models.JSONField("版面", default=dict)
    mapping = models.JSONField("对应列", default=dict)
    state = models.CharField("状态", max_length=8, choices=BatchState, default=BatchState.DRAFT)
    created_at = models.DateTimeField("时间")
    carrier = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="导入人"
    )
    beat_at = models.DateTimeField("最近进展", null=True)
    done_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = "导入"

    def __str__(self) -> str:
        return f"导入 #{self.pk} {self.name}"


class RowOutcome(models.TextChoices):
    """What checking found a row of an import to be, and what became of it."""

    NEW = "new", "可新增"
    UPDATE = "update", "可更新"
    SAME = "same", "未变"
    BAD = "bad", "需修改"
    DROPPED = "dropped", "不导入"
    CREATED = "created", "已新增"
    UPDATED = "updated", "已更新"
    UNDONE = "undone", "已撤销"


class BatchRow(models.Model):
    """One row of an import: its cells as text, the problems found, the record it became.

    `key` is the record key as checked, `version` the record's version that an update was compared
    with or has led to, `prefer_file` the user's word that the file is right against the database.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行号")
    cells = models.JSONField("单元格", default=list)
    problems = models.JSONField("问题", default=dict)
    normalised = models.PositiveSmallIntegerField("自动规范", default=0)
    outcome = models.CharField("结果", max_length=10, blank=True, choices=RowOutcome)
    key = models.CharField("编号", max_length=120, blank=True)
    record_id = models.BigIntegerField("记录", null=True)
    version = models.PositiveIntegerField("版本", null=True)
    prefer_file = models.BooleanField("以文件为准", default=False)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("batch", "number"), name="batch_row_once")]
        verbose_name = "导入行"

    def __str__(self) -> str:
        return f"第 {self.number} 行"


def of_batch(pk: int) -> Q:
    """That a record was created or changed by an import, and stands as that import left it or later."""
    changed = BatchRow.objects.filter(batch=pk, outcome=RowOutcome.UPDATED).values("record_id")
    return Q(batch=pk) | Q(pk__in=changed)
