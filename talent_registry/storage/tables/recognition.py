"""Recognition decisions: facts that were decided, kept with everything they were decided by."""

from sqlalchemy import Column, Computed, Date, DateTime, ForeignKey, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from talent_registry.storage.tables.columns import identity, metadata, written_by

recognition_decision = Table(
    "recognition_decision",
    metadata,
    identity(),
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False, index=True),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False, index=True),
    Column("target_division", Text, nullable=False),
    Column("target_province", Text, Computed("left(target_division, 2) || '0000'", persisted=True), nullable=False),
    Column("target_zone", Text),
    Column("employer_kind", Text),
    Column("post_series", Text),
    Column("decided_for", Date, nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("agreement_version", Text, nullable=False),
    Column("agreement_digest", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("message", JSONB, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("facts", JSONB, nullable=False),
    written_by(),
    Index("ix_recognition_decision_target_province_id", "target_province", "id"),
    # What was decided in a quarter: rows lie in the order in which they were written.
    Index("ix_recognition_decision_decided_at", "decided_at", postgresql_using="brin"),
)
