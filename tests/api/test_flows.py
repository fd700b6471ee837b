"""Flows by GraphQL: the figures of the page, typed, for everybody the same."""

from talent_registry.domain.flows import Quarter
from talent_registry.services.permissions import ANONYMOUS
from tests.api.conftest import Asking
from tests.published_flows import drawn, publish
from tests.registries import World, authority

QUARTER = Quarter(2026, 3)


async def test_everybody_reads_the_same_figures_in_one_statement(world: World, ask: Asking) -> None:
    await publish(world.registry, QUARTER, drawn(1))
    answers = []
    for actor in (ANONYMOUS, authority("510000"), authority("500000")):
        asked = {"measure": "TITLES", "by": "LEVEL", "quarter": "2026-Q3"}
        answers.append((await ask(actor, "anyone/flows", **asked))["flows"])
        assert len([one for one in ask.sql if "flow_edition" in one]) == 1
    first = answers[0]
    assert answers == [first] * 3
    assert (first["from"], first["until"], first["edition"], first["leastShown"]) == ("2026-07-01", "2026-09-30", 1, 5)
    for table in first["tables"]:
        assert [cell["code"] for cell in table["cells"]] == ["JUNIOR", "INTERMEDIATE", "SENIOR_DEPUTY", "SENIOR_FULL"]
        assert all((cell["count"] is None) == cell["suppressed"] for cell in table["cells"])
        assert not [cell for cell in table["cells"] if cell["count"] in (1, 2, 3, 4)]


async def test_the_latest_quarter_is_answered_where_none_is_named_and_null_where_none_is_published(
    world: World, ask: Asking
) -> None:
    asked = {"measure": "TITLES", "by": "ORIGIN"}
    assert (await ask(ANONYMOUS, "anyone/flows", **asked))["flows"] is None
    await publish(world.registry, QUARTER, drawn(1))
    await publish(world.registry, QUARTER.after(), drawn(2))
    assert (await ask(ANONYMOUS, "anyone/flows", **asked))["flows"]["quarter"] == "2026-Q4"
    assert (await ask(ANONYMOUS, "anyone/flows", quarter="2019-Q1", **asked))["flows"] is None


async def test_a_quarter_that_is_none_and_a_property_that_is_not_counted_are_told(world: World, ask: Asking) -> None:
    refusal = await ask.refused(ANONYMOUS, "anyone/flows", measure="TITLES", by="LEVEL", quarter="2026")
    assert (refusal["code"], refusal["reason"]) == ("INVALID_INPUT", "QUARTER")
    refusal = await ask.refused(ANONYMOUS, "anyone/flows", measure="OTHER_PLACEMENTS", by="LEVEL")
    assert (refusal["code"], refusal["reason"]) == ("INVALID_INPUT", "NOT_TOLD_APART")
