"""Whatever anybody asks in any order, in both provinces, I1 to I8 hold after every step."""

from pathlib import Path

from graphql import build_schema

from tests.machine.asking import MOVES
from tests.machine.telling import Theatre, tell, theatre

__all__ = ["theatre"]
SCHEMA = Path(__file__).parents[2] / "graphql" / "schema.graphql"
NO_MOVE = {"signIn": "no command: it changes no record and has no ledger entry"}
# More are told by tests/bench/test_every_command.py.
STORIES = 10
# A registry that refuses everything keeps every law: these must have been carried out.
AT_THE_LEAST = (
    *("proposePlacement", "signPlacement", "activatePlacement", "suspendPlacement", "extendPlacement", "endPlacement"),
    *("decideRecognition", "correctCredential", "suspendCredential", "revokeCredential", "closeDuePlacement"),
)


def test_every_mutation_is_a_move_or_says_why_not() -> None:
    mutation = build_schema(SCHEMA.read_text(encoding="utf-8")).mutation_type
    assert mutation is not None
    assert set(mutation.fields) == set(MOVES) | set(NO_MOVE)
    assert not set(MOVES) & set(NO_MOVE)


def test_whatever_anybody_asks_in_any_order_every_law_holds_after_every_step(theatre: Theatre) -> None:
    tell(theatre, STORIES, always_the_same=True)
    assert {name for name in AT_THE_LEAST if not theatre.counts[name, "acknowledged"]} == set()
