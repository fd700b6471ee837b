"""The sample roster, verified row by row as an office's own program would."""

import csv
import io
import json
from pathlib import Path

from talent_registry.api.nodes import from_node_id
from talent_registry.services.rolls import import_roll
from talent_registry.services.roster_jobs import work_one
from talent_registry.services.roster_results import result_as_csv
from tests.api.conftest import Asking
from tests.registries import World, authority
from tests.rolls import CHONGQING, SICHUAN

DATA = Path(__file__).parents[1] / "data"
FIELDS = {"number": "证书编号", "name": "姓名", "document": "证件号码", "obtainedOn": "取得时间", "level": "职称层级"}


async def test_every_row_of_the_sample_roster_gets_its_verdict_through_the_api(world: World, ask: Asking) -> None:
    for roll, province in ((SICHUAN, "510000"), (CHONGQING, "500000")):
        await import_roll(world.registry, authority(province), roll)
    with (DATA / "roster_verify_utf8.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [
        json.loads(line) for line in (DATA / "roster_verify_expected.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    # A repeated row is for whoever reads the whole roster to notice; alone it is verified like the row it repeats.
    wanted = {line["row"]: (line["verdict"], line["reason"]) for line in expected if line["verdict"] != "DUPLICATE"}
    got = {}
    for number, row in enumerate(rows, start=2):
        typed = {field: row[column] for field, column in FIELDS.items()}
        data = await ask(authority("510000"), "authority/verify_certificate", input={**typed, "purpose": "名册核验"})
        answer = data["verifyCredential"]
        got[number] = (answer["verdict"], answer["reason"])
    (repeated,) = (line["row"] for line in expected if line["verdict"] == "DUPLICATE")
    assert got.pop(repeated) == got[2]
    assert got == wanted


async def test_five_hundred_rows_are_verified_by_one_command_and_answered_in_their_order(
    world: World, ask: Asking
) -> None:
    office = authority("510000")
    rows = [{"number": f"A{place}", "name": "单雄信", "level": "副高级"} for place in range(500)]
    asked = {"rosterRows": rows, "purpose": "名册核验", "legalBasis": "本人同意", "idempotencyKey": world.key()}
    done = (await ask(office, "hr/verify_roster", input=asked))["verifyRoster"]
    assert await work_one(world.registry)
    one = (await ask(office, "hr/roster", id=done["roster"]))["roster"]
    assert (one["state"], one["rows"], one["counts"]) == ("DONE", 500, [{"verdict": "NOT_FOUND", "rows": 500}])
    answers = (await ask(office, "hr/roster_answers", roster=done["roster"], first=2))["rosterAnswers"]
    assert [(each["node"]["line"], each["node"]["reason"]) for each in answers["edges"]] == [
        (2, "no such certificate"),
        (3, "no such certificate"),
    ]
    listed = (await ask(office, "hr/rosters"))["rosters"]["edges"]
    assert [each["node"]["id"] for each in listed] == [done["roster"]]


async def test_rows_put_right_are_given_again_by_their_line_and_answered(world: World, ask: Asking) -> None:
    office, stranger = authority("510000"), authority("500000")

    def given(corrects: str | None, *rows: dict[str, object]) -> dict[str, object]:
        asked: dict[str, object] = {"rosterRows": rows, "purpose": "名册核验", "legalBasis": "本人同意"}
        return asked | {"idempotencyKey": world.key()} | ({} if corrects is None else {"corrects": corrects})

    row: dict[str, object] = {"number": "A1", "name": "单雄信"}
    first = (await ask(office, "hr/verify_roster", input=given(None, row, row | {"number": ""})))["verifyRoster"]
    unfinished = given(first["roster"], row | {"line": 3})
    assert (await ask(office, "hr/correct_roster", input=unfinished))["verifyRoster"]["reason"] == "NOT_DONE"
    assert await work_one(world.registry)
    # A line that is none of it, one named twice, one that is missing, and lines where nothing is corrected.
    lines: tuple[tuple[int | None, ...], ...] = ((9,), (3, 3), (None,), (0,), (-1,))
    for wrong in (given(first["roster"], *(row | {"line": line} for line in some)) for some in lines):
        refused = (await ask(office, "hr/correct_roster", input=wrong))["verifyRoster"]
        assert (refused["code"], refused["reason"]) == ("INVALID_INPUT", "NO_SUCH_ROW")
        assert refused["path"] == ["input", "rosterRows"]
    astray = (await ask(office, "hr/correct_roster", input=given(None, row | {"line": 3})))["verifyRoster"]
    assert astray["reason"] == "NO_SUCH_ROW"
    theirs = (await ask(stranger, "hr/correct_roster", input=given(first["roster"], row | {"line": 3})))["verifyRoster"]
    assert theirs["code"] == "NOT_FOUND"
    asked = given(first["roster"], row | {"number": "A2", "line": 3})
    done = (await ask(office, "agency/correct_roster", input=asked))["verifyRoster"]
    assert await work_one(world.registry)
    assert (await ask(office, "hr/correct_roster", input=asked))["verifyRoster"]["command"]["replayed"]
    one = (await ask(office, "hr/roster", id=done["roster"]))["roster"]
    assert (one["corrects"], one["counts"]) == (first["roster"], [{"verdict": "NOT_FOUND", "rows": 1}])
    merged = await result_as_csv(world.registry, office, from_node_id(first["roster"], "Roster", "id"))
    numbers = [line[2] for line in csv.reader(io.StringIO(merged.decode("utf-8-sig")))]
    assert numbers == ["证书编号", "A1", "A2"]
