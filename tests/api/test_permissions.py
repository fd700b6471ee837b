"""Who may give which command: every mutation of the schema, by everybody who has no part in it."""

from typing import Any

import pytest

from talent_registry.domain.errors import NotPermitted
from talent_registry.services import accounts, identities
from talent_registry.services.permissions import Actor
from tests.api.conftest import OPERATIONS, Asking
from tests.api.permission_cases import COMMANDS, PUBLIC, Command
from tests.api.permission_world import Cast
from tests.api.probing import absent, as_text, disguised, everything, roots_of, with_value
from tests.conftest import DatabaseUrls

REFUSALS = {"NotPermitted", "NotFound"}
SHAPE = {"__typename", "code", "reason", "message", "path"}


async def given(ask: Asking, cast: Cast, name: str, actor: Actor, inputs: dict[str, Any]) -> dict[str, Any]:
    """The answer to a command under a fresh key; a top-level error fails the test."""
    keyed = {"idempotencyKey": cast.world.key()} | inputs
    answer: dict[str, Any] = (await ask(actor, COMMANDS[name].document, input=keyed))[name]
    return answer


def outsiders_of(cast: Cast, command: Command) -> dict[str, Actor]:
    return {who: actor for who, actor in cast.outsiders.items() if who not in command.also}


def is_plain_refusal(answer: dict[str, Any], kinds: set[str] = REFUSALS) -> bool:
    """A typed refusal that carries nothing else."""
    return answer.get("__typename", _kind(answer)) in kinds and set(answer) <= SHAPE


def _kind(answer: dict[str, Any]) -> str:
    """The type of an answer whose document does not ask for it."""
    return {"NOT_FOUND": "NotFound", "NOT_PERMITTED": "NotPermitted"}.get(answer.get("code", ""), "a success")


def test_every_mutation_is_declared_here_and_has_its_document() -> None:
    assert roots_of("mutation") == set(COMMANDS) | set(PUBLIC)
    assert not set(COMMANDS) & set(PUBLIC)
    missing = [one.document for one in COMMANDS.values() if not (OPERATIONS / f"{one.document}.graphql").exists()]
    assert missing == []
    assert [name for name, one in COMMANDS.items() if one.also and not one.because] == []


async def test_whoever_has_no_part_in_a_command_is_refused_and_leaves_nothing_behind(
    cast: Cast, ask: Asking, database_urls: DatabaseUrls
) -> None:
    before, betrayed = everything(database_urls), cast.words_of_person()
    faults: list[str] = []
    for name, command in COMMANDS.items():
        inputs = command.inputs(cast)
        for who, actor in outsiders_of(cast, command).items():
            answer = await given(ask, cast, name, actor, inputs)
            said = as_text(answer)
            if not is_plain_refusal(answer) or any(word in said for word in betrayed):
                faults.append(f"{name} by {who}: {said}")
            for place in command.named:
                nobody = await given(ask, cast, name, actor, with_value(inputs, place, absent))
                if as_text(nobody) != said:
                    faults.append(f"{name} by {who}: foreign {said}; absent {place} {as_text(nobody)}")
        if everything(database_urls) != before:
            faults.append(f"{name}: something was written")
            before = everything(database_urls)
    assert faults == []


async def test_an_id_passed_off_as_another_kind_names_nothing(
    cast: Cast, ask: Asking, database_urls: DatabaseUrls
) -> None:
    before = everything(database_urls)
    faults = []
    for name, command in COMMANDS.items():
        inputs = command.inputs(cast)
        for place in command.named:
            if place == "holder.publicNumber" or inputs.get(place) == cast.number:
                continue
            for who in (cast.actor(command.rightful), *outsiders_of(cast, command).values()):
                answer = await given(ask, cast, name, who, with_value(inputs, place, disguised))
                if not is_plain_refusal(answer):
                    faults.append(f"{name}.{place}: {as_text(answer)}")
    assert faults == []
    assert everything(database_urls) == before


