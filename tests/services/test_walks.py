"""Whoever walks through numbers is slowed, and the authority of the caller's province is told once."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.check_characters import uscc_check_character
from talent_registry.domain.errors import InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.verification import Typed, Verdict
from talent_registry.domain.walks import MOST_MISSES, Walk
from talent_registry.services import attempts, roster_jobs, rosters, share_openings, verification, walks
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.share_openings import AskedOpening
from talent_registry.services.verification import Asked, Verification
from talent_registry.storage import walks as storage
from talent_registry.storage.ids import new_id
from tests.disputed import Counter, open_counter
from tests.registries import World
from tests.titles import NAME, NUMBER

FOUND = Typed(NUMBER, NAME)
SHARE = "FX0123456789ABCDE"


@pytest.fixture
async def counter(world: World) -> Counter:
    return await open_counter(world)


async def ask(counter: Counter, actor: Actor, typed: Typed) -> Verification:
    return await verification.verify(counter.world.registry, actor, Asked(typed, "聘用核验"), None, "192.0.2.1")


def missing(number: int) -> Typed:
    return Typed(f"5120209999{number:02}", NAME)


async def missed(counter: Counter, actor: Actor, times: int) -> None:
    await attempts.count_attempts(counter.world.registry, str(actor.account_id), walks.MISSES, amount=times)


async def told(counter: Counter, actor: Actor) -> list[Walk]:
    page = await walks.list_walks(counter.world.registry, actor, PageRequest(), unnoted=True)
    return [walk for walk, _ in page.items]


async def test_fifty_misses_in_a_minute_slow_an_account_and_are_told_once_an_episode(counter: Counter) -> None:
    clerk, clock = counter.home_hr, counter.world.clock
    await missed(counter, clerk, MOST_MISSES - 2)
    for typed, verdict in (
        (missing(1), Verdict.NOT_FOUND),
        (FOUND, Verdict.VALID),
        (replace(FOUND, name="别人"), Verdict.MISMATCH),
    ):
        assert (await ask(counter, clerk, typed)).verdict is verdict
    for typed in (missing(2), FOUND):
        with pytest.raises(Limited) as slowed:
            await ask(counter, clerk, typed)
        assert (slowed.value.reason, 1 <= (slowed.value.retry_after or 0) <= 61) == ("TOO_MANY_ATTEMPTS", True)
    (walk,) = await told(counter, counter.officer)
    assert (walk.account_id, walk.organisation_id, walk.roster_id) == (clerk.account_id, counter.titles.home, None)
    assert (walk.province, walk.misses) == ("510000", MOST_MISSES)
    assert await told(counter, counter.other_officer) == []
    # Others are not slowed, and a minute later neither is the clerk; who goes on walking is still told of once.
    assert (await ask(counter, counter.issuer, FOUND)).verdict is Verdict.VALID
    clock.go_on(minutes=1)
    assert (await ask(counter, clerk, FOUND)).verdict is Verdict.VALID
    await missed(counter, clerk, MOST_MISSES - 1)
    await ask(counter, clerk, missing(3))
    assert len(await told(counter, counter.officer)) == 1
    clock.go_on(minutes=61)
    await missed(counter, clerk, MOST_MISSES - 1)
    await ask(counter, clerk, missing(4))
    assert len(await told(counter, counter.officer)) == 2


async def test_share_codes_that_open_nothing_count_with_verifications_and_a_person_is_told_of_at_home(
    counter: Counter,
) -> None:
    registry, me = counter.world.registry, counter.me
    await missed(counter, me, MOST_MISSES - 1)
    code = share_code()
    opening = await share_openings.open_code(registry, me, AskedOpening(code, None, None), "k", "192.0.2.1")
    assert opening.outcome.value == "NOT_VALID"
    with pytest.raises(Limited):
        await share_openings.open_code(registry, me, AskedOpening(code, None, None), "l", "192.0.2.1")
    (walk,) = await told(counter, counter.officer)
    assert (walk.account_id, walk.organisation_id) == (me.account_id, None)


def share_code() -> str:
    return SHARE + uscc_check_character(SHARE)


@pytest.mark.parametrize("caller", ["office", "nobody"])
async def test_the_same_statements_are_run_whatever_is_found(counter: Counter, caller: str) -> None:
    actor = counter.home_hr if caller == "office" else ANONYMOUS
    run: list[str] = []
    engine = counter.world.registry.database.engine.sync_engine

    def note(*given: Any) -> None:
        # A list that is empty is written otherwise than one that is not.
        run.append(given[2].partition("WHERE")[0])

    event.listen(engine, "before_cursor_execute", note)
    kinds = []
    for typed in (FOUND, missing(1), replace(FOUND, name="别人"), missing(2)):
        run.clear()
        await ask(counter, actor, typed)
        kinds.append(list(run))
    event.remove(engine, "before_cursor_execute", note)
    assert len(kinds[0]) > 10
    found, missing_first, mismatched, missing_then = kinds
    assert found == mismatched
    # Only once it is told that there is none is it looked up, for the answer, what is recorded at all.
    assert missing_first == missing_then
    assert missing_first[: len(found)] == found
    assert all("set_config" in one or "credential_version" in one for one in missing_first[len(found) :])


async def test_a_walk_is_acknowledged_with_a_note_by_its_authority_alone(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    await missed(counter, counter.home_hr, MOST_MISSES - 1)
    await ask(counter, counter.home_hr, missing(1))
    (walk,) = await told(counter, counter.officer)
    for stranger, refusal in ((counter.other_officer, NotFound), (counter.home_hr, NotPermitted)):
        with pytest.raises(refusal):
            await walks.acknowledge(registry, stranger, walk.id, "已约谈", key())
    with pytest.raises(InvalidInput):
        await walks.acknowledge(registry, counter.officer, walk.id, " ", key())
    await walks.acknowledge(registry, counter.officer, walk.id, "已约谈该账户。", key())
    assert await told(counter, counter.colleague) == []
    page = await walks.list_walks(registry, counter.colleague, PageRequest(), unnoted=False)
    assert [[note.note for note in notes] for _, notes in page.items] == [["已约谈该账户。"]]
    with pytest.raises(NotPermitted):
        await told(counter, counter.issuer)


async def test_a_roster_mostly_not_found_that_walks_is_answered_and_told_of_once(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    head = "序号,姓名,证书编号\n"
    ascending = head + "".join(f"{one},单雄信,5120209999{one:02}\n" for one in range(MOST_MISSES))
    apart = head + "".join(f"{one},单雄信,51202{9998 - 97 * one:06}\n" for one in range(MOST_MISSES))
    asked = rosters.AskedRoster("聘用核验", "本人同意")
    for text, count in ((apart, 0), (ascending, 1)):
        done = await rosters.start(registry, counter.home_hr, text.encode(), asked, key())
        assert await roster_jobs.work_one(registry)
        roster_id = UUID(done.result["roster_id"])
        one = await rosters.get_roster(registry, counter.home_hr, roster_id)
        assert (one.state.value, dict(one.counts)) == ("DONE", {"NOT_FOUND": MOST_MISSES})
        assert len(await told(counter, counter.officer)) == count
    (walk,) = await told(counter, counter.officer)
    assert (walk.roster_id, walk.misses, walk.tried) == (roster_id, MOST_MISSES, MOST_MISSES)
    await walks.tell_of_roster(registry, roster_jobs.WORKER, one, MOST_MISSES)
    assert len(await told(counter, counter.officer)) == 1


async def test_nobody_notes_a_walk_of_somebody_else(counter: Counter) -> None:
    registry, me = counter.world.registry, counter.home_hr
    walk = Walk(
        id=new_id(),
        account_id=counter.issuer.account_id,
        organisation_id=counter.titles.sichuan,
        roster_id=None,
        province="",
        misses=MOST_MISSES,
        tried=MOST_MISSES,
        raised_at=counter.world.clock.now,
    )
    for forged in (walk, replace(walk, account_id=me.account_id)):
        with pytest.raises(DBAPIError):
            async with registry.noting(me) as connection:
                await storage.add_walk(connection, forged)
