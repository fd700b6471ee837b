"""Rosters verified as jobs: the sample in every encoding, one answer a row, nothing lost or repeated."""

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from talent_registry.domain.errors import InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.rosters import RosterState
from talent_registry.services import roster_jobs, roster_results, rosters
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.rolls import import_roll
from talent_registry.services.roster_jobs import WORKER, work_one
from talent_registry.services.roster_previews import preview
from talent_registry.services.roster_results import result_as_csv, result_as_workbook
from talent_registry.services.rosters import AskedRoster, get_roster, list_rosters
from talent_registry.storage.session import duty
from talent_registry.storage.tables import access, ledger_entry, roster, roster_answer
from tests.registries import World, authority
from tests.rolls import CHONGQING, SICHUAN
from tests.titles import NAME, NUMBER, document, open_titles

DATA = Path(__file__).parents[1] / "data"
UTF8 = (DATA / "roster_verify_utf8.csv").read_bytes()
TEXT = UTF8.decode("utf-8-sig")
KINDS = {
    "UTF-8": UTF8,
    "UTF-8 without mark": TEXT.encode(),
    "GB18030": (DATA / "roster_verify_gb18030.csv").read_bytes(),
    "UTF-16": b"\xff\xfe" + TEXT.replace(",", "\t").encode("utf-16-le"),
    "XLSX": (DATA / "roster_verify.xlsx").read_bytes(),
}
ASKED = AskedRoster("聘用核验", "本人同意")
OFFICER = authority("510000")


async def start(world: World, data: bytes, actor: Actor = OFFICER, key: str | None = None) -> UUID:
    done = await rosters.start(world.registry, actor, data, ASKED, key or world.key())
    return UUID(done.result["roster_id"])


