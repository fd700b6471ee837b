"""The agreement says who sees to what a decision leaves open; a faulty procedure is refused by file and key."""

from collections.abc import Callable
from importlib.resources import files

import pytest

from talent_registry.domain.agreement_loading import load_agreement, shipped_agreement
from talent_registry.domain.agreement_procedures import OPENING
from talent_registry.domain.agreements import Outcome, ResponsibleBody
from talent_registry.domain.errors import InvalidInput

FILE = "sichuan-chongqing.procedures.toml"
TEXTS = {
    file.name: file.read_text(encoding="utf-8")
    for file in (files("talent_registry") / "agreements").iterdir()
    if file.name.startswith("sichuan-chongqing") and file.name.endswith(".toml")
}


def changed(old: str, new: str) -> dict[str, str]:
    assert old in TEXTS[FILE]
    return {**TEXTS, FILE: TEXTS[FILE].replace(old, new, 1)}


def without(procedure: str) -> dict[str, str]:
    parts = TEXTS[FILE].split("[[procedures]]")
    kept = [part for part in parts if f'id = "{procedure}"' not in part]
    assert len(kept) == len(parts) - 1
    return {**TEXTS, FILE: "[[procedures]]".join(kept)}


@pytest.mark.parametrize("version", shipped_agreement().versions, ids=lambda version: version.id)
def test_whatever_is_left_open_has_a_body_and_its_terms_in_every_version(version: object) -> None:
    for clause in version.clauses:  # type: ignore[attr-defined]  # pytest hands on what the parameter is
        for ruling in (clause.ruling, *clause.variants.values()):
            procedure = version.find_procedure(ruling.outcome, clause.id)  # type: ignore[attr-defined]
            if ruling.outcome in OPENING:
                assert procedure is not None, clause.id
                assert procedure.status.startswith("design"), "no figure was read in a source"


def test_the_clauses_own_procedure_goes_before_the_general_one() -> None:
    version = shipped_agreement().versions[-1]
    found = {rule: version.find_procedure(Outcome.VERIFY, rule) for rule in ("R2b", "R6", "R7", "R20")}
    assert {rule: one and (one.body, one.tacit) for rule, one in found.items()} == {
        "R2b": (ResponsibleBody.TARGET_AUTHORITY, True),
        "R6": (ResponsibleBody.ISSUER, False),
        "R7": (ResponsibleBody.ISSUER, False),
        "R20": (ResponsibleBody.ISSUER, False),
    }
    for rule in ("G2", "G9", "G6", "R10b"):
        assert version.find_procedure(Outcome.NOT_RECOGNISED, rule) is None
    assert version.find_procedure(Outcome.AUTO, "R1") is None


FAULTS: dict[str, tuple[Callable[[], dict[str, str]], str, str]] = {
    "no term at all": (lambda: changed("working_days = 20", "working_days = 0"), "CONFIRM].working_days", "1 to 250"),
    "a term beyond reason": (
        lambda: changed("evidence_working_days = 10", "evidence_working_days = 251"),
        "CONFIRM].evidence_working_days",
        "1 to 250",
    ),
    "an unknown body": (lambda: changed('"TARGET_AUTHORITY"', '"NOBODY"'), "CONFIRM].body", "Use one of: ISSUER"),
    "an issuer that decides": (
        lambda: changed('body = "TARGET_AUTHORITY"', 'body = "ISSUER"'),
        "CONFIRM].body",
        "Write TARGET_AUTHORITY",
    ),
    "an outcome that leaves nothing open": (
        lambda: changed('"CONFIRM"\nbody', '"AUTO"\nbody'),
        ".outcome",
        "Use one of",
    ),
    "a clause that never gives the outcome": (lambda: changed('["R2b"]', '["R1"]'), "VERIFY_AT_THE_POST].rules", "R2b"),
    "an unknown key": (lambda: changed("tacit = true", "tacit = true\nfast = true"), "].fast", "Correct its spelling"),
    "an override of anything": (
        lambda: changed('rules = ["G3a", "G3b", "G4"]\n', ""),
        "OVERRIDE].rules",
        "Name them in `rules`",
    ),
    "an override by silence": (
        lambda: {**TEXTS, FILE: "tacit = true".join(TEXTS[FILE].rsplit("tacit = false", 1))},
        "OVERRIDE].tacit",
        "write tacit = false",
    ),
    "a procedure named twice": (
        lambda: changed('id = "RE_REVIEW"', 'id = "CONFIRM"'),
        "procedures[CONFIRM]",
        "it doubles CONFIRM",
    ),
    "a second general procedure": (
        lambda: changed('rules = ["R2b"]\n', ""),
        "procedures[VERIFY_AT_THE_POST]",
        "it doubles VERIFY",
    ),
    "a clause with two procedures": (
        lambda: changed(
            'id = "VERIFY"\noutcome = "VERIFY"', 'id = "VERIFY"\noutcome = "VERIFY"\nrules = ["R2b", "R6"]'
        ),
        "procedures[VERIFY_AT_THE_POST]",
        "it doubles VERIFY",
    ),
    "an outcome without a procedure": (lambda: without("RE_REVIEW"), "procedures", "RE_REVIEW has no procedure"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_file_and_key_and_how_to_mend_it(fault: str) -> None:
    spoil, key, mend = FAULTS[fault]
    with pytest.raises(InvalidInput) as refused:
        load_agreement(spoil())
    assert refused.value.reason == "AGREEMENT_FAULT"
    assert refused.value.path[0] == FILE
    assert key in refused.value.path[1]
    assert mend in refused.value.message.en
