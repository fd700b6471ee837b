"""Rows of a roster put right and given again, and rosters cleared when their time is over."""

import csv
import io
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound
from talent_registry.domain.queue import Task
from talent_registry.domain.rosters import RosterState
from talent_registry.jobs.queue import look
from talent_registry.services import roster_clearing, roster_jobs, roster_watches, rosters
from talent_registry.services.permissions import Actor
from talent_registry.services.roster_jobs import WORKER
from talent_registry.services.roster_results import list_corrections, result_as_csv, result_as_workbook
from talent_registry.services.rosters import AskedRoster, get_roster
from talent_registry.storage.session import duty
from talent_registry.storage.tables import ledger_entry, roster_answer, roster_part
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import NAME, NUMBER

# A column of the office's own stands between, and a total below.
FIRST = f"姓名,工号,证书编号\n别人,007,{NUMBER}\n{NAME},008,{NUMBER}\n{NAME},009,没有这张\n合计,,\n"


async def verified(posts: Postings, actor: Actor, data: bytes, corrects: UUID | None = None) -> UUID:
    asked = AskedRoster("聘任审核", "本人同意", corrects)
    done = await rosters.start(posts.registry, actor, data, asked, posts.world.key())
    assert await roster_jobs.work_one(posts.registry)
    return UUID(done.result["roster_id"])


async def rows_of(posts: Postings, actor: Actor, roster_id: UUID, *, problems_only: bool = False) -> list[list[str]]:
    text = await result_as_csv(posts.registry, actor, roster_id, problems_only=problems_only)
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))


def as_file(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


async def test_rows_put_right_take_their_places_in_the_first_result(world: World) -> None:
    posts = await open_postings(world)
    unit = posts.other_host_hr
    await posts.titles.record("512020000777")
    first = await verified(posts, unit, FIRST.encode())
    problems = await rows_of(posts, unit, first, problems_only=True)
    assert [row[1] for row in problems] == ["工号", "007", "009"]
    assert problems[0][-1] == "记录号"
    # In another order, and one still wrong.
    problems[1][0], problems[2][2] = "还是别人", "512020000777"
    second = await verified(posts, unit, as_file([problems[0], problems[2], problems[1]]), first)
    merged = await rows_of(posts, unit, first)
    assert [(row[0], row[1], row[3]) for row in merged] == [
        ("姓名", "工号", "核验结果"),
        ("还是别人", "007", "MISMATCH"),
        (NAME, "008", "VALID"),
        (NAME, "009", "VALID"),
        ("合计", "", ""),
    ]
    assert [row[-1] for row in merged[1:4]] == [f"{first.hex}-{line}" for line in (2, 3, 4)]
    # What is wrong still is put right once more, in a workbook; the last correction stands.
    left = await rows_of(posts, unit, first, problems_only=True)
    assert [row[0] for row in left] == ["姓名", "还是别人"]
    left[1][0] = NAME
    third = await verified(posts, unit, as_file(left), first)
    assert [row[3] for row in (await rows_of(posts, unit, first))[1:4]] == ["VALID"] * 3
    assert [each.id for each in await list_corrections(posts.registry, unit, first)] == [second, third]
    assert (await get_roster(posts.registry, unit, second)).corrects_id == first
    own = await rows_of(posts, unit, second)
    assert own[0] == [*problems[0][:3], "核验结果", "原因", "核验时间", "记录号"]
    # Watched with the first is what its corrections found, too.
    asked = roster_watches.AskedRosterWatch(first, "聘任审核", date(2027, 11, 24))
    done = await roster_watches.watch_roster(posts.registry, unit, asked, world.key())
    assert done.result["watches"] == 2


async def test_what_names_no_row_of_the_roster_corrects_nothing(world: World) -> None:
    posts = await open_postings(world)
    unit = posts.other_host_hr
    first, other = await verified(posts, unit, FIRST.encode()), await verified(posts, unit, FIRST.encode())
    problems = await rows_of(posts, unit, first, problems_only=True)
    foreign = await rows_of(posts, unit, other, problems_only=True)
    for wrong in (foreign, [row[:-1] for row in problems], [*problems, problems[1]]):
        with pytest.raises(InvalidInput) as refusal:
            await verified(posts, unit, as_file(wrong), first)
        assert refusal.value.reason == "NO_SUCH_ROW"
    with pytest.raises(NotFound):
        await verified(posts, posts.host_hr, as_file(problems), first)
    second = await verified(posts, unit, as_file(problems), first)
    with pytest.raises(Conflict) as conflict:
        await verified(posts, unit, as_file(problems), second)
    assert conflict.value.reason == "CORRECTS_ANOTHER"
    asked = AskedRoster("聘任审核", "本人同意")
    waiting = await rosters.start(posts.registry, unit, FIRST.encode(), asked, world.key())
    with pytest.raises(Conflict) as conflict:
        await rosters.start(
            posts.registry,
            unit,
            as_file(problems),
            replace(asked, corrects=UUID(waiting.result["roster_id"])),
            world.key(),
        )
    assert conflict.value.reason == "NOT_DONE"


async def test_rows_and_answers_go_when_their_time_is_over_and_the_record_stays(world: World) -> None:
    posts = await open_postings(world)
    unit = posts.other_host_hr
    first = await verified(posts, unit, FIRST.encode())
    with pytest.raises(Conflict) as early:
        await roster_clearing.clear(posts.registry, WORKER, first, world.key())
    assert early.value.reason == "NOT_DUE"
    world.clock.go_on(days=posts.registry.roster_days)
    await look(posts.registry, Task.CLEAR_ROSTERS)
    assert (await get_roster(posts.registry, unit, first)).cleared_at is None
    world.clock.go_on(days=1)
    later = await verified(posts, unit, FIRST.encode())
    await look(posts.registry, Task.CLEAR_ROSTERS)
    one = await get_roster(posts.registry, unit, first)
    assert (one.state, one.rows, one.counts["VALID"]) == (RosterState.DONE, 3, 1)
    assert one.cleared_at is not None
    for write in (result_as_csv, result_as_workbook):
        with pytest.raises(Conflict) as gone:
            await write(posts.registry, unit, first)
        assert gone.value.reason == "CLEARED"
    with pytest.raises(Conflict):
        await verified(posts, unit, FIRST.encode(), first)
    assert len(await rows_of(posts, unit, later)) == 5
    async with posts.registry.noting(WORKER) as connection, duty(connection, "verify"):
        for table in (roster_part, roster_answer):
            kept = (await connection.execute(select(table.c.roster_id).distinct())).scalars().all()
            assert kept == [later]
        named = select(func.count()).select_from(ledger_entry)
        entries = named.where(ledger_entry.c.subjects.contains([f"roster:{first}"]))
        assert (await connection.execute(entries)).scalar_one() == 2
    assert await roster_clearing.clear_due(posts.registry) == 0
