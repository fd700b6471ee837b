"""Consents a person gave, and the looks others took at the person's record."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from talent_registry.storage.tables.columns import identity, metadata, written_by

consent = Table(
    "consent",
    metadata,
    identity(),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False),
    Column("recipient_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    # Days, both inclusive.
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    written_by(),
    CheckConstraint("valid_until >= valid_from", name="valid_time_runs_forward"),
    CheckConstraint("cardinality(fields) > 0", name="opens_something"),
    Index("ix_consent_recipient_id", "recipient_id", "researcher_id", postgresql_where="withdrawn_at IS NULL"),
    Index("ix_consent_researcher_id", "researcher_id", "id"),
)

access = Table(
    "access",
    metadata,
    identity(),
    # What the ids name is checked by the set, and never erased: the database's trigger names_what_is_recorded.
    Column("researcher_id", Uuid, nullable=False),
    Column("account_id", Uuid),
    Column("organisation_id", Uuid),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    # Set where the look was itself a command (a verification); a plain reading is not one.
    Column("command_id", Uuid, index=True),
    # Set where the look was a try at a share code.
    Column("share_code_id", Uuid),
    Index("ix_access_researcher_id", "researcher_id", "id"),
    Index("ix_access_share_code_id", "share_code_id", "id", postgresql_where="share_code_id IS NOT NULL"),
)
