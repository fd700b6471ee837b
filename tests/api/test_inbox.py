"""The inbox over the documents that people and offices send."""

from datetime import timedelta
from typing import Any

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.verification import Typed
from talent_registry.services import standing, verification
from talent_registry.services.permissions import Actor
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked
from tests.api.conftest import Asking
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import NAME, NUMBER


@pytest.fixture
async def posts(world: World) -> Postings:
    posts = await open_postings(world)
    await posts.begin()
    for _ in range(3):
        asked = Asked(Typed(NUMBER, NAME), "聘用核验")
        await verification.verify(posts.registry, posts.host_hr, asked, None, "192.0.2.1")
    world.clock.go_on(seconds=1)
    change = StatusChange(posts.person.credential, "核查", posts.today - timedelta(days=1))
    await standing.revoke(posts.registry, posts.titles.issuer, change, world.key())
    return posts


async def items(ask: Asking, actor: Actor, audience: str, **variables: Any) -> list[dict[str, Any]]:
    page = (await ask(actor, f"{audience}/inbox", **variables))["inbox"]
    return [edge["node"] for edge in page["edges"]]


async def test_each_reads_what_happened_and_what_to_do_and_marks_it(posts: Postings, ask: Asking) -> None:
    for audience, actor in (
        ("researcher", posts.person.me),
        ("hr", posts.host_hr),
        ("authority", posts.titles.other_officer),
    ):
        found = await items(ask, actor, audience, first=100)
        ended = next(one for one in found if one["type"] == "placement.ended")
        assert ended["message"]["zh"].endswith("如有异议，请联系两地主管部门。")
        assert ended["notice"] is ended["readAt"] is None
        unread = (await ask(actor, f"{audience}/inbox_unread"))["inboxUnread"]
        assert unread == len(found)
        key = posts.world.key()
        for replayed in (False, True):
            given = {"items": [ended["id"]], "idempotencyKey": key}
            done = (await ask(actor, f"{audience}/mark_read", input=given))["markRead"]
            assert (done["unread"], done["command"]["replayed"]) == (unread - 1, replayed)
        kept = await items(ask, actor, audience, first=100, unread=True, kind="PLACEMENT", about=ended["concerns"])
        assert ended["id"] not in {one["id"] for one in kept}
        assert {one["kind"] for one in kept} == {"PLACEMENT"}
    notice = next(one for one in await items(ask, posts.host_hr, "hr", kind="RECALL"))
    assert notice["notice"]["cause"] == "REVOCATION"
    assert notice["concerns"] == notice["notice"]["id"]
    assert NUMBER in notice["message"]["en"]


async def test_a_page_of_an_inbox_takes_as_many_statements_as_one_item(posts: Postings, ask: Asking) -> None:
    assert len(await items(ask, posts.host_hr, "hr", kind="RECALL", first=1)) == 1
    one = ask.statements
    assert len(await items(ask, posts.host_hr, "hr", kind="RECALL", first=100)) >= 4
    assert ask.statements == one


async def test_what_is_no_record_or_marks_nothing_is_refused(posts: Postings, ask: Asking) -> None:
    refused = await ask.refused(posts.host_hr, "hr/inbox", about="x")
    assert refused["code"] == "NOT_FOUND"
    given: dict[str, Any] = {"idempotencyKey": posts.world.key()}
    done = (await ask(posts.host_hr, "hr/mark_read", input=given))["markRead"]
    assert (done["code"], done["reason"]) == ("INVALID_INPUT", "ITEMS_OR_UP_TO")
    given = {"items": [str(to_node_id("Placement", posts.host))], "idempotencyKey": posts.world.key()}
    assert (await ask(posts.host_hr, "hr/mark_read", input=given))["markRead"]["code"] == "NOT_FOUND"
