"""Recalls and the notices of them, in words."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.notices import Notice, Receiver, acknowledged_before, notice_text
from talent_registry.domain.recalls import Recall, RecallCause, RecallCounts, RecalledKind

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
STATUS, LEVEL, COMMITTEE = "credential.status", "credential.level", "credential.committee"


def recall(**changes: Any) -> Recall:
    made: dict[str, Any] = {
        "id": uuid4(),
        "credential_id": uuid4(),
        "kind": RecalledKind.DECISION,
        "record_id": uuid4(),
        "facts": (STATUS,),
        "status": RecordStatus.REVOKED,
        "from_day": date(2026, 11, 1),
        "recalled_at": NOW,
        "command_id": uuid4(),
    }
    return Recall(**(made | changes))


@pytest.mark.parametrize(
    ("facts", "status", "cause"),
    [
        ((STATUS,), RecordStatus.REVOKED, RecallCause.REVOCATION),
        ((LEVEL, STATUS), RecordStatus.SUSPENDED, RecallCause.SUSPENSION),
        ((STATUS,), RecordStatus.VALID, RecallCause.REINSTATEMENT),
        ((STATUS,), None, RecallCause.CORRECTION),
        ((STATUS,), RecordStatus.PUBLICITY, RecallCause.CORRECTION),
        ((LEVEL,), None, RecallCause.CORRECTION),
        ((COMMITTEE,), None, RecallCause.FILING),
        ((COMMITTEE, LEVEL), None, RecallCause.CORRECTION),
    ],
)
def test_the_gravest_of_what_was_recorded_anew_is_the_cause(
    facts: tuple[str, ...], status: RecordStatus | None, cause: RecallCause
) -> None:
    assert recall(facts=facts, status=status).cause is cause


@pytest.mark.parametrize("kind", RecalledKind)
@pytest.mark.parametrize("from_day", [date(2026, 11, 1), None])
def test_a_notice_names_certificate_change_day_and_what_to_do(kind: RecalledKind, from_day: date | None) -> None:
    told = notice_text(Notice(uuid4(), recall(kind=kind, from_day=from_day), Receiver(province="500000"), NOW), "5120")
    for text, revoked, act in ((told.zh, "撤销", "核查"), (told.en, "revoked", "review")):
        assert "5120" in text
        assert revoked in text
        assert act in text
        assert ("2026-11-01" in text) is (from_day is not None)


def test_a_second_receipt_is_refused_with_the_day_of_the_first() -> None:
    refused = acknowledged_before(Notice(uuid4(), recall(), Receiver(province="500000"), NOW, NOW))
    assert refused.reason == "ACKNOWLEDGED_BEFORE"
    assert "2026-11-24" in refused.message.zh
    assert "2026-11-24" in refused.message.en


def test_counts_are_kept_as_they_were() -> None:
    counts = RecallCounts(1, 2, 3, 4)
    assert RecallCounts.of(counts.as_json()) == counts
    assert counts
    assert not RecallCounts(notices=0)
