"""What offices ask issuers to check."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from talent_registry.storage.tables.columns import identity, metadata, written_by

issuer_question = Table(
    "issuer_question",
    metadata,
    identity(),
    Column("organisation_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("addressee_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("addressee_province", Text, nullable=False),
    # Sealed under the row's id; the digest finds an open question about the same number.
    Column("number_sealed", LargeBinary, nullable=False),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("number_key_id", Text, nullable=False),
    Column("name_key_id", Text, nullable=False),
    Column("number_digest", LargeBinary, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("working_days", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_on", Date, nullable=False),
    written_by(),
    Column("ended_at", DateTime(timezone=True)),
    Column("answer", Text),
    Column("why", Text),
    Column("recorded_by", Date),
    Column("ended_by_account_id", Uuid, ForeignKey("account.id")),
    Column("ended_by_command_id", Uuid, ForeignKey("command.id")),
    CheckConstraint("(answer IS NOT DISTINCT FROM 'CANNOT_SAY') = (why IS NOT NULL)", name="says_why"),
    CheckConstraint(
        "(answer IS NOT DISTINCT FROM 'WILL_BE_RECORDED') = (recorded_by IS NOT NULL)", name="says_by_when"
    ),
    CheckConstraint("(ended_at IS NULL) = (ended_by_command_id IS NULL)", name="ended_by_a_command"),
    CheckConstraint("answer IS NULL OR ended_at IS NOT NULL", name="answered_is_ended"),
    CheckConstraint("organisation_id <> addressee_id", name="asks_another"),
    Index("ix_issuer_question_organisation_id", "organisation_id", "id"),
    Index("ix_issuer_question_addressee_id", "addressee_id", "id"),
    Index("ix_issuer_question_addressee_province", "addressee_province", "id"),
    Index("ix_issuer_question_ended_by_command_id", "ended_by_command_id"),
    Index(
        "uq_issuer_question_open",
        "organisation_id",
        "number_digest",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
)
