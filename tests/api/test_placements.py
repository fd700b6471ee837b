"""Recognition, placements and standing through the documents of graphql/operations."""

from datetime import date, timedelta
from typing import Any

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placements import Terms
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, placement_clocks
from talent_registry.services.permissions import ANONYMOUS, OPERATOR
from tests.api.conftest import Asking
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import FILING, ISSUED


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


def a_proposal(posts: Postings, **changes: Any) -> dict[str, Any]:
    return {
        "researcher": posts.person.public_number,
        "hostUnit": to_node_id("Organisation", posts.host),
        "credential": to_node_id("Credential", posts.person.credential),
        "kind": "PART_TIME",
        "post": "讲座教授",
        "postSeries": "01",
        "from": posts.today.isoformat(),
        "until": "2027-11-23",
        "workloadPercent": 40,
        "terms": {"paidBy": "HOST_UNIT", "intellectualProperty": "双方共有"},
        "idempotencyKey": posts.world.key(),
    } | changes


async def test_a_placement_lives_through_the_documents(ask: Asking, posts: Postings) -> None:
    key = posts.world.key
    data = await ask(posts.person.me, "researcher/propose_placement", input=a_proposal(posts))
    placement = data["proposePlacement"]["placement"]
    assert placement["missingSignatures"] == ["RESEARCHER", "HOME_UNIT", "HOST_UNIT"]
    assert placement["householdUnchanged"] is True
    digest = placement["rounds"][0]["termsDigest"]
    for actor, folder in ((posts.person.me, "researcher"), (posts.home_hr, "hr"), (posts.host_hr, "hr")):
        asked = {"placement": placement["id"], "termsDigest": digest, "idempotencyKey": key()}
        data = await ask(actor, f"{folder}/sign_placement", input=asked)
    assert data["signPlacement"]["placement"]["state"] == "AGREED"
    data = await ask(
        posts.host_hr, "hr/activate_placement", input={"placement": placement["id"], "idempotencyKey": key()}
    )
    assert data["activatePlacement"]["placement"]["state"] == "ACTIVE"
    shown = (await ask(posts.home_hr, "anyone/placement", id=placement["id"]))["placement"]
    assert shown["decision"]["outcome"] == "AUTO"
    assert shown["researcher"]["publicNumber"] == posts.person.public_number
    assert [one["event"] for one in shown["events"]][-2:] == ["AGREED", "ACTIVATED"]
    assert shown["rounds"][0]["terms"]["intellectualProperty"] == "双方共有"
    person, today = to_node_id("Researcher", posts.person.id), posts.today.isoformat()
    asked = {"researcher": person, "from": today, "until": today, "purpose": "排班"}
    data = await ask(posts.home_hr, "anyone/workload", **asked)
    assert data["workload"] == [{"from": today, "until": today, "totalPercent": 40, "activePercent": 40}]
    end = {"placement": placement["id"], "reason": "EARLY_RETURN", "idempotencyKey": key()}
    data = await ask(posts.person.me, "researcher/end_placement", input=end)
    ending = data["endPlacement"]["placement"]
    # Thirty days of notice, as the agreement says where the three say nothing.
    assert (ending["state"], ending["endsOn"], ending["endsReason"]) == ("ACTIVE", "2026-12-24", "EARLY_RETURN")
    posts.world.clock.go_on(days=31)
    await placement_clocks.end_due(posts.registry, OPERATOR)
    ended = (await ask(posts.person.me, "anyone/placement", id=placement["id"]))["placement"]
    assert (ended["state"], ended["endedOn"], ended["endReason"]) == ("ENDED", "2026-12-24", "EARLY_RETURN")


