"""The life of placements: proposed, signed, active, ended; who may do what; how full a day may be."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, NotFound, NotInForce, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_states import Party, PlacementState
from talent_registry.domain.placements import PlacementFilter, Terms
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.services import (
    accesses,
    consents,
    corrections,
    placement_histories,
    placement_life,
    placement_signing,
    placements,
)
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.placement_signing import Signing
from tests.postings import Postings, another_person, open_postings
from tests.registries import World, authority

YEAR = timedelta(days=365)


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def test_a_placement_is_proposed_signed_and_begun(posts: Postings) -> None:
    before = await posts.ledger_length()
    placement_id = await posts.propose()
    assert await posts.sign(placement_id, posts.host_hr) == "PROPOSED"
    assert await posts.sign(placement_id, posts.person.me, posts.home_hr) == "AGREED"
    done = await placement_life.activate(posts.registry, posts.host_hr, placement_id, posts.world.key())
    active = await posts.get(placement_id)
    assert (active.state, active.activated_on) == (PlacementState.ACTIVE, posts.today)
    assert active.home_unit_id == posts.titles.home
    assert done.result["result"] == "ALLOWED_WITH_DEFAULT"
    assert str(active.decision_id) == done.result["decision_id"]
    assert await posts.ledger_length() == before + 5


async def test_the_history_names_rounds_signatures_and_events(posts: Postings) -> None:
    placement_id = await posts.propose(terms=Terms(paid_by=Party.HOST_UNIT, intellectual_property="共有"))
    await posts.sign(placement_id, posts.home_hr)
    (history,) = await placement_histories.list_histories(posts.registry, posts.host_hr, [placement_id])
    assert history is not None
    assert history.missing == (Party.RESEARCHER, Party.HOST_UNIT)
    assert history.rounds[0].terms.paid_by is Party.HOST_UNIT
    assert [one.event for one in history.events] == ["PROPOSED", "SIGNED"]
    assert history.signatures[0].digest == history.rounds[0].digest


async def test_the_same_key_proposes_once(posts: Postings) -> None:
    key, draft = posts.world.key(), posts.draft()
    first = await placements.propose(posts.registry, posts.person.me, draft, key)
    again = await placements.propose(posts.registry, posts.person.me, draft, key)
    assert (again.result, again.replayed) == (first.result, True)
    page = await placement_histories.list_placements(posts.registry, posts.person.me, PageRequest(), PlacementFilter())
    assert len(page.items) == 1


async def test_each_side_signs_once_and_for_itself(posts: Postings) -> None:
    placement_id = await posts.propose()
    await posts.sign(placement_id, posts.home_hr)
    with pytest.raises(Conflict) as refused:
        await posts.sign(placement_id, posts.home_hr)
    assert refused.value.reason == "SIGNED_BEFORE"
    for stranger in (posts.other_host_hr, posts.titles.officer, (await another_person(posts, 2)).me):
        with pytest.raises(NotFound):
            await posts.sign(placement_id, stranger)
    with pytest.raises(NotPermitted):
        await posts.sign(placement_id, ANONYMOUS)
    with pytest.raises(NotPermitted) as unknown:
        await posts.sign(placement_id, Actor(ActorKind.RESEARCHER, None, None, posts.person.id))
    assert unknown.value.reason == "NO_ACCOUNT"


async def test_other_terms_than_those_seen_are_not_signed(posts: Postings) -> None:
    placement_id = await posts.propose()
    asked = Signing(placement_id, "0" * 64)
    with pytest.raises(Conflict) as refused:
        await placement_signing.sign(posts.registry, posts.person.me, asked, posts.world.key())
    assert refused.value.reason == "TERMS_CHANGED"


async def test_a_placement_does_not_begin_before_it_is_agreed(posts: Postings) -> None:
    placement_id = await posts.propose()
    await posts.sign(placement_id, posts.home_hr, posts.host_hr)
    with pytest.raises(Conflict) as refused:
        await placement_life.activate(posts.registry, posts.person.me, placement_id, posts.world.key())
    assert refused.value.reason == "PLACEMENT_IS_PROPOSED"
    assert "sign, answer with other terms, decline, withdraw" in refused.value.message.en


async def test_a_placement_begins_on_a_day_of_its_term(posts: Postings) -> None:
    tomorrow = posts.today + timedelta(days=1)
    placement_id = await posts.agree(term_from=tomorrow, term_until=tomorrow)
    with pytest.raises(NotInForce) as early:
        await placement_life.activate(posts.registry, posts.person.me, placement_id, posts.world.key())
    posts.world.clock.go_on(days=2)
    with pytest.raises(NotInForce) as late:
        await placement_life.activate(posts.registry, posts.person.me, placement_id, posts.world.key())
    assert early.value.reason == late.value.reason == "OUTSIDE_TERM"


async def test_a_placement_does_not_begin_without_recognition(posts: Postings) -> None:
    placement_id = await posts.agree(post_series="05")
    with pytest.raises(NotInForce) as refused:
        await placement_life.activate(posts.registry, posts.person.me, placement_id, posts.world.key())
    assert refused.value.reason == "NO_RECOGNITION"
    assert (await posts.get(placement_id)).state is PlacementState.AGREED


async def test_parties_and_both_authorities_read_a_placement_and_nobody_else(posts: Postings) -> None:
    placement_id = await posts.propose()
    officers = (posts.titles.officer, posts.titles.other_officer)
    for actor in (posts.person.me, posts.home_hr, posts.host_hr, *officers):
        assert (await placements.get_placement(posts.registry, actor, placement_id)).id == placement_id
        page = await placement_histories.list_placements(posts.registry, actor, PageRequest(), PlacementFilter())
        assert [one.id for one in page.items] == [placement_id]
    for stranger in (
        posts.other_host_hr,
        posts.titles.issuer,
        authority("110000"),
        (await another_person(posts, 2)).me,
    ):
        with pytest.raises(NotFound):
            await placements.get_placement(posts.registry, stranger, placement_id)
        page = await placement_histories.list_placements(posts.registry, stranger, PageRequest(), PlacementFilter())
        assert page.items == ()
        assert await placement_histories.list_histories(posts.registry, stranger, [placement_id]) == [None]
    with pytest.raises(NotPermitted):
        await placements.get_placement(posts.registry, ANONYMOUS, placement_id)
    with pytest.raises(NotPermitted):
        await placement_histories.list_placements(posts.registry, ANONYMOUS, PageRequest(), PlacementFilter())


async def test_placements_are_filtered(posts: Postings) -> None:
    first = await posts.propose()
    second = await posts.agree(host_unit_id=posts.other_host)

    async def found(**asked: Any) -> set[UUID]:
        page = await placement_histories.list_placements(
            posts.registry, posts.person.me, PageRequest(), PlacementFilter(**asked)
        )
        return {one.id for one in page.items}

    assert await found(state=PlacementState.AGREED) == {second}
    assert await found(unit_id=posts.host) == {first}
    assert await found(unit_id=posts.titles.home, researcher_id=posts.person.id) == {first, second}
    assert await found(credential_id=posts.titles.home) == set()


async def test_a_consent_to_placements_opens_them_and_each_look_is_noted(posts: Postings) -> None:
    placement_id = await posts.propose()
    until = posts.today + timedelta(days=30)
    asked = consents.NewConsent(posts.other_host, "聘用", (PersonField.PLACEMENTS,), until)
    await consents.grant(posts.registry, posts.person.me, asked, posts.world.key())
    await placements.get_placement(posts.registry, posts.other_host_hr, placement_id, "聘用核验")
    looks = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    assert [(one.basis, one.purpose, one.fields) for one in looks.items] == [
        ("CONSENTED", "聘用核验", (PersonField.PLACEMENTS,))
    ]


async def test_a_person_who_changed_units_begins_nothing_from_the_old_one(posts: Postings) -> None:
    placement_id = await posts.agree()
    posts.world.clock.go_on(days=1)
    elsewhere = await posts.world.organisation("四川样例医院", "HOSPITAL", "510104")
    moved = corrections.RelationCorrection(
        posts.person.id, Amendment.CHANGE, elsewhere, since=posts.today, evidence="川人社调〔2026〕1号"
    )
    await corrections.correct_relation(posts.registry, posts.titles.officer, moved, posts.world.key())
    with pytest.raises(Conflict) as refused:
        await placement_life.activate(posts.registry, posts.person.me, placement_id, posts.world.key())
    assert refused.value.reason == "HOME_UNIT_CHANGED"
