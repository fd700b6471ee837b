"""Releases of the agreement: drafted, proposed, and in force once both provinces approved the same text."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("agreement_release", "agreement_release_step", "agreement_release_approval", "agreement_enactment")
FUNCTIONS = ("release_step_is_sound()", "approval_is_sound()", "enactment_is_sound()")
_AUTHORITY = "actor('kind') = 'AUTHORITY' AND {province} = actor('province') AND {account} = actor('account')::uuid"
_ENACTED = "EXISTS (SELECT FROM agreement_enactment enacted WHERE enacted.release_id = {release})"
# The authorities see every draft; the law that both approved is everybody's to read.
_SEEN = "FOR SELECT TO talent_registry_app USING (actor('kind') = 'AUTHORITY' OR " + _ENACTED + ")"
_ADDED = "FOR INSERT TO talent_registry_app WITH CHECK (" + _AUTHORITY + ")"
POLICIES = {
    ("agreement_release", "seen"): _SEEN.format(release="id"),
    ("agreement_release", "added"): _ADDED.format(province="author_province", account="author_id"),
    ("agreement_release_step", "seen"): _SEEN.format(release="agreement_release_step.release_id"),
    ("agreement_release_step", "added"): _ADDED.format(province="province", account="account_id"),
    ("agreement_release_approval", "seen"): _SEEN.format(release="agreement_release_approval.release_id"),
    ("agreement_release_approval", "added"): _ADDED.format(province="province", account="account_id"),
    ("agreement_enactment", "seen"): "FOR SELECT TO talent_registry_app USING (true)",
    ("agreement_enactment", "added"): "FOR INSERT TO talent_registry_app WITH CHECK (actor('kind') = 'AUTHORITY')",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_tables()
    _create_guards()
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO talent_registry_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    for policy, rule in POLICIES.items():
        table, name = policy
        op.execute(f"CREATE POLICY {name} ON {table} {rule}")


def _create_tables() -> None:
    op.create_table(
        "agreement_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("base_digest", sa.Text(), nullable=False),
        sa.Column("retroactive_zh", sa.Text()),
        sa.Column("retroactive_en", sa.Text()),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_province", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(retroactive_zh IS NULL) = (retroactive_en IS NULL)",
            name=op.f("ck_agreement_release_reaching_back_in_both_languages"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_agreement_release_author_id")),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f("fk_agreement_release_command_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_release")),
    )
    op.create_index(op.f("ix_agreement_release_author_id"), "agreement_release", ["author_id"])
    op.create_index(op.f("ix_agreement_release_command_id"), "agreement_release", ["command_id"])
    _create_acts(
        "agreement_release_step",
        "step",
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("step IN ('PROPOSED', 'WITHDRAWN')", name=op.f("ck_agreement_release_step_known_step")),
    )
    _create_acts(
        "agreement_release_approval",
        "province",
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text()),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "agreement_enactment",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("base_digest", sa.Text(), nullable=False),
        sa.Column("enacted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["agreement_release.id"], name=op.f("fk_agreement_enactment_release_id")
        ),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f("fk_agreement_enactment_command_id")),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_agreement_enactment")),
        sa.UniqueConstraint("version_id", name=op.f("uq_agreement_enactment_version_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_agreement_enactment_digest")),
        sa.UniqueConstraint("base_digest", name=op.f("uq_agreement_enactment_base_digest")),
    )
    op.create_index(op.f("ix_agreement_enactment_enacted_at"), "agreement_enactment", ["enacted_at"])
    op.create_index(op.f("ix_agreement_enactment_command_id"), "agreement_enactment", ["command_id"])


def _create_acts(table: str, once_by: str, *items: sa.schema.SchemaItem) -> None:
    """What accounts did with a release: once for each value of `once_by`."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        *items,
        sa.ForeignKeyConstraint(["release_id"], ["agreement_release.id"], name=op.f(f"fk_{table}_release_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id")),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f(f"fk_{table}_command_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("release_id", once_by, name=op.f(f"uq_{table}_release_id_{once_by}")),
    )
    op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"])
    op.create_index(op.f(f"ix_{table}_command_id"), table, ["command_id"])


