"""Every address: strangers are sent to the log-in, outsiders see nothing, insiders are served."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rongjian.documents.bulletins import draw_up
from rongjian.documents.models import Document
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.org.access import actor_of
from rongjian.org.models import ClearanceChange, Person, Post, Unit
from rongjian.records.actions import save
from rongjian.records.import_models import SavedMapping
from rongjian.records.models import Batch
from rongjian.regimes.models import Statement
from rongjian.supervision.answering import Plead, plead, report
from rongjian.supervision.dispatching import Planned, dispatch, lay_out
from rongjian.supervision.models import Deployment, PleaKind, TaskFeedback
from tests.world import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.visitors import Visit
    from tests.world import World


OPEN = {"login", "activate", "set-up", "healthz"}
"""What a stranger may see."""


@dataclass(frozen=True)
class Case:
    """How a route is asked: by whom it is served, and what somebody without the right gets."""

    insider: str = "lisi"
    outsider: str = ""
    refusal: int = 403
    kwargs: Callable[[], dict[str, Any]] = dict
    query: str = ""
    post: dict[str, str] | None = field(default=None)
    served: int = 200


def activity() -> dict[str, Any]:
    found = Activity.objects.filter(unit__code="450100-P02", state="draft").get()
    return {"code": "activity", "pk": found.pk}


def decision() -> dict[str, Any]:
    found = HandledPerson.objects.filter(court__code="450100").order_by("pk")
    return {"code": "handled-person", "pk": found[0].pk}


def document() -> dict[str, Any]:
    return {"pk": Document.objects.get().pk}


def import_of_decisions() -> dict[str, Any]:
    batch = Batch.objects.create(
        kind="handled-person",
        name="decisions.csv",
        unit=Unit.objects.get(code="450100"),
        headings=["编号"],
        mapping={"0": "key"},
        layout={"sheet": "decisions", "first": 1, "last": 1},
        created_at=NOW,
    )
    batch.rows.create(number=2, cells=["BG-1"])
    return {"pk": batch.pk}


def mapping_of_decisions() -> dict[str, Any]:
    saved = SavedMapping.objects.create(
        kind="handled-person",
        court=Unit.objects.get(code="450100"),
        fingerprint="0" * 64,
        name="decisions.csv",
        headings=["编号"],
        mapping={"0": "key"},
        changed_at=NOW,
    )
    return {"pk": saved.pk}


def import_of_people() -> dict[str, Any]:
    batch = Batch.objects.create(
        kind="people",
        name="people.csv",
        unit=Unit.objects.get(code="450100"),
        headings=["姓名", "内设机构"],
        mapping={"0": "name", "1": "unit"},
        layout={"letters": {"name": "A", "unit": "B"}},
        created_at=NOW,
    )
    batch.rows.create(number=2, cells=["某某", "第一检察部"])
    return {"pk": batch.pk}


def colleague() -> dict[str, Any]:
    return {"pk": Person.objects.filter(branch__code="450100-P02", account=None)[0].pk}


def post_of_a_colleague() -> dict[str, Any]:
    return {"pk": Post.objects.get(unit__code="450100-P02", role="branch_secretary").pk}


def decisions() -> dict[str, Any]:
    return {"code": "handled-person"}


def named_decision() -> dict[str, Any]:
    found = HandledPerson.objects.filter(court__code="450100").exclude(handler=None)
    return {"code": "handled-person", "pk": found.order_by("pk")[0].pk}


def somebody() -> dict[str, Any]:
    return {"pk": Person.objects.get(account__username="feng").pk}


def change_of_clearance() -> dict[str, Any]:
    people = Person.objects.filter(court__code="450100", account=None).order_by("pk")
    change = ClearanceChange.objects.create(
        person=people[0],
        before="L3",
        level="L2",
        reason="x",
        requested_by=people[1],
        requested_at=NOW,
    )
    return {"pk": change.pk}


def declared() -> dict[str, Any]:
    statement = Statement.objects.create(
        origin="regime:LIFE-05",
        unit=Unit.objects.get(code="450100-P02"),
        begins_on=NOW.date().replace(day=1),
        kind="nil",
        author=Person.objects.get(account__username="lisi"),
        made_at=NOW,
    )
    return {"pk": statement.pk}


def standing_force() -> dict[str, Any]:
    return {"code": "450100-T901"}


def deployed() -> Deployment:
    """A deployment of the cast's house to 兴宁区院 and others, of today; made when first asked for."""
    found = Deployment.objects.filter(title="挂案清理").first()
    if found is not None:
        return found
    zhaoliu = actor_of(Person.objects.get(account__username="zhaoliu"), NOW)
    draft = Deployment(
        title="挂案清理",
        unit=Unit.objects.get(code="450100"),
        happened_on=NOW.date(),
        due_on=NOW.date() + timedelta(days=14),
        leading=Unit.objects.get(code="450100-D11"),
    )
    lay_out(zhaoliu, draft, [Planned("排查底数", draft.due_on)])
    dispatch(zhaoliu, draft, Unit.objects.filter(code__in=("450102", "450103")))
    return Deployment.objects.get(pk=draft.pk)


