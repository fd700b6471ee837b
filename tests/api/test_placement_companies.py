"""Company and contract through the documents of graphql/operations: stated, answered, shown."""

import pytest

from tests.api.conftest import Asking
from tests.api.test_placements import a_proposal
from tests.postings import Postings, open_postings
from tests.registries import World


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def test_the_facts_of_company_and_contract_are_stated_answered_and_shown(ask: Asking, posts: Postings) -> None:
    company = {
        "companyFoundedOrOwned": False,
        "companyRegisteredOn": "2020-02-29",
        "companyRdSpending": True,
        "companyProfitable": False,
        "contractYears": 5,
    }
    notice = {"internalNotice": True}
    asked = a_proposal(posts, kind="VICE_PRESIDENT_TECH", terms=notice)
    data = await ask(posts.person.me, "researcher/propose_placement", input=asked)
    placement = data["proposePlacement"]["placement"]["id"]
    asked = {"placement": placement, "terms": company | notice, "idempotencyKey": posts.world.key()}
    countered = (await ask(posts.host_hr, "hr/counter_placement", input=asked))["counterPlacement"]["placement"]
    changes = {one["field"]: one["after"] for one in countered["rounds"][1]["changes"]}
    assert changes == {
        "companyFoundedOrOwned": "false",
        "companyRegisteredOn": "2020-02-29",
        "companyRdSpending": "true",
        "companyProfitable": "false",
        "contractYears": "5",
    }
    first, second = (await ask(posts.home_hr, "anyone/placement", id=placement))["placement"]["rounds"]
    assert {name: second["terms"][name] for name in company} == company
    assert {first["terms"][name] for name in company} == {None}
