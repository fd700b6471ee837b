"""Opportunities through the API: from a need to a signed placement, in as many statements for many as for one."""

from typing import Any

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.researchers import PersonField
from talent_registry.services import standing
from talent_registry.services.permissions import ANONYMOUS
from tests.api.conftest import Asking
from tests.opportunities import PURPOSE, answer, opt_in, post
from tests.postings import Postings, another_person, open_postings
from tests.registries import World

NEED = {
    "kind": "PART_TIME",
    "post": "讲座教授",
    "postSeries": "01",
    "series": "01",
    "level": "SENIOR_DEPUTY",
    "from": "2026-11-24",
    "until": "2027-11-23",
    "workloadPercent": 40,
    "text": "每月讲学两次。",
    "openUntil": "2026-12-31",
}


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


def nodes_of(data: dict[str, Any]) -> list[dict[str, Any]]:
    (page,) = data.values()
    return [edge["node"] for edge in page["edges"]]


async def test_from_a_need_to_a_proposal(posts: Postings, ask: Asking) -> None:
    key = posts.world.key
    done = (await ask(posts.host_hr, "hr/post_opportunity", input=NEED | {"idempotencyKey": key()}))["postOpportunity"]
    need = done["opportunity"]["id"]
    assert done["opportunity"]["hostUnit"]["nameZh"] == "重庆样例研究院"
    given = {"fields": ["CREDENTIALS", "NAME"], "until": "2027-01-31", "idempotencyKey": key()}
    assert "code" not in (await ask(posts.person.me, "researcher/grant_matching_consent", input=given))
    (found,) = nodes_of(await ask(posts.host_hr, "hr/opportunity_matches", opportunity=need, purpose=PURPOSE))
    assert found["candidate"] == {
        "publicNumber": posts.person.public_number,
        "shown": ["NAME", "CREDENTIALS"],
        "name": {"nameZh": "旦增·卓嘎", "pinyin": found["candidate"]["name"]["pinyin"]},
        "discipline": None,
        "keywords": None,
        "contact": None,
        "orcid": None,
    }
    match = found["match"]
    assert (match["result"], match["outcome"], match["isRecognised"]) == ("MATCH", "AUTO", True)
    assert [(one["criterion"], one["met"]) for one in match["reasons"]] == [
        ("SERIES", True),
        ("LEVEL", True),
        ("RECOGNITION", True),
        ("WORKLOAD", True),
    ]
    assert match["target"] == {"division": "500106", "employerKind": "INSTITUTE", "postSeries": "01", "zone": None}
    assert match["whatIsMissing"] == {"remedies": [], "fixed": []}
    (own,) = nodes_of(await ask(posts.person.me, "researcher/opportunities_for_me"))
    assert (own["opportunity"]["id"], own["match"]["result"]) == (need, "MATCH")
    proposing = {"opportunity": need, "researcher": posts.person.public_number}
    refused = await ask(posts.host_hr, "hr/propose_from_opportunity", input=proposing | {"idempotencyKey": key()})
    assert refused["proposeFromOpportunity"]["__typename"] == "NotFound"
    interested = {
        "opportunity": need,
        "credential": match["credential"],
        "until": "2027-01-31",
        "fields": ["NAME"],
        "idempotencyKey": key(),
    }
    answered = await ask(posts.person.me, "researcher/answer_opportunity", input=interested)
    assert answered["answerOpportunity"]["answer"]["holds"] is True
    (seen,) = nodes_of(await ask(posts.host_hr, "hr/opportunity_answers", opportunity=need))
    assert seen["researcher"]["name"] == {"nameZh": "旦增·卓嘎"}
    assert (seen["editedSince"], seen["credential"]["id"]) == (False, match["credential"])
    edited = NEED | {"opportunity": need, "workloadPercent": 30, "idempotencyKey": key()}
    assert (await ask(posts.host_hr, "hr/edit_opportunity", input=edited))["editOpportunity"]["opportunity"][
        "workloadPercent"
    ] == 30
    (own,) = nodes_of(await ask(posts.person.me, "researcher/opportunity_answers"))
    assert own["editedSince"] is True
    once = proposing | {"idempotencyKey": key()}
    made = (await ask(posts.host_hr, "hr/propose_from_opportunity", input=once))["proposeFromOpportunity"]
    assert (made["placement"]["state"], made["placement"]["workloadPercent"]) == ("PROPOSED", 30)
    closing = {"opportunity": need, "idempotencyKey": key()}
    closed = (await ask(posts.host_hr, "hr/close_opportunity", input=closing))["closeOpportunity"]["opportunity"]
    assert (closed["isOpen"], closed["closedAt"] is None) == (False, False)
    # The same request again gets the same answer, though the need is closed by now.
    again = (await ask(posts.host_hr, "hr/propose_from_opportunity", input=once))["proposeFromOpportunity"]
    assert (again["command"]["replayed"], again["placement"]["id"]) == (True, made["placement"]["id"])
    assert nodes_of(await ask(ANONYMOUS, "anyone/opportunities")) == []
    assert (await ask(ANONYMOUS, "anyone/opportunity", id=need))["opportunity"]["isOpen"] is False
    looks = nodes_of(await ask(posts.person.me, "researcher/accesses"))
    assert ("MATCHED", PURPOSE, ["NAME", "CREDENTIALS"]) in [
        (one["basis"], one["purpose"], one["fields"]) for one in looks
    ]
    withdrawn = await ask(posts.person.me, "researcher/withdraw_matching_consent", input={"idempotencyKey": key()})
    assert withdrawn["withdrawMatchingConsent"]["__typename"] == "MatchingConsentSuccess"
    (given_before,) = nodes_of(await ask(posts.person.me, "researcher/matching_consents"))
    assert given_before["withdrawnAt"] is not None