def deployment() -> dict[str, Any]:
    return {"pk": deployed().pk}


def drafted() -> dict[str, Any]:
    zhaoliu = actor_of(Person.objects.get(account__username="zhaoliu"), NOW)
    unit = Unit.objects.get(code="450100")
    draft = Deployment(title="拟稿", unit=unit, happened_on=NOW.date(), due_on=NOW.date())
    return {"pk": lay_out(zhaoliu, draft, [Planned("排查底数", NOW.date())]).pk}


def receipt() -> dict[str, Any]:
    return {"pk": deployed().pk, "code": "450102"}


def reported() -> dict[str, Any]:
    held = deployed().receipts.get(unit__code="450102")
    sunqi = actor_of(Person.objects.get(account__username="sunqi"), NOW)
    return {"pk": report(sunqi, held, TaskFeedback(text="已排查。")).pk}


def begun_report() -> dict[str, Any]:
    deployed()
    sunqi = actor_of(Person.objects.get(account__username="sunqi"), NOW)
    begun = TaskFeedback(
        deployment_key=deployed().key, unit=Unit.objects.get(code="450102"), text="正在排查。"
    )
    return {"pk": save(sunqi, begun).pk}


def pleaded() -> dict[str, Any]:
    held = deployed().receipts.get(unit__code="450103")
    zhouba = actor_of(Person.objects.get(account__username="zhouba"), NOW)
    return {"pk": plead(zhouba, held, Plead(PleaKind.EXCUSE, "casework")).pk}


def bulletin() -> dict[str, Any]:
    zhaoliu = actor_of(Person.objects.get(account__username="zhaoliu"), NOW)
    return {"pk": draw_up(zhaoliu, deployed()).pk}


