"""Which credentials an office is told of."""

from sqlalchemy import Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, text

from talent_registry.storage.tables.columns import identity, metadata, written_by

credential_watch = Table(
    "credential_watch",
    metadata,
    identity(),
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    Column("organisation_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("purpose", Text, nullable=False),
    # Its last day.
    Column("valid_until", Date, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    # The roster that found it and whose watch this is; none where it is watched by itself.
    Column("roster_id", Uuid, ForeignKey("roster.id")),
    written_by(),
    Index("ix_credential_watch_organisation_id", "organisation_id", "id"),
    Index(
        "uq_credential_watch_open",
        "credential_id",
        "organisation_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL AND roster_id IS NULL"),
    ),
    Index(
        "uq_credential_watch_of_roster",
        "credential_id",
        "roster_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL AND roster_id IS NOT NULL"),
    ),
    Index(
        "ix_credential_watch_roster_id",
        "roster_id",
        postgresql_where=text("roster_id IS NOT NULL AND ended_at IS NULL"),
    ),
)
