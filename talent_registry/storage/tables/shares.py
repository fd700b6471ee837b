"""Share codes: known by a keyed digest, what each opens, and how it stands."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from talent_registry.storage.tables.columns import identity, metadata, written_by

share_code = Table(
    "share_code",
    metadata,
    identity(),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False),
    # The code itself is kept nowhere.
    Column("code_digest", LargeBinary, nullable=False, unique=True),
    # argon2id of the keyed digest of the PIN; null where the code has none.
    Column("pin_hash", Text),
    Column("purpose", Text, nullable=False),
    # A trigger holds each to be a credential of the person.
    Column("credential_ids", ARRAY(Uuid), nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Column("division", Text),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("wrong_pins", Integer, nullable=False, server_default="0"),
    Column("revoked_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    written_by(),
    CheckConstraint("cardinality(credential_ids) BETWEEN 1 AND 20", name="opens_some_credentials"),
    CheckConstraint(
        "expires_at > issued_at AND expires_at <= issued_at + interval '4320 hours'", name="at_most_180_days"
    ),
    CheckConstraint("(division IS NOT NULL) = ('RECOGNITION' = ANY (fields))", name="recognition_names_a_place"),
    Index("ix_share_code_researcher_id", "researcher_id", "id"),
)
