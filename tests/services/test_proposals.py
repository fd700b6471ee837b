"""Proposals of placements: what may be proposed, by whom, and how many may wait."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.placement_states import EndReason, Party
from talent_registry.domain.placements import Moves, Terms
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, placement_life
from talent_registry.services.permissions import ANONYMOUS
from tests.postings import Postings, another_person, open_postings
from tests.registries import World

YEAR = timedelta(days=365)


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "RIGID_TRANSFER"}, "NOT_FLEXIBLE"),
        ({"moves": Moves(household_registration=True)}, "NOT_FLEXIBLE"),
        ({"moves": Moves(personnel_relation=True)}, "NOT_FLEXIBLE"),
        ({"moves": Moves(file=True)}, "NOT_FLEXIBLE"),
        ({"moves": Moves(social_insurance=True)}, "NOT_FLEXIBLE"),
        ({"terms": Terms(classified_work=True)}, "CLASSIFIED_WORK"),
    ],
)
async def test_what_the_rules_refuse_is_not_proposed(posts: Postings, changes: dict[str, Any], reason: str) -> None:
    before = await posts.ledger_length()
    with pytest.raises(Conflict) as refused:
        await posts.propose(**changes)
    assert refused.value.reason == reason
    assert await posts.ledger_length() == before


async def test_a_host_in_the_home_units_province_is_refused(posts: Postings) -> None:
    neighbour = await posts.world.organisation("四川样例公司", "ENTERPRISE", "510104")
    with pytest.raises(Conflict) as refused:
        await posts.propose(host_unit_id=neighbour)
    assert refused.value.reason == "SAME_PROVINCE"


async def test_a_leader_is_not_paid_by_a_company(posts: Postings) -> None:
    company = await posts.world.organisation("重庆样例公司", "ENTERPRISE", "500112")
    with pytest.raises(Conflict) as refused:
        await posts.propose(host_unit_id=company, terms=Terms(position="HEAD", paid_by=Party.HOST_UNIT))
    assert refused.value.reason == "LEADER_RESTRICTED"


async def test_a_missing_notice_is_named(posts: Postings) -> None:
    with pytest.raises(NotInForce) as refused:
        await posts.propose(terms=Terms(internal_notice=False))
    assert refused.value.reason == "NO_PUBLIC_NOTICE"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "CIRCUS"},
        {"post": " "},
        {"post_series": "99"},
        {"workload_percent": 0},
        {"workload_percent": 101},
        {"terms": Terms(other="字" * 4001)},
        {"terms": Terms(paid_by=Party.RESEARCHER)},
        {"terms": Terms(position="KING")},
        {"terms": Terms(pay="每月\u202e元"), "post": "教授"},
        {"post": "讲座\u200b教授"},
        {"term_until": date.max},
        {"term_from": date(1999, 12, 31)},
        {"term_from": date(9990, 1, 1), "term_until": date.max},
    ],
)
async def test_what_cannot_be_meant_is_refused_by_field(posts: Postings, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        await posts.propose(**changes)


async def test_a_term_that_is_over_is_not_proposed(posts: Postings) -> None:
    with pytest.raises(InvalidInput):
        await posts.propose(term_from=posts.today - YEAR, term_until=posts.today - timedelta(days=1))
    with pytest.raises(InvalidInput):
        await posts.propose(term_from=posts.today, term_until=posts.today - timedelta(days=1))


async def test_the_home_unit_proposes_for_its_own_staff(posts: Postings) -> None:
    placement_id = await posts.propose(posts.home_hr)
    assert (await posts.get(placement_id)).home_unit_id == posts.titles.home


async def test_a_host_proposes_to_someone_whose_placement_there_was_agreed_on(posts: Postings) -> None:
    with pytest.raises(NotFound):
        await posts.propose(posts.host_hr)
    first = await posts.propose()
    with pytest.raises(NotFound):
        await posts.propose(posts.host_hr, post="客座教授")
    await posts.sign(first)
    await posts.propose(posts.host_hr, post="客座教授", workload_percent=10)
    with pytest.raises(NotFound):
        await posts.propose(posts.other_host_hr, host_unit_id=posts.other_host)


async def consent(posts: Postings, recipient: UUID, *fields: PersonField) -> UUID:
    asked = consents.NewConsent(recipient, "聘用", fields, posts.today + timedelta(days=10))
    done = await consents.grant(posts.registry, posts.person.me, asked, posts.world.key())
    return UUID(done.result["consent_id"])


async def test_a_consent_opens_proposing_only_where_it_names_credentials_and_personnel_relation(
    posts: Postings,
) -> None:
    await consent(posts, posts.host, PersonField.NAME, PersonField.PLACEMENTS, PersonField.CREDENTIALS)
    with pytest.raises(NotFound):
        await posts.propose(posts.host_hr)
    given = await consent(posts, posts.host, PersonField.CREDENTIALS, PersonField.PERSONNEL_RELATION)
    proposed = await posts.propose(posts.host_hr)
    await placement_life.decline(posts.registry, posts.person.me, proposed, posts.world.key())
    await consents.withdraw(posts.registry, posts.person.me, given, posts.world.key())
    with pytest.raises(NotFound):
        await posts.propose(posts.host_hr)


async def test_an_ended_placement_permits_the_host_no_further_proposal(posts: Postings) -> None:
    begun = await posts.begin()
    asked = placement_life.Ending(begun, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, asked, posts.world.key())
    with pytest.raises(NotFound):
        await posts.propose(posts.host_hr)


async def test_one_proposal_for_a_person_and_a_host_waits_at_a_time(posts: Postings) -> None:
    first = await posts.propose()
    for actor in (posts.person.me, posts.home_hr):
        with pytest.raises(Conflict) as refused:
            await posts.propose(actor, post="客座教授")
        assert refused.value.reason == "PROPOSED_BEFORE"
    await posts.propose(host_unit_id=posts.other_host)
    await placement_life.withdraw(posts.registry, posts.person.me, first, posts.world.key())
    await posts.propose(posts.home_hr)


async def test_of_two_proposals_made_at_once_one_waits(posts: Postings) -> None:
    both = (posts.propose(who) for who in (posts.person.me, posts.home_hr))
    made = await asyncio.gather(*both, return_exceptions=True)
    assert {type(one) for one in made} == {UUID, Conflict}


@pytest.mark.parametrize("who", ["officer", "stranger", "issuer"])
async def test_nobody_else_proposes(posts: Postings, who: str) -> None:
    stranger = (await another_person(posts, 2)).me
    actor = {"officer": posts.titles.officer, "issuer": posts.titles.issuer, "stranger": stranger}[who]
    with pytest.raises(NotFound):
        await posts.propose(actor)
    with pytest.raises(NotPermitted):
        await posts.propose(ANONYMOUS)


async def test_another_persons_credential_supports_nothing(posts: Postings) -> None:
    other = await another_person(posts, 2)
    with pytest.raises(NotFound):
        await posts.propose(credential_id=other.credential)


async def test_an_unregistered_host_is_not_found(posts: Postings) -> None:
    with pytest.raises(NotFound):
        await posts.propose(host_unit_id=posts.person.credential)
