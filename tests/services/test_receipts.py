"""Every answer has a signed receipt, good or bad, that says no more than its asker was told."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.errors import NotFound, NotPermitted
from talent_registry.domain.ledger import SealedEntry
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.domain.questions import Target
from talent_registry.domain.receipts import Receipt
from talent_registry.domain.verification import Typed
from talent_registry.services import proceeding_acts, receipts, recognition, verification
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.proceeding_acts import CaseDecision
from talent_registry.services.registry import Done
from talent_registry.storage import ledger
from talent_registry.storage.ids import new_id
from tests.conftest import DatabaseUrls, as_superuser
from tests.proceedings import GIVEN, PREFECTURE, open_desks
from tests.registries import World
from tests.titles import NAME, NUMBER, Titles, open_titles

OTHER_HR = Actor(ActorKind.HR, None, new_id())


@pytest.fixture
async def titles(world: World) -> Titles:
    titles = await open_titles(world)
    await titles.record()
    return titles


async def verified(titles: Titles, actor: Actor, number: str = NUMBER, name: str = NAME, **more: Any) -> Done:
    asked = verification.Asked(Typed(number, name, **more), "聘任审核")
    found = await verification.verify(titles.world.registry, actor, asked, titles.world.key(), "here")
    return found.done


def said(titles: Titles, done: Done) -> dict[str, Any]:
    (given,) = done.receipts
    return receipts.check_receipt(titles.world.registry, given.compact)


async def entry_of(titles: Titles, done: Done) -> SealedEntry:
    async with titles.world.registry.reading(titles.officer) as connection:
        async for page in ledger.entries_from(connection, done.sequence):
            return page[0]
    raise AssertionError


async def test_a_receipt_names_the_certificate_and_the_place_in_the_ledger(titles: Titles) -> None:
    done = await verified(titles, titles.hr, document=titles.document_number)
    claims, entry = said(titles, done), await entry_of(titles, done)
    assert claims["verdict"] == "VALID"
    assert claims["ledger"] == {
        "sequence": done.sequence,
        "hash": entry.hash.hex(),
        "command": str(done.command_id),
        "act": "verifyCredential",
    }
    assert claims["certificate"]["number"] == NUMBER
    assert claims["certificate"]["standing"] == "VALID"
    assert claims["certificate"]["issuer"] == "四川省人力资源和社会保障厅"
    assert claims["certificate"]["holder"] == "旦****"
    assert claims["asked_by"] == {"kind": "HR", "organisation": str(titles.home)}
    written = json.dumps(claims, ensure_ascii=False)
    assert NAME not in written
    assert titles.document_number not in written


@pytest.mark.parametrize(
    ("number", "name", "verdict", "reason"),
    [
        ("NO-SUCH-0042", NAME, "NOT_FOUND", "no such certificate"),
        (NUMBER, "张冠李", "MISMATCH", "name"),
        ("", NAME, "INVALID_INPUT", "number missing"),
    ],
)
async def test_a_bad_answer_has_a_receipt_that_repeats_nothing_typed(
    titles: Titles, number: str, name: str, verdict: str, reason: str
) -> None:
    claims = said(titles, await verified(titles, titles.hr, number, name))
    assert (claims["verdict"], claims["reason"]) == (verdict, reason)
    assert "certificate" not in claims
    written = json.dumps(claims, ensure_ascii=False)
    assert name not in written
    assert not number or number not in written


async def test_whoever_did_not_sign_in_gets_the_verdict_alone(titles: Titles) -> None:
    for name in (NAME, "张冠李"):
        claims = said(titles, await verified(titles, ANONYMOUS, name=name))
        assert claims.keys().isdisjoint({"certificate", "reason"})


async def test_the_same_request_gets_the_same_receipt_letter_for_letter(titles: Titles) -> None:
    key = titles.world.key()
    for actor in (titles.hr, ANONYMOUS):
        asked = verification.Asked(Typed(NUMBER, NAME), "聘任审核")
        first, second = [await verification.verify(titles.world.registry, actor, asked, key, "here") for _ in range(2)]
        assert second.done.replayed
        assert first.done.receipts == second.done.receipts


async def decided(titles: Titles, actor: Actor) -> tuple[Done, Receipt]:
    credential = await titles.record("512020000002")
    target = Target(division="500106", employer_kind="UNIVERSITY")
    asked = recognition.AskedRecognition(credential, target, purpose="聘任审核")
    done = await recognition.decide_recognition(titles.world.registry, actor, asked, titles.world.key())
    (given,) = done.receipts
    return done, given


async def test_a_decision_has_a_receipt_with_clause_agreement_and_findings(titles: Titles) -> None:
    done, given = await decided(titles, titles.holder)
    claims = receipts.check_receipt(titles.world.registry, given.compact)
    kept = await recognition.get_decision(titles.world.registry, titles.holder, UUID(done.result["decision_id"]))
    made = kept.decision
    assert (claims["outcome"], claims["clause"], claims["reason"]) == (made.outcome, made.rule, made.reason_code)
    assert claims["agreement"] == {"version": made.version_id, "digest": made.digest}
    assert claims["findings"][-1] == [made.rule, "SATISFIED"]
    assert claims["facts"]["credential.kind"] == "TITLE"
    assert claims["ledger"]["sequence"] == done.sequence


async def test_a_receipt_is_for_its_asker_and_for_the_person(titles: Titles) -> None:
    done = await verified(titles, titles.hr)
    (given,) = done.receipts
    registry = titles.world.registry
    for actor in (titles.hr, titles.holder):
        assert await receipts.get_receipt(registry, actor, given.id) == given
    for stranger in (OTHER_HR, titles.officer, Actor(ActorKind.RESEARCHER, None, None, new_id())):
        with pytest.raises(NotFound):
            await receipts.get_receipt(registry, stranger, given.id)
    with pytest.raises(NotPermitted):
        await receipts.get_receipt(registry, ANONYMOUS, given.id)
    with pytest.raises(NotFound):
        await receipts.get_receipt(registry, titles.hr, new_id())


async def test_a_kept_receipt_is_final_and_shown_by_sql_to_nobody_else(
    titles: Titles, database_urls: DatabaseUrls
) -> None:
    await verified(titles, titles.hr)
    registry = titles.world.registry
    for actor, seen in ((titles.hr, 1), (titles.holder, 1), (OTHER_HR, 0), (titles.officer, 0), (ANONYMOUS, 0)):
        async with registry.reading(actor) as connection:
            assert (
                len((await connection.execute(text("SELECT 1 FROM receipt WHERE kind = 'VERIFICATION'"))).all()) == seen
            )
    with as_superuser(database_urls) as connection:
        for statement in ("UPDATE receipt SET compact = 'x'", "DELETE FROM receipt", "TRUNCATE receipt CASCADE"):
            with pytest.raises(Exception, match=r"final|never|append"):
                connection.execute(statement)
            connection.rollback()
    with pytest.raises(DBAPIError):
        async with registry.noting(OTHER_HR) as session:
            await session.execute(
                text(
                    "INSERT INTO receipt (id, kind, organisation_id, issued_at, compact, command_id) "
                    "SELECT gen_random_uuid(), 'VERIFICATION', :unit, now(), 'x', id FROM command LIMIT 1"
                ),
                {"unit": titles.home},
            )


async def test_keys_are_published_without_their_secrets(titles: Titles) -> None:
    (key,) = receipts.published_keys(titles.world.registry)["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_what_settles_a_case_has_a_receipt_without_the_words_that_people_wrote(world: World) -> None:
    desks = await open_desks(world)
    case_id = await desks.open("1", **PREFECTURE)
    decision = CaseDecision(case_id, ProceedingOutcome.CONFIRMED, GIVEN)
    done = await proceeding_acts.decide(world.registry, desks.chongqing, decision, world.key())
    (given,) = done.receipts
    claims = receipts.check_receipt(world.registry, given.compact)
    assert (claims["kind"], claims["event"], claims["outcome"]) == ("CASE", "DECIDED", "CONFIRMED")
    assert (claims["case"], claims["ledger"]["sequence"]) == (str(case_id), done.sequence)
    assert GIVEN not in json.dumps(claims, ensure_ascii=False)
    assert await receipts.get_receipt(world.registry, desks.me, given.id) == given
