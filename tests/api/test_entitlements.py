"""What is open to a person, asked through the documents: by the person, an instrument platform, an authority."""

from datetime import timedelta
from typing import Any

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, consents, placement_life
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from tests.api.conftest import Asking
from tests.api.permission_world import CHONGQING, office
from tests.postings import Postings, another_person, open_postings
from tests.registries import World

BOOKING = "INSTRUMENT_BOOKING"


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


@pytest.fixture
async def platform(posts: Postings) -> Actor:
    """A platform for large instruments, registered for one purpose."""
    unit = await posts.world.organisation("重庆样例仪器共享平台", "AGENCY", "500103")
    return await office(posts.world, AccountKind.AGENCY, unit, CHONGQING, frozenset({BOOKING}))


async def opened_to(posts: Postings, platform: Actor, *fields: PersonField) -> None:
    assert platform.organisation_id is not None
    asked = consents.NewConsent(platform.organisation_id, BOOKING, fields, posts.today.replace(year=2027))
    await consents.grant(posts.registry, posts.person.me, asked, posts.world.key())


def check(posts: Postings, **changes: Any) -> dict[str, Any]:
    return {
        "researcher": posts.person.public_number,
        "entitlement": "LARGE_INSTRUMENT",
        "in": "500000",
        "purpose": BOOKING,
        "idempotencyKey": posts.world.key(),
    } | changes


async def reasons(ask: Asking, posts: Postings, **variables: Any) -> dict[str, tuple[bool, str]]:
    asked = {"of": to_node_id("Researcher", posts.person.id), "in": "500000"} | variables
    answers = (await ask(posts.person.me, "anyone/entitlements", **asked))["entitlements"]["answers"]
    return {one["entitlement"]["code"]: (one["isOpen"], one["reasonCode"]) for one in answers}


async def test_a_person_reads_what_is_open_and_why_the_rest_is_not(ask: Asking, posts: Postings) -> None:
    before = await reasons(ask, posts)
    assert before["EXPERT_BASE"] == before["NO_REAPPOINTMENT_REVIEW"] == (True, "RECOGNISED")
    assert before["LARGE_INSTRUMENT"] == (True, "RECOGNISED")
    assert before["TITLE_APPLICATION_AT_HOST"] == before["CROSS_PROVINCE_FUND"] == (False, "NO_ACTIVE_PLACEMENT")
    assert before["TALENT_CARD_SERVICE"] == (False, "NO_SUCH_CREDENTIAL")

    placed = await posts.begin()

    after = await reasons(ask, posts)
    assert after["TITLE_APPLICATION_AT_HOST"] == after["LARGE_INSTRUMENT"] == (True, "PLACEMENT_ACTIVE")
    assert after["CROSS_PROVINCE_FUND"] == (False, "TEAM_SPANS_BOTH_NOT_STATED")
    assert (await reasons(ask, posts, stated=["TEAM_SPANS_BOTH"]))["CROSS_PROVINCE_FUND"][0]
    assert after["INNOVATION_VOUCHER"] == (False, "HOST_NOT_COVERED")
    # In the home province nothing rests on the placement, and nothing is recognised that is one's own.
    at_home = await reasons(ask, posts, **{"in": "510000"})
    assert at_home["TITLE_APPLICATION_AT_HOST"] == (False, "NO_ACTIVE_PLACEMENT")
    assert at_home["EXPERT_BASE"][0] is False
    # A day before the placement began, and one before there was an agreement.
    yesterday = (posts.today - timedelta(days=1)).isoformat()
    assert (await reasons(ask, posts, on=yesterday))["TITLE_APPLICATION_AT_HOST"] == (False, "NO_ACTIVE_PLACEMENT")
    assert {one for _, one in (await reasons(ask, posts, on="2018-01-01")).values()} == {"NOT_IN_FORCE"}
    # It closes with the placement.
    ending = placement_life.Ending(placed, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, ending, posts.world.key())
    tomorrow = (posts.today + timedelta(days=1)).isoformat()
    assert (await reasons(ask, posts, on=tomorrow))["TITLE_APPLICATION_AT_HOST"] == (False, "NO_ACTIVE_PLACEMENT")


async def test_what_opens_it_is_shown_to_whoever_may_see_it(ask: Asking, posts: Postings, platform: Actor) -> None:
    placed = await posts.begin()
    asked = {"of": to_node_id("Researcher", posts.person.id), "in": "500000"}

    async def opening(actor: Actor, **more: str) -> dict[str, tuple[str | None, str | None]]:
        answers = (await ask(actor, "anyone/entitlements", **asked, **more))["entitlements"]["answers"]
        return {
            one["entitlement"]["code"]: tuple(one[key] and one[key]["id"] for key in ("placement", "credential"))
            for one in answers
        }

    expected = {
        "LARGE_INSTRUMENT": (to_node_id("Placement", placed), None),
        "EXPERT_BASE": (None, to_node_id("Credential", posts.person.credential)),
        "TALENT_CARD_SERVICE": (None, None),
    }
    mine = await opening(posts.person.me)
    assert {code: mine[code] for code in expected} == expected
    # Decisions and placements were opened, and the credential itself was not.
    await opened_to(posts, platform, PersonField.DECISIONS, PersonField.PLACEMENTS)
    theirs = await opening(platform, purpose=BOOKING)
    assert {code: theirs[code] for code in expected} == expected | {"EXPERT_BASE": (None, None)}


async def test_a_suspended_placement_opens_nothing(ask: Asking, posts: Postings, world: World) -> None:
    placed = await posts.begin()
    world.clock.now += timedelta(days=1)
    grounded = placement_life.Grounded(placed, "核查")
    await placement_life.suspend(posts.registry, posts.titles.officer, grounded, world.key())
    assert (await reasons(ask, posts))["TITLE_APPLICATION_AT_HOST"] == (False, "NO_ACTIVE_PLACEMENT")


