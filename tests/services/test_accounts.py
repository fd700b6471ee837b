"""Opening and closing accounts."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.services import accounts, identities, researchers
from talent_registry.services.accounts import NewAccount, NewAgencyClient
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from tests.offices import CHONGQING, HOME, PASSWORD, SICHUAN, Offices, open_offices
from tests.registries import World, authority

DOCUMENT = "990000199001011239"


@pytest.fixture
async def offices(world: World) -> Offices:
    return await open_offices(world)


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
async def test_nobody_else_opens_or_closes_a_client(offices: Offices, actor: Actor, refusal: type[Exception]) -> None:
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
