"""Consents through the API."""

from talent_registry.api.nodes import to_node_id
from talent_registry.services.permissions import ANONYMOUS
from tests.api.conftest import Asking
from tests.people import Town, a_town
from tests.registries import World


async def grant(world: World, ask: Asking, town: Town, purpose: str = "招聘") -> str:
    asked = {
        "recipient": to_node_id("Organisation", town.agency),
        "purpose": purpose,
        "fields": ["NAME", "ORCID"],
        "until": "2026-12-31",
        "idempotencyKey": world.key(),
    }
    data = await ask(town.me, "researcher/grant_consent", input=asked)
    consent = data["grantConsent"]["consent"]
    assert (consent["fields"], consent["validFrom"]) == (["NAME", "ORCID"], "2026-11-24")
    assert consent["recipient"] == {"nameZh": "重庆样例人才服务中心"}
    return str(consent["id"])


async def test_a_consent_is_granted_listed_on_both_sides_and_withdrawn(world: World, ask: Asking) -> None:
    town = await a_town(world)
    consent = await grant(world, ask, town)
    received = (await ask(town.agency_client, "anyone/consents"))["consents"]["edges"]
    assert [edge["node"]["researcher"]["name"] for edge in received] == [{"nameZh": "单雄信"}]
    asked = {"consent": consent, "idempotencyKey": world.key()}
    data = await ask(town.me, "researcher/withdraw_consent", input=asked)
    assert data["withdrawConsent"]["consent"]["withdrawnAt"] is not None
    assert (await ask(town.agency_client, "anyone/consents"))["consents"]["edges"] == []
    (own,) = (await ask(town.me, "anyone/consents"))["consents"]["edges"]
    assert own["node"]["withdrawnAt"] is not None
    looks = (await ask(town.me, "researcher/accesses"))["accesses"]["edges"]
    assert [(edge["node"]["fields"], edge["node"]["purpose"]) for edge in looks] == [(["NAME"], "招聘")]


async def test_recipients_and_people_of_a_list_cost_no_query_for_each_consent(world: World, ask: Asking) -> None:
    town = await a_town(world)
    costs = []
    for purposes in (["招聘"], ["培训", "评审", "合作"]):
        for purpose in purposes:
            await grant(world, ask, town, purpose)
        for actor in (town.me, town.agency_client):
            edges = (await ask(actor, "anyone/consents", purpose="招聘"))["consents"]["edges"]
            costs.append((len(edges), ask.statements))
    (one, mine), (_, theirs), (four, mine_of_four), (_, theirs_of_four) = costs
    assert (one, four) == (1, 4)
    assert (mine_of_four, theirs_of_four) == (mine, theirs)
    looks = (await ask(town.me, "researcher/accesses", first=1))["accesses"]["edges"]
    short = ask.statements
    more = (await ask(town.me, "researcher/accesses", first=100))["accesses"]["edges"]
    assert len(more) > len(looks) == 1
    assert ask.statements == short


async def test_a_consent_of_another_person_cannot_be_withdrawn(world: World, ask: Asking) -> None:
    town = await a_town(world)
    consent = await grant(world, ask, town)
    for actor, kind in ((town.agency_client, "NotFound"), (ANONYMOUS, "NotPermitted")):
        asked = {"consent": consent, "idempotencyKey": world.key()}
        data = await ask(actor, "researcher/withdraw_consent", input=asked)
        assert data["withdrawConsent"]["__typename"] == kind