async def test_a_platform_checks_by_its_own_purpose_and_the_person_sees_it(
    ask: Asking, posts: Postings, platform: Actor
) -> None:
    await posts.begin()
    await opened_to(posts, platform, PersonField.CREDENTIALS, PersonField.PLACEMENTS)
    asked = check(posts)

    found = (await ask(platform, "agency/check_entitlement", input=asked))["checkEntitlement"]

    assert (found["__typename"], found["isOpen"], found["reasonCode"]) == (
        "CheckEntitlementSuccess",
        True,
        "PLACEMENT_ACTIVE",
    )
    assert found["entitlement"]["status"] == "sourced (platform); condition is design"
    assert found["agreementDigest"]
    again = (await ask(platform, "agency/check_entitlement", input=asked))["checkEntitlement"]
    assert again["command"] == found["command"] | {"replayed": True}
    looks = (await accesses.list_accesses(posts.registry, posts.person.me, PageRequest(10))).items
    (look,) = [one for one in looks if one.purpose == BOOKING]
    assert (look.organisation_id, look.basis) == (platform.organisation_id, "CONSENTED")
    assert set(look.fields) == {PersonField.CREDENTIALS, PersonField.DECISIONS, PersonField.PLACEMENTS}
    async with posts.registry.reading(OPERATOR) as connection:
        rows = await connection.exec_driver_sql("SELECT body FROM ledger_entry WHERE name = 'checkEntitlement'")
        (body,) = [row.body for row in rows]
    assert (body["entitlement"], body["open"], body["reason"]) == ("LARGE_INSTRUMENT", True, "PLACEMENT_ACTIVE")


async def test_a_consent_opens_what_it_names_and_no_more(ask: Asking, posts: Postings, platform: Actor) -> None:
    await posts.begin()
    await opened_to(posts, platform, PersonField.CREDENTIALS)

    async def asked(**changes: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await ask(platform, "agency/check_entitlement", input=check(posts, **changes)))[
            "checkEntitlement"
        ]
        return answer

    assert (await asked(entitlement="EXPERT_BASE"))["isOpen"] is True
    # It rests on placements too, and those are not open.
    assert (await asked())["code"] == "NOT_FOUND"
    assert (await asked(entitlement="TITLE_APPLICATION_AT_HOST"))["code"] == "NOT_FOUND"
    assert (await asked(entitlement="EXPERT_BASE", purpose="MARKETING"))["code"] == "INVALID_INPUT"
    assert (await asked(entitlement="EXPERT_BASE", purpose=""))["code"] == "INVALID_INPUT"
    assert (await asked(entitlement="FREE_LUNCH"))["code"] == "INVALID_INPUT"
    assert (await asked(entitlement="EXPERT_BASE", **{"in": "510"}))["code"] == "INVALID_INPUT"
    listed = {"of": to_node_id("Researcher", posts.person.id), "in": "500000", "purpose": BOOKING}
    assert (await ask.refused(platform, "anyone/entitlements", **listed))["code"] == "NOT_FOUND"


async def test_who_was_told_nothing_left_no_trace(ask: Asking, posts: Postings, platform: Actor) -> None:
    before = await posts.ledger_length()
    stranger = (await another_person(posts, 90)).me
    began = await posts.ledger_length()
    for actor, code in ((platform, "NOT_FOUND"), (stranger, "NOT_FOUND"), (ANONYMOUS, "NOT_PERMITTED")):
        answer = (await ask(actor, "agency/check_entitlement", input=check(posts)))["checkEntitlement"]
        assert answer["code"] == code
        nobody = await ask(actor, "agency/check_entitlement", input=check(posts, researcher="CQ0000000"))
        assert nobody["checkEntitlement"] == answer
    assert await posts.ledger_length() == began > before


async def test_the_authority_of_the_province_asks_and_the_other_does_not(ask: Asking, posts: Postings) -> None:
    await posts.begin()
    chongqing = await office(posts.world, AccountKind.AUTHORITY, posts.titles.chongqing, CHONGQING)
    asked = {"of": to_node_id("Researcher", posts.person.id), "in": "500106", "purpose": "核对待遇"}
    found = (await ask(chongqing, "anyone/entitlements", **asked))["entitlements"]
    assert next(one["entitlement"]["code"] for one in found["answers"] if one["isOpen"]) == "LARGE_INSTRUMENT"
    looks = (await accesses.list_accesses(posts.registry, posts.person.me, PageRequest(10))).items
    # The credential that opens some of them is shown too, and that look is noted as well.
    assert {one.basis for one in looks if one.purpose == "核对待遇"} == {"AUTHORITY", "AUTHORITY_OF_PLACEMENT"}
    refused = await ask.refused(posts.titles.officer, "anyone/entitlements", **asked)
    assert refused["code"] == "NOT_FOUND"
    assert (await ask.refused(chongqing, "anyone/entitlements", **(asked | {"purpose": ""})))["code"] == "INVALID_INPUT"
    assert (await ask.refused(ANONYMOUS, "anyone/entitlements", **asked))["code"] == "NOT_PERMITTED"


async def test_a_check_of_oneself_is_no_look(ask: Asking, posts: Postings) -> None:
    asked = check(posts, purpose="", entitlement="EXPERT_BASE")
    found = (await ask(posts.person.me, "agency/check_entitlement", input=asked))["checkEntitlement"]
    assert found["isOpen"] is True
    looks = (await accesses.list_accesses(posts.registry, posts.person.me, PageRequest(10))).items
    assert looks == ()
