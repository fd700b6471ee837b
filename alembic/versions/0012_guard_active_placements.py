"""An active placement has three signatures, a recognition, a valid credential, and a day is never more than full."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE FUNCTION legal_today() RETURNS date LANGUAGE sql STABLE AS $$
            SELECT coalesce(
                nullif(current_setting('registry.today', true), '')::date,
                (now() AT TIME ZONE 'Asia/Shanghai')::date
            )
        $$
    """)
    op.execute("""
        CREATE FUNCTION active_placement_is_sound() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE
            heaviest integer;
            last_day date;
        BEGIN
            IF NEW.state <> 'ACTIVE' THEN
                RETURN NULL;
            END IF;
            -- Two activations for one person meet here, whichever isolation level they run under.
            UPDATE researcher SET workload_version = workload_version + 1 WHERE id = NEW.researcher_id;

            -- What becomes active today changes today and what follows; the days before are as they were.
            SELECT max(load.total) INTO heaviest FROM (
                SELECT sum(counted.workload_percent) AS total
                FROM (
                    SELECT DISTINCT greatest(term_from, NEW.term_from, legal_today()) AS day FROM placement
                    WHERE researcher_id = NEW.researcher_id
                      AND (state = 'ACTIVE' OR (state = 'ENDED' AND activated_on IS NOT NULL))
                ) days
                JOIN placement counted
                  ON counted.researcher_id = NEW.researcher_id
                 AND (counted.state = 'ACTIVE' OR (counted.state = 'ENDED' AND counted.activated_on IS NOT NULL))
                 AND days.day BETWEEN counted.term_from AND least(counted.term_until, coalesce(counted.ended_on, counted.term_until))
                WHERE days.day BETWEEN greatest(NEW.term_from, legal_today()) AND NEW.term_until
                GROUP BY days.day, counted.researcher_id
            ) load;
            IF heaviest > 100 THEN
                RAISE EXCEPTION 'workload of active placements would be % percent', heaviest
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'workload_within_a_full_post';
            END IF;

            IF (
                SELECT count(DISTINCT signature.party) FROM placement_signature signature
                JOIN placement_round USING (placement_id, round)
                WHERE placement_id = NEW.id AND round = NEW.round
                  AND signature.terms_digest = placement_round.terms_digest
                  AND (placement_round.term_from, placement_round.term_until, placement_round.workload_percent)
                    = (NEW.term_from, NEW.term_until, NEW.workload_percent)
            ) <> 3 THEN
                RAISE EXCEPTION 'an active placement carries three signatures under its terms'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'three_signatures';
            END IF;

            -- A correction of the credential that is under way is waited for, or waits.
            SELECT coalesce(version.valid_until, 'infinity') INTO last_day FROM credential_version version
            WHERE version.credential_id = NEW.credential_id AND version.superseded_at IS NULL
            FOR SHARE;
            IF last_day IS NULL OR last_day < legal_today() OR NOT EXISTS (
                SELECT FROM recognition_decision decision
                JOIN organisation host ON host.id = NEW.host_unit_id
                JOIN credential_status status ON status.credential_id = decision.credential_id
                WHERE decision.id = NEW.decision_id
                  AND decision.researcher_id = NEW.researcher_id
                  AND decision.credential_id = NEW.credential_id
                  AND decision.outcome = 'AUTO'
                  AND decision.target_province = host.province
                  AND status.superseded_at IS NULL AND status.status = 'VALID'
                  AND legal_today() BETWEEN status.valid_from AND coalesce(status.valid_until, 'infinity')
            ) THEN
                RAISE EXCEPTION 'an active placement rests on a recognition valid on the day'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'recognition_in_force';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER active_is_sound AFTER INSERT OR UPDATE ON placement
        FOR EACH ROW EXECUTE FUNCTION active_placement_is_sound()
    """)
    op.execute("""
        CREATE FUNCTION nothing_rests_on_a_fallen_credential() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM placement
                WHERE credential_id = NEW.credential_id AND state = 'ACTIVE'
                  AND NOT EXISTS (
                    SELECT FROM credential_status status
                    JOIN credential_version version
                      ON version.credential_id = status.credential_id AND version.superseded_at IS NULL
                     AND coalesce(version.valid_until, 'infinity') >= legal_today()
                    WHERE status.credential_id = NEW.credential_id AND status.superseded_at IS NULL
                      AND status.status = 'VALID'
                      AND legal_today() BETWEEN status.valid_from AND coalesce(status.valid_until, 'infinity')
                  )
            ) THEN
                RAISE EXCEPTION 'an active placement still rests on credential %', NEW.credential_id
                    USING ERRCODE = 'TR004';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER nothing_rests_on_it AFTER INSERT OR UPDATE ON credential_status
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION nothing_rests_on_a_fallen_credential()
    """)
    # Every correction supersedes a version; on the first one nothing can rest.
    op.execute("""
        CREATE CONSTRAINT TRIGGER nothing_rests_on_it AFTER UPDATE ON credential_version
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION nothing_rests_on_a_fallen_credential()
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        DROP TRIGGER nothing_rests_on_it ON credential_version
    """)
    op.execute("""
        DROP TRIGGER nothing_rests_on_it ON credential_status
    """)
    op.execute("""
        DROP FUNCTION nothing_rests_on_a_fallen_credential()
    """)
    op.execute("""
        DROP TRIGGER active_is_sound ON placement
    """)
    op.execute("""
        DROP FUNCTION active_placement_is_sound()
    """)
    op.execute("""
        DROP FUNCTION legal_today()
    """)
