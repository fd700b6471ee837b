"""Commands and the ledger: each command has one entry, each entry one command."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from talent_registry.storage.tables.columns import identity, metadata

command = Table(
    "command",
    metadata,
    identity(),
    # The account's id, or a keyed digest of where an anonymous caller comes from.
    Column("caller", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("result", JSONB),
    UniqueConstraint("caller", "idempotency_key"),
    Index("command_import", "input_digest", postgresql_where=text("name = 'importRoll'")),
    CheckConstraint("length(idempotency_key) between 1 and 200", name="idempotency_key_bounded"),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("command_id", Uuid, ForeignKey("command.id"), nullable=False, unique=True),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("account_id", Uuid),
    Column("organisation_id", Uuid),
    Column("name", Text, nullable=False),
    Column("subjects", JSONB, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_ledger_entry_subjects", "subjects", postgresql_using="gin"),
)
