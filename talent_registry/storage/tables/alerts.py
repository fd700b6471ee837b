"""Walks through numbers, and alerts that an authority's officer acknowledged with a note."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, Table, Text, Uuid

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
    CheckConstraint("kind IN ('INCONSISTENCY', 'WALK')", name="kind_is_known"),
    Index("ix_alert_note_province_subject", "province", "subject"),
)

# That somebody walked through numbers: noted once per episode, final, without what was tried.
number_walk = Table(
    "number_walk",
    metadata,
    identity(),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("roster_id", Uuid, ForeignKey("roster.id")),
    # The province of the caller.
    Column("province", Text, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("tried", Integer, nullable=False),
    Column("raised_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("0 < misses AND misses <= tried", name="missed"),
    Index("ix_number_walk_province_id", "province", "id"),
    Index("uq_number_walk_roster_id", "roster_id", unique=True, postgresql_where="roster_id IS NOT NULL"),
)
