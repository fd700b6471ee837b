"""What two proceedings must have alike for equal decisions to be expected: codes of the question, none of a person."""

import hashlib
from typing import Any

from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.divisions import province_of
from talent_registry.domain.ledger import canonical

# Of the credential: what kind it is and how it came to be. Numbers, days and the holder are not among them.
_COMPARED = (
    "kind",
    "level",
    "issuer_kind",
    "route",
    "certificate",
    "found_in_query",
    "delegated",
    "delegation_letter",
    "issuer_country",
    "military_status",
    "qualification",
    "grade",
    "permit_class",
    "card",
    "card_class",
    "skill_level",
)
_SERIES_DIGITS = 2


def compared_facts(decided: RecognitionDecision) -> dict[str, Any]:
    """The facts of a kept decision by which equal cases are found, by name; what is not stated is left out."""
    used = {one.name.removeprefix("credential."): one.value for one in decided.facts}
    made, target = decided.decision, decided.target
    facts = {
        "outcome": made.outcome.value,
        "rule": made.rule,
        "reason_code": made.reason_code,
        "target_province": decided.target_province,
        "employer_kind": target.employer_kind,
        "post_series": target.post_series,
        "zone": target.zone,
        **{name: used.get(name) for name in _COMPARED},
    }
    if isinstance(code := used.get("title_code"), str):
        facts["series"] = code[:_SERIES_DIGITS]
    if isinstance(division := used.get("issuer_division"), str):
        facts["issuing_province"] = province_of(division)
    return {name: value for name, value in sorted(facts.items()) if value is not None}


def digest_of_facts(facts: dict[str, Any]) -> str:
    """SHA-256 (hex) of the facts: the same for equal cases, whoever they are about."""
    return hashlib.sha256(canonical(facts)).hexdigest()
