"""Alerts that an authority's officer acknowledged with a note."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, Uuid

from talent_registry.storage.tables.columns import identity, metadata, written_by

alert_note = Table(
    "alert_note",
    metadata,
    identity(),
    Column("kind", Text, nullable=False),
    # What the alert is about, as its kind names it: of an inconsistency the digest of the facts.
    Column("subject", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    written_by(),
    CheckConstraint("kind IN ('INCONSISTENCY')", name="kind_is_known"),
    Index("ix_alert_note_province_subject", "province", "subject"),
)
