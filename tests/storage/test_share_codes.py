"""What the database refuses of share codes: reading those of others, opening one again, changing what it opens."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.shares import ShareField, ShareTerms
from talent_registry.services import shares
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.registry import caller_of
from talent_registry.storage.ids import new_id
from talent_registry.storage.ledger import claim_key
from talent_registry.storage.session import Caller, duty
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import NOON, World
from tests.titles import Titles, open_titles


@pytest.fixture
async def titles(world: World) -> Titles:
    titles = await open_titles(world)
    credential = await titles.record()
    asked = shares.NewShare(ShareTerms("应聘", (credential,), (ShareField.LEVEL,)), 30, "4711")
    await shares.issue(world.registry, titles.holder, asked, world.key())
    return titles


async def changed(titles: Titles, caller: Caller, statement: str, duty_name: str = "", **values: Any) -> int:
    """How many rows a statement of the application changes."""
    database = titles.world.registry.database
    async with database.writing(caller, titles.world.registry.today(), "x") as connection, duty(connection, duty_name):
        return (await connection.execute(text(statement), values)).rowcount


async def state_of_refusal(titles: Titles, caller: Caller, statement: str, duty_name: str = "", **values: Any) -> str:
    with pytest.raises(DBAPIError) as failure:
        await changed(titles, caller, statement, duty_name, **values)
    return str(getattr(failure.value.orig, "sqlstate", ""))


async def test_nobody_but_the_person_and_the_opening_of_a_code_reads_a_row(titles: Titles) -> None:
    stranger = Actor(ActorKind.RESEARCHER, researcher_id=uuid4())
    reader = Actor(ActorKind.AGENCY, uuid4(), titles.home)
    callers = [titles.hr, titles.officer, titles.other_officer, titles.issuer, stranger, reader]
    database, today = titles.world.registry.database, titles.world.registry.today()
    for caller in (*map(caller_of, callers), Caller("ANONYMOUS"), Caller("OPERATOR"), Caller("CLOCK")):
        for duty_name in ("", "verify", "recognise", "account", "consequences", "receipt"):
            async with database.reading(caller, today) as connection, duty(connection, duty_name):
                assert (await connection.execute(text("SELECT code_digest, pin_hash FROM share_code"))).all() == []
            assert await changed(titles, caller, "UPDATE share_code SET revoked_at = now()", duty_name) == 0
    for caller, duty_name in ((caller_of(titles.holder), ""), (Caller("ANONYMOUS"), "share")):
        async with database.reading(caller, today) as connection, duty(connection, duty_name):
            assert len((await connection.execute(text("SELECT code_digest FROM share_code"))).all()) == 1


async def test_a_code_is_revoked_by_its_person_and_closed_by_its_opening_and_never_undone(titles: Titles) -> None:
    own, anyone = caller_of(titles.holder), Caller("ANONYMOUS")
    # The opening revokes nothing, the person counts no PINs.
    assert await state_of_refusal(titles, anyone, "UPDATE share_code SET revoked_at = now()", "share") == "TR001"
    assert await state_of_refusal(titles, own, "UPDATE share_code SET wrong_pins = 1") == "TR001"
    assert await state_of_refusal(titles, own, "UPDATE share_code SET closed_at = now()") == "TR001"
    assert await changed(titles, anyone, "UPDATE share_code SET wrong_pins = 10, closed_at = now()", "share") == 1
    assert await changed(titles, own, "UPDATE share_code SET revoked_at = now()") == 1
    for undone in ("wrong_pins = 0", "closed_at = NULL"):
        assert await state_of_refusal(titles, anyone, f"UPDATE share_code SET {undone}", "share") == "TR001"
    for undone in ("revoked_at = NULL", "revoked_at = now()"):
        assert await state_of_refusal(titles, own, f"UPDATE share_code SET {undone}") == "TR001"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE share_code SET expires_at = expires_at + interval '1 day'",
        "UPDATE share_code SET fields = '{NAME}'",
        "UPDATE share_code SET pin_hash = NULL",
        "DELETE FROM share_code",
        "TRUNCATE share_code CASCADE",
    ],
)
async def test_what_a_code_opens_is_final_for_the_application_and_for_the_owner(
    titles: Titles, database_urls: DatabaseUrls, statement: str
) -> None:
    assert await state_of_refusal(titles, caller_of(titles.holder), statement) == "42501"
    with as_superuser(database_urls) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(statement)
    assert refused.value.sqlstate == "TR001"


async def test_a_code_of_another_or_on_anothers_credential_or_for_too_long_is_not_added(titles: Titles) -> None:
    world = titles.world
    other, _ = await titles.enrol(2, "李雷")
    mine, foreign = titles.person, Caller("RESEARCHER", researcher_id=other)
    (credential,) = (await shares.list_by_ids(world.registry, titles.holder, await ids(titles)))[0].terms.credential_ids  # type: ignore[union-attr]
    own = caller_of(titles.holder)
    assert await added(titles, foreign, mine, credential) == "42501"
    assert await added(titles, foreign, other, credential) == "TR001"
    assert await added(titles, own, mine, credential, revoked_at=NOON) == "TR001"
    assert await added(titles, own, mine, credential, expires_at=NOON + timedelta(days=180, seconds=1)) == "23514"
    assert await added(titles, own, mine, credential, fields=["RECOGNITION"]) == "23514"


async def ids(titles: Titles) -> list[UUID]:
    async with titles.world.registry.reading(titles.holder) as connection:
        return list((await connection.execute(text("SELECT id FROM share_code"))).scalars())


async def added(titles: Titles, caller: Caller, person: UUID, credential: UUID, **more: Any) -> str:
    """The state with which the database refuses a row."""
    database, command = titles.world.registry.database, new_id()
    values = {
        "id": new_id(),
        "researcher_id": person,
        "code_digest": command.bytes,
        "purpose": "x",
        "credential_ids": [credential],
        "fields": ["LEVEL"],
        "issued_at": NOON,
        "expires_at": NOON + timedelta(days=180),
        "command_id": command,
        **more,
    }
    statement = f"INSERT INTO share_code ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})"
    with pytest.raises(DBAPIError) as failure:
        async with database.writing(caller, titles.world.registry.today(), "issueShareCode") as connection:
            who = str(command)
            await claim_key(connection, command_id=command, caller=who, key=who, name="x", input_digest=b"", at=NOON)
            await connection.execute(text(statement), values)
    return str(getattr(failure.value.orig, "sqlstate", ""))
