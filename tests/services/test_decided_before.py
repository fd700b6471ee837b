"""Past decisions asked again by a draft: the own province's alone, page after page, none left out, none made up."""

from uuid import UUID

import pytest

from talent_registry.domain.errors import NotFound, NotPermitted
from talent_registry.domain.simulations import DecidedOtherwise
from talent_registry.services import decided_before, release_trials
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from tests.proceedings import PREFECTURE, Desks, open_desks
from tests.registries import World, authority
from tests.tried_drafts import edited_draft

NARROWER = edited_draft(
    ('levels = ["SENIOR_FULL", "SENIOR_DEPUTY"]\nissuer_kinds', 'levels = ["SENIOR_FULL"]\nissuer_kinds')
)


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


async def test_every_decision_that_would_change_is_found_on_some_page_and_no_other(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decided_before, "READ_AT_ONCE", 2)
    changing = [UUID((await desks.decide(await desks.title(str(number))))["decision_id"]) for number in range(2)]
    await desks.open("8", **PREFECTURE)
    changing.append(UUID((await desks.decide(await desks.title("9")))["decision_id"]))
    registry, looked_at = desks.posts.registry, 0
    found: list[DecidedOtherwise] = []
    after: tuple[str, ...] | None = None
    while True:
        asked = await decided_before.list_decided_otherwise(registry, desks.chongqing, NARROWER, after)
        looked_at += asked.looked_at
        found += asked.page.items
        if not asked.page.has_next:
            break
        after = asked.page.end
    assert (looked_at, [one.id for one in found]) == (4, changing)
    assert {(one.before.rule, one.before.outcome.value) for one in found} == {("R1", "AUTO")}
    assert {one.after.rule for one in found}.isdisjoint({"R1"})
    listed = [
        one.id
        async for page in decided_before.each_decided_otherwise(registry, desks.chongqing, NARROWER)
        for one in page
    ]
    assert listed == changing
    # They are towards Chongqing: Sichuan is told of none.
    assert (await decided_before.list_decided_otherwise(registry, desks.sichuan, NARROWER, None)).page.items == ()


async def test_who_acts_for_no_province_of_the_agreement_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        await decided_before.list_decided_otherwise(world.registry, OPERATOR, NARROWER, None)
    for actor in (authority("520000"), Actor(ActorKind.HR)):
        with pytest.raises(NotPermitted):
            await decided_before.list_decided_otherwise(world.registry, actor, NARROWER, None)
        with pytest.raises(NotPermitted):
            await release_trials.validate(world.registry, actor, NARROWER)
