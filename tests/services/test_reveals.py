"""The number of a document is shown in full to whom the law or the person opens it, and the person sees it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from talent_registry.domain.errors import InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.domain.reveals import FULL_NUMBER, LegalBasis
from talent_registry.services import accesses, consents, corrections
from talent_registry.services.attempts import count_attempts
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.reveals import REVEALED_AN_HOUR, NewReveal, Revealed, reveal
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import document

DUTY, CONSENT, PURPOSE = LegalBasis.STATUTORY_DUTY, LegalBasis.CONSENT, "核对证件"


async def show(posts: Postings, actor: Actor, basis: LegalBasis, purpose: str = PURPOSE) -> Revealed:
    return await reveal(posts.registry, actor, NewReveal(posts.person.id, purpose, basis), posts.world.key())


async def opened_to(posts: Postings, *fields: PersonField) -> None:
    until = posts.today + timedelta(days=30)
    new = consents.NewConsent(posts.other_host, PURPOSE, fields, until)
    await consents.grant(posts.registry, posts.person.me, new, posts.world.key())


async def test_the_authority_reads_the_number_and_the_person_sees_that_and_why(world: World) -> None:
    posts = await open_postings(world)
    shown = await show(posts, posts.titles.officer, DUTY)
    assert [one.number for one in shown.numbers] == [posts.titles.document_number]
    page = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    look = page.items[-1]
    assert (look.purpose, look.fields, look.organisation_id) == (
        PURPOSE,
        (PersonField.DOCUMENTS,),
        posts.titles.sichuan,
    )
    assert look.basis == f"AUTHORITY+AUTHORITY_OF_ISSUER+{FULL_NUMBER}"
    # The number is in no answer that is kept, and in no entry of the ledger.
    async with posts.registry.reading(posts.titles.officer) as connection:
        rows = (await connection.execute(text("SELECT c.result, l.body FROM command c, ledger_entry l"))).all()
    assert rows
    assert posts.titles.document_number not in str(rows)
    assert posts.titles.document_number not in repr(shown)
    with pytest.raises(InvalidInput):
        await show(posts, posts.titles.officer, DUTY, " ")


async def test_a_consent_opens_the_number_for_its_own_purpose_alone(world: World) -> None:
    posts = await open_postings(world)
    await opened_to(posts, PersonField.DOCUMENTS)
    with pytest.raises(InvalidInput) as other:
        await show(posts, posts.other_host_hr, CONSENT, "发放购物卡")
    assert (other.value.reason, PURPOSE in other.value.message.zh) == ("PURPOSE_NOT_CONSENTED", True)
    shown = await show(posts, posts.other_host_hr, CONSENT, f" {PURPOSE} ")
    assert (shown.public_number, len(shown.numbers)) == (posts.person.public_number, 1)


async def test_a_repeat_shows_no_number_that_was_corrected_meanwhile(world: World) -> None:
    posts = await open_postings(world)
    asked, key = NewReveal(posts.person.id, PURPOSE, DUTY), world.key()
    (mistyped,) = (await reveal(posts.registry, posts.titles.officer, asked, key)).numbers
    right = corrections.DocumentCorrection(
        posts.person.id, Amendment.CORRECTION, mistyped.kind, document(77), mistyped.document_id, None
    )
    await corrections.correct_document(posts.registry, posts.titles.officer, right, world.key())
    assert (await reveal(posts.registry, posts.titles.officer, asked, key)).numbers == ()
    assert [one.number for one in (await show(posts, posts.titles.officer, DUTY)).numbers] == [document(77)]


async def test_a_repeat_that_shows_the_number_again_is_a_look_of_its_own(world: World) -> None:
    posts = await open_postings(world)
    asked, key = NewReveal(posts.person.id, PURPOSE, DUTY), world.key()
    shown = [await reveal(posts.registry, posts.titles.officer, asked, key) for _ in range(2)]
    assert [one.done.replayed for one in shown] == [False, True]
    assert shown[0].numbers == shown[1].numbers
    page = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    bases = [one.basis for one in page.items if FULL_NUMBER in one.basis]
    assert bases == [f"AUTHORITY+AUTHORITY_OF_ISSUER+{FULL_NUMBER}"] * 2


async def test_whoever_reads_a_register_of_numbers_is_stopped(world: World) -> None:
    posts = await open_postings(world)
    officer = replace(posts.titles.officer, account_id=posts.home_hr.account_id)
    await count_attempts(posts.registry, str(officer.account_id), REVEALED_AN_HOUR, amount=REVEALED_AN_HOUR.limit)
    with pytest.raises(Limited):
        await show(posts, officer, DUTY)
    page = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    assert not [one for one in page.items if FULL_NUMBER in one.basis]


async def test_an_office_reads_it_by_a_consent_that_names_the_documents_and_by_nothing_else(world: World) -> None:
    posts = await open_postings(world)
    for actor in (posts.other_host_hr, posts.home_hr, posts.person.me, posts.titles.other_officer):
        for basis in LegalBasis:
            with pytest.raises(NotFound):
                await show(posts, actor, basis)
    with pytest.raises(NotPermitted):
        await show(posts, ANONYMOUS, DUTY)
    await opened_to(posts, PersonField.NAME)
    with pytest.raises(NotFound):
        await show(posts, posts.other_host_hr, CONSENT)
    await opened_to(posts, PersonField.DOCUMENTS)
    with pytest.raises(NotFound):
        await show(posts, posts.other_host_hr, DUTY)
    shown = await show(posts, posts.other_host_hr, CONSENT)
    assert [one.number for one in shown.numbers] == [posts.titles.document_number]
