"""Real placements are asked about company and contract: at the proposal, at an answer to it, and at an extension."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from talent_registry.domain.errors import Conflict
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.placements import Terms
from talent_registry.services import placement_counters, placement_life, placement_signing, placements
from talent_registry.services.placement_counters import CounterProposal
from talent_registry.services.placement_signing import Extension
from tests.postings import NO_NOTICE, Postings, open_postings
from tests.registries import World

SOUND = replace(
    NO_NOTICE,
    internal_notice=True,
    work_injury_insurance=True,
    company_founded_or_owned=False,
    company_registered_on=date(2025, 11, 24),
    company_rd_spending=True,
    company_profitable=False,
    contract_years=3,
)


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def findings(posts: Postings, kind: str, terms: Terms) -> dict[str, str]:
    asked = posts.draft(kind=kind, terms=terms)
    done = await placements.propose(posts.registry, posts.person.me, asked, posts.world.key())
    return dict(done.result["findings"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"company_founded_or_owned": True}, "COMPANY_OWNED"),
        ({"company_registered_on": date(2025, 11, 25)}, "COMPANY_TOO_YOUNG"),
        ({"company_rd_spending": False}, "NO_RD_SPENDING"),
        ({"contract_years": 2}, "CONTRACT_TOO_SHORT"),
    ],
)
async def test_a_technology_vice_president_needs_a_sound_company_and_a_long_contract(
    posts: Postings, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Conflict) as refused:
        await findings(posts, "VICE_PRESIDENT_TECH", replace(SOUND, **changes))
    assert (refused.value.reason, bool(refused.value.message.zh)) == (reason, True)

    found = await findings(posts, "VICE_PRESIDENT_TECH", SOUND)
    assert {found[f"PL12{one}"] for one in "abcd"} == {"SATISFIED"}
    (proposed,) = (await placements_of(posts)).values()
    answered = CounterProposal(proposed, terms=replace(SOUND, **changes))
    with pytest.raises(Conflict) as refused:
        await placement_counters.counter(posts.registry, posts.host_hr, answered, posts.world.key())
    assert refused.value.reason == reason
    # The same terms are asked again on the day on which the work begins.
    assert await posts.sign(proposed) == "AGREED"
    await placement_life.activate(posts.registry, posts.person.me, proposed, posts.world.key())
    assert (await posts.get(proposed)).state is PlacementState.ACTIVE


async def test_what_the_terms_leave_out_is_named_as_not_known_and_refuses_nothing(posts: Postings) -> None:
    found = await findings(posts, "VICE_PRESIDENT_TECH", replace(NO_NOTICE, internal_notice=True))
    assert {found[f"PL12{one}"] for one in "abcd"} == {"NOT_KNOWN"}


async def test_a_leave_is_extended_only_while_the_company_makes_no_profit(posts: Postings) -> None:
    leave = await posts.begin(kind="LEAVE_TO_START_UP", workload_percent=100, terms=SOUND)
    until = posts.today + timedelta(days=700)
    for profitable, state in ((True, None), (False, "ACTIVE")):
        asked = Extension(leave, until, terms=replace(SOUND, company_profitable=profitable))
        await placement_signing.extend(posts.registry, posts.person.me, asked, posts.world.key())
        await posts.sign(leave, posts.person.me, posts.home_hr)
        if state is None:
            with pytest.raises(Conflict) as refused:
                await posts.sign(leave, posts.host_hr)
            assert refused.value.reason == "EXTENSION_NOT_ALLOWED"
        else:
            assert await posts.sign(leave, posts.host_hr) == state
    assert (await posts.get(leave)).term.until == until


async def placements_of(posts: Postings) -> dict[str, Any]:
    """The person's placements by kind."""
    async with posts.registry.reading(posts.person.me) as connection:
        rows = await connection.exec_driver_sql("SELECT kind, id FROM placement")
        return {row.kind: row.id for row in rows}
