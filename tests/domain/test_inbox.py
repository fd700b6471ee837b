"""The inbox: every event has its sentence in both languages, and only codes and days stand in it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.events import Event, record_of
from talent_registry.domain.inbox import InboxKind, either_items_or_all, item_text, kind_of, prefix_of
from talent_registry.domain.placement_states import EndReason, PlacementEventKind
from talent_registry.domain.proceedings import ProceedingEventKind

KINDS = {
    **{f"placement.{one.value.lower()}": InboxKind.PLACEMENT for one in PlacementEventKind},
    **{f"case.{one.value.lower()}": InboxKind.CASE for one in ProceedingEventKind},
    "placement.term_ending": InboxKind.PLACEMENT,
    "credential.recorded": InboxKind.CREDENTIAL,
    "credential.publicity": InboxKind.CREDENTIAL,
    "credential.corrected": InboxKind.CREDENTIAL,
    "credential.suspended": InboxKind.CREDENTIAL,
    "credential.reinstated": InboxKind.CREDENTIAL,
    "credential.revoked": InboxKind.CREDENTIAL,
    "recognition.decided": InboxKind.RECOGNITION,
    "consent.granted": InboxKind.CONSENT,
    "consent.withdrawn": InboxKind.CONSENT,
    "researcher.corrected": InboxKind.PERSON,
    "notice.queued": InboxKind.RECALL,
    "opportunity.matched": InboxKind.OPPORTUNITY,
}
OTHER = "一项与您有关的记录有变更"


def event(kind: str, record: UUID | None = None, /, **data: object) -> Event:
    subject = str(to_node_id("Placement", record or uuid4()))
    return Event(1, uuid4(), kind, subject, datetime(2026, 11, 24, tzinfo=UTC), data)


@pytest.mark.parametrize(("type_", "kind"), KINDS.items(), ids=list(KINDS))
def test_every_event_has_a_kind_and_a_sentence_of_its_own(type_: str, kind: InboxKind) -> None:
    told = event(type_)
    assert kind_of(told) is kind
    assert type_.startswith(f"{prefix_of(kind)}.")
    said = item_text(told)
    assert said.zh.endswith("。")
    assert said.en.endswith(".")
    assert OTHER not in said.zh
    assert "{" not in said.zh + said.en


def test_the_sentence_says_days_and_why_a_placement_ended() -> None:
    for reason in EndReason:
        said = item_text(event("placement.ended", on="2026-11-24", endReason=reason.value))
        assert "自 2026-11-24 起结束（" in said.zh
        assert "ended from 2026-11-24 (" in said.en
        assert reason.value not in said.zh + said.en
    ending = item_text(event("placement.term_ending", until="2026-12-24", days=30))
    assert "2026-12-24 届满（还有 30 天）" in ending.zh
    assert "自 2026-01-02 起被撤销" in item_text(event("credential.revoked", None, **{"from": "2026-01-02"})).zh
    assert item_text(event("placement.something_new")).zh.startswith(OTHER)


def test_the_record_is_known_from_its_opaque_id() -> None:
    record = uuid4()
    assert record_of(event("placement.ended", record)) == record


def test_either_some_items_are_marked_or_all_up_to_one() -> None:
    either_items_or_all(2, up_to=False)
    either_items_or_all(0, up_to=True)
    for items, up_to in ((0, False), (1, True)):
        with pytest.raises(InvalidInput) as refused:
            either_items_or_all(items, up_to=up_to)
        assert refused.value.reason == "ITEMS_OR_UP_TO"
