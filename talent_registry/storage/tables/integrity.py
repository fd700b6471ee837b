"""Integrity records: each act on one is a row that supersedes the row before."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Text, Uuid

from talent_registry.storage.tables.columns import fact_table

integrity_record = fact_table(
    "integrity_record",
    # The same through all acts on one record.
    Column("record_id", Uuid, nullable=False),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False),
    Column("act", Text, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("ground", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    # Why it was corrected, lifted or annulled.
    Column("because", Text),
    Column("source_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    CheckConstraint("act IN ('RECORDED', 'CORRECTED', 'LIFTED', 'ANNULLED')", name="act_is_known"),
    CheckConstraint("(act = 'RECORDED') = (because IS NULL)", name="a_change_has_its_ground"),
    CheckConstraint("found_on <= valid_from", name="found_before_it_begins"),
    Index("ix_integrity_record_researcher_id", "researcher_id"),
    Index("uq_integrity_record_current", "record_id", unique=True, postgresql_where="superseded_at IS NULL"),
)