async def result(world: World, roster_id: UUID, actor: Actor = OFFICER, **more: Any) -> list[list[str]]:
    text = (await result_as_csv(world.registry, actor, roster_id, **more)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


async def count(world: World, table: Any) -> int:
    async with world.registry.noting(WORKER) as connection, duty(connection, "verify"):
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def answered(world: World) -> int:
    async with world.registry.noting(WORKER) as connection, duty(connection, "verify"):
        lines = func.coalesce(func.sum(func.cardinality(roster_answer.c.lines)), 0)
        return int((await connection.execute(select(lines))).scalar_one())


async def test_the_sample_gets_the_same_verdicts_in_every_kind_of_file(world: World) -> None:
    for roll, province in ((SICHUAN, "510000"), (CHONGQING, "500000")):
        await import_roll(world.registry, authority(province), roll)
    lines = (DATA / "roster_verify_expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [(each["verdict"], each["reason"]) for each in map(json.loads, lines)]

    for kind, data in KINDS.items():
        roster_id = await start(world, data)
        assert await work_one(world.registry)
        rows = await result(world, roster_id)
        header = next(place for place, row in enumerate(rows) if "姓名" in row)
        got = [(row[-4], row[-3]) for row in rows[header + 1 :] if row[-4]]
        if kind == "XLSX":
            # A title stands above the header, so every row is one further down.
            got = [(verdict, reason.replace("row 3", "row 2")) for verdict, reason in got]
            assert (rows[0][0], rows[-1][0], rows[-1][-4:]) == ("某单位职称证书核验名单", "合计", [""] * 4)
        assert got == expected, kind
        assert rows[header][-4:] == ["核验结果", "原因", "核验时间", "记录号"]
        assert rows[header][:9] == TEXT.splitlines()[0].split(",")
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
        done = await get_roster(world.registry, OFFICER, roster_id)
        assert (done.state, done.done, done.rows, done.counts["VALID"]) == (RosterState.DONE, 112, 112, 97)
    problems = await result(world, roster_id, problems_only=True)
    assert len(problems) == 1 + 112 - 97
    book = load_workbook(io.BytesIO(await result_as_workbook(world.registry, OFFICER, roster_id)))
    assert book.worksheets[0].max_row == 115


async def test_a_preview_says_what_the_file_is_and_which_cells_will_fail(world: World) -> None:
    found = await preview(world.registry, OFFICER, KINDS["XLSX"])
    assert (found.encoding, found.header_line, found.rows, found.failing) == ("XLSX", 2, 112, 5)
    assert found.skipped == (1, 115)
    assert [(each.cell, each.reason) for each in found.faults] == [
        ("C109", "check character"),
        ("C110", "digits lost by a spreadsheet"),
        ("B111", "name missing"),
        ("I112", "date"),
        ("B113", "formula in a name"),
    ]
    assert len(found.first) == 10
    assert (await preview(world.registry, OFFICER, KINDS["GB18030"])).encoding == "GB18030"
    assert await count(world, roster) == 0


async def test_the_same_file_under_the_same_key_is_one_job_and_each_holder_sees_one_look(world: World) -> None:
    titles = await open_titles(world)
    await titles.record()
    own = f"{NAME},{NUMBER},{document(1)}\n"
    data = f"姓名,证书编号,证件号码\n{own}{own}别人,{NUMBER},\n".encode()
    first = await start(world, data, titles.hr, "k")
    assert await start(world, data, titles.hr, "k") == first
    assert await work_one(world.registry)
    assert not await work_one(world.registry)
    rows = await result(world, first, titles.hr)
    assert [row[3:5] for row in rows[1:]] == [
        ["VALID", ""],
        ["DUPLICATE", "same certificate as row 2"],
        ["MISMATCH", "name"],
    ]
    async with world.registry.reading(titles.holder) as connection:
        looks = (await connection.execute(select(access).where(access.c.basis == "VERIFICATION"))).all()
        entries = (await connection.execute(select(ledger_entry).where(ledger_entry.c.name == "verifyRoster"))).all()
    assert [(each.organisation_id, each.purpose) for each in looks] == [(titles.home, "聘用核验")]
    assert len(entries) == 1
    assert entries[0].body["rows"] == 3
    assert NUMBER not in str(entries)
    page = await list_rosters(world.registry, titles.hr, PageRequest())
    assert [each.id for each in page.items] == [first]
    stranger = Actor(ActorKind.HR, None, titles.chongqing)
    with pytest.raises(NotFound):
        await get_roster(world.registry, stranger, first)
    assert not (await list_rosters(world.registry, stranger, PageRequest())).items
    with pytest.raises(NotPermitted):
        await start(world, data, titles.holder)


async def test_a_roster_handed_in_before_its_width_was_noted_has_the_same_result(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A row longer than the header: the answers stand behind the longest.
    roster_id = await start(world, "姓名,证书编号\n甲乙,X1,,备注\n丙丁,X2\n".encode())
    assert await work_one(world.registry)
    noted = await result(world, roster_id)
    real = rosters.head_of
    monkeypatch.setattr(roster_results, "head_of", lambda *given: (real(*given)[0], None))
    assert await result(world, roster_id) == noted
    assert {len(row) for row in noted} == {8}


async def test_a_number_is_not_guessed_at_by_a_roster(world: World) -> None:
    titles = await open_titles(world)
    await titles.record()
    names = [f"王{chr(0x4E00 + place)}" for place in range(25)]
    data = "\n".join(["姓名,证书编号", *(f"{name},{NUMBER}" for name in names), f"{NAME},{NUMBER}"]).encode()
    roster_id = await start(world, data, titles.hr)
    assert await work_one(world.registry)
    done = await get_roster(world.registry, titles.hr, roster_id)
    assert done.counts == {"MISMATCH": 20, "INVALID_INPUT": 6}


async def test_what_a_stopped_worker_left_is_gone_on_with_and_nothing_is_done_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"单雄信,A{place}" for place in range(950)]
    roster_id = await start(world, "\n".join(["姓名,证书编号", *rows]).encode())
    real, calls, fifth = roster_jobs._judge, [], asyncio.Event()

    async def endless(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 5:
            fifth.set()
            await asyncio.Event().wait()
        return await real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(roster_jobs, "_judge", endless)
        stopped = asyncio.create_task(work_one(world.registry))
        await fifth.wait()
        stopped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopped
    half = await get_roster(world.registry, OFFICER, roster_id)
    assert (half.state, await answered(world)) == (RosterState.RUNNING, half.done)
    assert half.done > 0.3 * half.rows
    assert await work_one(world.registry)
    done = await get_roster(world.registry, OFFICER, roster_id)
    assert (done.state, done.done, done.attempts) == (RosterState.DONE, 950, 2)
    assert done.counts == {"NOT_FOUND": 950}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "EMPTY_FILE"),
        ("姓名,证书编号\n".encode(), "HEADER_ONLY"),
        (bytes(range(256)) * 9, "UNDECODABLE"),
        (b"PK\x03\x04x", "NOT_A_WORKBOOK"),
        (b"%PDF-1.7", "NOT_TEXT"),
    ],
)
async def test_an_unusable_file_leaves_no_job(world: World, data: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await start(world, data)
    assert refusal.value.reason == reason
    assert await count(world, roster) == 0


async def test_purpose_basis_and_the_days_allowance_are_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = "姓名,证书编号\n单雄信,A1\n".encode()
    for asked in (AskedRoster(" ", "本人同意"), AskedRoster("聘用核验", " ")):
        with pytest.raises(InvalidInput):
            await rosters.start(world.registry, OFFICER, data, asked, world.key())
    monkeypatch.setattr(rosters, "ROWS_A_DAY", 1)
    await start(world, data)
    with pytest.raises(Limited):
        await start(world, data)
    assert await count(world, roster) == 1
