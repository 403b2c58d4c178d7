"""Units in two dated trees, the pairing between them, people and their posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

# Django looks for tables here only.
from rongjian.org.account_models import Account, LogIn, OldPassword, Slip  # noqa: F401
from rongjian.org.own_days import OwnDay  # noqa: F401

if TYPE_CHECKING:
    from datetime import date


class Tree(models.TextChoices):
    """The two trees a unit can stand in; they are never mixed."""

    BUSINESS = "business", "业务机构"
    PARTY = "party", "党组织"


class UnitType(models.TextChoices):
    """What a unit is; the prefix of the comment says in which tree."""

    REGION = "region", "自治区院"
    CITY = "city", "市院"
    COUNTY = "county", "基层院"
    DEPARTMENT = "department", "内设机构"
    TASK_FORCE = "task_force", "专班"
    LEADING_GROUP = "leading_party_group", "党组"
    ORGAN_COMMITTEE = "organ_committee", "机关党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "party_branch", "党支部"
    JOINT_BRANCH = "joint_branch", "联合党支部"
    GROUP = "party_group", "党小组"
    TEMPORARY_BRANCH = "temporary_branch", "临时党支部"


_STRUCTURE = {Tree.BUSINESS: "org_unit", Tree.PARTY: "party_org"}
COURT_TYPES = (UnitType.REGION, UnitType.CITY, UnitType.COUNTY)


def in_force(day: date) -> Q:
    """The condition that a dated row (valid_from, valid_to inclusive or open) holds on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


class Unit(models.Model):
    """A node of one of the two trees.

    `path` is today's place as codes joined by `/`, ending in `/`; a Party unit's path begins
    with its procuratorate's, so that one prefix finds everything inside a procuratorate, and
    sorting by path is code order. `Placement` keeps the places of other days.
    """

    code = models.CharField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=80)
    short = models.CharField("简称", max_length=40)
    tree = models.CharField("所属体系", max_length=8, choices=Tree)
    type = models.CharField("类型", max_length=20, choices=UnitType, db_index=True)
    court = models.ForeignKey(
        "self", models.PROTECT, null=True, verbose_name="所属检察院", related_name="inside"
    )
    path = models.CharField("所在位置", max_length=200, db_index=True)
    founded_on = models.DateField("成立日期")
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    lines = models.CharField("业务条线", max_length=80, blank=True)

    access_unit = ""

    class Meta:
        ordering = ("path",)
        verbose_name = "单位"

    def __str__(self) -> str:
        return self.short

    @property
    def is_court(self) -> bool:
        """Whether the unit is a procuratorate (院), not a body inside one."""
        return self.type in COURT_TYPES

    @property
    def sole_line(self) -> str:
        """The business line of a unit that has just one; "" where it has none or several."""
        return "" if "," in self.lines else self.lines

    @classmethod
    def access_parts(cls) -> list[tuple[Q, str, Any]]:
        """Each tree is a class of its own: whoever keeps the one has no right in the other."""
        return [(Q(tree=tree), _STRUCTURE[tree], cls) for tree in Tree]

    @property
    def structure_class(self) -> str:
        """The class of rights that its founding, moving and dissolving take, by its tree."""
        return _STRUCTURE[Tree(self.tree)]


