"""Integrity records through the documents: recorded, read by whom they concern, put right and lifted."""

from typing import Any

from tests.api.conftest import Asking
from tests.api.permission_world import Cast
from tests.people import sample_number

FINDING = {
    "foundOn": "2026-06-01",
    "from": "2026-06-01",
    "until": "2029-05-31",
    "ground": "提交虚假业绩材料",
    "legalBasis": "40号令第二十六条",
}


async def give(cast: Cast, ask: Asking, document: str, **inputs: Any) -> dict[str, Any]:
    answer = await ask(cast.officer, f"authority/{document}", input=inputs | {"idempotencyKey": cast.world.key()})
    (found,) = answer.values()
    return dict(found)


async def test_a_finding_is_recorded_put_right_and_lifted(cast: Cast, ask: Asking) -> None:
    made = await give(cast, ask, "record_integrity_finding", researcher=cast.hermit.public_number, **FINDING)
    record = made["integrityRecord"]
    assert {name: record[name] for name in FINDING} == FINDING
    assert (record["act"], record["because"], record["source"]) == (
        "RECORDED",
        None,
        {"nameZh": "四川省人力资源和社会保障厅"},
    )
    assert made["recalled"]["decisions"] == 2
    right = FINDING | {"until": None}
    made = await give(cast, ask, "correct_integrity_record", record=record["id"], because="截止日有误", **right)
    assert (made["integrityRecord"]["act"], made["integrityRecord"]["until"]) == ("CORRECTED", None)
    mine = (await ask(cast.hermit.me, "researcher/my_integrity_records"))["me"]["integrityRecords"]
    assert [(one["act"], one["ground"]) for one in mine][-1] == ("CORRECTED", FINDING["ground"])
    made = await give(cast, ask, "lift_integrity_record", record=record["id"], because="复核", **{"from": "2026-06-01"})
    assert (made["integrityRecord"]["act"], made["integrityRecord"]["from"]) == ("ANNULLED", "2026-06-01")


async def test_the_last_day_must_be_stated_and_no_identity_number_is_kept(cast: Cast, ask: Asking) -> None:
    unstated = {name: value for name, value in FINDING.items() if name != "until"}
    refused = await give(cast, ask, "record_integrity_finding", researcher=cast.hermit.public_number, **unstated)
    assert (refused["reason"], refused["path"]) == ("LAST_DAY_NOT_STATED", ["input", "until"])
    stated = FINDING | {"ground": f"{sample_number(1)} 提交虚假材料"}
    refused = await give(cast, ask, "record_integrity_finding", researcher=cast.hermit.public_number, **stated)
    assert refused["reason"] == "IDENTITY_NUMBER"


async def test_a_record_is_null_for_whom_it_does_not_concern(cast: Cast, ask: Asking) -> None:
    await give(cast, ask, "record_integrity_finding", researcher=cast.number, **FINDING)
    shown = {}
    for name, actor in (("home", cast.home_hr), ("beyond", cast.officer_beyond), ("officer", cast.officer)):
        asked = {"publicNumber": cast.number, "purpose": "聘任审核"}
        found = (await ask(actor, "hr/integrity_records", **asked))["researcher"]["integrityRecords"]
        shown[name] = found and [one["ground"] for one in found]
    assert shown == {"home": [FINDING["ground"]], "beyond": None, "officer": [FINDING["ground"]]}
