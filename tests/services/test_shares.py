"""A person opens chosen fields to whoever holds a code, sees who tried it, and closes it at once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.credentials import Standing
from talent_registry.domain.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.domain.pages import OfPerson, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shares import (
    MOST_OPEN,
    MOST_WRONG_PINS,
    Share,
    ShareField,
    ShareOutcome,
    ShareState,
    ShareTerms,
    code_of,
    written,
)
from talent_registry.services import accesses, credential_reads, share_openings, share_views, shares, standing
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.share_openings import AskedOpening, Limits, Opening
from tests.registries import World
from tests.titles import NAME, NUMBER, Titles, open_titles

ALL = tuple(ShareField)
HERE, THERE = "203.0.113.7", "203.0.113.8"
PIN = "4711"


@pytest.fixture
async def titles(world: World) -> Titles:
    titles = await open_titles(world)
    await titles.record()
    return titles


async def own_terms(titles: Titles, fields: tuple[ShareField, ...] = ALL) -> ShareTerms:
    asked = OfPerson(titles.person, PageRequest())
    (held,) = await credential_reads.list_of_people(titles.world.registry, titles.holder, [asked])
    division = "500000" if ShareField.RECOGNITION in fields else None
    return ShareTerms("应聘材料", tuple(one.credential.id for one in held.items), fields, division)


async def issued(titles: Titles, fields: tuple[ShareField, ...] = ALL, **more: object) -> shares.Issued:
    asked = shares.NewShare(await own_terms(titles, fields), **({"days": 30} | more))  # type: ignore[arg-type]
    return await shares.issue(titles.world.registry, titles.holder, asked, titles.world.key())


async def tried(titles: Titles, code: str, pin: str | None = None, by: Actor = ANONYMOUS, at: str = HERE) -> Opening:
    asked = AskedOpening(code, pin)
    return await share_openings.open_code(titles.world.registry, by, asked, titles.world.key(), at)


async def looks(titles: Titles) -> list[tuple[str, tuple[PersonField, ...], str, UUID | None]]:
    page = await accesses.list_accesses(titles.world.registry, titles.holder, PageRequest(100))
    return [(one.basis, one.fields, one.purpose, one.share_code_id) for one in page.items]


async def test_whoever_holds_the_code_sees_what_was_chosen_and_the_person_sees_the_look(titles: Titles) -> None:
    given = await issued(titles)
    assert given.link == f"{titles.world.registry.public_url}/s#{given.code}"
    opened = await tried(titles, written(given.code).lower())
    assert opened.outcome is ShareOutcome.OPENED
    view = opened.view
    assert view is not None
    (credential,) = view.credentials
    assert (view.name, credential.number, credential.standing) == (NAME, NUMBER, Standing.VALID)
    assert [paper.number_masked[:3] + paper.number_masked[-4:] for paper in view.documents] == [
        titles.document_number[:3] + titles.document_number[-4:]
    ]
    assert all("*" in paper.number_masked for paper in view.documents)
    assert credential.issuer is not None
    assert credential.issuer.id == titles.sichuan
    assert credential.decision is not None
    assert (credential.decision.outcome, credential.decision.version_id != "") == (Outcome.AUTO, True)
    fields = (PersonField.NAME, PersonField.DOCUMENTS, PersonField.CREDENTIALS)
    assert await looks(titles) == [("SHARE_CODE", fields, "应聘材料", given.share_id)]


async def test_what_was_not_chosen_is_in_no_answer(titles: Titles) -> None:
    given = await issued(titles, ())
    opened = await tried(titles, given.code, by=titles.hr)
    assert opened.view is not None
    (credential,) = opened.view.credentials
    hidden = (credential.number, credential.title, credential.series, credential.level, credential.issuer)
    assert (*hidden, credential.approval_date, credential.valid_from, credential.decision) == (None,) * 8
    assert (opened.view.name, list(opened.view.documents)) == (None, [])
    assert (await looks(titles))[0][1] == (PersonField.CREDENTIALS,)
    assert NAME not in repr(opened)


async def test_the_preview_is_what_the_viewer_sees_and_writes_nothing(titles: Titles) -> None:
    terms = await own_terms(titles)
    seen = await share_views.preview(titles.world.registry, titles.holder, terms)
    assert (await shares.list_own(titles.world.registry, titles.holder, PageRequest())).items == ()
    opened = await tried(titles, (await issued(titles)).code)
    assert seen == opened.view


async def test_validity_is_computed_when_it_is_opened(titles: Titles) -> None:
    given = await issued(titles, (ShareField.RECOGNITION,))
    (credential,) = (await own_terms(titles)).credential_ids
    change = standing.StatusChange(credential, "核查")
    await standing.revoke(titles.world.registry, titles.issuer, change, titles.world.key())
    view = (await tried(titles, given.code)).view
    assert view is not None
    assert view.credentials[0].standing is Standing.REVOKED
    assert view.credentials[0].decision is not None
    assert view.credentials[0].decision.outcome is Outcome.NOT_RECOGNISED


async def test_revoked_expired_and_unknown_codes_are_answered_alike_and_the_tries_are_told(titles: Titles) -> None:
    gone, over = await issued(titles), await issued(titles, days=1)
    await shares.revoke(titles.world.registry, titles.holder, gone.share_id, titles.world.key())
    titles.world.clock.go_on(days=1)
    said = []
    for code in (gone.code, over.code, code_of(bytes(32))):
        answer = await tried(titles, code)
        said.append((answer.outcome, answer.message, answer.view, answer.expires_at, answer.as_of))
        assert set(answer.done.result) == {"outcome", "as_of"}
    assert said == [said[0]] * 3
    assert said[0][0] is ShareOutcome.NOT_VALID
    assert [(basis, fields, share) for basis, fields, _, share in await looks(titles)] == [
        ("SHARE_CODE_REFUSED", (), gone.share_id),
        ("SHARE_CODE_REFUSED", (), over.share_id),
    ]
    states = [one.state(titles.world.clock()) for one in await listed(titles)]
    assert states == [ShareState.REVOKED, ShareState.EXPIRED]


async def listed(titles: Titles) -> list[Share]:
    return list((await shares.list_own(titles.world.registry, titles.holder, PageRequest())).items)


async def test_a_repeat_gets_the_first_answer_until_the_code_is_revoked(titles: Titles) -> None:
    given, key = await issued(titles), titles.world.key()

    async def again() -> Opening:
        asked = AskedOpening(given.code)
        return await share_openings.open_code(titles.world.registry, ANONYMOUS, asked, key, HERE)

    first, second = await again(), await again()
    assert (second.view, second.done.replayed) == (first.view, True)
    assert len(await looks(titles)) == 1
    await shares.revoke(titles.world.registry, titles.holder, given.share_id, titles.world.key())
    third = await again()
    assert (third.outcome, third.view) == (ShareOutcome.NOT_VALID, None)
    # From elsewhere it is another caller's key.
    asked = AskedOpening(given.code)
    other = await share_openings.open_code(titles.world.registry, ANONYMOUS, asked, key, THERE)
    assert not other.done.replayed


async def test_a_code_with_a_pin_asks_for_it_and_closes_after_too_many_wrong_ones(titles: Titles) -> None:
    given = await issued(titles, pin="４７１１")
    assert (await tried(titles, given.code)).outcome is ShareOutcome.PIN_NEEDED
    assert await looks(titles) == []
    assert (await tried(titles, given.code, "4712")).outcome is ShareOutcome.PIN_WRONG
    assert (await tried(titles, given.code, PIN)).outcome is ShareOutcome.OPENED
    outcomes = [
        (await tried(titles, given.code, f"{wrong:04}", at=f"198.51.100.{wrong}")).outcome
        for wrong in range(MOST_WRONG_PINS - 1)
    ]
    assert outcomes == [ShareOutcome.PIN_WRONG] * (MOST_WRONG_PINS - 2) + [ShareOutcome.NOT_VALID]
    assert (await tried(titles, given.code, PIN)).outcome is ShareOutcome.NOT_VALID
    (kept,) = await listed(titles)
    assert (kept.state(titles.world.clock()), kept.wrong_pins) == (ShareState.CLOSED, MOST_WRONG_PINS)
    bases = [basis for basis, _, _, _ in await looks(titles)]
    assert bases == ["SHARE_CODE_REFUSED", "SHARE_CODE", *["SHARE_CODE_REFUSED"] * MOST_WRONG_PINS]


async def test_one_caller_tries_few_pins_of_all_codes_together_and_right_ones_cost_nothing(titles: Titles) -> None:
    codes = [(await issued(titles, pin=PIN)).code for _ in range(2)]
    few = Limits(wrong_pins_an_hour=3)

    async def once(code: str, pin: str) -> ShareOutcome:
        asked = AskedOpening(code, pin)
        key = titles.world.key()
        return (await share_openings.open_code(titles.world.registry, ANONYMOUS, asked, key, HERE, few)).outcome

    assert [await once(codes[0], PIN) for _ in range(4)] == [ShareOutcome.OPENED] * 4
    assert [await once(code, "0000") for code in (*codes, codes[0])] == [ShareOutcome.PIN_WRONG] * 3
    with pytest.raises(Limited):
        await once(codes[1], PIN)
    assert (await tried(titles, codes[1], PIN, at=THERE)).outcome is ShareOutcome.OPENED


@pytest.mark.parametrize("by", ["nobody", "an office"])
async def test_how_often_codes_are_tried_is_limited_per_caller(titles: Titles, by: str) -> None:
    caller = ANONYMOUS if by == "nobody" else Actor(ActorKind.HR, None, titles.home)
    limits = Limits(anonymous_a_minute=2, account_a_minute=2)
    with pytest.raises(Limited):
        for _ in range(3):
            asked = AskedOpening(code_of(bytes(32)))
            await share_openings.open_code(titles.world.registry, caller, asked, titles.world.key(), HERE, limits)


async def test_a_mistyped_code_is_told_from_its_form_alone(titles: Titles) -> None:
    for faulty in (AskedOpening("FX-1"), AskedOpening(code_of(bytes(32)), purpose="x" * 201)):
        with pytest.raises(InvalidInput):
            await share_openings.open_code(titles.world.registry, ANONYMOUS, faulty, titles.world.key(), HERE)


async def test_a_purpose_that_was_stated_stands_in_the_record_and_ones_own_look_does_not(titles: Titles) -> None:
    given = await issued(titles)
    asked = AskedOpening(given.code, purpose=" 岗位聘任审核 ")
    await share_openings.open_code(titles.world.registry, titles.hr, asked, titles.world.key(), HERE)
    await tried(titles, given.code, by=titles.holder)
    assert [purpose for _, _, purpose, _ in await looks(titles)] == ["岗位聘任审核"]
    own = await shares.get_own(titles.world.registry, titles.holder, given.share_id)
    assert [(one.organisation_id, one.basis) for one in own.tries] == [(titles.hr.organisation_id, "SHARE_CODE")]


async def test_a_person_is_shown_the_code_again_and_nobody_else_finds_it(titles: Titles) -> None:
    given = await issued(titles)
    stranger = Actor(ActorKind.RESEARCHER, researcher_id=uuid4())
    own = await shares.get_own(titles.world.registry, titles.holder, given.share_id)
    assert (own.code, own.link, own.state) == (given.code, given.link, ShareState.OPEN)
    for actor in (titles.hr, titles.officer, titles.issuer, OPERATOR, stranger):
        with pytest.raises(NotFound):
            await shares.get_own(titles.world.registry, actor, given.share_id)
        with pytest.raises(NotFound):
            await shares.revoke(titles.world.registry, actor, given.share_id, titles.world.key())
        assert await shares.list_by_ids(titles.world.registry, actor, [given.share_id]) == [None]
    with pytest.raises(NotPermitted):
        await shares.list_own(titles.world.registry, ANONYMOUS, PageRequest())
    assert [
        one and one.id for one in await shares.list_by_ids(titles.world.registry, titles.holder, [given.share_id])
    ] == [given.share_id]


async def test_the_same_key_gives_the_same_code(titles: Titles) -> None:
    asked, key = shares.NewShare(await own_terms(titles), 30, PIN), titles.world.key()
    first, second = [await shares.issue(titles.world.registry, titles.holder, asked, key) for _ in range(2)]
    assert (second.code, second.share_id, second.done.replayed) == (first.code, first.share_id, True)
    with pytest.raises(Conflict):
        await shares.issue(titles.world.registry, titles.holder, replace(asked, pin="4712"), key)


async def test_only_credentials_of_ones_own_and_readable_terms_are_shared(titles: Titles) -> None:
    terms = await own_terms(titles)
    registry = titles.world.registry
    for faulty, refusal in (
        (replace(terms, credential_ids=(*terms.credential_ids, uuid4())), NotFound),
        (replace(terms, credential_ids=()), InvalidInput),
        (replace(terms, division="999999"), InvalidInput),
        (replace(terms, purpose=""), InvalidInput),
        (replace(terms, division=None), InvalidInput),
    ):
        with pytest.raises(refusal):
            await shares.issue(registry, titles.holder, shares.NewShare(faulty, 30), titles.world.key())
        with pytest.raises(refusal):
            await share_views.preview(registry, titles.holder, faulty)
    for days, pin in ((0, None), (181, None), (30, "12")):
        with pytest.raises(InvalidInput):
            await shares.issue(registry, titles.holder, shares.NewShare(terms, days, pin), titles.world.key())
    assert await listed(titles) == []


async def test_twenty_codes_are_open_at_a_time_and_one_is_revoked_once(titles: Titles) -> None:
    given = [await issued(titles) for _ in range(MOST_OPEN)]
    with pytest.raises(Conflict) as full:
        await issued(titles)
    assert full.value.reason == "TOO_MANY_OPEN"
    await shares.revoke(titles.world.registry, titles.holder, given[0].share_id, titles.world.key())
    with pytest.raises(Conflict) as again:
        await shares.revoke(titles.world.registry, titles.holder, given[0].share_id, titles.world.key())
    assert again.value.reason == "REVOKED_BEFORE"
    await issued(titles)
    assert date(2026, 11, 24) + timedelta(days=30) == (await listed(titles))[0].expires_at.date()