class Placement(models.Model):
    """Where a unit stood from a day on and what it was called; no `parent` at the top of a tree.

    A dissolved unit keeps a place: inside its heir where it was merged, else where it stood. So
    its records go on counting there “as organised now”, and no total ever loses them.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="placements")
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="placed_children")
    path = models.CharField("位置", max_length=200, db_index=True)
    name = models.CharField("名称", max_length=80)
    short = models.CharField("简称", max_length=40)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("unit", "valid_from"), name="placement_once_a_day"),
            models.UniqueConstraint(
                fields=("unit",), condition=Q(valid_to=None), name="placement_one_open"
            ),
        ]
        indexes = [models.Index(fields=("unit", "valid_from"))]
        verbose_name = "隶属关系"

    def __str__(self) -> str:
        return f"{self.path}（{self.valid_from}起）"


class Pairing(models.Model):
    """Which Party unit serves which business unit, from when to when (同设置)."""

    party_unit = models.ForeignKey(Unit, models.CASCADE, related_name="serves")
    business_unit = models.ForeignKey(Unit, models.CASCADE, related_name="served_by")
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("party_unit", "business_unit", "valid_from"), name="pairing_once"
            )
        ]
        verbose_name = "同设置关系"

    def __str__(self) -> str:
        return f"{self.party_unit}—{self.business_unit}"


class Membership(models.TextChoices):
    """Party membership as far as branch sizes and voting need it."""

    NONE = "none", "非党员"
    PROBATIONARY = "probationary", "预备党员"
    FULL = "full", "正式党员"


class Clearance(models.TextChoices):
    """Up to which data level a person may read (docs/security.md); set by the 安全管理员."""

    PUBLIC = "L0", "公开"
    INTERNAL = "L1", "内部"
    WORK = "L2", "工作信息"
    SENSITIVE = "L3", "敏感"
    RESTRICTED = "L4", "限知"


class Person(models.Model):
    """Somebody who works at a procuratorate; no figure is ever kept about a person here.

    `court`, `department` and `branch` are today's; `Affiliation` keeps those of other days. Of an
    identity number only a keyed hash is kept, and only so that nobody is entered twice.
    """

    staff_no = models.CharField("工号", max_length=24, unique=True)
    name = models.CharField("姓名", max_length=20)
    court = models.ForeignKey(Unit, models.PROTECT, related_name="staff", verbose_name="检察院")
    department = models.ForeignKey(
        Unit, models.PROTECT, related_name="members", verbose_name="内设机构"
    )
    branch = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="party_members",
        verbose_name="党支部",
    )
    membership = models.CharField("党员身份", max_length=12, choices=Membership)
    title = models.CharField("职务", max_length=40, blank=True)
    joined_on = models.DateField("入党日期", null=True, blank=True)
    full_on = models.DateField("转正日期", null=True, blank=True)
    may_vote = models.BooleanField("有表决权", default=True)
    left_on = models.DateField("离院日期", null=True, blank=True)
    identity_hash = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    clearance = models.CharField(
        "知悉范围", max_length=2, choices=Clearance, default=Clearance.SENSITIVE
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name="账号",
    )

    access_class = "staff"
    access_unit = "department"
    access_subject = "pk"
    access_masks = {
        "party_member": ("membership", "joined_on", "full_on", "may_vote"),
        "staff_pi": ("identity_hash",),
    }

    class Meta:
        ordering = ("staff_no",)
        verbose_name = "人员"

    def __str__(self) -> str:
        return self.name

    @property
    def masked(self) -> str:
        """The name as others than the own procuratorate may read it: 黄×."""
        return f"{self.name[:1]}×"


class Member(Person):
    """A person as far as Party membership goes: who may read since when somebody is a member."""

    access_class = "party_member"
    access_unit = "branch"

    class Meta:
        proxy = True
        ordering = ("staff_no",)
        verbose_name = "党员"


class AffiliationKind(models.TextChoices):
    """The ways in which a person belongs to a unit."""

    DEPARTMENT = "department", "所在部门"
    HOME = "home", "组织关系"
    TASK_FORCE = "task_force", "抽调专班"


class Affiliation(models.Model):
    """Where a person belonged from when to when: department, home branch, task forces.

    A task force has a temporary branch by its pairing: its members are the Party members of the
    task force, whose home branch stays what it is (党支部工作条例: 组织关系不转接).
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="affiliations")
    kind = models.CharField("关系", max_length=12, choices=AffiliationKind)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("person", "unit", "kind", "valid_from"), name="affiliation_once"
            ),
            models.UniqueConstraint(
                fields=("person", "kind"),
                condition=Q(valid_to=None) & ~Q(kind="task_force"),
                name="affiliation_one_open",
            ),
        ]
        indexes = [models.Index(fields=("unit", "kind", "valid_from"))]
        verbose_name = "人员归属"

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()} {self.unit}"


class PostState(models.TextChoices):
    """A post gives rights only once it is approved."""

    REQUESTED = "requested", "待安全管理员生效"
    APPROVED = "approved", "已生效"
    REFUSED = "refused", "已退回"


class Post(models.Model):
    """A role that a person holds at a unit between two days; the only source of rights.

    `basis` is the document that appointed; `acting` says that somebody stands in (主持工作、代理).
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField("角色", max_length=32)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    acting = models.BooleanField("主持或代理", default=False)
    basis = models.CharField("任职依据", max_length=80, blank=True)
    state = models.CharField("状态", max_length=10, choices=PostState, default=PostState.REQUESTED)
    requested_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="requested_posts", editable=False
    )
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="decided_posts", editable=False
    )
    decided_at = models.DateTimeField("核准时间", null=True, editable=False)

    access_class = "role_grant"
    access_subject = "person"
    access_requester = "requested_by"

    class Meta:
        constraints = [
            # What was refused may be asked for again.
            models.UniqueConstraint(
                fields=("person", "unit", "role", "valid_from"),
                condition=~Q(state="refused"),
                name="post_once",
            )
        ]
        verbose_name = "任职"

    def __str__(self) -> str:
        return f"{self.person} {self.role}@{self.unit}"


class ClearanceChange(models.Model):
    """Another level of clearance for a person: asked for by one, decided by another."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="clearance_changes")
    before = models.CharField("原知悉范围", max_length=2, choices=Clearance, editable=False)
    level = models.CharField("知悉范围", max_length=2, choices=Clearance)
    reason = models.CharField("理由", max_length=120)
    state = models.CharField("状态", max_length=10, choices=PostState, default=PostState.REQUESTED)
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="+", editable=False)
    requested_at = models.DateTimeField("申请时间", editable=False)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField("核准时间", null=True, editable=False)

    access_class = "label"
    access_unit = "person__court"
    access_subject = "person"

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(state=PostState.REQUESTED),
                name="clearance_change_one_open",
            )
        ]
        verbose_name = "知悉范围调整"

    def __str__(self) -> str:
        return f"{self.person.staff_no} {self.before}→{self.level}"


def effective(day: date) -> Q:
    """The condition that a post gives rights on a day: approved, and the day within its dates."""
    return in_force(day) & Q(state=PostState.APPROVED)


class Term(models.Model):
    """A term of office (届) of a Party unit's committee or secretary, from election to expiry."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="terms")
    number = models.PositiveSmallIntegerField("届次", default=1)
    began_on = models.DateField("选举日期")
    expires_on = models.DateField("届满日期")
    extended_to = models.DateField("经批准延至", null=True, blank=True)
    basis = models.CharField("批准文号", max_length=80, blank=True)

    class Meta:
        ordering = ("unit", "began_on")
        constraints = [
            models.UniqueConstraint(fields=("unit", "began_on"), name="term_once"),
            models.CheckConstraint(
                condition=Q(expires_on__gt=models.F("began_on")), name="term_ends_after_it_began"
            ),
        ]
        verbose_name = "任期"

    def __str__(self) -> str:
        return f"{self.unit} 第{self.number}届"
