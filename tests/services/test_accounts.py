"""Opening and closing accounts, signing in, and who is behind a token."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest
from passlib.hash import argon2  # type: ignore[import-untyped]
from sqlalchemy import text, update

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.services import accounts, identities, researchers
from talent_registry.services.accounts import NewAccount, NewAgencyClient
from talent_registry.services.identities import BY_LOGIN, BY_ORIGIN
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.signing import tokens
from talent_registry.signing.sealing import digest
from talent_registry.storage.tables import account
from tests.registries import World, authority

SICHUAN, CHONGQING, CHENGDU = "510000", "500000", "510100"
PASSWORD = "correct horse battery"
DOCUMENT = "990000199001011239"
HOME = "203.0.113.7"


@dataclass
class Offices:
    """A world with an authority, a university and an agency in Sichuan."""

    world: World
    hrss: UUID
    university: UUID
    agency: UUID

    async def account(self, kind: AccountKind, unit: UUID, login: str = "clerk-1") -> UUID:
        purposes = ("VERIFY", "DECIDE") if kind is AccountKind.AGENCY else ()
        asked = NewAccount(login, PASSWORD, kind, unit, purposes=purposes)
        done = await accounts.open_account(self.world.registry, OPERATOR, asked, self.world.key())
        return UUID(done.result["account_id"])


@pytest.fixture
async def offices(world: World) -> AsyncIterator[Offices]:
    yield Offices(
        world,
        await world.organisation("样例省人社厅", "HRSS_BUREAU", SICHUAN),
        await world.organisation("样例大学", "UNIVERSITY", CHENGDU),
        await world.organisation("样例人才服务机构", "AGENCY", CHENGDU),
    )


async def a_researcher(world: World) -> tuple[UUID, str]:
    """A registered person with a document; id and public number."""
    asked = researchers.NewPerson("样例", "RESIDENT_ID", DOCUMENT)
    done = await researchers.register(world.registry, OPERATOR, asked, world.key())
    return UUID(done.result["researcher_id"]), done.result["public_number"]


async def entries(world: World) -> int:
    async with world.registry.reading(OPERATOR) as connection:
        return int((await connection.execute(text("SELECT count(*) FROM ledger_entry"))).scalar_one())


async def test_an_account_acts_for_its_office_and_the_province_of_that_office(offices: Offices) -> None:
    account_id = await offices.account(AccountKind.AUTHORITY, offices.hrss)
    actor = await identities.actor_of(offices.world.registry, account_id)
    assert actor == Actor(ActorKind.AUTHORITY, account_id, offices.hrss, None, SICHUAN)


async def test_an_authority_account_is_refused_for_an_office_that_is_no_provincial_authority(offices: Offices) -> None:
    with pytest.raises(InvalidInput) as refused:
        await offices.account(AccountKind.AUTHORITY, offices.university)
    assert refused.value.reason == "NOT_A_PROVINCIAL_AUTHORITY"


@pytest.mark.parametrize("actor", [ANONYMOUS, authority(SICHUAN), authority(CHONGQING)])
@pytest.mark.parametrize("kind", [AccountKind.HR, AccountKind.AUTHORITY, AccountKind.ISSUER])
async def test_only_the_operator_opens_the_account_of_an_office(
    offices: Offices, actor: Actor, kind: AccountKind
) -> None:
    before = await entries(offices.world)
    asked = NewAccount("clerk-1", PASSWORD, kind, offices.hrss)
    with pytest.raises(NotPermitted):
        await accounts.open_account(offices.world.registry, actor, asked, offices.world.key())
    assert await entries(offices.world) == before


async def test_the_authority_of_the_province_opens_an_agencys_account_and_no_other_does(offices: Offices) -> None:
    world = offices.world
    asked = NewAccount("agency-1", PASSWORD, AccountKind.AGENCY, offices.agency, purposes=("VERIFY",))
    with pytest.raises(NotFound):
        await accounts.open_account(world.registry, authority(CHONGQING), asked, world.key())
    with pytest.raises(NotPermitted):
        await accounts.open_account(world.registry, ANONYMOUS, asked, world.key())
    done = await accounts.open_account(world.registry, authority(SICHUAN), asked, world.key())
    actor = await identities.actor_of(world.registry, UUID(done.result["account_id"]))
    assert (actor.kind, actor.purposes) == (ActorKind.AGENCY, frozenset({"VERIFY"}))


async def test_a_researchers_account_needs_public_number_and_document_to_agree(world: World) -> None:
    person, number = await a_researcher(world)
    asked = NewAccount("li.na", PASSWORD, AccountKind.RESEARCHER, None, number, DOCUMENT)
    for wrong in (replace(asked, document_number="990000199001011247"), replace(asked, document_number=None)):
        with pytest.raises(InvalidInput) as refused:
            await accounts.open_account(world.registry, OPERATOR, wrong, world.key())
        assert refused.value.reason == "PERSON_UNCONFIRMED"
        assert DOCUMENT not in str(refused.value)
    done = await accounts.open_account(world.registry, OPERATOR, asked, world.key())
    account_id = UUID(done.result["account_id"])
    assert await identities.actor_of(world.registry, account_id) == Actor(
        ActorKind.RESEARCHER, account_id, None, person
    )
    issued = await identities.sign_in(world.registry, "li.na", PASSWORD, HOME, seconds=900)
    assert issued.account.researcher_number == number


async def test_a_person_has_one_account(world: World) -> None:
    _, number = await a_researcher(world)
    for login, refusal in (("li.na", None), ("li.na.2", Conflict)):
        asked = NewAccount(login, PASSWORD, AccountKind.RESEARCHER, None, number, DOCUMENT)
        if refusal is None:
            await accounts.open_account(world.registry, OPERATOR, asked, world.key())
        else:
            with pytest.raises(refusal) as refused:
                await accounts.open_account(world.registry, OPERATOR, asked, world.key())
            assert refused.value.reason == "ACCOUNT_EXISTS"


async def test_an_account_is_for_a_person_or_for_an_office_never_for_neither(offices: Offices) -> None:
    world = offices.world
    for asked in (
        NewAccount("clerk-1", PASSWORD, AccountKind.HR),
        NewAccount("clerk-1", PASSWORD, AccountKind.RESEARCHER, offices.university),
    ):
        with pytest.raises(InvalidInput) as refused:
            await accounts.open_account(world.registry, OPERATOR, asked, world.key())
        assert refused.value.reason == "PERSON_OR_OFFICE"
    with pytest.raises(NotFound):
        await accounts.open_account(
            world.registry, OPERATOR, NewAccount("clerk-1", PASSWORD, AccountKind.HR, uuid4()), world.key()
        )


async def test_a_login_is_given_once_and_a_short_password_never(offices: Offices) -> None:
    await offices.account(AccountKind.HR, offices.university, "Clerk-1")
    with pytest.raises(Conflict) as taken:
        await offices.account(AccountKind.HR, offices.university, "clerk-1")
    assert taken.value.reason == "LOGIN_TAKEN"
    asked = NewAccount("clerk-2", "short", AccountKind.HR, offices.university)
    with pytest.raises(InvalidInput) as refused:
        await accounts.open_account(offices.world.registry, OPERATOR, asked, offices.world.key())
    assert refused.value.reason == "PASSWORD_TOO_SHORT"


async def test_neither_password_nor_its_digest_reaches_command_or_ledger(offices: Offices) -> None:
    world, key = offices.world, offices.world.key()
    asked = NewAccount("clerk-1", PASSWORD, AccountKind.HR, offices.university)
    first = await accounts.open_account(world.registry, OPERATOR, asked, key)
    again = await accounts.open_account(world.registry, OPERATOR, replace(asked, password="another password"), key)
    assert (again.replayed, again.result) == (True, first.result)
    assert PASSWORD not in repr(asked)


async def test_a_secret_of_an_agency_is_shown_once(offices: Offices) -> None:
    world, key, officer = offices.world, offices.world.key(), authority(SICHUAN)
    asked = NewAgencyClient(offices.agency, ("VERIFY",))
    first = await accounts.open_agency_client(world.registry, officer, asked, key)
    again = await accounts.open_agency_client(world.registry, officer, asked, key)
    assert first.secret is not None
    assert (again.secret, again.client_id, again.account_id) == (None, first.client_id, first.account_id)
    assert first.secret not in repr(first)
    found = await identities.authenticate(world.registry, first.client_id, first.secret, HOME)
    assert found.id == first.account_id


@pytest.mark.parametrize(("actor", "refusal"), [(ANONYMOUS, NotPermitted), (authority(CHONGQING), NotFound)])
async def test_nobody_else_opens_or_closes_a_client(
    offices: Offices, actor: Actor, refusal: type[Exception]
) -> None:
    world = offices.world
    client = await accounts.open_agency_client(
        world.registry, authority(SICHUAN), NewAgencyClient(offices.agency, ("VERIFY",)), world.key()
    )
    before = await entries(world)
    with pytest.raises(refusal):
        await accounts.open_agency_client(
            world.registry, actor, NewAgencyClient(offices.agency, ("VERIFY",)), world.key()
        )
    with pytest.raises(refusal) as known:
        await accounts.close_account(world.registry, actor, client.account_id, world.key())
    with pytest.raises(refusal) as unknown:
        await accounts.close_account(world.registry, actor, uuid4(), world.key())
    assert str(known.value) == str(unknown.value)
    with pytest.raises(refusal):
        await accounts.get_account(world.registry, actor, client.account_id)
    assert await entries(world) == before


async def test_the_operator_finds_no_account_where_none_is(world: World) -> None:
    with pytest.raises(NotFound):
        await accounts.close_account(world.registry, OPERATOR, uuid4(), world.key())
    with pytest.raises(NotFound):
        await accounts.get_account(world.registry, OPERATOR, uuid4())


async def test_an_authority_does_not_close_the_account_of_an_office(offices: Offices) -> None:
    account_id = await offices.account(AccountKind.HR, offices.university)
    with pytest.raises(NotFound):
        await accounts.close_account(offices.world.registry, authority(SICHUAN), account_id, offices.world.key())


async def test_a_closed_account_is_nobody_from_the_next_request_on(offices: Offices) -> None:
    world = offices.world
    account_id = await offices.account(AccountKind.HR, offices.university)
    issued = await identities.sign_in(world.registry, "clerk-1", PASSWORD, HOME, seconds=900)
    assert (await identities.actor_of_token(world.registry, issued.access_token)).account_id == account_id
    await accounts.close_account(world.registry, OPERATOR, account_id, world.key())
    with pytest.raises(NotPermitted) as refused:
        await identities.actor_of_token(world.registry, issued.access_token)
    assert refused.value.reason == "ACCOUNT_CLOSED"
    with pytest.raises(NotPermitted) as wrong:
        await identities.sign_in(world.registry, "clerk-1", PASSWORD, HOME, seconds=900)
    assert wrong.value.reason == "WRONG_SIGN_IN"
    with pytest.raises(Conflict):
        await accounts.close_account(world.registry, OPERATOR, account_id, world.key())


async def test_a_changed_purpose_holds_from_the_next_request_on(offices: Offices) -> None:
    world = offices.world
    account_id = await offices.account(AccountKind.AGENCY, offices.agency)
    found = await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
    token = identities.issue(world.registry, found, ("DECIDE", "VERIFY"), seconds=60).access_token
    async with world.registry.noting(OPERATOR) as connection:
        await connection.execute(update(account).where(account.c.id == account_id).values(purposes=["VERIFY"]))
    actor = await identities.actor_of_token(world.registry, token)
    assert actor.purposes == frozenset({"VERIFY"})


async def test_a_token_lives_as_long_as_it_says(offices: Offices) -> None:
    world = offices.world
    await offices.account(AccountKind.HR, offices.university)
    issued = await identities.sign_in(world.registry, "CLERK-1", PASSWORD, HOME, seconds=900)
    assert (issued.expires_at - world.clock()).total_seconds() == issued.expires_in == 900
    world.clock.go_on(seconds=899)
    await identities.actor_of_token(world.registry, issued.access_token)
    world.clock.go_on(seconds=1)
    with pytest.raises(NotPermitted) as refused:
        await identities.actor_of_token(world.registry, issued.access_token)
    assert refused.value.reason == "TOKEN_EXPIRED"


async def test_a_token_that_names_no_account_of_ours_is_refused(world: World) -> None:
    for subject, reason in (("nobody", "TOKEN_REFUSED"), (str(uuid4()), "ACCOUNT_CLOSED")):
        token = tokens.issue(world.registry.keys, subject, now=world.clock(), seconds=60)
        with pytest.raises(NotPermitted) as refused:
            await identities.actor_of_token(world.registry, token)
        assert refused.value.reason == reason
    with pytest.raises(NotPermitted) as odd:
        await identities.actor_of_token(world.registry, "a.b.c")
    assert odd.value.reason == "TOKEN_REFUSED"


async def test_wrong_password_and_unknown_login_read_and_cost_the_same(offices: Offices) -> None:
    world = offices.world
    await offices.account(AccountKind.HR, offices.university)
    words, seconds = set(), []
    for login in ("clerk-1", "nobody-1", "无此人", "clerk-1", "nobody-1"):
        began = time.perf_counter()
        with pytest.raises(NotPermitted) as refused:
            await identities.authenticate(world.registry, login, "wrong password 1", HOME)
        seconds.append(time.perf_counter() - began)
        words.add((refused.value.reason, refused.value.message))
    assert len(words) == 1
    # Each did the work of a password check, which nothing cheaper takes.
    assert min(seconds) > 0.005


async def test_guessing_one_login_is_limited_from_everywhere_and_right_tries_do_not_count(offices: Offices) -> None:
    world = offices.world
    await offices.account(AccountKind.HR, offices.university)
    for _ in range(2):
        await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
    for number in range(BY_LOGIN.limit):
        with pytest.raises(NotPermitted):
            await identities.authenticate(world.registry, "clerk-1", "wrong password 1", f"198.51.100.{number}")
    with pytest.raises(Limited) as limited:
        await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
    assert limited.value.retry_after is not None
    assert 0 < limited.value.retry_after <= BY_LOGIN.seconds + 1
    world.clock.go_on(seconds=BY_LOGIN.seconds)
    await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)


async def test_many_logins_from_one_place_are_limited(world: World) -> None:
    async with world.registry.noting(OPERATOR) as connection:
        await connection.execute(
            text("INSERT INTO attempt VALUES (:scope, :subject, :window, :count)"),
            {
                "scope": BY_ORIGIN.scope,
                "subject": digest(world.registry.keys, BY_ORIGIN.scope, HOME),
                "window": BY_ORIGIN.window_start(world.clock()),
                "count": BY_ORIGIN.limit,
            },
        )
    with pytest.raises(Limited):
        await identities.authenticate(world.registry, "nobody-1", PASSWORD, HOME)


async def test_an_agencys_client_is_sent_to_the_token_endpoint(offices: Offices) -> None:
    await offices.account(AccountKind.AGENCY, offices.agency)
    with pytest.raises(NotPermitted) as refused:
        await identities.sign_in(offices.world.registry, "clerk-1", PASSWORD, HOME, seconds=900)
    assert refused.value.reason == "USE_CLIENT_CREDENTIALS"


async def test_an_old_hash_is_renewed_when_its_owner_signs_in(offices: Offices) -> None:
    world = offices.world
    account_id = await offices.account(AccountKind.HR, offices.university)
    old = argon2.using(type="ID", memory_cost=8192, rounds=1, parallelism=1).hash(PASSWORD)

    async def stored() -> str:
        async with world.registry.reading(OPERATOR) as connection:
            found = await connection.execute(text("SELECT password_hash FROM account"))
            return str(found.scalar_one())

    async with world.registry.noting(OPERATOR) as connection:
        await connection.execute(update(account).where(account.c.id == account_id).values(password_hash=old))
    await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
    assert await stored() != old
    await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
