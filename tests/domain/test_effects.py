"""The effects of a change of status, and the digest by which a changed world is known."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from talent_registry.domain.credentials import (
    Credential,
    CredentialRecord,
    CredentialVersion,
    RecordStatus,
    StatusSpan,
)
from talent_registry.domain.effects import (
    MOST_LISTED,
    Effects,
    PlacementEffect,
    StandingChange,
    Standpoint,
    effects_digest,
    world_changed,
)
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.placements import Placement
from talent_registry.domain.recalls import Recall, RecallCounts, RecalledKind

NOW, TODAY = datetime(2026, 11, 24, 4, 0, tzinfo=UTC), date(2026, 11, 24)
CREDENTIAL, PERSON, UNIT = uuid4(), uuid4(), uuid4()
RECORD = CredentialRecord(
    Credential(CREDENTIAL, "TITLE", "5120", UNIT, PERSON, NOW),
    CredentialVersion(
        id=uuid4(),
        credential_id=CREDENTIAL,
        route="REVIEW",
        issuer_kind="PROVINCIAL_HRSS",
        issuer_division="510000",
        certificate_medium="PAPER",
        found_in_lookup=True,
        source_id=UNIT,
        valid_from=date(2020, 4, 17),
        valid_until=None,
        recorded_at=NOW,
    ),
    (StatusSpan(uuid4(), RecordStatus.VALID, None, date(2020, 4, 17), None, NOW),),
)
PLACEMENT = Placement(
    id=uuid4(),
    researcher_id=PERSON,
    home_unit_id=UNIT,
    host_unit_id=uuid4(),
    kind="PART_TIME",
    post="讲座教授",
    post_series="01",
    term=Period(TODAY, date(2027, 11, 23)),
    workload_percent=40,
    state=PlacementState.ACTIVE,
    round=1,
    open_round=None,
    decision_id=uuid4(),
    credential_id=CREDENTIAL,
    activated_on=TODAY,
    ended_on=None,
    end_reason=None,
    proposed_at=NOW,
)
BEFORE = Standpoint(RECORD, (PLACEMENT,))
EFFECT = PlacementEffect(PLACEMENT.id, PlacementState.ACTIVE, PlacementState.ENDED, "RECOGNITION_LOST", TODAY)


def recalled(kind: RecalledKind, record: UUID) -> Recall:
    return Recall(
        id=uuid4(),
        credential_id=CREDENTIAL,
        kind=kind,
        record_id=record,
        facts=("credential.status",),
        status=RecordStatus.REVOKED,
        from_day=TODAY,
        recalled_at=NOW,
        command_id=uuid4(),
    )


def digest(
    before: Standpoint = BEFORE,
    status: RecordStatus = RecordStatus.REVOKED,
    effects: tuple[PlacementEffect, ...] = (EFFECT,),
    recalls: tuple[Recall, ...] = (),
) -> str:
    return effects_digest(before, status, TODAY, effects, recalls)


def test_whatever_would_change_the_effects_changes_the_digest() -> None:
    span = RECORD.spans[0]
    worlds = [
        digest(),
        digest(status=RecordStatus.SUSPENDED),
        effects_digest(BEFORE, RecordStatus.REVOKED, date(2026, 11, 23), (EFFECT,), ()),
        digest(effects=()),
        digest(effects=(replace(EFFECT, reason="TERM"),)),
        digest(effects=(replace(EFFECT, on=date(2026, 11, 23)),)),
        digest(before=Standpoint(RECORD, ())),
        digest(before=Standpoint(replace(RECORD, version=replace(RECORD.version, id=uuid4())), (PLACEMENT,))),
        digest(before=Standpoint(replace(RECORD, spans=(replace(span, valid_until=TODAY),)), (PLACEMENT,))),
        digest(before=Standpoint(RECORD, (replace(PLACEMENT, open_round=2),))),
        digest(before=Standpoint(RECORD, (replace(PLACEMENT, decision_id=uuid4()),))),
        digest(before=Standpoint(RECORD, (replace(PLACEMENT, workload_percent=41),))),
        digest(recalls=(recalled(RecalledKind.DECISION, uuid4()),)),
        digest(recalls=(recalled(RecalledKind.PLACEMENT, uuid4()),)),
    ]
    assert len(set(worlds)) == len(worlds)


def test_what_is_computed_again_in_another_order_has_the_same_digest() -> None:
    first, second = uuid4(), uuid4()
    one = [recalled(RecalledKind.DECISION, first), recalled(RecalledKind.DECISION, second)]
    other = [recalled(RecalledKind.DECISION, second), recalled(RecalledKind.DECISION, first)]
    assert digest(recalls=tuple(one)) == digest(recalls=tuple(other))


def test_a_verification_is_no_part_of_the_digest() -> None:
    assert digest(recalls=(recalled(RecalledKind.VERIFICATION, uuid4()),)) == digest()


def test_what_is_not_listed_is_counted() -> None:
    many = tuple(replace(EFFECT, placement_id=uuid4()) for _ in range(MOST_LISTED + 2))
    few = (recalled(RecalledKind.DECISION, uuid4()),)
    effects = Effects(CREDENTIAL, RecordStatus.REVOKED, TODAY, "", many, RecallCounts(1), few)
    assert (effects.placements_left_out, effects.recalls_left_out) == (2, 0)


def test_the_refusal_gives_the_fresh_digest() -> None:
    refused = world_changed("abc")
    assert refused.reason == "WORLD_CHANGED"
    assert "abc" in refused.message.zh
    assert "abc" in refused.message.en


@pytest.mark.parametrize(
    ("change", "status"),
    [("SUSPEND", RecordStatus.SUSPENDED), ("REINSTATE", RecordStatus.VALID), ("REVOKE", RecordStatus.REVOKED)],
)
def test_each_change_brings_its_status(change: str, status: RecordStatus) -> None:
    assert StandingChange(change).status is status
