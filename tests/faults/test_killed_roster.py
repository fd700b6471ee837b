"""A worker killed with -9 in the middle of a roster: another goes on, and no row is lost, repeated or taken back."""

from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from talent_registry.services import rosters
from talent_registry.services.rosters import AskedRoster
from talent_registry.settings import Settings
from tests.conftest import DatabaseUrls, as_superuser
from tests.faults.servers import wait_until
from tests.faults.test_killed_worker import at_work
from tests.registries import authority, open_world
from tests.whole_registry import write_credentials

ROWS = 1_200
OFFICER = authority("510000")
# Writing an answer takes a while, so that there is a middle to be killed in.
_SLOW = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_sleep(0.15); RETURN NULL; END $$;
    GRANT EXECUTE ON FUNCTION slow() TO PUBLIC;
    CREATE TRIGGER slow AFTER INSERT ON roster_answer FOR EACH STATEMENT EXECUTE FUNCTION slow()
"""
_NAMES = """
    INSERT INTO researcher_name (id, researcher_id, name_zh, pinyin, sort_key, search_keys, valid_from, recorded_at,
        command_id)
    SELECT gen_random_uuid(), id, '王' || chr(19968 + sequence::int), 'x', 'x', '{}', '2000-01-01', '2026-11-01',
        command_id FROM researcher
"""


async def test_what_a_killed_worker_left_is_finished_once(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    write_credentials(database_urls, ROWS)
    settings = Settings(
        database_url=SecretStr(database_urls.app_url), data=tmp_path, keys=tmp_path / "keys", allow_test_identities=True
    )
    with as_superuser(database_urls) as connection:
        connection.execute(_SLOW)
        connection.execute("SET session_replication_role = replica")
        connection.execute(_NAMES)
        connection.execute("SET session_replication_role = DEFAULT")
        rows = connection.execute(
            "SELECT name_zh, number FROM credential JOIN researcher_name USING (researcher_id)"
        ).fetchall()
        data = "\n".join(["姓名,证书编号", *(f"{name},{number}" for name, number in rows)]).encode()
        done = await rosters.start(world.registry, OFFICER, data, AskedRoster("核验", "履行法定职责"), world.key())
        roster_id = UUID(done.result["roster_id"])
        seen: list[int] = []

        def progress() -> int:
            row: Any = connection.execute("SELECT done FROM roster WHERE id = %s", (roster_id,)).fetchone()
            seen.append(int(row[0]))
            return seen[-1]

        with at_work(settings):
            wait_until(lambda: progress() >= 0.4 * ROWS, "two fifths of the roster")
        left = progress()
        assert 0.4 * ROWS <= left < ROWS, "killed in the middle"
        # The dead one's hold runs out, for which nobody here waits a quarter of a minute.
        connection.execute("UPDATE roster SET claimed_until = requested_at - interval '1 day'")
        with at_work(settings), at_work(settings):
            wait_until(lambda: progress() == ROWS, "the rest of the roster")
            ended = "SELECT state, attempts FROM roster"
            wait_until(lambda: connection.execute(ended).fetchone() == ("DONE", 2), "the end of the roster")
        assert seen == sorted(seen)
        lines = connection.execute(
            "SELECT count(line), count(DISTINCT line), min(line), max(line) FROM roster_answer, unnest(lines) AS line"
        ).fetchone()
        assert lines == (ROWS, ROWS, 2, ROWS + 1)
        looks = connection.execute("SELECT count(*), count(DISTINCT command_id) FROM access").fetchone()
        assert looks == (ROWS, 1)
    one = await rosters.get_roster(world.registry, OFFICER, roster_id)
    assert sum(one.counts.values()) == ROWS
    await world.registry.database.close()
