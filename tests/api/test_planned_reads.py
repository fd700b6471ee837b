"""Planned reads say and note what the ordinary way says and notes, byte for byte, or leave it to the ordinary way."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import AsyncRawCursor
from sqlalchemy import event

from talent_registry.api.context import Context
from talent_registry.api.guarding import execute_guarded
from talent_registry.api.plans.guarded import answer_by_plan
from talent_registry.api.plans.questions import QUESTIONS
from talent_registry.api.schema import schema
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.services.permissions import Actor
from talent_registry.storage.session import Database
from tests.api.planned_documents import Drawn, documents
from tests.api.planned_place import Place, place
from tests.conftest import DatabaseUrls
from tests.proceedings import CENTRAL, PREFECTURE, open_desks
from tests.registries import open_world

__all__ = ["place"]
# Who sees most asks most.
ASKING = ["sichuan"] * 5 + ["chongqing"] * 3 + ["host", "agency", "issuer", "self"] * 2
ASKING += ["unit", "elsewhere", "operator", "nobody"]


DEFAULTS = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


def _compared(place: Place, drawn: Drawn, who: str) -> None:
    actor = place.actors[who]
    before = place.last_noted()
    planned = place.planned(drawn.text, actor, **drawn.variables)
    noted = place.noted_since(before)
    if planned is None:
        # Nothing was noted where nothing was answered.
        assert noted == []
        return
    before = place.last_noted()
    result = place.ordinary(drawn.text, actor, **drawn.variables)
    assert not result.errors, (drawn, who, result.errors)
    assert planned.data == json.dumps(result.data, ensure_ascii=False, separators=(",", ":")), (drawn, who)
    assert {"estimated": planned.cost, "budget": planned.budget} == result.extensions["cost"]
    assert noted == place.noted_since(before), (drawn, who)
    place.counts[drawn.question] += 1


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_whatever_is_asked_by_whomever_both_ways_say_and_note_the_same(place: Place, question: str) -> None:
    @DEFAULTS
    @given(data=st.data())
    def both(data: st.DataObject) -> None:
        who = "self" if question == "me" else data.draw(st.sampled_from(ASKING))
        asked = {question: place.questions[question]}
        _compared(place, data.draw(documents(asked, place.cursors)), who)

    both()
    # Not because nothing could be planned.
    assert place.counts[question] >= DEFAULTS.max_examples // 10, place.counts


# What the hot paths ask, by the role of the file that asks it.
HOT = {
    "a page of people": "researchers(purpose: $purpose, first: $first) { edges { cursor node { id publicNumber basis "
    "name { nameZh pinyin } documents { kind numberMasked } household { division provenance { source { nameZh } } } "
    "personnelRelation { homeUnit { nameZh } } withheld { path reason } credentials { edges { node { number standing "
    "isValid issuer { nameZh } committee { filingNumber } } } } decisions { edges { node { outcome isRecognised "
    "findings { rule } } } } } } pageInfo { endCursor hasNextPage } }",
    "a page of credentials": "credentials(purpose: $purpose, first: $first) { edges { node { number standing "
    "statusSpans { status from } holder { publicNumber name { nameZh } } } } }",
    "a page of decisions": "recognitionDecisions(purpose: $purpose, first: $first) { edges { node { rule researcher { "
    "publicNumber } } } }",
}


def _asked(question: str) -> str:
    return f"query ($purpose: String!, $first: Int!) {{ {question} }}"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Sequence[Any], bool]]:
    """Each statement that is sent in one go with its transaction: its text, its values, whether it writes."""
    seen: list[tuple[str, Sequence[Any], bool]] = []
    at_once = Database.at_once

    async def told(self: Database, *given: Any, writes: bool = False) -> Any:
        seen.append((given[2], given[3], writes))
        return await at_once(self, *given, writes=writes)

    monkeypatch.setattr(Database, "at_once", told)
    return seen


@pytest.mark.parametrize("name", HOT)
def test_a_page_is_one_statement_and_one_note_however_long(
    place: Place, sent: list[tuple[str, Sequence[Any], bool]], name: str
) -> None:
    others: list[str] = []
    engine = place.world.registry.database.engine.sync_engine

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        others.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    for first in (2, 20):
        sent.clear()
        answered = place.planned(
            _asked(HOT[name].replace("isRecognised", "")), place.actors["sichuan"], purpose="x", first=first
        )
        assert answered is not None
        assert len(json.loads(answered.data).popitem()[1]["edges"]) == first
        assert [writes for _, _, writes in sent] == [False, True]
    event.remove(engine, "before_cursor_execute", count)
    assert others == []


@pytest.mark.parametrize("who", ["sichuan", "unit", "issuer", "agency"])
@pytest.mark.parametrize("name", HOT)
def test_no_page_needs_to_look_through_a_whole_table(
    place: Place, sent: list[tuple[str, Sequence[Any], bool]], name: str, who: str
) -> None:
    actor = place.actors[who]
    assert place.planned(_asked(HOT[name]), actor, purpose="岗位聘任审核", first=20) is not None
    statement, values, _ = sent[0]
    plan = place.runner.run(_explained(place, actor, statement, values))
    # An index is there for each; a sample is too small to be worth one.
    assert [line for line in plan if "Seq Scan" in line] == []
    # Nor is a person looked up in the index of a constraint, at ten times the cost.
    assert [line for line in plan if "one_truth_a_day" in line] == []


async def _explained(place: Place, actor: Actor, statement: str, values: Sequence[Any]) -> list[str]:
    registry = place.world.registry
    async with registry.reading(actor) as connection:
        for setting in ("enable_seqscan = off", "plan_cache_mode = force_generic_plan"):
            await connection.exec_driver_sql(f"SET LOCAL {setting}")
        driver: Any = (await connection.get_raw_connection()).driver_connection
        cursor = AsyncRawCursor(driver)
        await cursor.execute(f"EXPLAIN {statement}".encode(), values)
        return [line for (line,) in await cursor.fetchall()]


async def test_what_a_case_confirmed_is_recognised_by_plan_too(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    desks = await open_desks(world)
    await desks.settle(await desks.open("1", **PREFECTURE), ProceedingOutcome.CONFIRMED)
    await desks.open("2", **PREFECTURE)
    await desks.decide(await desks.title("3", **CENTRAL))
    document = "{ me { decisions { edges { node { id outcome isRecognised } } } } }"
    planned = await answer_by_plan(schema, document, {}, None, Context(world.registry, desks.me, "t"))
    result = await execute_guarded(schema, document, {}, None, Context(world.registry, desks.me, "t"))
    assert planned is not None
    assert json.loads(planned.data) == result.data
    assert result.data is not None
    recognised = [edge["node"]["isRecognised"] for edge in result.data["me"]["decisions"]["edges"]]
    assert sorted(recognised[:2]) == [False, True]
    await world.registry.database.close()
