"""Credentials: what identifies one, what was recorded of it, and its record status day by day."""

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Index, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from talent_registry.storage.tables.columns import fact_table, identity, metadata, written_by

credential = Table(
    "credential",
    metadata,
    identity(),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False, index=True),
    Column("issuer_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False, index=True),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    written_by(),
    UniqueConstraint("issuer_id", "kind", "number"),
)

# valid_from is the day of issue, valid_until the last day of validity.
credential_version = fact_table(
    "credential_version",
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    Column("title_code", Text),
    Column("title_name", Text),
    Column("series", Text),
    Column("level", Text),
    Column("specialty", Text),
    Column("route", Text, nullable=False),
    Column("issuer_kind", Text, nullable=False),
    Column("issuer_division", Text, nullable=False),
    Column("filing_number", Text),
    Column("approval_date", Date),
    Column("certificate_medium", Text, nullable=False),
    Column("found_in_lookup", Boolean, nullable=False),
    Column("delegated", Boolean, nullable=False),
    Column("delegation_level", Text),
    Column("targeted_area", ARRAY(Text)),
    Column("origin_division", Text),
    # What other kinds of credential need (qualification, grade, registration, permit class, card): agreement data.
    Column("details", JSONB, nullable=False, server_default="{}"),
    # Names of the facts that the source did not state and that hold by default.
    Column("defaulted", ARRAY(Text), nullable=False, server_default="{}"),
    Column("source_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Index("uq_credential_version_current", "credential_id", unique=True, postgresql_where="superseded_at IS NULL"),
    Index("ix_credential_version_credential_id", "credential_id"),
)

# First and last year of issue of a place, whatever the number of its credentials.
Index(
    "ix_credential_version_issued",
    credential_version.c.issuer_division,
    credential_version.c.valid_from,
    postgresql_where="superseded_at IS NULL",
)

# Which credentials cite a filing that is corrected.
Index(
    "ix_credential_version_filing_number",
    credential_version.c.filing_number,
    postgresql_where="superseded_at IS NULL AND filing_number IS NOT NULL",
)

credential_status = fact_table(
    "credential_status",
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("ground", Text),
    Index("ix_credential_status_credential_id", "credential_id"),
    Index("ix_credential_status_current", "credential_id", "valid_from", postgresql_where="superseded_at IS NULL"),
)