async def test_a_counter_proposal_shows_what_it_changes_and_whose_turn_it_is(ask: Asking, posts: Postings) -> None:
    key = posts.world.key
    data = await ask(posts.person.me, "researcher/propose_placement", input=a_proposal(posts))
    placement = data["proposePlacement"]["placement"]["id"]
    terms = {"paidBy": "HOST_UNIT", "intellectualProperty": "双方共同共有", "daysPerYear": 60, "replyWorkingDays": 5}
    asked = {"placement": placement, "workloadPercent": 30, "terms": terms, "idempotencyKey": key()}
    countered = (await ask(posts.host_hr, "hr/counter_placement", input=asked))["counterPlacement"]["placement"]
    assert countered["workloadPercent"] == 30
    first, second = countered["rounds"]
    assert (first["changes"], first["answers"], second["answers"]) == ([], None, 1)
    changes = {one["field"]: one for one in second["changes"]}
    assert set(changes) == {"workloadPercent", "intellectualProperty", "daysPerYear", "replyWorkingDays"}
    assert (changes["workloadPercent"]["before"], changes["workloadPercent"]["after"]) == ("40", "30")
    assert changes["daysPerYear"]["name"] == {"zh": "每年工作天数", "en": "days of work a year"}
    assert changes["intellectualProperty"]["pieces"] == [
        {"kind": "KEPT", "text": "双方共"},
        {"kind": "ADDED", "text": "同共"},
        {"kind": "KEPT", "text": "有"},
    ]
    back = (await ask(posts.home_hr, "anyone/placement", id=placement, since=2))["placement"]["rounds"]
    assert [[one["field"] for one in version["changes"]] for version in back] == [list(changes), []]
    assert (await ask(posts.home_hr, "anyone/placement", id=placement, since=9))["placement"]["rounds"][1][
        "changes"
    ] == []
    assert countered["turn"] == {
        "parties": ["RESEARCHER", "HOME_UNIT", "HOST_UNIT"],
        "act": "SIGN",
        "by": "2026-12-01",
        "provisional": False,
        "overdue": False,
        "lapses": True,
    }


async def test_a_notice_is_taken_back_and_an_extension_is_seen(ask: Asking, posts: Postings) -> None:
    key = posts.world.key
    placement = to_node_id("Placement", await posts.begin(terms=Terms()))
    end = {"placement": placement, "reason": "HOST_RELEASE", "idempotencyKey": key()}
    await ask(posts.host_hr, "hr/end_placement", input=end)
    asked = {"placement": placement, "idempotencyKey": key()}
    data = await ask(posts.host_hr, "hr/withdraw_placement_end", input=asked)
    kept = data["withdrawPlacementEnd"]["placement"]
    assert (kept["state"], kept["endsOn"]) == ("ACTIVE", None)
    assert [(one["by"], one["withdrawnAt"] is None) for one in kept["declaredEnds"]] == [("HOST_UNIT", False)]
    asked = {"placement": placement, "until": "2028-11-23", "idempotencyKey": key()}
    await ask(posts.host_hr, "hr/extend_placement", input=asked)
    shown = (await ask(posts.home_hr, "anyone/placement", id=placement))["placement"]
    assert (shown["isExtended"], shown["extensions"]) == (False, 0)
    for actor, folder in ((posts.person.me, "researcher"), (posts.home_hr, "hr"), (posts.host_hr, "hr")):
        await ask(actor, f"{folder}/sign_placement", input={"placement": placement, "idempotencyKey": key()})
    shown = (await ask(posts.home_hr, "anyone/placement", id=placement))["placement"]
    assert (shown["isExtended"], shown["extensions"], shown["turn"]) == (True, 1, None)
    assert [one["field"] for one in shown["rounds"][1]["changes"]] == ["termUntil"]


async def test_a_draft_is_prepared_and_proposed_through_the_documents(ask: Asking, posts: Postings) -> None:
    key, me = posts.world.key, posts.person.me
    asked = {
        "researcher": posts.person.public_number,
        "hostUnit": to_node_id("Organisation", posts.host),
        "idempotencyKey": key(),
    }
    draft = (await ask(me, "researcher/draft_placement", input=asked))["draftPlacement"]["draft"]
    assert (draft["state"], draft["by"], draft["post"]) == ("DRAFT", "RESEARCHER", None)
    said = a_proposal(posts)
    content = {name: said[name] for name in ("credential", "kind", "post", "from", "until", "workloadPercent", "terms")}
    edit = {"draft": draft["id"], "content": content, "idempotencyKey": key()}
    await ask(me, "researcher/edit_placement_draft", input=edit)
    assert (await ask(posts.host_hr, "hr/placement_drafts"))["placementDrafts"]["edges"] == []
    shown = (await ask(me, "researcher/placement_draft", id=draft["id"]))["placementDraft"]
    assert (shown["credential"]["number"], shown["workloadPercent"]) == ("512020000001", 40)
    act = {"draft": draft["id"], "idempotencyKey": key()}
    proposed = (await ask(me, "researcher/propose_placement_draft", input=act))["proposePlacementDraft"]["draft"]
    assert (proposed["state"], proposed["placement"]["state"]) == ("PROPOSED", "PROPOSED")
    refused = await ask(me, "researcher/discard_placement_draft", input=act | {"idempotencyKey": key()})
    assert refused["discardPlacementDraft"]["reason"] == "DRAFT_IS_PROPOSED"


