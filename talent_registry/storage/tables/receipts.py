"""Receipts as they were signed."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Table, Text, Uuid

from talent_registry.storage.tables.columns import identity, metadata, written_by

receipt = Table(
    "receipt",
    metadata,
    identity(),
    Column("kind", Text, nullable=False),
    # Whom it concerns, where it names somebody; to whom it was given, where that was an account.
    Column("researcher_id", Uuid, ForeignKey("researcher.id")),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("compact", Text, nullable=False),
    written_by(),
    Index("ix_receipt_researcher_id", "researcher_id", "id"),
)
