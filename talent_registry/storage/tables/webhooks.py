"""Where offices have their events sent, with sealed secrets and how far each has been told."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from talent_registry.storage.tables.columns import identity, metadata, written_by

webhook = Table(
    "webhook",
    metadata,
    identity(),
    Column("organisation_id", Uuid, ForeignKey("organisation.id"), nullable=False, index=True),
    # As whom it is told: an authority of its province, too.
    Column("actor_kind", Text, nullable=False),
    Column("province", Text),
    Column("url", Text, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("secret_key_id", Text, nullable=False),
    # The secret before the last rotation, which signs beside the new one until then.
    Column("former_sealed", LargeBinary),
    Column("former_key_id", Text),
    Column("former_until", DateTime(timezone=True)),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    # Of the last event that was received; how often the next was tried in vain; when it may be tried again.
    Column("position", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True)),
    Column("test_id", Uuid),
    # A status of HTTP, or a code of ours.
    Column("last_status", Text),
    Column("last_at", DateTime(timezone=True)),
    written_by(),
    CheckConstraint(
        "(former_sealed IS NULL) = (former_until IS NULL) AND (former_sealed IS NULL) = (former_key_id IS NULL)",
        name="former_secret_ends",
    ),
)
