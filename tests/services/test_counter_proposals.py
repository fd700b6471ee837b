"""A proposal answered with other terms: a new version, every signature anew, each step in the ledger."""

from datetime import timedelta
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce
from talent_registry.domain.placement_states import Party, PlacementState
from talent_registry.domain.placement_terms import compared_with, differences
from talent_registry.domain.placements import Terms
from talent_registry.services import placement_counters, placement_histories, placement_life, placement_signing
from talent_registry.services.permissions import Actor
from talent_registry.services.placement_counters import CounterProposal
from talent_registry.services.placement_histories import History
from talent_registry.services.placement_lapses import lapse_due
from talent_registry.services.placement_reminders import CLOCK
from talent_registry.services.placement_signing import Extension, Signing
from tests.postings import NO_NOTICE, Postings, open_postings
from tests.registries import World


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def counter(posts: Postings, actor: Actor, asked: CounterProposal) -> int:
    done = await placement_counters.counter(posts.registry, actor, asked, posts.world.key())
    return int(done.result["round"])


async def history_of(posts: Postings, placement_id: UUID) -> History:
    (found,) = await placement_histories.list_histories(posts.registry, posts.person.me, [placement_id])
    assert found is not None
    return found


async def test_a_counter_proposal_is_the_next_version_and_all_sign_anew(posts: Postings) -> None:
    placement_id = await posts.propose(workload_percent=40)
    await posts.sign(placement_id, posts.person.me, posts.home_hr)
    before = await posts.ledger_length()
    terms = Terms(paid_by=Party.HOST_UNIT, pay="月薪一万元", days_per_year=60)
    asked = CounterProposal(placement_id, term_until=posts.today + timedelta(days=99), workload_percent=30, terms=terms)
    assert await counter(posts, posts.host_hr, asked) == 2
    assert await posts.ledger_length() == before + 1
    record = await posts.get(placement_id)
    assert (record.state, record.round, record.open_round, record.workload_percent) == ("PROPOSED", 2, 2, 30)
    history = await history_of(posts, placement_id)
    assert history.missing == tuple(Party)
    assert history.rounds[1].answers == 1
    assert history.events[-1].event == "COUNTER_PROPOSED"
    compared = compared_with(history.rounds, 2)
    assert compared is not None
    told = {one.field for one in differences(compared, history.rounds[1])}
    assert {"term_until", "workload_percent", "paid_by", "pay", "days_per_year", "return_notice_days"} == told - {
        "recall_notice_days",
        "release_notice_days",
    }
    # The person who signed the first version has not signed this one.
    with pytest.raises(Conflict) as old:
        seen = Signing(placement_id, history.rounds[0].digest)
        await placement_signing.sign(posts.registry, posts.home_hr, seen, posts.world.key())
    assert old.value.reason == "TERMS_CHANGED"
    with pytest.raises(InvalidInput) as unseen:
        await posts.sign(placement_id, posts.home_hr)
    assert unseen.value.reason == "DIGEST_NEEDED"
    assert await posts.sign_seen(placement_id, posts.host_hr, posts.home_hr) == "PROPOSED"
    assert await posts.sign_seen(placement_id, posts.person.me) == "AGREED"
    await placement_life.activate(posts.registry, posts.person.me, placement_id, posts.world.key())
    assert (await posts.get(placement_id)).term.until == posts.today + timedelta(days=99)


async def test_versions_go_to_and_fro_and_the_one_who_proposed_the_last_waits(posts: Postings) -> None:
    placement_id = await posts.propose()
    with pytest.raises(Conflict) as own:
        await counter(posts, posts.person.me, CounterProposal(placement_id, workload_percent=20))
    assert own.value.reason == "PROPOSED_BY_YOU"
    with pytest.raises(Conflict) as same:
        await counter(posts, posts.home_hr, CounterProposal(placement_id))
    assert same.value.reason == "NOTHING_CHANGED"
    for number, (actor, percent) in enumerate(
        [(posts.home_hr, 20), (posts.host_hr, 30), (posts.person.me, 25), (posts.host_hr, 26)], start=2
    ):
        assert await counter(posts, actor, CounterProposal(placement_id, workload_percent=percent)) == number
    # Who proposed the last version withdraws; the others, the first proposer included, decline.
    with pytest.raises(Conflict):
        await placement_life.withdraw(posts.registry, posts.person.me, placement_id, posts.world.key())
    await placement_life.decline(posts.registry, posts.person.me, placement_id, posts.world.key())
    with pytest.raises(Conflict):
        await counter(posts, posts.home_hr, CounterProposal(placement_id, workload_percent=9))


async def test_terms_that_could_not_be_proposed_are_no_counter_proposal(posts: Postings) -> None:
    placement_id = await posts.propose()
    history = await history_of(posts, placement_id)
    for asked in (
        CounterProposal(placement_id, workload_percent=101),
        CounterProposal(placement_id, term_from=posts.today - timedelta(9), term_until=posts.today - timedelta(1)),
        CounterProposal(placement_id, terms=Terms(return_notice_days=31)),
        CounterProposal(placement_id, terms=Terms(days_per_year=400)),
    ):
        with pytest.raises(InvalidInput):
            await counter(posts, posts.host_hr, asked)
    with pytest.raises(Conflict) as classified:
        await counter(posts, posts.host_hr, CounterProposal(placement_id, terms=Terms(classified_work=True)))
    assert classified.value.reason == "CLASSIFIED_WORK"
    stale = CounterProposal(placement_id, workload_percent=9, digest="0" * 64)
    with pytest.raises(Conflict) as changed:
        await counter(posts, posts.host_hr, stale)
    assert changed.value.reason == "TERMS_CHANGED"
    for stranger in (posts.other_host_hr, posts.titles.officer):
        with pytest.raises(NotFound):
            await counter(posts, stranger, CounterProposal(placement_id, workload_percent=9))
    assert await history_of(posts, placement_id) == history


