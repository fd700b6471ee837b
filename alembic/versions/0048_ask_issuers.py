"""Offices ask issuers to check certificates: what is asked about is sealed, and answered once, by a code."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_OFFICE = "actor('kind') IN ('HR', 'ISSUER', 'AUTHORITY', 'AGENCY')"
_ASKER = f"({_OFFICE} AND organisation_id = actor('organisation')::uuid)"
_ADDRESSEE = (
    "((actor('kind') = 'ISSUER' AND addressee_id = actor('organisation')::uuid) "
    "OR (actor('kind') = 'AUTHORITY' AND addressee_province = actor('province')))"
)
_ENDS = ("ended_at", "answer", "why", "recorded_by", "ended_by_account_id", "ended_by_command_id")
_FUNCTIONS = ("may_be_asked(uuid)", "issuer_question_is_sound()", "issuer_question_ends_once()")
_CHANGES = "SELECT 'RecognitionCase', happened.proceeding_id,"
_CHANGES_TOO = (
    "SELECT 'IssuerQuestion', asked.id, 'question.asked', jsonb_build_object('due', asked.due_on), NULL::uuid "
    "FROM issuer_question asked WHERE asked.command_id = changes_of.command UNION ALL "
    "SELECT 'IssuerQuestion', ended.id, CASE WHEN ended.answer IS NULL THEN 'question.withdrawn' "
    "ELSE 'question.answered' END, jsonb_strip_nulls(jsonb_build_object('answer', ended.answer, 'why', ended.why, "
    "'by', ended.recorded_by)), NULL::uuid "
    "FROM issuer_question ended WHERE ended.ended_by_command_id = changes_of.command UNION ALL " + _CHANGES
)
_PARTS = "SELECT recipient_id, consent.researcher_id, NULL FROM consent"
_PARTS_TOO = (
    "SELECT asked.organisation_id, NULL, NULL FROM issuer_question asked "
    "WHERE subject_kind = 'IssuerQuestion' AND asked.id = has_part.record UNION ALL "
    "SELECT asked.addressee_id, NULL, asked.addressee_province FROM issuer_question asked "
    "WHERE subject_kind = 'IssuerQuestion' AND asked.id = has_part.record UNION ALL " + _PARTS
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_table()
    _create_functions()
    op.execute(
        "CREATE TRIGGER sound BEFORE INSERT ON issuer_question FOR EACH ROW EXECUTE FUNCTION issuer_question_is_sound()"
    )
    op.execute(
        "CREATE TRIGGER ends_once BEFORE UPDATE OR DELETE ON issuer_question "
        "FOR EACH ROW EXECUTE FUNCTION issuer_question_ends_once()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON issuer_question "
        "FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({', '.join(_ENDS)}) ON issuer_question TO talent_registry_app")
    op.execute("ALTER TABLE issuer_question ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE issuer_question FORCE ROW LEVEL SECURITY")
    app = "TO talent_registry_app"
    op.execute("CREATE POLICY owner ON issuer_question TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY seen ON issuer_question FOR SELECT {app} USING ({_ASKER} OR {_ADDRESSEE})")
    op.execute(f"CREATE POLICY added ON issuer_question FOR INSERT {app} WITH CHECK ({_ASKER})")
    op.execute(f"CREATE POLICY ended ON issuer_question FOR UPDATE {app} USING ({_ASKER} OR {_ADDRESSEE})")
    for function in _FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")
    _change("changes_of", _CHANGES, _CHANGES_TOO)
    _change("has_part", _PARTS, _PARTS_TOO)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change("has_part", _PARTS_TOO, _PARTS)
    _change("changes_of", _CHANGES_TOO, _CHANGES)
    op.execute("DROP TABLE issuer_question")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")


def _change(function: str, old: str, new: str) -> None:
    """The rest of the function stays as it is, whatever it has become since."""
    op.execute(f"""
        DO $change$
        DECLARE
            before text := pg_get_functiondef('{function}'::regproc);
            after text := replace(before, $old${old}$old$, $new${new}$new$);
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION 'the function {function} does not read as expected';
            END IF;
            EXECUTE after;
        END $change$
    """)


def _create_table() -> None:
    op.create_table(
        "issuer_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("addressee_id", sa.Uuid(), nullable=False),
        sa.Column("addressee_province", sa.Text(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("number_sealed", "name_sealed")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("number_key_id", "name_key_id")),
        sa.Column("number_digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *(sa.Column(name, sa.Text()) for name in ("answer", "why")),
        sa.Column("recorded_by", sa.Date()),
        *(sa.Column(name, sa.Uuid()) for name in ("ended_by_account_id", "ended_by_command_id")),
        sa.PrimaryKeyConstraint("id", name="pk_issuer_question"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_issuer_question_{column}")
            for column, table in (
                ("organisation_id", "organisation"),
                ("account_id", "account"),
                ("addressee_id", "organisation"),
                ("command_id", "command"),
                ("ended_by_account_id", "account"),
                ("ended_by_command_id", "command"),
            )
        ),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_issuer_question_{name}"))
            for name, rule in (
                ("says_why", "(answer IS NOT DISTINCT FROM 'CANNOT_SAY') = (why IS NOT NULL)"),
                ("says_by_when", "(answer IS NOT DISTINCT FROM 'WILL_BE_RECORDED') = (recorded_by IS NOT NULL)"),
                ("ended_by_a_command", "(ended_at IS NULL) = (ended_by_command_id IS NULL)"),
                ("answered_is_ended", "answer IS NULL OR ended_at IS NOT NULL"),
                ("asks_another", "organisation_id <> addressee_id"),
            )
        ),
    )
    for name, *columns in (
        ("command_id", "command_id"),
        ("organisation_id", "organisation_id", "id"),
        ("addressee_id", "addressee_id", "id"),
        ("addressee_province", "addressee_province", "id"),
        ("ended_by_command_id", "ended_by_command_id"),
    ):
        op.create_index(f"ix_issuer_question_{name}", "issuer_question", columns)
    op.create_index(
        "uq_issuer_question_open",
        "issuer_question",
        ["organisation_id", "number_digest"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_functions() -> None:
    op.execute("""
        CREATE FUNCTION may_be_asked(unit uuid) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- Whether an organisation is an authority for certificates, or has issued one.
            SELECT EXISTS (SELECT FROM organisation WHERE id = unit AND kind IN ('HRSS_BUREAU', 'REVIEW_BODY'))
                OR EXISTS (SELECT FROM credential WHERE issuer_id = unit)
                OR EXISTS (SELECT FROM committee_filing WHERE authority_id = unit)
        $$
    """)
    op.execute("""
        CREATE FUNCTION issuer_question_is_sound() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF NEW.ended_at IS NOT NULL OR NOT may_be_asked(NEW.addressee_id) OR NOT EXISTS (
                SELECT FROM organisation WHERE id = NEW.addressee_id AND province = NEW.addressee_province) THEN
                RAISE EXCEPTION 'an open question is addressed to an issuer in its province' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    ends = ", ".join(f"'{name}'" for name in _ENDS)
    op.execute(f"""
        CREATE FUNCTION issuer_question_ends_once() RETURNS trigger LANGUAGE plpgsql
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
                OR to_jsonb(NEW) - ARRAY[{ends}] <> to_jsonb(OLD) - ARRAY[{ends}] THEN
                RAISE EXCEPTION 'a question is answered or withdrawn, once' USING ERRCODE = 'TR001';
            END IF;
            IF NOT coalesce(CASE WHEN NEW.answer IS NULL THEN NEW.organisation_id = actor('organisation')::uuid
                ELSE (actor('kind') = 'ISSUER' AND NEW.addressee_id = actor('organisation')::uuid)
                    OR (actor('kind') = 'AUTHORITY' AND NEW.addressee_province = actor('province')) END, false) THEN
                RAISE EXCEPTION 'the asker withdraws, the issuer answers' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
