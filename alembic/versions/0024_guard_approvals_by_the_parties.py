"""Only a party of the agreement approves a release, and one that reaches back by its sentence in both languages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

PARTIES = "ck_agreement_release_drafted_between_two_parties"
APPROVAL = """
        CREATE OR REPLACE FUNCTION approval_is_sound() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
            {party}
            IF draft.retroactive_zh IS NULL AND draft.since < legal_today() THEN
                RAISE EXCEPTION 'the first day of the release is over'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'effective_date_passed';
            END IF;
            IF (draft.retroactive_zh IS NULL AND NEW.sentence IS NOT NULL) OR (draft.retroactive_zh IS NOT NULL
                AND {sentence}) THEN
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
"""
# What is drafted from now on names them.
ADDED = (
    "ALTER POLICY added ON agreement_release WITH CHECK (actor('kind') = 'AUTHORITY' "
    "AND author_province = actor('province') AND author_id = actor('account')::uuid{more})"
)
BY_A_PARTY = """IF NEW.province <> ALL (draft.parties) THEN
                RAISE EXCEPTION 'a release is approved by the parties of the agreement'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_a_party';
            END IF;"""
BOTH = "NEW.sentence IS DISTINCT FROM draft.retroactive_zh || chr(10) || draft.retroactive_en"
EITHER = "coalesce(NEW.sentence NOT IN (draft.retroactive_zh, draft.retroactive_en), true)"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Unknown of what was drafted before: no database holds the parties, the program that drafts does.
    op.add_column("agreement_release", sa.Column("parties", postgresql.ARRAY(sa.Text())))
    op.create_check_constraint(op.f(PARTIES), "agreement_release", "parties IS NULL OR cardinality(parties) = 2")
    op.execute(ADDED.format(more=" AND parties IS NOT NULL"))
    op.execute(APPROVAL.format(sentence=BOTH, party=BY_A_PARTY))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(APPROVAL.format(sentence=EITHER, party=""))
    op.execute(ADDED.format(more=""))
    op.drop_constraint(op.f(PARTIES), "agreement_release")
    op.drop_column("agreement_release", "parties")
