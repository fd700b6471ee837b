"""Verifying through the documents of graphql/operations."""

from typing import Any

import pytest

from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from tests.api.conftest import Asking
from tests.registries import World
from tests.titles import NAME, NUMBER, Titles, document, open_titles

TYPED = {"number": NUMBER, "name": NAME}


@pytest.fixture
async def titles(world: World) -> Titles:
    titles = await open_titles(world)
    await titles.record()
    return titles


async def verify(ask: Asking, actor: Actor, operation: str, **typed: Any) -> dict[str, Any]:
    answer = (await ask(actor, operation, input=TYPED | typed))["verifyCredential"]
    assert isinstance(answer, dict)
    return answer


async def test_anyone_verifies_and_gets_the_verdict_alone(ask: Asking, titles: Titles) -> None:
    right = await verify(ask, ANONYMOUS, "anyone/verify_certificate")
    wrong = await verify(ask, ANONYMOUS, "anyone/verify_certificate", document=document(2))
    absent = await verify(ask, ANONYMOUS, "anyone/verify_certificate", number="0")
    assert (right["verdict"], right["reason"], right["credential"]) == ("VALID", "", None)
    assert (wrong["verdict"], wrong["reason"], wrong["credential"]) == ("MISMATCH", "", None)
    assert (absent["verdict"], absent["reason"]) == ("NOT_FOUND", "")
    assert "Sichuan" in absent["coverage"]["en"]


async def test_an_office_gets_what_it_verified(ask: Asking, titles: Titles) -> None:
    agency = Actor(ActorKind.AGENCY, None, titles.home, purposes=frozenset({"聘用"}))
    for actor, where in ((titles.hr, "hr"), (agency, "agency"), (titles.officer, "authority")):
        found = await verify(ask, actor, f"{where}/verify_certificate", purpose="聘用")
        assert found["verdict"] == "VALID"
        assert found["credential"]["issuer"]["province"] == "510000"
        assert found["credential"]["title"]["name"] == "副教授"


async def test_a_key_makes_it_once(ask: Asking, titles: Titles) -> None:
    first = await verify(ask, titles.hr, "hr/verify_certificate", purpose="聘用", idempotencyKey="k")
    again = await verify(ask, titles.hr, "hr/verify_certificate", purpose="聘用", idempotencyKey="k")
    assert again["command"] == first["command"] | {"replayed": True}


async def test_guessing_is_limited_in_words_that_tell_nothing(ask: Asking, titles: Titles) -> None:
    for _ in range(10):
        await verify(ask, ANONYMOUS, "anyone/verify_certificate", name="别人")
    refused = await verify(ask, ANONYMOUS, "anyone/verify_certificate", name="别人")
    assert refused["__typename"] == "Limited"
    assert refused["retryAfter"] > 0
    assert NUMBER not in refused["message"]["en"]


async def test_a_purpose_that_was_not_granted_is_refused(ask: Asking, titles: Titles) -> None:
    agency = Actor(ActorKind.AGENCY, None, titles.home, purposes=frozenset({"聘用"}))
    refused = await verify(ask, agency, "agency/verify_certificate", purpose="营销")
    assert (refused["__typename"], refused["path"]) == ("NotPermitted", ["input", "purpose"])
