"""Organisations and the filings of review committees."""

from sqlalchemy import Column, Computed, Date, DateTime, ForeignKey, Index, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from talent_registry.storage.tables.columns import identity, metadata, recorded_time, written_by

organisation = Table(
    "organisation",
    metadata,
    identity(),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text),
    Column("kind", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("province", Text, Computed("left(division, 2) || '0000'", persisted=True), nullable=False),
    # Null until a unified social credit code is known; name and division tell it apart until then.
    Column("social_credit_code", Text, unique=True),
    Column("ror_id", Text),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    written_by(),
    UniqueConstraint("name_zh", "division"),
    Index("ix_organisation_province_id", "province", "id"),
)

committee_filing = Table(
    "committee_filing",
    metadata,
    identity(),
    Column("filing_number", Text, nullable=False),
    Column("authority_id", Uuid, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("committee_name", Text, nullable=False),
    # The days of the filing, both inclusive; more than three years is kept as filed and judged by the rules.
    Column("filed_from", Date, nullable=False),
    Column("filed_to", Date, nullable=False),
    Column("max_level", Text, nullable=False),
    Column("series", ARRAY(Text), nullable=False),
    *recorded_time(),
    written_by(),
    Index(
        "uq_committee_filing_current",
        "filing_number",
        unique=True,
        postgresql_where="superseded_at IS NULL",
    ),
    Index("ix_committee_filing_filing_number", "filing_number"),
)