async def test_what_would_move_the_household_is_refused(ask: Asking, posts: Postings) -> None:
    proposal = a_proposal(posts, moves={"householdRegistration": True})
    data = await ask(posts.home_hr, "hr/propose_placement", input=proposal)
    assert data["proposePlacement"]["__typename"] == "Conflict"
    assert data["proposePlacement"]["reason"] == "NOT_FLEXIBLE"


async def test_an_authority_suspends_resumes_and_a_revocation_ends(ask: Asking, posts: Postings) -> None:
    placement = to_node_id("Placement", await posts.begin())
    officer, key = posts.titles.officer, posts.world.key
    for act, state in (("suspend", "SUSPENDED"), ("resume", "ACTIVE")):
        asked = {"placement": placement, "ground": "核查", "idempotencyKey": key()}
        data = await ask(officer, f"authority/{act}_placement", input=asked)
        assert data[f"{act}Placement"]["placement"]["state"] == state
    for act, state in (("suspend", "SUSPENDED"), ("reinstate", "ACTIVE"), ("revoke", "ENDED")):
        credential = to_node_id("Credential", posts.person.credential)
        asked = {"credential": credential, "ground": "核查", "idempotencyKey": key()}
        data = await ask(officer, f"authority/{act}_credential", input=asked)
        (followed,) = data[f"{act}Credential"]["consequences"]
        assert (followed["placement"], followed["state"]) == (placement, state)
        posts.world.clock.go_on(days=1)


async def test_an_extension_is_proposed_declined_by_nobody_and_the_rest_is_withdrawn(
    ask: Asking, posts: Postings
) -> None:
    placement, key = to_node_id("Placement", await posts.begin()), posts.world.key
    asked = {"placement": placement, "until": "2028-11-23", "idempotencyKey": key()}
    data = await ask(posts.host_hr, "hr/extend_placement", input=asked)
    assert data["extendPlacement"]["placement"]["missingSignatures"] == ["RESEARCHER", "HOME_UNIT", "HOST_UNIT"]
    other = to_node_id("Placement", await posts.propose(host_unit_id=posts.other_host))
    data = await ask(posts.home_hr, "hr/decline_placement", input={"placement": other, "idempotencyKey": key()})
    assert data["declinePlacement"]["placement"]["state"] == "DECLINED"
    other = to_node_id("Placement", await posts.propose(host_unit_id=posts.other_host))
    asked = {"placement": other, "idempotencyKey": key()}
    data = await ask(posts.person.me, "researcher/withdraw_placement", input=asked)
    assert data["withdrawPlacement"]["placement"]["state"] == "WITHDRAWN"


async def test_recognition_is_decided_kept_listed_and_computed(ask: Asking, posts: Postings) -> None:
    credential = to_node_id("Credential", posts.person.credential)
    target = {"division": "500106", "employerKind": "UNIVERSITY", "postSeries": "01"}
    asked = {"credential": credential, "target": target, "purpose": "聘用", "idempotencyKey": posts.world.key()}
    data = await ask(posts.titles.other_officer, "authority/decide_recognition", input=asked)
    decision = data["decideRecognition"]["decision"]
    assert (decision["outcome"], decision["rule"]) == ("AUTO", "R1")
    assert decision["facts"][0]["source"]["nameZh"]
    data = await ask(posts.person.me, "anyone/recognition_decision", id=decision["id"])
    assert data["recognitionDecision"]["findings"] == decision["findings"]
    assert await ask(posts.person.me, "anyone/is_reproducible", decision=decision["id"]) == {"isReproducible": True}
    filter_ = {"targetProvince": "500000", "outcome": "AUTO", "credential": credential}
    data = await ask(posts.person.me, "anyone/recognition_decisions", filter=filter_)
    assert [edge["node"]["id"] for edge in data["recognitionDecisions"]["edges"]] == [decision["id"]]
    data = await ask(posts.person.me, "researcher/recognition", credential=credential, target=target)
    first = data["recognition"]
    known = {"on": first["on"], "knownAt": first["knownAt"]}
    again = await ask(posts.person.me, "researcher/recognition", credential=credential, target=target, **known)
    assert again["recognition"] == first
    naive = {"on": first["on"], "knownAt": "2026-01-01T00:00:00"}
    _, errors = await ask.with_errors(
        posts.person.me, "researcher/recognition", credential=credential, target=target, **naive
    )
    assert len(errors) == 1


