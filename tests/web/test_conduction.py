"""责任传导 on its page: whoever deployed it sees where it is held up, units do not."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from rongjian.supervision.answering import receive
from tests.supervision.test_conduction import three_levels  # noqa: F401  # a fixture
from tests.supervision.test_deployments import at, drafted, receipt, sent  # noqa: F401  # a fixture
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from rongjian.supervision.deployment import Deployment
    from tests.web.visitors import Visit
    from tests.world import World


def place(text: str, name: str) -> str:
    found = re.search(rf'data-testid="{name}">(.*?)</(?:dd|tr)>', text, re.S)
    assert found
    return re.sub(r"<[^>]+>", " ", found[1])


def test_the_page_names_the_step_and_the_units(
    visit: Visit,
    world: World,
    sent: Deployment,  # noqa: F811
) -> None:
    receive(world.actor("sunqi", at(date(2026, 6, 15), 11)), receipt(sent, "450102"))
    text = text_of(visit("zhaoliu").get(reverse("supervise-conduction", args=[sent.pk])))
    # To 06-25: eleven units have not signed, one has given it to nobody; seven working days each.
    slowest = place(text, "slowest")
    assert "第一级签收，7个工作日（至今）：450103 青秀区院、450105 江南区院" in slowest
    assert "第一级交办或转部署，7个工作日（至今）：450102 兴宁区院" in slowest
    assert "已签收，未交办也未转部署，已7个工作日：450102 兴宁区院" in place(text, "broken")
    row = place(text, "link-450102")
    assert "2小时" in row
    assert "待交办或转部署" in row
    codes = re.findall(r'data-testid="link-([^"]+)"', text)
    assert codes == sorted(codes)
    assert "<svg" in text


def test_three_levels_stand_below_each_other(
    visit: Visit,
    three_levels: Deployment,  # noqa: F811
) -> None:
    text = text_of(visit("jian").get(reverse("supervise-conduction", args=[three_levels.pk])))
    assert re.findall(r"<h2>(第.级)</h2>", text) == ["第一级", "第二级", "第三级"]
    assert re.findall(r'data-testid="link-([^"]+)"', text) == [
        "450100",
        "450200",
        "450102",
        "450103",
        "450105",
        "450102-D11",
    ]


def test_a_unit_sees_no_chain(visit: Visit, sent: Deployment) -> None:  # noqa: F811
    address = reverse("supervise-conduction", args=[sent.pk])
    assert visit("sunqi").get(address).status_code == 404
    assert visit("qian").get(address).status_code == 404
    assert 'href="' + address not in text_of(
        visit("sunqi").get(reverse("supervise-one", args=[sent.pk]))
    )


def test_what_was_not_sent_has_no_steps(visit: Visit, world: World) -> None:
    draft = drafted(world.actor("zhaoliu", at(date(2026, 6, 15))), world)
    text = text_of(visit("zhaoliu").get(reverse("supervise-conduction", args=[draft.pk])))
    assert "还没有下发" in text
