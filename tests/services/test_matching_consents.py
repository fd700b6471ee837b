"""Opting in to be found, and out again: single acts, with history, that hold at once."""

from dataclasses import replace

import pytest

from talent_registry.domain.errors import Conflict, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import matching_consents
from talent_registry.services.permissions import ANONYMOUS
from tests.opportunities import matches_of, opt_in, post
from tests.postings import Postings, open_postings
from tests.registries import World


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def test_opting_out_holds_from_the_next_request_and_the_last_day_is_the_last(posts: Postings) -> None:
    need = await post(posts)
    await opt_in(posts, posts.person, days=1)
    assert len((await matches_of(posts, need)).items) == 1
    posts.world.clock.go_on(days=1)
    assert len((await matches_of(posts, need)).items) == 1
    posts.world.clock.go_on(days=1)
    assert (await matches_of(posts, need)).items == ()
    await opt_in(posts, posts.person)
    assert len((await matches_of(posts, need)).items) == 1
    await matching_consents.withdraw(posts.registry, posts.person.me, posts.world.key())
    assert (await matches_of(posts, need)).items == ()
    history = (await matching_consents.list_own(posts.registry, posts.person.me, PageRequest())).items
    assert [one.withdrawn_at is None for one in history] == [False, False]


async def test_opting_in_and_out_are_single_acts_with_history(posts: Postings) -> None:
    with pytest.raises(Conflict) as refused:
        await matching_consents.withdraw(posts.registry, posts.person.me, posts.world.key())
    assert refused.value.reason == "NOT_GIVEN"
    await opt_in(posts, posts.person)
    await opt_in(posts, posts.person, PersonField.NAME)
    await matching_consents.withdraw(posts.registry, posts.person.me, posts.world.key())
    given = (await matching_consents.list_own(posts.registry, posts.person.me, PageRequest())).items
    assert [one.fields for one in given] == [
        (PersonField.CREDENTIALS,),
        (PersonField.NAME, PersonField.CREDENTIALS),
    ]
    assert all(one.withdrawn_at is not None for one in given)
    for actor in (posts.host_hr, ANONYMOUS):
        with pytest.raises(NotPermitted):
            await matching_consents.withdraw(posts.registry, actor, posts.world.key())
        with pytest.raises(NotPermitted):
            await opt_in(posts, replace(posts.person, me=actor))
    assert (await matching_consents.list_own(posts.registry, posts.host_hr, PageRequest())).items == ()
    with pytest.raises(NotPermitted):
        await matching_consents.list_own(posts.registry, ANONYMOUS, PageRequest())
