"""Decisions that were taken: stored and read without loss, and the version they name."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.credential_facts import UsedFact
from talent_registry.domain.decisions import (
    RecognitionDecision,
    facts_from_json,
    findings_as_json,
    findings_from_json,
    version_decided_under,
)
from talent_registry.domain.errors import NotInForce
from talent_registry.domain.questions import CredentialFacts, Question, Target
from talent_registry.domain.recognition import decide

ON = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
ONE = UUID(int=1)
POST = Target(division="500106", post_series="05")


def a_decision() -> RecognitionDecision:
    asked = Question(credential=CredentialFacts(kind="TITLE"), target=POST, source_province="510000", on=ON)
    made = decide(agreement_version_in_force(shipped_agreement(), ON), asked)
    return RecognitionDecision(
        id=ONE,
        credential_id=ONE,
        researcher_id=ONE,
        target=POST,
        decided_for=ON,
        known_at=AT,
        decided_at=AT,
        decision=made,
        facts=(
            UsedFact("credential.kind", "TITLE", ONE, AT),
            UsedFact("credential.delegated", None, ONE, AT, defaulted=True),
        ),
    )


def test_findings_and_facts_come_back_as_they_were() -> None:
    kept = a_decision()
    findings = json.loads(json.dumps(findings_as_json(kept.decision.findings)))
    assert findings_from_json(findings) == kept.decision.findings
    facts = json.loads(json.dumps([one.as_json() for one in kept.facts]))
    assert facts_from_json(facts) == kept.facts


def test_a_decision_names_the_province_of_the_post_and_whether_it_recognises() -> None:
    kept = a_decision()
    assert kept.target_province == "500000"
    assert not kept.is_recognised


def test_the_version_that_decided_is_found_letter_for_letter_or_not_at_all() -> None:
    kept, agreement = a_decision(), shipped_agreement()
    assert version_decided_under(agreement, kept).holds_on(ON)
    changed = replace(kept, decision=replace(kept.decision, digest="0" * 64))
    with pytest.raises(NotInForce):
        version_decided_under(agreement, changed)