async def test_what_is_missing_is_told_to_both_sides(posts: Postings, ask: Asking) -> None:
    change = standing.StatusChange(posts.person.credential, "核查")
    await standing.revoke(posts.registry, posts.titles.officer, change, posts.world.key())
    await posts.titles.record("512020000080", issuer_kind="中央单位")
    await opt_in(posts, posts.person)
    need = to_node_id("Opportunity", await post(posts))
    (found,) = nodes_of(await ask(posts.host_hr, "hr/opportunity_matches", opportunity=need, purpose=PURPOSE))
    (own,) = nodes_of(await ask(posts.person.me, "researcher/opportunities_for_me"))
    assert found["match"]["result"] == own["match"]["result"] == "NEAR"
    assert found["match"]["whatIsMissing"] == own["match"]["whatIsMissing"]
    missing = found["match"]["whatIsMissing"]
    assert missing["remedies"] or missing["fixed"]


async def test_matches_cost_no_statement_for_each_person_or_need(posts: Postings, ask: Asking) -> None:
    fields = (PersonField.NAME, PersonField.DISCIPLINE, PersonField.CONTACT, PersonField.PLACEMENTS)
    await opt_in(posts, posts.person, *fields)
    need = await post(posts)
    await answer(posts, need)
    asked: list[tuple[Any, str, dict[str, Any]]] = [
        (posts.host_hr, "hr/opportunity_matches", {"opportunity": to_node_id("Opportunity", need), "purpose": PURPOSE}),
        (posts.host_hr, "hr/opportunity_answers", {"opportunity": to_node_id("Opportunity", need)}),
        (posts.person.me, "researcher/opportunities_for_me", {}),
        (posts.person.me, "researcher/opportunity_answers", {}),
        (ANONYMOUS, "anyone/opportunities", {}),
    ]

    async def costs() -> list[tuple[int, int]]:
        found = []
        for actor, document, variables in asked:
            found.append((len(nodes_of(await ask(actor, document, **variables))), ask.statements))
        return found

    one = await costs()
    for serial in (40, 41, 42):
        person = await another_person(posts, serial)
        await opt_in(posts, person, *fields)
        await answer(posts, need, person)
        await answer(posts, await post(posts, posts.other_host_hr))
    many = await costs()
    assert [count for count, _ in one] == [1] * len(asked)
    assert [count for count, _ in many] == [4] * len(asked)
    assert [statements for _, statements in one] == [statements for _, statements in many]
