"""What a move is: a command that somebody is about to give, and who must be refused who gave it instead."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from tests.machine.stage import Stage

T = TypeVar("T")
Call = Callable[[Registry, Actor, Any, str], Awaitable[Any]]


@dataclass(frozen=True)
class Asked:
    """A command with its input; `never` are actors of whom it must not be accepted."""

    actor: Actor
    call: Call
    inputs: Any
    never: tuple[Actor, ...] = ()


# A move picks what to ask by chance, mostly of what fits; None where there is nothing at all to ask about.
Move = Callable[[Stage, Random], Asked | None]
MOVES: dict[str, Move] = {}
WEIGHTS: dict[str, int] = {}


def move(name: str, weight: int = 2) -> Callable[[Move], Move]:
    """The move that gives the command of this name; what is heavier is given more often."""

    def keep(made: Move) -> Move:
        assert name not in MOVES
        MOVES[name], WEIGHTS[name] = made, weight
        return made

    return keep


def mostly(chance: Random, fitting: Sequence[T], all_of_them: Sequence[T]) -> T | None:
    """One that fits in eight of ten tries, any in the others; None where there is none."""
    pool = fitting if fitting and chance.randrange(10) < 8 else all_of_them
    return chance.choice(pool) if pool else None
