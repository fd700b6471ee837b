"""Previews, recalls and notices over the documents that offices and people send."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.questions import Target
from talent_registry.domain.verification import Typed
from talent_registry.services import recognition, verification
from talent_registry.services.permissions import Actor
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.verification import Asked
from tests.api.conftest import Asking
from tests.api.permission_world import CHONGQING, office
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import NAME, NUMBER


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def rely(posts: Postings, *actors: Actor) -> None:
    """Each of these verifies the certificate; the person has its recognition decided."""
    for actor in actors:
        asked = Asked(Typed(NUMBER, NAME), "VERIFY")
        await verification.verify(posts.registry, actor, asked, None, "192.0.2.1")
    decide = AskedRecognition(posts.person.credential, Target(division="500106"))
    await recognition.decide_recognition(posts.registry, posts.person.me, decide, posts.world.key())
    posts.world.clock.go_on(seconds=1)


def credential_of(posts: Postings) -> str:
    return str(to_node_id("Credential", posts.person.credential))


async def revoke(posts: Postings, ask: Asking, **more: Any) -> dict[str, Any]:
    asked = {"credential": credential_of(posts), "ground": "核查", "idempotencyKey": posts.world.key(), **more}
    answer: dict[str, Any] = (await ask(posts.titles.issuer, "authority/revoke_credential", input=asked))[
        "revokeCredential"
    ]
    return answer


async def nodes(ask: Asking, actor: Actor, document: str, **variables: Any) -> Sequence[dict[str, Any]]:
    (page,) = (await ask(actor, document, **variables)).values()
    return [edge["node"] for edge in page["edges"]]


async def test_an_issuer_sees_what_would_follow_and_revokes_only_while_it_holds(posts: Postings, ask: Asking) -> None:
    active = await posts.begin()
    await rely(posts, posts.host_hr)
    asked = {"credential": credential_of(posts), "change": "REVOKE"}
    shown = (await ask(posts.titles.issuer, "authority/preview_effects", **asked))["previewEffects"]
    (effect,) = shown["placements"]
    placement = str(to_node_id("Placement", active))
    today = posts.today.isoformat()
    assert effect == {
        "placement": placement, "before": "ACTIVE", "after": "ENDED", "reason": "RECOGNITION_LOST", "on": today,
    }  # fmt: skip
    assert sorted(one["kind"] for one in shown["records"]) == ["DECISION", "DECISION", "PLACEMENT", "VERIFICATION"]
    assert {one["cause"] for one in shown["records"]} == {"REVOCATION"}
    assert (shown["placementsLeftOut"], shown["recordsLeftOut"], shown["from"]) == (0, 0, today)
    await posts.propose(workload_percent=10, host_unit_id=posts.other_host)
    refused = await revoke(posts, ask, effectsDigest=shown["digest"])
    assert (refused["code"], refused["reason"]) == ("CONFLICT", "WORLD_CHANGED")
    again = (await ask(posts.titles.issuer, "authority/preview_effects", **asked))["previewEffects"]
    done = await revoke(posts, ask, effectsDigest=again["digest"])
    assert [one["placement"] for one in done["consequences"]] == [one["placement"] for one in again["placements"]]
    assert done["recalled"] == again["recalled"]


async def test_a_preview_for_others_reads_as_if_there_were_no_credential(posts: Postings, ask: Asking) -> None:
    asked = {"credential": credential_of(posts), "change": "SUSPEND"}
    refused = await ask.refused(posts.titles.other_officer, "authority/preview_effects", **asked)
    assert refused["code"] == "NOT_FOUND"


async def test_the_authority_sees_who_was_told_and_the_issuer_does_not(posts: Postings, ask: Asking) -> None:
    await rely(posts, posts.host_hr)
    done = await revoke(posts, ask)
    asked = {"command": done["command"]["id"], "credential": credential_of(posts)}
    found = await nodes(ask, posts.titles.officer, "authority/recalls", **asked)
    decision, verified = sorted(found, key=lambda one: str(one["kind"]))
    assert (decision["kind"], verified["kind"], verified["facts"]) == (
        "DECISION",
        "VERIFICATION",
        ["credential.status"],
    )
    assert [one["organisation"]["nameZh"] for one in verified["receivers"]] == ["重庆样例研究院"]
    assert {(one["province"], one["isResearcher"]) for one in decision["receivers"]} == {
        (CHONGQING, False),
        (None, True),
    }
    statements = ask.statements
    assert [one["receivers"] for one in await nodes(ask, posts.titles.issuer, "authority/recalls", **asked)] == [
        None,
        None,
    ]
    assert await nodes(ask, posts.titles.other_officer, "authority/recalls", **asked) == []
    # Receivers and their organisations are read for the whole page.
    for serial in range(3):
        await posts.titles.record(f"51202000010{serial}")
    await nodes(ask, posts.titles.officer, "authority/recalls")
    assert ask.statements == statements


async def test_a_receiver_reads_a_notice_and_acknowledges_it_once(posts: Postings, ask: Asking) -> None:
    unit = await posts.world.organisation("重庆样例人才服务中心", "AGENCY", "500103")
    agency = await office(posts.world, AccountKind.AGENCY, unit, CHONGQING, frozenset({"VERIFY"}))
    await rely(posts, agency, posts.host_hr)
    await revoke(posts, ask, **{"from": (posts.today - timedelta(days=1)).isoformat()})
    readers = {
        "agency": agency,
        "hr": posts.host_hr,
        "researcher": posts.person.me,
        "authority": posts.titles.other_officer,
    }
    for audience, actor in readers.items():
        (told,) = await nodes(ask, actor, f"{audience}/notices", unread=True)
        assert told["certificateNumber"] == NUMBER
        assert told["cause"] == "REVOCATION"
        assert told["acknowledgedAt"] is None
        assert told["message"]["zh"].startswith(f"证书 {NUMBER}：自 {posts.today - timedelta(days=1)} 起，证书已被撤销")
        given = {"input": {"notice": told["id"], "idempotencyKey": posts.world.key()}}
        done = (await ask(actor, f"{audience}/acknowledge_notice", **given))["acknowledgeNotice"]
        assert done["notice"]["acknowledgedAt"] is not None
        twice = {"input": {"notice": told["id"], "idempotencyKey": posts.world.key()}}
        again = (await ask(actor, f"{audience}/acknowledge_notice", **twice))["acknowledgeNotice"]
        assert again["reason"] == "ACKNOWLEDGED_BEFORE"
        assert await nodes(ask, actor, f"{audience}/notices", unread=True) == []
        assert len(await nodes(ask, actor, f"{audience}/notices")) == 1


async def test_a_page_of_notices_takes_as_many_statements_as_one(posts: Postings, ask: Asking) -> None:
    for _ in range(5):
        await rely(posts, posts.host_hr)
    await revoke(posts, ask)
    assert len(await nodes(ask, posts.host_hr, "hr/notices", first=1)) == 1
    one = ask.statements
    assert len(await nodes(ask, posts.host_hr, "hr/notices", first=100)) == 5
    assert ask.statements == one
