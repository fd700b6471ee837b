"""Releases of the agreement: drafts, what became of them, approvals, and what both provinces approved."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from talent_registry.storage.tables.columns import identity, metadata, written_by

agreement_release = Table(
    "agreement_release",
    metadata,
    identity(),
    Column("version_id", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("digest", Text, nullable=False),
    # The digest of the version that it was drafted on.
    Column("base_digest", Text, nullable=False),
    Column("retroactive_zh", Text),
    Column("retroactive_en", Text),
    # The files as uploaded, in order: name and text.
    Column("files", JSONB, nullable=False),
    Column("report", JSONB, nullable=False),
    Column("author_id", Uuid, ForeignKey("account.id"), nullable=False, index=True),
    Column("author_province", Text, nullable=False),
    # The provinces that must both approve; None in what was drafted before they were noted.
    Column("parties", ARRAY(Text)),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    written_by(),
    CheckConstraint("(retroactive_zh IS NULL) = (retroactive_en IS NULL)", name="reaching_back_in_both_languages"),
    CheckConstraint("parties IS NULL OR cardinality(parties) = 2", name="drafted_between_two_parties"),
)

agreement_release_step = Table(
    "agreement_release_step",
    metadata,
    identity(),
    Column("release_id", Uuid, ForeignKey("agreement_release.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False, index=True),
    Column("taken_at", DateTime(timezone=True), nullable=False),
    written_by(),
    UniqueConstraint("release_id", "step"),
    CheckConstraint("step IN ('PROPOSED', 'WITHDRAWN')", name="known_step"),
)

agreement_release_approval = Table(
    "agreement_release_approval",
    metadata,
    identity(),
    Column("release_id", Uuid, ForeignKey("agreement_release.id"), nullable=False),
    Column("province", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # The words about reaching back that were agreed to, in Chinese and on the next line in English.
    Column("sentence", Text),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False, index=True),
    Column("approved_at", DateTime(timezone=True), nullable=False),
    written_by(),
    UniqueConstraint("release_id", "province"),
)

# Written with the second approval. Two releases drafted on the same version cannot both be approved.
agreement_enactment = Table(
    "agreement_enactment",
    metadata,
    Column("release_id", Uuid, ForeignKey("agreement_release.id"), primary_key=True),
    Column("version_id", Text, nullable=False, unique=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("base_digest", Text, nullable=False, unique=True),
    Column("enacted_at", DateTime(timezone=True), nullable=False),
    written_by(),
    Index("ix_agreement_enactment_enacted_at", "enacted_at"),
)
