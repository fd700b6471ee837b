"""What proceedings rest on: what equal ones have alike, and the facts that their decisions were told."""

import hashlib
from collections.abc import Iterable
from typing import Any

from talent_registry.domain.credential_facts import UsedFact
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.divisions import province_of
from talent_registry.domain.ledger import canonical
from talent_registry.domain.proceedings import ToldFacts

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
_OF_HOLDER = "holder."


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


def told_facts(used: Iterable[UsedFact]) -> ToldFacts:
    """The facts that a decision was told, each name with its value in canonical JSON, whoever stated them and when."""
    return told_of((fact.name, fact.value) for fact in used)


def told_of(pairs: Iterable[tuple[str, Any]]) -> ToldFacts:
    """The same of names with JSON values."""
    return frozenset((name, canonical(value).decode()) for name, value in pairs)


def covers(seen: ToldFacts, now: ToldFacts) -> bool:
    """Whether what was granted on the facts `seen` holds for the facts `now`.

    Each fact seen must still be told and none of the credential may have come up since; what else became known of the
    holder (a further examination, say) changes nothing as long as the same clause rules.
    """
    return seen <= now and all(name.startswith(_OF_HOLDER) for name, _ in now - seen)
