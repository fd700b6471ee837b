"""What many verifications at once may bring about: misses are counted one by one, and nobody waits for others' keys."""

import asyncio
from dataclasses import replace

import pytest

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.errors import Limited
from talent_registry.domain.verification import Typed, Verdict
from talent_registry.domain.walks import MOST_MISSES
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import caller_of, whose_key
from talent_registry.services.verification import Verification
from talent_registry.storage import ledger
from talent_registry.storage.ids import new_id
from tests.postings import account_of
from tests.services.test_verification_batches import Counter, counter
from tests.titles import NAME, NUMBER

__all__ = ["counter"]


@pytest.mark.parametrize("way", ["together", "alone"])
async def test_who_asks_for_many_at_once_misses_no_more_often_than_who_asks_for_one_after_the_other(
    counter: Counter, way: str
) -> None:
    registry = replace(counter.alone, database=counter.together.database) if way == "alone" else counter.together
    hr = await account_with(counter)
    missing = [counter.ask(registry, hr, Typed(f"5120209{one:05}", NAME)) for one in range(MOST_MISSES + 20)]
    found = counter.ask(registry, ANONYMOUS, Typed(NUMBER, NAME))
    *given, stranger = await asyncio.gather(*missing, found, return_exceptions=True)
    assert sum(isinstance(one, Verification) for one in given) == MOST_MISSES
    assert sum(isinstance(one, Limited) for one in given) == 20
    assert isinstance(stranger, Verification)
    assert len(await counter.entries()) == MOST_MISSES + 1


async def test_a_key_under_way_elsewhere_keeps_nobody_else_waiting(counter: Counter) -> None:
    hr, today = await account_with(counter), counter.alone.today()
    async with counter.alone.database.writing(caller_of(hr), today, "x") as holding:
        await ledger.claim_key(
            holding,
            command_id=new_id(),
            caller=whose_key(hr),
            key="K",
            name="x",
            input_digest=b"",
            at=counter.alone.clock(),
        )
        waiting = asyncio.create_task(counter.ask(counter.together, hr, Typed(NUMBER, NAME), "K"))
        stranger = counter.ask(counter.together, ANONYMOUS, Typed(NUMBER, NAME))
        # Less than a batch waits for a lock of any other kind.
        async with asyncio.timeout(1.5):
            assert (await stranger).verdict is Verdict.VALID
        assert not waiting.done()
        await holding.rollback()
    assert (await waiting).verdict is Verdict.VALID


async def account_with(counter: Counter) -> Actor:
    """The unit's office with an account of its own."""
    titles = counter.titles
    unit = titles.hr.organisation_id
    now = titles.world.clock.now
    account = Account(new_id(), f"hr{new_id().hex}", AccountKind.HR, unit, None, frozenset(), now)
    return replace(titles.hr, account_id=await account_of(titles.world, account))
