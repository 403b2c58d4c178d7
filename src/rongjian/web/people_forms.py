"""The small forms by which something is done about a person.

Each form knows its choices and the action that carries it out; `people_offers.py` says to whom it is
offered. No form asks for more than six things.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q

from rongjian.org import people, posts
from rongjian.org.access import reach_units, roles, visible
from rongjian.org.consequences import Consequence, of_leaving_branch
from rongjian.org.identity import identity_hash
from rongjian.org.models import COURT_TYPES, Person, Unit, UnitType
from rongjian.org.people import NewPerson
from rongjian.org.rosters import HOME_TYPES
from rongjian.records.leaving import leave
from rongjian.web.forms import PersonChoice, UnitChoice, UnitInput, UnitTyped

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.org.models import Post

_DAY = {"type": "date"}
_MOST = 200


def _day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    widget = forms.DateInput(_DAY, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=hint, widget=widget)


def _text(label: str, most: int, *, required: bool = False, hint: str = "") -> forms.CharField:
    widget = forms.TextInput({"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=hint, widget=widget
    )


def _standing(today: date, **limits: Any) -> QuerySet[Unit]:
    units = Unit.objects.filter(**limits).exclude(dissolved_on__lte=today)
    return units.select_related("court").order_by("path")


def _colleagues(actor: Actor, person: Person) -> QuerySet[Person]:
    here = visible(actor, Person.objects.filter(left_on=None), "view")
    return here.filter(court=person.court).exclude(pk=person.pk)


class DeedForm(forms.Form):
    """The base of the forms: it knows who fills it in and about whom."""

    def __init__(self, actor: Actor, person: Person, *args: Any, **kwargs: Any) -> None:
        self.actor, self.person = actor, person
        super().__init__(*args, **kwargs)
        self.arrange()

    def arrange(self) -> None:
        """Add the fields whose choices hang on the actor or the person."""

    def carry_out(self, key: str) -> str:
        """Do it; the sentence that says so. Raises ValidationError by field."""
        raise NotImplementedError

    def consequences(self) -> tuple[Consequence, ...]:
        """What follows and should be known before it is done."""
        return ()


class EnterForm(DeedForm):
    """Taking somebody on; the identity number is hashed here and goes no further."""

    staff_no = _text("工号", 24, required=True)
    name = _text("姓名", 20, required=True)
    title = _text("职务", 40)
    day = _day("到院日期")
    identity = _text("身份证号", 20, hint="只用于查重：换算成校验码后不保存原号")

    def arrange(self) -> None:
        """The departments of the own procuratorate."""
        units = _standing(
            self.actor.today,
            court=self.actor.person.court,
            type__in=(UnitType.DEPARTMENT, *COURT_TYPES),
        )
        self.fields["department"] = UnitChoice(units, label="内设机构", empty_label="请选择")
        self.order_fields(["staff_no", "name", "department", "title", "day", "identity"])

    def clean_identity(self) -> str:
        """The keyed hash in place of the number."""
        number = str(self.cleaned_data["identity"]).strip()
        hashed = identity_hash(number)
        if number and not hashed:
            raise forms.ValidationError("身份证号应为 18 位或 15 位，请核对")
        return hashed

    def carry_out(self, key: str) -> str:
        """Take them on."""
        given = self.cleaned_data
        new = NewPerson(
            given["staff_no"],
            given["name"],
            given["department"],
            given["day"],
            given["title"],
            given["identity"],
        )
        self.person = people.enter(self.actor, new, key=key)
        return f"已登记{self.person.name}。账号由系统管理员开通，任职在人员页申请。"


class CorrectForm(DeedForm):
    """Putting name and office right."""

    name = _text("姓名", 20, required=True)
    title = _text("职务", 40)

    def arrange(self) -> None:
        """What stands now."""
        self.initial = {"name": self.person.name, "title": self.person.title}

    def carry_out(self, key: str) -> str:
        """Put it right."""
        given = self.cleaned_data
        people.correct(self.actor, self.person, name=given["name"], title=given["title"])
        return "已更正。"


class MembershipForm(DeedForm):
    """Since when somebody is a probationary and a full member, and in which branch."""

    joined_on = _day("入党日期", hint="支部大会接收为预备党员的日期")
    full_on = _day("转正日期", required=False, hint="还在预备期的留空")
    may_vote = forms.BooleanField(label="有表决权", required=False)

    def arrange(self) -> None:
        """What stands now; whoever is in a branch already is moved by another deed."""
        person = self.person
        kept = {name: getattr(person, name) for name in ("joined_on", "full_on", "may_vote")}
        self.initial = {**kept, "branch": person.branch_id, **self.initial}
        units = _standing(self.actor.today, court=person.court, type__in=HOME_TYPES)
        self.fields["branch"] = UnitChoice(units, label="所在党支部", empty_label="请选择")
        self.order_fields(["joined_on", "full_on", "branch", "may_vote"])

    def carry_out(self, key: str) -> str:
        """Note it."""
        given = self.cleaned_data
        people.set_membership(
            self.actor,
            self.person,
            joined_on=given["joined_on"],
            full_on=given["full_on"],
            may_vote=given["may_vote"],
            branch=given["branch"],
            key=key,
        )
        return "已登记党员身份。"


class TransferForm(DeedForm):
    """Moving to another department of the same procuratorate."""

    day = _day("自哪天起", hint="可以是过去或将来的日期，到期自动生效")
    basis = _text("依据", 80)

    def arrange(self) -> None:
        """The other departments of the house."""
        person = self.person
        units = _standing(self.actor.today, court=person.court, type=UnitType.DEPARTMENT)
        other = units.exclude(pk=person.department_id)
        self.fields["department"] = UnitChoice(other, label="调到哪个部门", empty_label="请选择")
        self.order_fields(["department", "day", "basis"])

    def carry_out(self, key: str) -> str:
        """Move them."""
        given = self.cleaned_data
        there, day = given["department"], given["day"]
        people.transfer(self.actor, self.person, there, day, basis=given["basis"], key=key)
        return f"已登记：{self.person.name}自 {day} 起在{there.short}。"


class MoveForm(DeedForm):
    """Moving to another procuratorate: posts end, and a member's branch goes along."""

    day = _day("自哪天起")
    basis = _text("调动文号", 80, required=True)

    def arrange(self) -> None:
        """Departments and branches elsewhere are many: their names are typed."""
        elsewhere = _standing(self.actor.today).exclude(court=self.person.court)
        for name, label, types in (
            ("department", "调往单位和部门", (UnitType.DEPARTMENT, *COURT_TYPES)),
            ("branch", "接收组织关系的支部（党员必填）", HOME_TYPES),
        ):
            self.fields[name] = _one_of_many(elsewhere.filter(type__in=types), label)
        self.fields["branch"].required = False
        self.order_fields(["department", "branch", "day", "basis"])

    def carry_out(self, key: str) -> str:
        """Move them."""
        given = self.cleaned_data
        people.transfer(
            self.actor,
            self.person,
            given["department"],
            given["day"],
            branch=given["branch"],
            basis=given["basis"],
            key=key,
        )
        return f"已登记：{self.person.name}自 {given['day']} 起调往{given['department'].short}。"

    def consequences(self) -> tuple[Consequence, ...]:
        """The branch that is left becomes smaller."""
        return of_leaving_branch(self.person, self.cleaned_data["day"])


