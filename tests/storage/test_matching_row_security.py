"""Whom the database shows to a host unit that looks for somebody: those who opted in, and of them what they show."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.researchers import PersonField
from talent_registry.services import opportunities
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import caller_of
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls, as_superuser
from tests.opportunities import answer, opt_in, post
from tests.postings import Postings, another_person, open_postings
from tests.registries import authority, open_world

# What a host unit without any other relation would see of people, by table.
OF_PEOPLE = (
    "matching_consent",
    "credential",
    "credential_version",
    "credential_status",
    "personnel_relation",
    "placement",
    "researcher_name",
    "profile_item",
    "consent",
    "identity_document",
    "household_registration",
    "recognition_decision",
    "opportunity_answer",
)


@pytest.fixture
async def posts(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Postings]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield await open_postings(world)
    await world.registry.database.close()


async def seen(posts: Postings, actor: Actor, name: str = "matching", day: date | None = None) -> dict[str, int]:
    """How many rows of each table the actor's transaction sees under a duty."""
    database = posts.registry.database
    async with database.reading(caller_of(actor), day or posts.today) as connection, duty(connection, name):
        rows = {}
        for table in OF_PEOPLE:
            found = (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            if found:
                rows[table] = found
    return rows


async def test_without_opting_in_nobody_is_seen_under_the_duty_either(posts: Postings) -> None:
    await post(posts)
    await another_person(posts, 40)
    await posts.begin(host_unit_id=posts.other_host, workload_percent=10)
    assert await seen(posts, posts.host_hr) == {}


async def test_whoever_opted_in_is_seen_in_what_matching_reckons_with_and_shows(posts: Postings) -> None:
    need = await post(posts)
    other = await another_person(posts, 40)
    await posts.begin(host_unit_id=posts.other_host, workload_percent=10)
    await opt_in(posts, posts.person)
    reckoned = {
        "matching_consent": 1,
        "credential": 1,
        "credential_version": 1,
        "credential_status": 1,
        "personnel_relation": 1,
        "placement": 1,
    }
    assert await seen(posts, posts.host_hr) == reckoned
    assert await seen(posts, posts.host_hr, "") == {}
    await opt_in(posts, posts.person, PersonField.NAME)
    assert await seen(posts, posts.host_hr) == reckoned | {"researcher_name": 1}
    await opt_in(posts, other)
    assert (await seen(posts, posts.host_hr))["matching_consent"] == 2
    last = posts.today + timedelta(days=60)
    # The need itself is over by then, so that its unit sees nobody.
    assert await seen(posts, posts.host_hr, day=last) == {}
    await opportunities.close(posts.registry, posts.host_hr, need, posts.world.key())
    assert await seen(posts, posts.host_hr) == {}


async def test_only_an_office_with_an_open_need_of_its_own_has_the_sight(posts: Postings) -> None:
    await post(posts)
    await opt_in(posts, posts.person, PersonField.NAME)
    for actor in (posts.other_host_hr, Actor(posts.person.me.kind, None, None, new_id())):
        assert await seen(posts, actor) == {}
    # The authority of the other province sees nothing more than without the duty.
    for officer in (authority("500000"), authority("520000")):
        assert await seen(posts, officer) == await seen(posts, officer, "")


async def write(posts: Postings, actor: Actor, statement: str, **values: Any) -> int:
    database = posts.registry.database
    async with database.writing(caller_of(actor), posts.today, "x") as connection, duty(connection, "matching"):
        return (await connection.execute(text(statement), values)).rowcount


async def test_nobody_opts_another_in_or_out_or_answers_for_them_by_sql(posts: Postings) -> None:
    other = await another_person(posts, 40)
    need = await post(posts)
    await opt_in(posts, posts.person)
    await answer(posts, need)
    for actor in (other.me, posts.host_hr, posts.home_hr, posts.titles.officer):
        for table in ("matching_consent", "opportunity_answer"):
            closed = await write(posts, actor, f"UPDATE {table} SET withdrawn_at = now()")
            assert closed == 0
        with pytest.raises(DBAPIError) as refused:
            await write(
                posts,
                actor,
                "INSERT INTO matching_consent (id, researcher_id, fields, valid_from, valid_until, granted_at, "
                "command_id) SELECT gen_random_uuid(), :person, '{CREDENTIALS}', now(), now(), now(), id FROM command "
                "LIMIT 1",
                person=posts.titles.person,
            )
        assert getattr(refused.value.orig, "sqlstate", None) == "42501"
    for actor in (posts.other_host_hr, posts.person.me, posts.titles.officer):
        assert await write(posts, actor, "UPDATE opportunity SET closed_at = now()") == 0
        assert await write(posts, actor, "UPDATE opportunity_version SET superseded_at = now()") == 0


async def test_what_was_recorded_is_only_closed_once_and_never_erased(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    need = await post(posts)
    await opt_in(posts, posts.person)
    await answer(posts, need)
    await opportunities.close(posts.registry, posts.host_hr, need, posts.world.key())
    statements = [
        "UPDATE opportunity SET closed_at = now()",
        "UPDATE opportunity_version SET post = 'x'",
        "UPDATE matching_consent SET fields = '{CREDENTIALS,CONTACT}'",
        "UPDATE opportunity_answer SET answered_at = now(), withdrawn_at = now()",
        *(f"DELETE FROM {table}" for table in ("opportunity_answer", "opportunity_version", "matching_consent")),
        "TRUNCATE opportunity CASCADE",
    ]
    for statement in statements:
        with as_superuser(database_urls) as connection, pytest.raises(Exception, match=r"closed|erased|final"):
            connection.execute(statement.encode())


async def test_an_answer_on_a_foreign_credential_or_consent_is_refused_by_the_database(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    need, elsewhere = await post(posts), await post(posts, posts.other_host_hr)
    other = await another_person(posts, 40)
    await answer(posts, need)
    insert = (
        "INSERT INTO opportunity_answer (id, opportunity_id, version_id, researcher_id, credential_id, consent_id, "
        "answered_at, command_id) SELECT gen_random_uuid(), version.opportunity_id, version.id, %s, %s, consent.id, "
        "now(), version.command_id FROM opportunity_version version, consent WHERE version.opportunity_id = %s"
    )
    mine = (posts.person.id, posts.person.credential)
    for asked in ((*mine, elsewhere), (posts.person.id, other.credential, need), (other.id, other.credential, need)):
        with as_superuser(database_urls) as connection, pytest.raises(Exception, match="own credential"):
            connection.execute(insert, asked)
