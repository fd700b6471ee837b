"""Accounts of people, offices and agencies, and the counters that slow guessing down."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from talent_registry.storage.tables.columns import identity, metadata, written_by

account = Table(
    "account",
    metadata,
    identity(),
    Column("login", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("organisation_id", Uuid, ForeignKey("organisation.id"), index=True),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), unique=True),
    # What an agency may ask for; empty for everyone else.
    Column("purposes", ARRAY(Text), nullable=False, server_default="{}"),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    written_by(),
    CheckConstraint("(organisation_id IS NULL) <> (researcher_id IS NULL)", name="office_or_person"),
    CheckConstraint("(kind = 'RESEARCHER') = (researcher_id IS NOT NULL)", name="person_is_a_researcher"),
)

# How often something was tried within a window, per caller and per target; keys are keyed digests, never values.
attempt = Table(
    "attempt",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("subject_digest", LargeBinary, primary_key=True),
    Column("window_start", DateTime(timezone=True), primary_key=True),
    Column("count", Integer, nullable=False),
)

# Who is signed in at a browser; the token itself is in the browser alone.
page_session = Table(
    "page_session",
    metadata,
    identity(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False, index=True),
    Column("token_digest", LargeBinary, nullable=False, unique=True),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False, index=True),
    Column("closed_at", DateTime(timezone=True)),
)

# What a sandbox gave to a developer: a client that ends, and an invented person with a certificate of the client's own.
sandbox_key = Table(
    "sandbox_key",
    metadata,
    Column("account_id", Uuid, ForeignKey("account.id"), primary_key=True),
    # The mail address as a keyed digest, to limit the keys of one address; it goes with the row.
    Column("mail_digest", LargeBinary, nullable=False, index=True),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), index=True),
    Column("credential_id", Uuid, ForeignKey("credential.id"), index=True),
)