def _one_of_many(units: QuerySet[Unit], label: str) -> forms.Field:
    if units.count() <= _MOST:
        return UnitChoice(units, label=label, empty_label="请选择")
    hint = "写全称或代码，如 柳州市人民检察院第一检察部"
    return UnitTyped(units, label=label, help_text=hint, widget=UnitInput(units))


class BranchForm(DeedForm):
    """转组织关系: moving to another branch of the house."""

    day = _day("自哪天起", hint="可以是过去或将来的日期，到期自动生效")
    basis = _text("介绍信编号", 80)

    def arrange(self) -> None:
        """The other branches of the house."""
        units = _standing(self.actor.today, court=self.person.court, type__in=HOME_TYPES)
        other = units.exclude(party_members=self.person)
        self.fields["branch"] = UnitChoice(other, label="转到哪个党支部", empty_label="请选择")
        self.order_fields(["branch", "day", "basis"])

    def carry_out(self, key: str) -> str:
        """Move the organisation relation."""
        given = self.cleaned_data
        there, day = given["branch"], given["day"]
        people.change_branch(self.actor, self.person, there, day, basis=given["basis"], key=key)
        return f"已登记：{self.person.name}的组织关系自 {day} 起在{there.short}。"

    def consequences(self) -> tuple[Consequence, ...]:
        """The branch that is left becomes smaller."""
        given = self.cleaned_data
        return of_leaving_branch(self.person, given["day"], given["branch"])


