"""The stories of tests/machine, other ones each time and as many as are asked for, and what came of every command."""

import os
import time

from tests.machine.asking import MOVES
from tests.machine.telling import CLOCKS, Theatre, tell, theatre
from tests.machine.test_every_command import AT_THE_LEAST

__all__ = ["theatre"]
STORIES = int(os.environ.get("MACHINE_STORIES", "40"))
# In so many stories the life of a placement and what happens to a credential were told; what else was, chance decides.
ENOUGH = 150


def test_every_law_holds_in_as_many_stories_as_are_asked_for(theatre: Theatre) -> None:
    began = time.perf_counter()
    tell(theatre, STORIES, always_the_same=False)
    for (name, what), count in sorted(theatre.counts.items()):
        print(f"{count:6} {name}: {what}")
    print(f"{STORIES} stories, {theatre.acknowledged()} commands acknowledged, {time.perf_counter() - began:.0f} s")
    never = {name for name in (*MOVES, *CLOCKS) if not theatre.counts[name, "acknowledged"]}
    print(f"never acknowledged: {', '.join(sorted(never)) or 'none'}")
    assert STORIES < ENOUGH or not never & set(AT_THE_LEAST)
