"""Signing in and the clients of agencies, through the documents that callers send."""

from uuid import UUID

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts, identities
from talent_registry.services.identities import BY_LOGIN
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from tests.api.conftest import Asking
from tests.registries import World, authority

SICHUAN, CHONGQING, CHENGDU = "510000", "500000", "510100"
PASSWORD = "correct horse battery"


async def an_officer(world: World) -> Actor:
    hrss = await world.organisation("样例省人社厅", "HRSS_BUREAU", SICHUAN)
    asked = accounts.NewAccount("officer-1", PASSWORD, AccountKind.AUTHORITY, hrss)
    done = await accounts.open_account(world.registry, OPERATOR, asked, world.key())
    return await identities.actor_of(world.registry, UUID(done.result["account_id"]))


async def test_an_officer_signs_in_and_sees_who_they_are(world: World, ask: Asking) -> None:
    officer = await an_officer(world)
    data = await ask(ANONYMOUS, "anyone/sign_in", input={"login": "Officer-1", "password": PASSWORD})
    signed_in = data["signIn"]
    assert (signed_in["tokenType"], signed_in["expiresIn"]) == ("Bearer", 900)
    assert signed_in["account"]["organisation"]["nameZh"] == "样例省人社厅"
    assert await identities.actor_of_token(world.registry, signed_in["accessToken"]) == officer
    data = await ask(officer, "anyone/viewer")
    assert (data["viewer"]["kind"], data["viewer"]["province"]) == ("AUTHORITY", SICHUAN)
    assert data["viewer"]["id"] == signed_in["account"]["id"]


async def test_nobody_is_the_viewer_when_nobody_signed_in(ask: Asking) -> None:
    assert (await ask(ANONYMOUS, "anyone/viewer"))["viewer"] is None


async def test_signing_in_leaves_no_command_and_no_ledger_entry(world: World, ask: Asking) -> None:
    await an_officer(world)
    await ask(ANONYMOUS, "anyone/sign_in", input={"login": "officer-1", "password": PASSWORD})
    assert not any("INSERT INTO command" in each or "INSERT INTO ledger_entry" in each for each in ask.sql)


async def test_a_wrong_sign_in_is_refused_and_then_limited(world: World, ask: Asking) -> None:
    await an_officer(world)
    wrong = {"login": "officer-1", "password": "not the password"}
    for _ in range(BY_LOGIN.limit):
        refusal = (await ask(ANONYMOUS, "anyone/sign_in", input=wrong))["signIn"]
        assert (refusal["code"], refusal["reason"]) == ("NOT_PERMITTED", "WRONG_SIGN_IN")
    limited = (await ask(ANONYMOUS, "anyone/sign_in", input=wrong))["signIn"]
    assert limited["code"] == "LIMITED"
    assert limited["retryAfter"] > 0


async def test_a_client_shows_its_secret_once_and_is_closed(world: World, ask: Asking) -> None:
    officer = await an_officer(world)
    agency = await world.organisation("样例人才服务机构", "AGENCY", CHENGDU)
    asked = {
        "organisation": to_node_id("Organisation", agency),
        "purposes": ["VERIFY"],
        "idempotencyKey": world.key(),
    }
    opened = (await ask(officer, "authority/open_agency_client", input=asked))["openAgencyClient"]
    again = (await ask(officer, "authority/open_agency_client", input=asked))["openAgencyClient"]
    assert len(opened["clientSecret"]) >= 40
    assert (again["clientSecret"], again["clientId"]) == (None, opened["clientId"])
    assert (again["command"]["replayed"], again["command"]["id"]) == (True, opened["command"]["id"])
    close = {"account": opened["account"]["id"], "idempotencyKey": world.key()}
    elsewhere = (await ask(authority(CHONGQING), "authority/close_account", input=close))["closeAccount"]
    assert elsewhere["code"] == "NOT_FOUND"
    unknown = {**close, "account": to_node_id("Organisation", agency)}
    odd = (await ask(officer, "authority/close_account", input=unknown))["closeAccount"]
    assert (odd["code"], odd["message"]) == (elsewhere["code"], elsewhere["message"])
    closed = (await ask(officer, "authority/close_account", input=close))["closeAccount"]
    assert closed["account"] == {"id": opened["account"]["id"], "isOpen": False}


async def test_outsiders_and_the_other_province_open_no_client(world: World, ask: Asking) -> None:
    agency = await world.organisation("样例人才服务机构", "AGENCY", CHENGDU)
    asked = {
        "organisation": to_node_id("Organisation", agency),
        "purposes": ["VERIFY"],
        "idempotencyKey": world.key(),
    }
    for actor, code in ((ANONYMOUS, "NOT_PERMITTED"), (authority(CHONGQING), "NOT_FOUND")):
        refusal = (await ask(actor, "authority/open_agency_client", input=asked))["openAgencyClient"]
        assert refusal["code"] == code
