"""Notes on alerts: by an account of a party's authority, on what is so, kept for the own province and never changed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.errors import InvalidInput, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.services import alerts
from talent_registry.services.alerts import NewNote
from talent_registry.services.inconsistencies import list_inconsistencies
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import caller_of
from tests.conftest import DatabaseUrls, as_superuser
from tests.proceedings import PREFECTURE, Desks, open_desks
from tests.registries import World, authority


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


async def unequal(desks: Desks) -> str:
    for number, outcome in enumerate((ProceedingOutcome.CONFIRMED, ProceedingOutcome.REFUSED)):
        await desks.settle(await desks.open(str(number), **PREFECTURE), outcome)
    (found,) = (await list_inconsistencies(desks.posts.registry, desks.chongqing, PageRequest())).items
    return found.digest


async def note(desks: Desks, actor: Actor, digest: str, said: str = "已核查。") -> None:
    await alerts.acknowledge(desks.posts.registry, actor, NewNote(digest, said), desks.world.key())


async def test_notes_are_kept_by_name_for_the_own_province_and_cannot_be_changed(
    desks: Desks, database_urls: DatabaseUrls
) -> None:
    digest = await unequal(desks)
    await note(desks, desks.chongqing, digest)
    await note(desks, desks.chongqing_too, digest, "同意上述核查。")
    await note(desks, desks.sichuan, digest, "四川无此类办件。")
    kept = await alerts.list_notes(desks.posts.registry, desks.chongqing, [digest])
    assert [(one.account_id, one.note) for one in kept[digest]] == [
        (desks.chongqing.account_id, "已核查。"),
        (desks.chongqing_too.account_id, "同意上述核查。"),
    ]
    forged = text(
        "INSERT INTO alert_note SELECT gen_random_uuid(), kind, subject, '510000', 'x', account_id, "
        "organisation_id, now(), command_id FROM alert_note LIMIT 1"
    )
    database = desks.posts.registry.database
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.writing(caller_of(desks.chongqing), desks.posts.today, "") as connection:
            await connection.execute(forged)
    with as_superuser(database_urls) as connection, pytest.raises(Exception, match="alert_note"):
        connection.execute("UPDATE alert_note SET note = 'x'")


async def test_nobody_notes_what_is_not_so_or_without_a_name_or_an_identity_number(desks: Desks) -> None:
    digest = await unequal(desks)
    for actor, refusal in (
        (ANONYMOUS, NotPermitted),
        (desks.issuer, NotPermitted),
        (authority("500000"), NotPermitted),
        (authority("520000"), NotPermitted),
    ):
        with pytest.raises(refusal):
            await note(desks, actor, digest)
    with pytest.raises(NotFound):
        await note(desks, desks.chongqing, "0" * 64)
    for said in ("", "x" * 501, "身份证 11010519491231002X"):
        with pytest.raises(InvalidInput):
            await note(desks, desks.chongqing, digest, said)
    with pytest.raises(NotPermitted):
        await alerts.list_notes(desks.posts.registry, desks.issuer, [digest])
