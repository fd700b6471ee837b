"""What the database answers of a roster as a set is what the rules say row by row, whatever the record and the row."""

import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from talent_registry.domain.rosters import Answer
from talent_registry.services import roster_jobs, rosters
from talent_registry.services.researchers import DOCUMENT_DIGEST
from talent_registry.services.roster_jobs import WORKER, work_one
from talent_registry.services.rosters import AskedRoster
from talent_registry.signing.sealing import digest
from talent_registry.storage import roster_verdicts
from talent_registry.storage import rosters as stored
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority
from tests.titles import document
from tests.whole_registry import write_credentials

OFFICER = authority("510000")
CREDENTIALS = 900
# Every tenth number is another issuer's too; every seventh person bears an English name, every fifth two names.
_SAME_NUMBERS = "UPDATE credential SET number = 'N' || substr(number, 2)::int - 10 WHERE number LIKE '%0'"
_NAMES = """
    INSERT INTO researcher_name (id, researcher_id, name_zh, name_en, pinyin, sort_key, search_keys, valid_from,
        valid_until, recorded_at, superseded_at, command_id)
    SELECT gen_random_uuid(), id, stem || chr(19968 + sequence::int),
        CASE WHEN sequence % 7 = 0 AND stem = '王' THEN 'Wang ' || chr(65 + (sequence % 26)::int) END, 'x', 'x', '{}',
        CASE stem WHEN '王' THEN '2010-01-01' ELSE '2000-01-01' END::date,
        CASE stem WHEN '赵' THEN '2009-12-31'::date END, '2026-11-01',
        CASE stem WHEN '李' THEN '2026-11-02'::timestamptz END, command_id
    FROM researcher CROSS JOIN (VALUES ('王'), ('赵'), ('李')) AS drawn(stem)
    WHERE stem = '王' OR (stem = '赵' AND sequence % 5 = 0) OR (stem = '李' AND sequence % 3 = 0)
"""


def write_people(urls: DatabaseUrls, world: World) -> list[Any]:
    """The certificates with one name of each holder; every fourth holder has a document on record."""
    write_credentials(urls, CREDENTIALS)
    with as_superuser(urls) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_SAME_NUMBERS)
        connection.execute(_NAMES)
        people = connection.execute("SELECT id, sequence FROM researcher WHERE sequence % 4 = 0").fetchall()
        for person, sequence in people:
            connection.execute(
                "INSERT INTO identity_document (id, researcher_id, kind, number_sealed, key_id, number_digest,"
                " number_masked, source_id, valid_from, recorded_at, command_id) SELECT gen_random_uuid(), %s, 'x',"
                " 'x', 'x', %s, 'x', md5('organisation1')::uuid, '2000-01-01', '2026-11-01', command_id"
                " FROM researcher WHERE id = %s",
                (person, digest(world.registry.keys, DOCUMENT_DIGEST, document(sequence)), person),
            )
        return connection.execute(
            "SELECT number, name_zh, name_en, sequence, approval_date, v.valid_from, level FROM credential"
            " JOIN credential_version v ON v.credential_id = credential.id AND v.superseded_at IS NULL"
            " JOIN researcher r ON r.id = researcher_id JOIN researcher_name n USING (researcher_id)"
            " ORDER BY credential.id, name_zh"
        ).fetchall()


def row_of(choice: random.Random, record: Any) -> str:
    """A row about a record: mostly right in every cell given, otherwise wrong in some."""
    number, name, english, sequence, approved, issued, level = record
    named = {"SENIOR_FULL": "正高级", "SENIOR_DEPUTY": "高级", "INTERMEDIATE": "中级", "ENTRY": "初级"}
    day, written = choice.choice(("", approved or "", issued)), choice.choice(("", named.get(level, "")))
    paper = document(sequence) if sequence % 4 == 0 and choice.random() < 0.5 else ""
    if english and choice.random() < 0.5:
        name = choice.choice((english, english.lower()))
    if choice.random() < 0.25:
        number = choice.choice((number, "X1", "N00", "", "1.2E+17", number.lower()))
        name = choice.choice((name, name, "别人", "", "=1", f" {name} "))
        day = choice.choice((day, "2001-01-01", "x"))
        written = choice.choice((written, "中级", "助理级", "x"))
        paper = choice.choice((paper, document(sequence + 1)))
    return f"{name},{number},{paper},{day},{written}"


