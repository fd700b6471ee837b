"""Rolls through the API, by the document that a provincial authority sends."""

import base64

from talent_registry.services.permissions import ANONYMOUS
from tests.api.conftest import Asking
from tests.registries import authority
from tests.rolls import SICHUAN, roll, row

IMPORT = "authority/import_roll"
SC, CQ = authority("510000"), authority("500000")


def given(data: bytes, key: str = "first") -> dict[str, str]:
    return {"content": base64.b64encode(data).decode(), "idempotencyKey": key}


async def test_a_roll_is_imported_and_said_again(ask: Asking) -> None:
    first = (await ask(SC, IMPORT, input=given(SICHUAN)))["importRoll"]
    assert first["__typename"] == "ImportRollSuccess"
    assert first["roll"]["counts"]["credentialsNew"] == first["roll"]["counts"]["rows"] == 183
    assert first["roll"]["problems"] == first["roll"]["notes"] == []
    for key in ("first", "second"):
        again = (await ask(SC, IMPORT, input=given(SICHUAN, key)))["importRoll"]
        assert again["command"] == first["command"] | {"replayed": True}
        assert again["roll"] == first["roll"]


async def test_a_key_serves_one_roll(ask: Asking) -> None:
    await ask(SC, IMPORT, input=given(roll([row(1)])))
    other = (await ask(SC, IMPORT, input=given(roll([row(2)]))))["importRoll"]
    assert (other["__typename"], other["reason"], other["path"]) == ("Conflict", "KEY_USED_BEFORE", ["idempotencyKey"])


async def test_rows_at_fault_are_told_by_cell_in_both_languages(ask: Asking) -> None:
    rows = [row(1), *(row(index, 人事关系单位="无名研究所") for index in range(2, 120))]
    told = (await ask(SC, IMPORT, input=given(roll(rows))))["importRoll"]["roll"]
    assert told["counts"]["refused"] == 118
    assert (len(told["problems"]), told["problemsLeftOut"]) == (100, 18)
    first = told["problems"][0]
    assert (first["line"], first["cell"], first["reason"]) == (3, "W3", "HOME_UNIT_UNKNOWN")
    assert "W3" in first["message"]["zh"]
    assert "W3" in first["message"]["en"]
    assert first["fix"]["zh"]


async def test_who_may_not_deliver_and_what_is_no_roll(ask: Asking) -> None:
    refused = (await ask(ANONYMOUS, IMPORT, input=given(SICHUAN)))["importRoll"]
    assert (refused["__typename"], refused["reason"]) == ("NotPermitted", "SIGN_IN_FIRST")
    garbled = (await ask(SC, IMPORT, input={"content": "名册", "idempotencyKey": "garbled"}))["importRoll"]
    assert (garbled["__typename"], garbled["reason"], garbled["path"]) == (
        "InvalidInput",
        "NOT_BASE64",
        ["input", "content"],
    )
    nothing = (await ask(SC, IMPORT, input=given(b"")))["importRoll"]
    assert nothing["__typename"] == "InvalidInput"
    foreign = (await ask(CQ, IMPORT, input=given(SICHUAN)))["importRoll"]
    assert foreign["roll"]["counts"]["refused"] == 183