FIGURE = {"code": "prosecuted-gang"}
CASES = {
    "home": Case(),
    "logout": Case(post={}, served=302),
    "account": Case(),
    "password": Case(),
    "second-factor": Case(),
    "twin": Case(),
    "explain": Case(),
    "adjust": Case("weiw", "lisi", query="?operation=move&unit=450100-P02"),
    "twin-export": Case("weiw", "lisi"),
    "term": Case("weiw", "lisi", query="?unit=450100-P06"),
    "branch": Case("lisi", kwargs=lambda: {"code": "450100-P02"}),
    "branch-export": Case("weiw", "lisi", kwargs=lambda: {"code": "450100-P02"}),
    "people": Case("lisi", "sys"),
    "person-new": Case("ren", "lisi"),
    "people-import": Case("ren", "lisi"),
    "people-import-one": Case("ren", "lisi", 404, import_of_people),
    "person": Case("lisi", "zhengshi", 404, colleague),
    "person-do": Case("ren", "lisi", 404, lambda: {**colleague(), "code": "transfer"}),
    "post-end": Case("ren", "lisi", 404, post_of_a_colleague),
    "my-year": Case(),
    "notices": Case("lisi", "aud"),
    "account-addresses": Case(post={}, served=302),
    "taskforces": Case(),
    "taskforce-batch": Case("weiw", "lisi"),
    "taskforce": Case("lisi", "aud", 404, standing_force),
    "taskforce-members": Case("weiw", "lisi", kwargs=standing_force),
    "taskforce-branch": Case("weiw", "lisi", kwargs=standing_force),
    "taskforce-serve": Case(
        "weiw", "aud", 404, standing_force, post={"branch": "450100-P02"}, served=302
    ),
    "taskforce-decide": Case("weiw", "aud", 404, standing_force, post={}, served=302),
    "taskforce-end": Case("weiw", "aud", 404, standing_force, post={"words": "完成"}, served=302),
    "find": Case("lisi", "aud", query="?q=第二党支部"),
    "calendar": Case("lisi", "ren"),
    "due-declare": Case(
        "lisi",
        "qian",
        404,
        post={"unit": "450100-P02", "cell": "LIFE-05.2026-06-01"},
        served=302,
    ),
    "due-undo": Case("lisi", "weiw", 404, declared, post={}, served=302),
    "calendar-export": Case("lisi", "ren", query="?unit=450100-P02&what=limits"),
    "calendar-plan": Case("lisi", "zhaoliu", query="?unit=450100-P02"),
    "calendar-rules": Case("lisi", "aud"),
    "calendar-study": Case("lisi", "ren", query="?court=450100"),
    "calendar-adopt": Case("weiw", "lisi", post={"court": "450100"}, served=302),
    "supervise": Case("zhaoliu", "aud"),
    "supervise-new": Case("zhaoliu", "sunqi"),
    "supervise-one": Case("zhaoliu", "qian", 404, deployment),
    "supervise-edit": Case("zhaoliu", "qian", 404, drafted),
    "supervise-units": Case("zhaoliu", "sunqi", 403, deployment, query="?of=county"),
    "supervise-act": Case("yuan", "qian", 404, deployment, post={"do": "instruct"}, served=302),
    "supervise-print": Case("sunqi", "wujiu", 404, deployment),
    "supervise-conduction": Case("zhaoliu", "sunqi", 404, deployment),
    "supervise-export": Case("zhaoliu", "sunqi", 403, deployment),
    "supervise-report": Case("sunqi", "zhouba", 404, receipt),
    "supervise-plea": Case("sunqi", "zhouba", 404, receipt),
    "supervise-unit-act": Case("sunqi", "zhouba", 404, receipt, post={"do": "receive"}, served=302),
    "supervise-feedback": Case("lan", "zhouba", 404, reported),
    "supervise-plea-decide": Case("lan", "sunqi", 404, pleaded, post={"do": "accept"}, served=302),
    "bulletin-draw": Case("zhaoliu", "sunqi", 403, deployment, post={}, served=302),
    "bulletin": Case("zhaoliu", "sunqi", 404, bulletin),
    "bulletin-act": Case("zhaoliu", "sunqi", 404, bulletin, post={"do": "renew"}, served=302),
    "bulletin-word": Case("zhaoliu", "sunqi", 404, bulletin),
    "deployment-new": Case("zhaoliu", "sunqi"),
    "deployment-edit": Case("zhaoliu", "qian", 404, drafted),
    "task-feedback-new": Case("sunqi", "aud"),
    "task-feedback-edit": Case("sunqi", "zhouba", 404, begun_report),
    "ledgers": Case(),
    "ledger": Case("qian", "aud", kwargs=lambda: {"code": "handled-person"}),
    "ledger-export": Case("qian", "aud", kwargs=lambda: {"code": "handled-person"}),
    "ledger-new": Case("qian", "aud", kwargs=lambda: {"code": "handled-person"}),
    "activity-new": Case("lisi", "qian"),
    "activity-edit": Case("lisi", "zhengshi", 404, lambda: {"pk": activity()["pk"]}),
    "activity-minutes": Case("lisi", "aud", 404, lambda: {"pk": activity()["pk"]}),
    "form-draft": Case(
        "lisi", "aud", kwargs=lambda: {"code": "activity"}, post={"address": "/ledger/activity/new"}
    ),
    "link-find": Case("lisi", "aud", kwargs=lambda: {"code": "activity"}, query="?link_find=专班"),
    "record-saved": Case("lisi", "aud", 404, activity),
    "ledger-grid": Case("qian", "aud", kwargs=decisions, post={"do": "check", "rows": "[]"}),
    "ledger-selected": Case("qian", "aud", kwargs=decisions, served=302),
    "ledger-views": Case("qian", "aud", kwargs=decisions, post={"name": "近期"}, served=302),
    "record-cell": Case(
        "qian", "zhengshi", 404, decision, post={"field": "charge", "text": "盗窃"}
    ),
    "ledger-names": Case("qian", "aud", kwargs=lambda: {"code": "handled-person"}),
    "record": Case("qian", "aud", 404, decision),
    "record-edit": Case("qian", "zhengshi", 404, decision),
    "record-names": Case("qian", "zhengshi", 404, named_decision),
    "record-move": Case("lisi", "aud", 404, activity, post={"move": "submit"}, served=302),
    "record-link": Case("lisi", "aud", 404, activity, post={"target": "x"}, served=302),
    "api-ledgers": Case(),
    "api-ledger": Case("qian", "aud", kwargs=lambda: {"code": "handled-person"}),
    "api-schema": Case("qian", "aud", kwargs=lambda: {"code": "handled-person"}),
    "api-record": Case("qian", "aud", 404, decision),
    "imports": Case(),
    "import-new": Case("qian", "aud", query="?kind=handled-person"),
    "ledger-import": Case("qian", "aud", kwargs=lambda: {"code": "handled-person"}),
    "import-template": Case("qian", "aud", kwargs=lambda: {"code": "handled-person"}),
    "import": Case("qian", "aud", 404, import_of_decisions),
    "import-mappings": Case(),
    "import-mapping": Case("qian", "aud", 404, mapping_of_decisions),
    "import-problems": Case("qian", "aud", 404, import_of_decisions),
    "figures": Case("zhengshi"),
    "figure": Case("zhengshi", "lisi", kwargs=lambda: FIGURE),
    "figure-records": Case("zhengshi", "lisi", kwargs=lambda: FIGURE),
    "figure-records-export": Case("zhengshi", "lisi", kwargs=lambda: FIGURE),
    "figure-records-names": Case("qian", "lisi", kwargs=lambda: FIGURE, query="?unit=450100&own=1"),
    "burden-account": Case("zhaoliu", "lisi"),
    "burden-feedback": Case("lisi", "aud"),
    "data-request-new": Case("wangwu", "lisi"),
    "draft-check": Case(outsider="aud"),
    "published-check": Case(outsider="aud"),
    "documents": Case(outsider="aud"),
    "document": Case("lisi", kwargs=document),
    "document-word": Case("lisi", kwargs=document),
    "document-new": Case("zhengshi", "lisi"),
    "document-freeze": Case("zhengshi", "lisi", kwargs=document, post={}, served=302),
    "sys": Case("sys", "lisi", served=302),
    "sys-users": Case("sys", "aud"),
    "sys-user-new": Case("sys", "sec"),
    "sys-user": Case("sys", "lisi", 403, somebody),
    "sys-user-act": Case("sys", "sec", 403, somebody, post={"step": "end"}, served=302),
    "sys-grants": Case("sec", "sys"),
    "sys-grants-decide": Case("sec", "aud", post={}, served=302),
    "sys-clearance": Case("sec", "sys"),
    "sys-clearance-decide": Case("sec", "sys", 403, change_of_clearance, post={}, served=302),
    "sys-log": Case("aud", "sys"),
    "sys-log-export": Case("aud", "sec"),
    "sys-log-verify": Case("aud", "sys", post={}, served=302),
    "sys-health": Case("sys", "sec"),
    "sys-rules": Case("sys", "lisi"),
}


