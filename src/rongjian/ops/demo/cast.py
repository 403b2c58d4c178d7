"""The fixed cast of the demo: made-up colleagues with accounts, always at the same places."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "rongjian-demo"  # noqa: S105  # printed beside the accounts: the demo hides nothing

BRANCH = "450100-P02"
"""The branch that the cast's own work is about: 第二党支部 of 南宁市院."""

GROUPS = 2
"""How many 党小组 this branch has; no other branch of the demo world has any."""

DEPARTMENT = "450100-D12"
"""The department that this branch serves: 第二检察部."""

BRANCH_MEMBERS = 17
"""How many members the cast's branch has, whatever the seed."""


# What is not as it should be at the cast's procuratorate, so that its 双树 has something to find.

GUEST, HOST = "450100-D14", "450100-D13"
"""第四检察部 has two full members and belongs to the branch of 第三检察部."""

EXPIRING = "450100-P06"
"""The branch whose term ends soon: 第六党支部."""

ENDED_FORCE = "450100-T902"
"""The task force that has ended while its temporary branch has not."""


@dataclass(frozen=True)
class Member:
    """One of the cast: account, name, department, and the posts as (role, unit code)."""

    account: str
    name: str
    department: str
    posts: tuple[tuple[str, str], ...]


CAST = (
    Member("zhengshi", "郑十", "450000-D31", (("case_manager", "450000"),)),
    Member("lisi", "李四", DEPARTMENT, (("branch_organiser", BRANCH), ("prosecutor", DEPARTMENT))),
    Member(
        "wangwu",
        "王五",
        DEPARTMENT,
        (("branch_secretary", BRANCH), ("department_head", DEPARTMENT)),
    ),
    Member("qian", "钱一", "450100-D31", (("case_manager", "450100"),)),
    Member("zhaoliu", "赵六", "450100-D01", (("inspector", "450100"),)),
    Member("weiw", "韦武", "450100-D02", (("organ_committee", "450100"),)),
    Member("feng", "冯文", "450100-D02", (("assessor", "450100"),)),
    Member("jian", "简宁", "450000-D01", (("chief", "450000"),)),
    Member("ren", "任佳", "450100-D02", (("personnel", "450100"),)),
    Member("chen", "陈清", "450100-D33", (("integrity", "450100"),)),
    Member("zhuan", "庄安", "450100-D33", (("custodian", "450100"),)),
    Member("gong", "龚达", "450000-D35", (("organ_committee", "450000"),)),
    Member("sunqi", "孙七", "450102-D01", (("liaison", "450102"),)),
    Member("zhouba", "周八", "450103-D01", (("liaison", "450103"),)),
    Member("wujiu", "吴九", "450105-D01", (("liaison", "450105"),)),
    Member("lan", "蓝初", "450100-D11", (("department_head", "450100-D11"),)),
    Member("yuan", "袁远", "450100-D01", (("chief", "450100"),)),
    Member("sys", "施恒", "450000-D34", (("sysadmin", "450000"),)),
    Member("sec", "沈固", "450000-D34", (("secadmin", "450000"),)),
    Member("aud", "区安", "450000-D33", (("auditor", "450000"),)),
)


def held(role: str, unit: str) -> bool:
    """Whether the cast holds a post, so that nobody else is appointed to it."""
    return any((role, unit) in member.posts for member in CAST)