async def answers_of(world: World, data: bytes) -> tuple[dict[int, Answer], dict[str, int]]:
    """The answers by line, and how many there are of each verdict."""
    asked = AskedRoster("核验", "履行法定职责")
    done = await rosters.start(world.registry, OFFICER, data, asked, world.key())
    assert await work_one(world.registry)
    roster_id = UUID(done.result["roster_id"])
    one = await rosters.get_roster(world.registry, OFFICER, roster_id)
    assert (one.done, one.failure) == (one.rows, None)
    async with world.registry.noting(WORKER) as connection, duty(connection, "verify"):
        answers = await stored.list_answers(connection, roster_id)
    return answers, dict(one.counts)


async def test_the_set_and_the_rules_agree_on_every_row(
    world: World, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = write_people(database_urls, world)
    choice = random.Random(5)  # noqa: S311  # rows to try, no secret
    rows = [row_of(choice, record) for record in records]
    choice.shuffle(rows)
    data = "\n".join(["姓名,证书编号,证件号码,取得时间,级别", *rows]).encode()
    by_set: list[int] = []
    real = roster_verdicts.answer_plain

    async def counting(*arguments: Any) -> Any:
        counts, others = await real(*arguments)
        by_set.append(sum(counts.values()))
        return counts, others

    async def nothing(_: Any, __: Any, asked: roster_verdicts.Asked, *___: Any) -> Any:
        return {}, {line for line, _ in asked.rows}

    with monkeypatch.context() as patch:
        patch.setattr(roster_verdicts, "answer_plain", counting)
        sets, counts = await answers_of(world, data)
    looks = looked_at(database_urls)
    # What was guessed at counts for an hour.
    world.clock.go_on(hours=2)
    monkeypatch.setattr(roster_verdicts, "answer_plain", nothing)
    rules, same = await answers_of(world, data)
    assert {line: (each.verdict, each.reason, each.credential_id) for line, each in sets.items()} == {
        line: (each.verdict, each.reason, each.credential_id) for line, each in rules.items()
    }
    assert counts == same
    assert looked_at(database_urls) == looks + looks
    # The comparison means something: every verdict occurs, and both ways had much to do.
    assert counts.keys() >= {"VALID", "PENDING", "SUSPENDED", "REVOKED", "EXPIRED", "MISMATCH", "NOT_FOUND"}
    assert 0.2 * len(rows) < sum(by_set) < 0.8 * len(rows)


async def test_what_a_roster_asks_the_database_grows_by_the_part_and_never_reads_a_whole_table(
    world: World, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is asked once more of a roster that walks through numbers is no matter here.
    monkeypatch.setattr(roster_jobs, "MOST_MISSES", 10_000)
    records = write_people(database_urls, world)
    asked: list[tuple[str, Any]] = []
    engine = world.registry.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    counted = {}
    # The same rows once in one part of the file and once in ten; whoever bears two names stands in two rows.
    for rows in (60, 95, 990):
        known = [f"{name},{number}" for number, name, *_ in records if name.startswith("王")]
        lines = [*known[:40], *(f"甲乙,X{line}" for line in range(rows - 40))]
        asked.clear()
        answers, _ = await answers_of(world, "\n".join(["姓名,证书编号", *lines]).encode())
        assert len(answers) == rows
        counted[rows] = len(asked)
    assert counted[60] == counted[95]
    # Each part that is answered asks the same questions, however many rows it has.
    assert counted[990] - counted[95] == 9 * 11
    plans = [
        await explained(world, statement, values) for statement, values in list(asked) if "string_to_array" in statement
    ]
    assert len(plans) == 2 * 10
    read = ("researcher", "researcher_name", "credential", "credential_version", "credential_status")
    for plan in plans:
        assert any("Index" in line for line in plan)
        assert [line for line in plan if any(f"Seq Scan on {table} " in line for table in read)] == []


async def explained(world: World, statement: str, values: Any) -> list[str]:
    """The plan of a statement of the worker's, as it would be of a table too large to be read whole."""
    async with world.registry.noting(WORKER) as connection, duty(connection, "verify"):
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return list((await connection.exec_driver_sql(f"EXPLAIN {statement}", values)).scalars())


def looked_at(urls: DatabaseUrls) -> Counter[str]:
    """How often each person was looked at so far."""
    with as_superuser(urls) as connection:
        people = connection.execute("SELECT researcher_id::text, fields, basis, purpose FROM access").fetchall()
    assert all(tuple(row[1:]) == (["CREDENTIALS"], "VERIFICATION", "核验") for row in people)
    return Counter(row[0] for row in people)