async def test_a_page_of_placements_costs_the_same_however_long_it_is(ask: Asking, posts: Postings) -> None:
    await posts.propose()
    await ask(posts.home_hr, "anyone/placements")
    short = ask.statements
    for _ in range(3):
        await posts.agree(host_unit_id=posts.other_host)
    data = await ask(posts.home_hr, "anyone/placements")
    assert len(data["placements"]["edges"]) == 4
    assert ask.statements == short
    page = await ask(posts.home_hr, "anyone/placements", first=2)
    rest = await ask(posts.home_hr, "anyone/placements", first=2, after=page["placements"]["pageInfo"]["endCursor"])
    assert len(rest["placements"]["edges"]) == 2


async def test_each_decision_shown_beside_a_placement_or_computed_again_is_noted(ask: Asking, posts: Postings) -> None:
    placement = to_node_id("Placement", await posts.begin())
    shown = (await ask(posts.host_hr, "anyone/placement", id=placement, purpose="核对岗位"))["placement"]
    await ask(posts.host_hr, "anyone/is_reproducible", decision=shown["decision"]["id"], purpose="复核决定")
    await ask(posts.person.me, "anyone/is_reproducible", decision=shown["decision"]["id"])
    looks = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    noted = {(one.basis, one.purpose) for one in looks.items if one.fields == (PersonField.DECISIONS,)}
    assert noted == {("HOST_UNIT", "核对岗位"), ("HOST_UNIT", "复核决定")}


async def test_a_correction_says_what_followed_and_an_expired_credential_leaves_no_placement_active(
    ask: Asking, posts: Postings
) -> None:
    placement = to_node_id("Placement", await posts.begin())

    async def active(on: date) -> bool:
        data = await ask(posts.home_hr, "anyone/placement", id=placement, on=str(on))
        return bool(data["placement"]["isActive"])

    facts = {
        "route": "评审",
        "issuerKind": "省级人社",
        "titleCode": "0102",
        "titleName": "副教授",
        "level": "副高级",
        "filingNumber": FILING,
        "approvalDate": str(ISSUED),
        "issuedOn": str(ISSUED),
    }

    async def correct(until: date) -> list[dict[str, Any]]:
        asked = {
            "credential": to_node_id("Credential", posts.person.credential),
            "facts": facts | {"validUntil": str(until)},
            "idempotencyKey": posts.world.key(),
        }
        data = await ask(posts.titles.officer, "authority/correct_credential", input=asked)
        return list(data["correctCredential"]["consequences"])

    last = posts.today + timedelta(days=3)
    assert await correct(last) == []
    assert [await active(last), await active(last + timedelta(days=1))] == [True, False]
    (followed,) = await correct(posts.today - timedelta(days=1))
    assert (followed["placement"], followed["state"]) == (placement, "SUSPENDED")
    assert not await active(posts.today)


async def test_an_unknown_caller_changes_nothing(ask: Asking, posts: Postings) -> None:
    placement, key = to_node_id("Placement", await posts.propose()), posts.world.key
    data = await ask(ANONYMOUS, "hr/sign_placement", input={"placement": placement, "idempotencyKey": key()})
    assert data["signPlacement"]["reason"] == "SIGN_IN_FIRST"
    foreign = to_node_id("Credential", posts.person.credential)
    data = await ask(posts.home_hr, "hr/sign_placement", input={"placement": foreign, "idempotencyKey": key()})
    assert data["signPlacement"]["code"] == "NOT_FOUND"
