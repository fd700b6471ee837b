"""For what purpose an agency reads, and what is noted of a look taken along."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.api.context import Context
from talent_registry.api.nodes import to_node_id
from talent_registry.api.schema import schema
from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, consents, credential_reads, recognition
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.storage.ids import new_id
from tests.postings import Postings, account_of, open_postings
from tests.registries import World

OPENED = (PersonField.NAME, PersonField.CREDENTIALS, PersonField.DECISIONS)
DECISION = """
    query Q($id: ID!, $why: String! = "with: recognitionDecision") {
        again: recognitionDecision(id: $id, purpose: $why) { id researcher { name { nameZh } } credential { number } }
    }
"""


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def agency(posts: Postings, *purposes: str) -> Actor:
    """An agency to which the person opened name, credentials and decisions."""
    world, granted = posts.world, frozenset(purposes)
    unit = await world.organisation("重庆样例人才服务中心", "AGENCY", "500103")
    until = posts.today + timedelta(days=30)
    consent = consents.NewConsent(unit, "招聘", OPENED, until)
    await consents.grant(posts.registry, posts.person.me, consent, world.key())
    account = Account(new_id(), f"a{new_id().hex}", AccountKind.AGENCY, unit, None, granted, world.clock.now)
    return Actor(ActorKind.AGENCY, await account_of(world, account), unit, None, "500000", granted)


async def decided(posts: Postings) -> UUID:
    asked = recognition.AskedRecognition(
        posts.person.credential, Target(division="500106", post_series="01", employer_kind="UNIVERSITY")
    )
    done = await recognition.decide_recognition(posts.registry, posts.person.me, asked, posts.world.key())
    return UUID(done.result["decision_id"])


async def asked(posts: Postings, actor: Actor, **variables: Any) -> tuple[dict[str, Any] | None, list[str]]:
    context = Context(posts.registry, actor, request_id="t", origin="test")
    result = await schema.execute(DECISION, variable_values=variables, context_value=context)
    return result.data, [str((error.extensions or {}).get("reason")) for error in result.errors or []]


async def looks(posts: Postings) -> list[tuple[str, tuple[PersonField, ...]]]:
    page = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    return [(one.purpose, one.fields) for one in page.items]


async def test_what_an_agency_reads_along_is_read_for_the_purpose_it_stated(posts: Postings) -> None:
    client, decision = await agency(posts, "RECRUITMENT"), await decided(posts)
    data, errors = await asked(posts, client, id=to_node_id("RecognitionDecision", decision), why="RECRUITMENT")
    assert errors == []
    assert data is not None
    assert data["again"]["researcher"]["name"] is not None
    assert data["again"]["credential"] is not None
    assert {purpose for purpose, _ in await looks(posts)} == {"RECRUITMENT"}
    assert len(await looks(posts)) == 3


@pytest.mark.parametrize("why", ["MARKETING", "with: recognitionDecision", None])
async def test_an_agency_reads_nothing_for_a_purpose_it_was_not_granted(posts: Postings, why: str | None) -> None:
    client, decision = await agency(posts, "RECRUITMENT"), await decided(posts)
    variables = {"id": to_node_id("RecognitionDecision", decision)} | ({} if why is None else {"why": why})
    data, errors = await asked(posts, client, **variables)
    assert (data, errors) == (None, ["PURPOSE_NOT_GRANTED"])
    assert await looks(posts) == []


async def test_an_agency_reads_credentials_for_its_own_purposes_alone(posts: Postings) -> None:
    client, registry = await agency(posts, "RECRUITMENT"), posts.registry
    look = credential_reads.Look(posts.person.credential, "MARKETING")
    for question in (
        credential_reads.get_credential(registry, client, posts.person.credential, "MARKETING"),
        credential_reads.list_looked_at(registry, client, [look]),
        credential_reads.list_credentials(registry, client, PageRequest(), credential_reads.Sought(), "MARKETING"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            await question
        assert refusal.value.reason == "PURPOSE_NOT_GRANTED"
    assert await looks(posts) == []
    await credential_reads.get_credential(registry, client, posts.person.credential, "RECRUITMENT")
    assert await looks(posts) == [("RECRUITMENT", (PersonField.CREDENTIALS,))]