def routes(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)


ROUTES = sorted(set(routes(get_resolver().url_patterns)) - OPEN)


def ask(client: Any, name: str, case: Case) -> Any:
    address = reverse(name, kwargs=case.kwargs()) + case.query
    return client.get(address) if case.post is None else client.post(address, case.post)


def test_every_route_has_a_case() -> None:
    assert set(CASES) == set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_a_stranger_is_sent_to_the_log_in(name: str, visit: Visit) -> None:
    answer = ask(visit(""), name, CASES[name])
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("name", ROUTES)
def test_an_insider_is_served_and_nothing_is_kept(name: str, visit: Visit) -> None:
    case = CASES[name]
    answer = ask(visit(case.insider), name, case)
    assert answer.status_code == case.served
    assert answer["Cache-Control"] == "no-store" or name == "logout"
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", [name for name in ROUTES if CASES.get(name, Case()).outsider])
def test_an_outsider_is_refused(name: str, visit: Visit) -> None:
    case = CASES[name]
    answer = ask(visit(case.outsider), name, case)
    assert answer.status_code == case.refusal
    if case.refusal == 403:
        assert "您没有查看权限。如需查看，请联系：" in answer.content.decode()


def test_an_account_without_a_person_has_no_rights(
    world: World, visit: Visit, django_user_model: Any
) -> None:
    client = visit("")
    client.force_login(django_user_model.objects.create_user("robot", password="x"))
    assert client.get(reverse("home")).status_code == 403
