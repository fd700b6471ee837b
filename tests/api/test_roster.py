"""The sample roster, verified row by row as an office's own program would."""

import csv
import json
from pathlib import Path

from talent_registry.services.rolls import import_roll
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
