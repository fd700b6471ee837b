"""What the database refuses about releases of the agreement by itself, whatever the program asks of it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.services.permissions import Actor
from talent_registry.services.registry import caller_of
from talent_registry.storage.session import Caller, Database
from tests.chambers import FIRST, REPEATED, SENTENCE, Chamber, open_chamber
from tests.conftest import DatabaseUrls, as_superuser
from tests.drafts import widened
from tests.registries import World
from tests.storage.test_guards import NOW, TODAY, begin, finish, insert

REFUSED, HIDDEN, FINAL = "23514", "42501", "TR001"


@dataclass
class Bench:
    """A release that is proposed, and ways past every service to the tables."""

    chamber: Chamber
    release: UUID
    digest: str

    @property
    def database(self) -> Database:
        return self.chamber.registry.database

    async def write(self, actor: Actor, table: str, values: dict[str, Any], today: date = TODAY) -> None:
        async with self.database.writing(caller_of(actor), today, "approveRelease") as connection:
            command_id = await begin(connection, "approveRelease")
            await insert(connection, table, command_id=command_id, **values)
            await finish(connection, command_id, "approveRelease")

    async def approve(self, actor: Actor, today: date = TODAY, **changes: Any) -> None:
        values: dict[str, Any] = {
            "release_id": self.release,
            "province": actor.province,
            "digest": self.digest,
            "account_id": actor.account_id,
            "approved_at": NOW,
        }
        await self.write(actor, "agreement_release_approval", values | changes, today)

    async def enact(self, actor: Actor) -> None:
        async with self.database.writing(caller_of(actor), TODAY, "approveRelease") as connection:
            command_id = await begin(connection, "approveRelease")
            await connection.execute(
                text(
                    "INSERT INTO agreement_enactment SELECT id, version_id, digest, base_digest, :at, :command "
                    "FROM agreement_release WHERE id = :release"
                ),
                {"at": NOW, "command": command_id, "release": self.release},
            )
            await finish(connection, command_id, "approveRelease")


@pytest.fixture
async def bench(world: World) -> Bench:
    chamber = await open_chamber(world)
    release = await chamber.proposed(widened(FIRST))
    return Bench(chamber, release, (await chamber.get(release)).digest)


async def refused(act: Any, state: str, constraint: str | None = None) -> None:
    with pytest.raises(DBAPIError) as failure:
        await act
    assert getattr(failure.value.orig, "sqlstate", None) == state
    if constraint is not None:
        diagnosis: Any = getattr(failure.value.orig, "diag", None)
        assert diagnosis.constraint_name == constraint


async def test_an_approval_by_the_author_of_another_digest_or_sentence_or_too_late_is_refused(bench: Bench) -> None:
    chamber = bench.chamber
    await refused(bench.approve(chamber.author), REFUSED, "author_may_not_approve")
    await refused(bench.approve(chamber.sichuan, digest="0" * 64), REFUSED, "approval_of_the_digest")
    await refused(bench.approve(chamber.sichuan, sentence=SENTENCE[0]), REFUSED, "approval_of_the_sentence")
    await refused(bench.approve(chamber.sichuan, date(2027, 1, 2)), REFUSED, "effective_date_passed")
    bench.release = await chamber.proposed(widened(date(2026, 11, 1), sentence=SENTENCE))
    bench.digest = (await chamber.get(bench.release)).digest
    for sentence in (None, "同意", *SENTENCE):
        await refused(bench.approve(chamber.sichuan, sentence=sentence), REFUSED, "approval_of_the_sentence")
    await bench.approve(chamber.sichuan, sentence=REPEATED)


async def test_a_province_approves_once_and_only_for_itself(bench: Bench) -> None:
    chamber = bench.chamber
    await bench.approve(chamber.chongqing)
    await refused(bench.approve(chamber.chongqing_too), "23505", "uq_agreement_release_approval_release_id_province")
    # The guard sees the account, whatever province the program names; the policy sees for whom it acts.
    await refused(bench.approve(chamber.chongqing_too, province="510000"), REFUSED, "approval_for_the_own_province")
    posing = replace(chamber.chongqing_too, province="510000")
    await refused(bench.approve(posing), REFUSED, "approval_for_the_own_province")
    other = chamber.sichuan.account_id
    await refused(bench.approve(chamber.chongqing, province="510000", account_id=other), HIDDEN)


async def test_only_the_parties_of_the_agreement_approve(bench: Bench, database_urls: DatabaseUrls) -> None:
    chamber = bench.chamber
    with as_superuser(database_urls) as connection:
        # As if it had been drafted between Sichuan and another province.
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE agreement_release SET parties = '{510000,530000}'")
    await refused(bench.approve(chamber.chongqing), REFUSED, "approval_by_a_party")
    await bench.approve(chamber.sichuan)


@pytest.mark.parametrize(
    ("parties", "state"), [("NULL", HIDDEN), ("'{510000}'", REFUSED), ("'{500000,510000,530000}'", REFUSED)]
)
async def test_a_release_is_drafted_between_two_parties(bench: Bench, parties: str, state: str) -> None:
    async with bench.database.writing(caller_of(bench.chamber.author), TODAY, "draftRelease") as connection:
        copied = text(
            "INSERT INTO agreement_release SELECT (jsonb_populate_record(release, jsonb_build_object("
            f"'id', gen_random_uuid(), 'parties', {parties}::text[]))).* FROM agreement_release release"
        )
        await refused(connection.execute(copied), state)


async def test_only_what_is_proposed_and_not_taken_back_is_approved(bench: Bench) -> None:
    chamber = bench.chamber
    proposed, bench.release = bench.release, await chamber.draft(widened(FIRST))
    await refused(bench.approve(chamber.sichuan), REFUSED, "release_is_open")
    bench.release = proposed
    step: dict[str, Any] = {"release_id": proposed, "step": "WITHDRAWN", "taken_at": NOW}
    by_other = {"province": "500000", "account_id": chamber.chongqing.account_id}
    await refused(
        bench.write(chamber.chongqing, "agreement_release_step", step | by_other),
        REFUSED,
        "release_is_withdrawn_by_its_province",
    )
    own = {"province": "510000", "account_id": chamber.sichuan.account_id}
    await bench.write(chamber.sichuan, "agreement_release_step", step | own)
    await refused(bench.approve(chamber.sichuan), REFUSED, "release_is_open")


async def test_nothing_is_law_by_one_approval_or_none(bench: Bench) -> None:
    chamber = bench.chamber
    await refused(bench.enact(chamber.sichuan), REFUSED, "approved_by_both")
    await bench.approve(chamber.sichuan)
    await refused(bench.enact(chamber.sichuan), REFUSED, "approved_by_both")
    await bench.approve(chamber.chongqing)
    await bench.enact(chamber.chongqing)
    step: dict[str, Any] = {"release_id": bench.release, "step": "WITHDRAWN", "taken_at": NOW}
    own = {"province": "510000", "account_id": chamber.sichuan.account_id}
    await refused(bench.write(chamber.sichuan, "agreement_release_step", step | own), REFUSED, "release_is_open")


async def test_two_releases_on_one_version_are_not_both_law(bench: Bench) -> None:
    chamber = bench.chamber
    other = await chamber.proposed(widened(FIRST, name="other"))
    for officer in (chamber.sichuan, chamber.chongqing):
        await bench.approve(officer)
    await bench.enact(chamber.chongqing)
    bench.release, bench.digest = other, (await chamber.get(other)).digest
    for officer in (chamber.sichuan, chamber.chongqing):
        await bench.approve(officer)
    await refused(bench.enact(chamber.chongqing), "23505", "uq_agreement_enactment_base_digest")


@pytest.mark.parametrize("kind", ["ANONYMOUS", "RESEARCHER", "HR", "ISSUER", "AGENCY"])
async def test_drafts_are_hidden_from_all_but_authorities_and_the_law_from_nobody(bench: Bench, kind: str) -> None:
    tables = ("agreement_release", "agreement_release_step", "agreement_release_approval", "agreement_enactment")
    chamber = bench.chamber
    await chamber.approve(bench.release, chamber.sichuan)

    async def seen() -> list[int]:
        async with bench.database.reading(Caller(kind), TODAY) as connection:
            return [len((await connection.execute(text(f"SELECT 1 FROM {table}"))).all()) for table in tables]

    assert await seen() == [0, 0, 0, 0]
    await chamber.approve(bench.release, chamber.chongqing)
    assert await seen() == [1, 1, 2, 1]


async def test_what_was_recorded_of_a_release_is_final(bench: Bench, database_urls: DatabaseUrls) -> None:
    await bench.chamber.approve(bench.release, bench.chamber.sichuan)
    await bench.chamber.approve(bench.release, bench.chamber.chongqing)
    for statement in (
        "UPDATE agreement_release SET since = '2020-01-01'",
        "DELETE FROM agreement_release_approval",
        "UPDATE agreement_release_step SET step = 'WITHDRAWN'",
        "UPDATE agreement_enactment SET enacted_at = '2020-01-01'",
    ):
        # The application may not even try; nor may whoever owns the tables.
        async with bench.database.engine.connect() as connection:
            await refused(connection.execute(text(statement)), HIDDEN)
        with as_superuser(database_urls) as connection_of_all, pytest.raises(Exception, match="final"):
            connection_of_all.execute(statement.encode())
