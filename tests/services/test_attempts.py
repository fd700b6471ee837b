"""Limits on attempts."""

import pytest

from talent_registry.domain.errors import Limited
from talent_registry.services.attempts import Allowance, count_attempts
from tests.registries import World


async def test_the_window_ends_and_says_when(world: World) -> None:
    world.clock.go_on(seconds=13)
    for _ in range(2):
        await count_attempts(world.registry, "x", Allowance("sign-in", 2, 60))
    await count_attempts(world.registry, "y", Allowance("sign-in", 2, 60))
    await count_attempts(world.registry, "x", Allowance("other", 2, 60))
    with pytest.raises(Limited) as refusal:
        await count_attempts(world.registry, "x", Allowance("sign-in", 2, 60))
    assert refusal.value.retry_after == 48
    assert "48" in refusal.value.message.en
    world.clock.go_on(seconds=refusal.value.retry_after or 0)
    await count_attempts(world.registry, "x", Allowance("sign-in", 2, 60))


async def test_the_longest_wait_of_several_is_said(world: World) -> None:
    allowances = Allowance("a", 1, 60), Allowance("b", 1, 3600)
    await count_attempts(world.registry, "x", *allowances)
    with pytest.raises(Limited) as refusal:
        await count_attempts(world.registry, "x", *allowances)
    assert refusal.value.retry_after == 3601
