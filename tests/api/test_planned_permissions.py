"""The whole matrix of who may ask what, both ways: what a plan says, the ordinary way says, and both note the same.

`test_questions_are_closed.py` says what strangers are told, by plan where there is one; here nobody is told otherwise
by plan, rightful or not, and nothing that a plan answers is refused the ordinary way.
"""

import json
from collections import Counter
from typing import Any
from uuid import UUID

from talent_registry.api.context import Context
from talent_registry.api.guarding import execute_guarded
from talent_registry.api.plans.guarded import answer_by_plan
from talent_registry.api.plans.questions import QUESTIONS as PLANNED
from talent_registry.api.schema import schema
from talent_registry.services.permissions import ANONYMOUS, Actor
from tests.api.conftest import OPERATIONS
from tests.api.permission_world import Cast
from tests.api.planned_place import ACCESSES
from tests.api.probing import absent, with_value
from tests.api.question_cases import QUESTIONS
from tests.conftest import DatabaseUrls, as_superuser

RIGHTFUL = ("officer", "colleague", "person", "home_hr", "host_hr", "host_of_need", "officer_beyond")


def _everybody(cast: Cast) -> dict[str, Actor]:
    own = {name: cast.actor(name) for name in RIGHTFUL}
    return {**cast.outsiders, **own, "the hermit": cast.hermit.me, "nobody": ANONYMOUS}


def _asked(cast: Cast) -> list[tuple[str, str, dict[str, Any]]]:
    """Every document and input of the matrix that a plan could answer; each once more about what does not exist."""
    found = []
    for name in sorted(PLANNED.keys() & QUESTIONS.keys()):
        for question in QUESTIONS[name]:
            variables = question.variables(cast)
            found.append((name, question.document, variables))
            found += [(name, question.document, with_value(variables, place, absent)) for place in question.named]
    return found


async def test_whatever_the_matrix_asks_by_whomever_both_ways_say_and_note_the_same(
    cast: Cast, database_urls: DatabaseUrls
) -> None:
    registry, counts, last = cast.world.registry, Counter[str](), _last_noted(database_urls)
    for name, document, variables in _asked(cast):
        text = (OPERATIONS / f"{document}.graphql").read_text(encoding="utf-8")
        for who, actor in _everybody(cast).items():
            case = (document, who, variables)
            planned = await answer_by_plan(schema, text, variables, None, Context(registry, actor, "t"))
            noted, last = _noted_since(database_urls, last)
            if planned is None:
                # The ordinary way is asked in its stead, and only then is anything noted.
                assert noted == [], case
                continue
            result = await execute_guarded(schema, text, variables, None, Context(registry, actor, "t"))
            assert not result.errors, (case, result.errors)
            assert planned.data == json.dumps(result.data, ensure_ascii=False, separators=(",", ":")), case
            ordinary, last = _noted_since(database_urls, last)
            assert noted == ordinary, case
            counts[name] += 1
    # The documents of decisions ask for facts, which no plan says; test_planned_reads.py asks for decisions without.
    assert counts.keys() >= PLANNED.keys() - {"recognitionDecision", "recognitionDecisions"}, counts
    assert counts.total() > 100, counts


def _last_noted(urls: DatabaseUrls) -> UUID:
    with as_superuser(urls) as connection:
        row = connection.execute("SELECT id FROM access ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row else UUID(int=0)


def _noted_since(urls: DatabaseUrls, last: UUID) -> tuple[list[tuple[Any, ...]], UUID]:
    with as_superuser(urls) as connection:
        noted = connection.execute(ACCESSES, (last,)).fetchall()
    return noted, _last_noted(urls) if noted else last