def _create_guards() -> None:
    op.execute("""
        CREATE FUNCTION release_step_is_sound() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            -- Whatever moves a release meets here, one after the other.
            PERFORM FROM agreement_release WHERE id = NEW.release_id FOR UPDATE;
            IF EXISTS (SELECT FROM agreement_enactment WHERE release_id = NEW.release_id) THEN
                RAISE EXCEPTION 'a release that both approved is not moved'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'release_is_open';
            END IF;
            IF NEW.step = 'WITHDRAWN' AND NEW.province <> (
                SELECT author_province FROM agreement_release WHERE id = NEW.release_id) THEN
                RAISE EXCEPTION 'a release is withdrawn by its author''s province'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'release_is_withdrawn_by_its_province';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION approval_is_sound() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE
            draft agreement_release;
        BEGIN
            SELECT * INTO draft FROM agreement_release WHERE id = NEW.release_id FOR UPDATE;
            IF NEW.account_id = draft.author_id THEN
                RAISE EXCEPTION 'nobody approves a draft of their own'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'author_may_not_approve';
            END IF;
            IF NEW.digest <> draft.digest THEN
                RAISE EXCEPTION 'an approval names the digest of the proposed text'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_of_the_digest';
            END IF;
            IF NOT EXISTS (SELECT FROM account JOIN organisation office ON office.id = account.organisation_id
                WHERE account.id = NEW.account_id AND account.kind = 'AUTHORITY' AND account.closed_at IS NULL
                  AND office.province = NEW.province) THEN
                RAISE EXCEPTION 'an officer approves for the own province'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_for_the_own_province';
            END IF;
            IF draft.retroactive_zh IS NULL AND draft.since < legal_today() THEN
                RAISE EXCEPTION 'the first day of the release is over'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'effective_date_passed';
            END IF;
            IF (draft.retroactive_zh IS NULL AND NEW.sentence IS NOT NULL) OR (draft.retroactive_zh IS NOT NULL
                AND coalesce(NEW.sentence NOT IN (draft.retroactive_zh, draft.retroactive_en), true)) THEN
                RAISE EXCEPTION 'an approval repeats the sentence by which a release reaches back'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_of_the_sentence';
            END IF;
            IF NOT EXISTS (SELECT FROM agreement_release_step WHERE release_id = NEW.release_id AND step = 'PROPOSED')
                OR EXISTS (SELECT FROM agreement_release_step WHERE release_id = NEW.release_id AND step = 'WITHDRAWN') THEN
                RAISE EXCEPTION 'only what is proposed is approved'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'release_is_open';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION enactment_is_sound() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE
            draft agreement_release;
        BEGIN
            SELECT * INTO draft FROM agreement_release WHERE id = NEW.release_id FOR UPDATE;
            IF (NEW.version_id, NEW.digest, NEW.base_digest) <> (draft.version_id, draft.digest, draft.base_digest)
                OR (SELECT count(DISTINCT province) FROM agreement_release_approval WHERE release_id = NEW.release_id) <> 2
                OR NEW.enacted_at <> (SELECT max(approved_at) FROM agreement_release_approval WHERE release_id = NEW.release_id)
                OR EXISTS (SELECT FROM agreement_release_step WHERE release_id = NEW.release_id AND step = 'WITHDRAWN') THEN
                RAISE EXCEPTION 'a release is in force once both provinces approved it'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_by_both';
            END IF;
            RETURN NEW;
        END $$
    """)
    for table, function in zip(TABLES[1:], FUNCTIONS, strict=True):
        op.execute(f"CREATE TRIGGER sound BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}")
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION row_is_final()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
        )
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # The policies of the other tables ask the last one.
    for table, name in POLICIES:
        op.execute(f"DROP POLICY {name} ON {table}")
    for table in reversed(TABLES):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