class LeaveForm(DeedForm):
    """Leaving: everything ends, the account closes, drafts go to a successor."""

    day = _day("离院日期", hint="从这天起不再在册；账号同时停用")
    reason = forms.ChoiceField(
        label="去向",
        choices=[(words, words) for words in ("退休", "调出本系统", "辞去公职", "其他")],
    )

    def arrange(self) -> None:
        """Colleagues who could take over."""
        self.fields["successor"] = PersonChoice(
            _colleagues(self.actor, self.person),
            label="草稿移交给",
            required=False,
            empty_label="（没有要移交的）",
            help_text="本人没有报送的草稿由接手人继续办；单位的应办事项留在单位",
        )
        self.order_fields(["day", "reason", "successor"])

    def carry_out(self, key: str) -> str:
        """Let them go."""
        given = self.cleaned_data
        drafts = leave(
            self.actor,
            self.person,
            given["day"],
            successor=given["successor"],
            reason=given["reason"],
            key=key,
        )
        moved = f"，{drafts} 条草稿移交给{given['successor'].name}" if drafts else ""
        return f"已登记：{self.person.name}自 {given['day']} 起离院{moved}。"

    def consequences(self) -> tuple[Consequence, ...]:
        """The branch that is left becomes smaller."""
        return of_leaving_branch(self.person, self.cleaned_data["day"])


class PostForm(DeedForm):
    """Asking for a post."""

    role = forms.ChoiceField(label="角色")
    day = _day("自哪天起")
    until = _day("至哪天", required=False, hint="没有期限的留空")
    basis = _text("任职依据", 80)
    acting = forms.BooleanField(label="主持工作或代理", required=False)

    def arrange(self) -> None:
        """The roles, and the units the actor may ask for."""
        known = roles().values()
        listed = [(role.code, role.name) for role in known if role.code not in posts.EVERYBODY]
        self.fields["role"].choices = [("", "请选择"), *listed]  # type: ignore[attr-defined]
        units = reach_units(self.actor, "create", "role_grant").exclude(
            dissolved_on__lte=self.actor.today
        )
        near = units.filter(Q(court=self.person.court) | Q(type__in=COURT_TYPES))
        self.fields["unit"] = UnitChoice(
            near.select_related("court").order_by("path"), label="单位", empty_label="请选择"
        )
        self.order_fields(["role", "unit", "day", "until", "basis", "acting"])

    def carry_out(self, key: str) -> str:
        """Ask for it."""
        given = self.cleaned_data
        post = posts.request(
            self.actor,
            self.person,
            given["unit"],
            given["role"],
            given["day"],
            until=given["until"],
            acting=given["acting"],
            basis=given["basis"],
            key=key,
        )
        by = roles()[roles()[post.role].approver].name
        return f"已申请。由{by}核准后生效。"


class EndForm(DeedForm):
    """Ending a post, and who takes it over."""

    day = _day("任职至", hint="最后一天在任的日期")
    basis = _text("免职依据", 80)

    def arrange(self) -> None:
        """Colleagues who could follow in it."""
        self.fields["successor"] = PersonChoice(
            _colleagues(self.actor, self.person),
            label="移交给",
            required=False,
            empty_label="（暂不移交）",
            help_text="从次日起由其接任，经核准后生效；原任职保留在历史里",
        )
        self.order_fields(["day", "successor", "basis"])

    def end(self, post: Post) -> str:
        """End the post, or hand it over; the sentence that says so."""
        given = self.cleaned_data
        day, successor, basis = given["day"], given["successor"], given["basis"]
        if successor is None:
            posts.end(self.actor, post, day, basis=basis)
            return f"已登记免职，任职至 {day}。"
        posts.hand_over(self.actor, post, successor, day + timedelta(days=1), basis=basis)
        return f"已登记免职，任职至 {day}；由{successor.name}接任的申请待核准。"
