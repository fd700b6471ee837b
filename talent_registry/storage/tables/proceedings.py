"""Proceedings that decisions open, and the events from which state, outcome and clocks are computed: added, final."""

from sqlalchemy import CheckConstraint, Column, Computed, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from talent_registry.storage.tables.columns import identity, metadata, written_by

proceeding = Table(
    "proceeding",
    metadata,
    identity(),
    Column("kind", Text, nullable=False),
    Column("decision_id", Uuid, ForeignKey("recognition_decision.id"), nullable=False, index=True),
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False, index=True),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False, index=True),
    Column("issuer_id", Uuid, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("target_division", Text, nullable=False),
    Column("target_province", Text, Computed("left(target_division, 2) || '0000'", persisted=True), nullable=False),
    Column("target_zone", Text),
    Column("employer_kind", Text),
    Column("post_series", Text),
    # The machine's answer, as the decision gave it.
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    # The agreement's procedure with its terms in working days, as they were when it was opened.
    Column("procedure", Text, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("body", Text, nullable=False),
    Column("body_province", Text, nullable=False),
    Column("approving_province", Text),
    # What equal cases have alike: codes, nothing of the person.
    Column("facts", JSONB, nullable=False),
    Column("facts_digest", Text, nullable=False, index=True),
    # The facts that the decision was told, [name, value] each: a grant covers no others.
    Column("told", JSONB, nullable=False),
    Column("opened_on", Date, nullable=False),
    written_by(),
    CheckConstraint("(kind = 'OVERRIDE') = (approving_province IS NOT NULL)", name="override_needs_approval"),
    CheckConstraint("approving_province <> body_province", name="two_provinces"),
    Index("ix_proceeding_body_province_id", "body_province", "id"),
    Index("ix_proceeding_approving_province_id", "approving_province", "id"),
)

proceeding_event = Table(
    "proceeding_event",
    metadata,
    identity(),
    Column("proceeding_id", Uuid, ForeignKey("proceeding.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("event", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("province", Text),
    Column("outcome", Text),
    Column("text", Text),
    written_by(),
    Index("ix_proceeding_event_at", "at", postgresql_using="brin"),
    *(
        Index(
            f"uq_proceeding_event_{name}",
            "proceeding_id",
            unique=True,
            postgresql_where=text(events),
        )
        for name, events in (
            ("begun", "event IN ('OPENED', 'OVERRIDE_PROPOSED')"),
            ("ended", "event IN ('DECIDED', 'LAPSED', 'WITHDRAWN', 'OVERRIDE_APPROVED', 'OVERRIDE_DECLINED')"),
            ("appealed", "event = 'APPEALED'"),
            ("appeal_decided", "event = 'APPEAL_DECIDED'"),
        )
    ),
)