async def extend(posts: Postings, placement_id: UUID, days: int, terms: Terms | None = None) -> None:
    until = (await posts.get(placement_id)).term.until
    assert until is not None
    asked = Extension(placement_id, until + timedelta(days=days), None, terms)
    await placement_signing.extend(posts.registry, posts.host_hr, asked, posts.world.key())


async def test_an_extension_is_answered_with_other_terms_and_shown_as_an_extension(posts: Postings) -> None:
    placement_id = await posts.begin()
    before = await posts.get(placement_id)
    assert before.term.until is not None
    await extend(posts, placement_id, 100, Terms(pay="加薪"))
    await posts.sign(placement_id, posts.home_hr, posts.host_hr)
    asked = CounterProposal(placement_id, term_until=before.term.until + timedelta(days=50), workload_percent=30)
    assert await counter(posts, posts.person.me, asked) == 3
    # Until all three signed, the placement is as it was.
    unchanged = await posts.get(placement_id)
    assert (unchanged.term, unchanged.workload_percent, unchanged.round) == (before.term, 40, 1)
    assert await posts.sign_seen(placement_id) == "ACTIVE"
    after = await posts.get(placement_id)
    assert (after.term.until, after.workload_percent, after.round) == (asked.term_until, 30, 3)
    history = await history_of(posts, placement_id)
    assert history.extensions == 1
    assert [one.answers for one in history.rounds] == [None, None, 2]
    assert history.rounds[2].terms == Terms(pay="加薪")
    compared = compared_with(history.rounds, 2)
    assert compared is not None
    assert compared.number == 1


async def test_an_extension_leaves_the_first_day_and_is_later_than_the_term(posts: Postings) -> None:
    placement_id = await posts.begin()
    await extend(posts, placement_id, 100)
    record = await posts.get(placement_id)
    for asked in (
        CounterProposal(placement_id, term_from=posts.today),
        CounterProposal(placement_id, term_until=record.term.until),
        CounterProposal(placement_id, workload_percent=101),
        CounterProposal(placement_id, terms=Terms(reply_working_days=61)),
    ):
        with pytest.raises(InvalidInput):
            await counter(posts, posts.person.me, asked)


async def test_an_extension_is_declined_or_withdrawn_and_the_placement_goes_on(posts: Postings) -> None:
    placement_id = await posts.begin()
    for act, actor, event in (
        (placement_life.decline, posts.person.me, "EXTENSION_DECLINED"),
        (placement_life.withdraw, posts.host_hr, "EXTENSION_WITHDRAWN"),
    ):
        await extend(posts, placement_id, 100)
        other = posts.host_hr if actor is posts.person.me else posts.person.me
        with pytest.raises(Conflict):
            await act(posts.registry, other, placement_id, posts.world.key())
        await act(posts.registry, actor, placement_id, posts.world.key())
        record = await posts.get(placement_id)
        assert (record.state, record.open_round, record.round) == (PlacementState.ACTIVE, None, 1)
        assert (await history_of(posts, placement_id)).events[-1].event == event
    with pytest.raises(Conflict):
        await placement_life.withdraw(posts.registry, posts.host_hr, placement_id, posts.world.key())


async def test_each_party_sees_whose_turn_it_is_and_by_when(posts: Postings) -> None:
    placement_id = await posts.propose(terms=Terms(reply_working_days=5))
    turn = (await history_of(posts, placement_id)).turn
    assert turn is not None
    # Tuesday 24 November: five working days later is Tuesday 1 December.
    assert (turn.parties, turn.act, str(turn.by), turn.provisional) == (tuple(Party), "SIGN", "2026-12-01", False)
    await posts.sign(placement_id, posts.person.me)
    turn = (await history_of(posts, placement_id)).turn
    assert turn is not None
    assert turn.parties == (Party.HOME_UNIT, Party.HOST_UNIT)
    posts.world.clock.go_on(days=8)
    turn = (await history_of(posts, placement_id)).turn
    assert turn is not None
    assert turn.overdue
    # Without a word in the terms the agreement's ten working days count, over the turn of an unannounced year.
    posts.world.clock.go_on(days=22)
    with pytest.raises(NotInForce) as silent:
        await counter(posts, posts.host_hr, CounterProposal(placement_id, terms=NO_NOTICE))
    assert silent.value.reason == "NO_REPLY"
    assert await lapse_due(posts.registry, CLOCK) == [placement_id]
    placement_id = await posts.propose(terms=NO_NOTICE)
    turn = (await history_of(posts, placement_id)).turn
    assert turn is not None
    assert (turn.parties, turn.overdue, turn.provisional) == (tuple(Party), False, True)
    await posts.sign_seen(placement_id)
    turn = (await history_of(posts, placement_id)).turn
    assert turn is not None
    assert (turn.act, turn.by) == ("ACTIVATE", (await posts.get(placement_id)).term.until)
    await placement_life.activate(posts.registry, posts.person.me, placement_id, posts.world.key())
    assert (await history_of(posts, placement_id)).turn is None