async def test_the_rightful_actor_succeeds_once_and_nobody_gets_the_answer_by_repeating_it(
    cast: Cast, ask: Asking, database_urls: DatabaseUrls
) -> None:
    faults: list[str] = []
    for name, command in COMMANDS.items():
        key = cast.world.key()
        inputs = command.inputs(cast) | {"idempotencyKey": key}
        before = everything(database_urls)
        answer = await given(ask, cast, name, cast.actor(command.rightful), inputs)
        after = everything(database_urls)
        if "code" in answer:
            faults.append(f"{name}: {as_text(answer)}")
            continue
        written = {table: after[table][0] - before[table][0] for table in ("command", "ledger_entry")}
        if written != {"command": 1, "ledger_entry": 1}:
            faults.append(f"{name}: wrote {written}")
        for who, actor in outsiders_of(cast, command).items():
            repeated = await given(ask, cast, name, actor, inputs)
            if not is_plain_refusal(repeated):
                faults.append(f"{name} repeated by {who}: {as_text(repeated)}")
        if everything(database_urls) != after:
            faults.append(f"{name}: a repeat by others wrote something")
    assert faults == []


async def test_a_roll_of_the_other_province_is_refused_row_by_row(
    cast: Cast, ask: Asking, database_urls: DatabaseUrls
) -> None:
    inputs = COMMANDS["importRoll"].inputs(cast)
    kept = {"command", "ledger_entry", "ledger_subject", "ledger_head"}
    for who in COMMANDS["importRoll"].also:
        before = everything(database_urls)
        answer = await given(ask, cast, "importRoll", cast.outsiders[who], inputs)
        counts = answer["roll"]["counts"]
        assert (counts["rows"], counts["refused"]) == (1, 1), who
        changed = {name for name, found in everything(database_urls).items() if found != before[name]}
        assert changed <= kept, who


async def test_a_researcher_acts_on_the_own_record_alone(cast: Cast, ask: Asking) -> None:
    stranger, person = cast.outsiders["unrelated researcher"], cast.person
    for name in ("editProfile", "grantConsent"):
        answer = await given(ask, cast, name, stranger, COMMANDS[name].inputs(cast))
        assert "code" not in answer, name
    profile = (await ask(person, "researcher/me"))["me"]
    assert profile["discipline"] is None
    purposes = [edge["node"]["fields"] for edge in (await ask(person, "anyone/consents"))["consents"]["edges"]]
    # The stranger's consent opened the ORCID.
    assert ["NAME"] in purposes
    assert ["ORCID"] not in purposes


async def test_a_closed_account_and_its_tokens_are_refused_at_the_next_request(cast: Cast) -> None:
    registry, key = cast.posts.registry, cast.world.key
    client = await accounts.open_agency_client(
        registry, cast.officer, accounts.NewAgencyClient(cast.agency, ("VERIFY", "RECRUITMENT")), key()
    )
    actor = await identities.actor_of(registry, client.account_id)
    assert actor.purposes == {"VERIFY", "RECRUITMENT"}
    account = await identities.authenticate(registry, client.client_id, client.secret or "", "test")
    token = identities.issue(registry, account, ("VERIFY", "EVERYTHING"), seconds=900).access_token
    assert (await identities.actor_of_token(registry, token)).purposes == {"VERIFY"}
    await accounts.close_account(registry, cast.officer, client.account_id, key())
    for refused in (
        identities.actor_of(registry, client.account_id),
        identities.actor_of_token(registry, token),
    ):
        with pytest.raises(NotPermitted) as failure:
            await refused
        assert failure.value.reason == identities.ACCOUNT_CLOSED
    with pytest.raises(NotPermitted) as failure:
        await identities.authenticate(registry, client.client_id, client.secret or "", "test")
    assert failure.value.reason == identities.WRONG_SIGN_IN
