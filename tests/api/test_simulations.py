"""A draft tried through the API: taken up at once, followed by its progress, read with its CSV."""

from dataclasses import replace
from typing import Any

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.simulation_jobs import work_one
from tests.api.conftest import Asking
from tests.chambers import FIRST, open_chamber
from tests.conftest import DatabaseUrls
from tests.drafts import widened
from tests.registries import World, authority
from tests.tried_drafts import edited_draft, wide_draft
from tests.whole_registry import write_credentials

OFFICER = authority("510000")


def asked(draft: dict[str, str], key: str = "k", **more: Any) -> dict[str, Any]:
    files = [{"name": name, "content": text} for name, text in draft.items()]
    return {"files": files, "idempotencyKey": key, **more}


async def test_an_authority_tries_a_draft_and_reads_what_it_would_change(
    world: World, database_urls: DatabaseUrls, ask: Asking
) -> None:
    write_credentials(database_urls, 300)
    draft = edited_draft(
        ('outcome = "AUTO"\nreason_code = "NATIONAL_EXAM"', 'outcome = "VERIFY"\nreason_code = "OTHER"')
    )

    started = (await ask(OFFICER, "authority/start_simulation", input=asked(draft)))["startSimulation"]
    again = (await ask(OFFICER, "authority/start_simulation", input=asked(draft)))["startSimulation"]
    node = started["simulation"]["id"]
    waiting = (await ask(OFFICER, "authority/simulation", id=node))["simulation"]
    assert await work_one(world.registry)
    assert not await work_one(world.registry)
    done = (await ask(OFFICER, "authority/simulation", id=node))["simulation"]

    assert (again["simulation"]["id"], again["command"]["replayed"]) == (node, True)
    assert (waiting["state"], waiting["result"], waiting["csv"]) == ("QUEUED", None, None)
    assert (done["state"], done["progressPercent"], done["failure"]) == ("DONE", 100, None)
    result = done["result"]
    assert result["credentials"] == 300
    assert {one["change"] for one in result["changes"]} == {"LOSS"}
    assert sum(one["losses"] for one in result["targets"]) == sum(
        one["count"] * len(one["divisions"]) for one in result["changes"]
    )
    assert result["samples"][0]["before"]["rule"] == "R3"
    assert done["csv"].count("\r\n") == len(result["changes"]) + 1


async def test_every_target_that_a_wide_draft_lists_is_named(world: World, ask: Asking) -> None:
    draft = wide_draft()
    started = (await ask(OFFICER, "authority/start_simulation", input=asked(draft)))["startSimulation"]
    assert await work_one(world.registry)

    done = (await ask(OFFICER, "authority/simulation", id=started["simulation"]["id"]))["simulation"]

    divisions = {division for target in done["result"]["targets"] for division in target["divisions"]}
    assert {"500000", "510000", "500107", "500106", "510100", "510107"} <= divisions


async def test_what_is_wrong_with_a_draft_is_said_at_once(ask: Asking) -> None:
    refusals = {
        "AGREEMENT_FAULT": asked({"draft.toml": "[[clauses]]"}, "a"),
        "DRAFT_NOT_IN_FORCE": asked(edited_draft(), "b", on="2026-01-01"),
        "SAME_NAME": {"files": [{"name": "a", "content": ""}] * 2, "idempotencyKey": "c"},
    }
    for reason, given in refusals.items():
        answer = (await ask(OFFICER, "authority/start_simulation", input=given))["startSimulation"]
        assert (answer["__typename"], answer["reason"]) == ("InvalidInput", reason)


async def test_nobody_else_reads_a_simulation(ask: Asking) -> None:
    started = (await ask(OFFICER, "authority/start_simulation", input=asked(edited_draft())))["startSimulation"]
    node = started["simulation"]["id"]

    for actor in (authority("500000"), Actor(ActorKind.HR), Actor(ActorKind.RESEARCHER)):
        refusal = await ask.refused(actor, "authority/simulation", id=node)
        assert refusal["code"] in {"NOT_FOUND", "NOT_PERMITTED"}


async def test_law_that_the_program_does_not_hold_is_said_in_so_many_words(world: World, ask: Asking) -> None:
    chamber = await open_chamber(world)
    await chamber.enact(widened(FIRST))
    shipped = shipped_agreement()
    altered = replace(shipped.versions[-1], digest="0" * 64, content={"clauses": [{"id": "X"}]})
    other = replace(shipped, versions=(*shipped.versions[:-1], altered))
    # The faces were given this very registry.
    object.__setattr__(world.registry, "agreement", other)
    answer = (await ask(chamber.author, "authority/start_simulation", input=asked(edited_draft())))["startSimulation"]
    assert (answer["__typename"], answer["reason"]) == ("NotInForce", "VERSION_NOT_HELD")
