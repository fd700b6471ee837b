"""The further parts of the statement that recalls: integrity records, placements, verifications, and who is told."""

from typing import Final

from talent_registry.domain.credential_facts import (
    COMMITTEE_FACT,
    INTEGRITY_RECORD,
    STATUS_FACT,
)
from talent_registry.domain.verification import Verdict
from talent_registry.storage.ids import NEW_ID
from talent_registry.storage.recalled_facts import NEVER, facts_in, held_before

# Every decision about a person rests on whether an integrity record stood on its day. A command changes either these
# or credentials, so none is found by both.
INTEGRITY: Final = f"""
    integrity AS MATERIALIZED (
        SELECT researcher_id, before - after AS lifted, after - before AS entered
        FROM (
            SELECT researcher_id, coalesce(range_agg(days) FILTER (WHERE before), {NEVER}) AS before,
                coalesce(range_agg(days) FILTER (WHERE after), {NEVER}) AS after
            FROM (
                SELECT researcher_id, daterange(valid_from, valid_until, '[]') AS days,
                    {held_before("one")} AND act <> 'ANNULLED' AS before,
                    superseded_at IS NULL AND act <> 'ANNULLED' AS after
                FROM integrity_record one
                WHERE researcher_id IN (SELECT researcher_id FROM integrity_record WHERE command_id = :command)
            ) held
            GROUP BY researcher_id) person
        WHERE before <> after),
    decision AS MATERIALIZED (
        SELECT * FROM decision_of_credentials
        UNION ALL
        SELECT decided.id, decided.credential_id, decided.researcher_id, decided.target_province, decided.command_id,
            ARRAY['{INTEGRITY_RECORD}'], NULL, NULL
        FROM integrity
        CROSS JOIN LATERAL (
            SELECT * FROM recognition_decision one
            WHERE one.researcher_id = integrity.researcher_id AND one.command_id <> :command OFFSET 0) decided
        CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT FROM jsonb_array_elements(decided.facts) AS fact
                WHERE fact ->> 'name' = '{INTEGRITY_RECORD}') AS has) told
        WHERE (told.has AND decided.decided_for <@ integrity.lifted)
            OR (NOT told.has AND decided.decided_for <@ integrity.entered))
"""
# A placement relied on its decision, and on the credential being valid and its holder free of integrity records on each
# day of its activity; one that has not begun relies on it today.
PLACEMENTS: Final = f"""
    resting AS (
        SELECT placement.*, named.on_credential,
            CASE WHEN activated_on IS NULL THEN daterange(:today, :today, '[]') ELSE daterange(
                activated_on, greatest(activated_on, least(term_until, ends_on, coalesce(ended_on, :today))), '[]') END
                AS days
        FROM (
            SELECT credential_id AS rests_on, credential_id AS on_credential FROM moved
            UNION SELECT rests_on, credential_id FROM by_exam
                WHERE rests_on NOT IN (SELECT credential_id FROM moved)
            UNION SELECT held.id, held.id FROM integrity
                CROSS JOIN LATERAL (
                    SELECT id FROM credential one WHERE one.researcher_id = integrity.researcher_id OFFSET 0) held
        ) named
        CROSS JOIN LATERAL (
            SELECT * FROM placement one WHERE one.credential_id = named.rests_on OFFSET 0) placement
        WHERE state IN ('PROPOSED', 'AGREED', 'ACTIVE', 'SUSPENDED') OR (state = 'ENDED' AND activated_on IS NOT NULL)),
    placed AS MATERIALIZED (
        SELECT resting.id, on_credential AS credential_id, resting.researcher_id, home_unit_id, host_unit_id,
            relied.names, coalesce(status.is_now, decision.is_now) AS is_now,
            coalesce(status.since, decision.since) AS since
        FROM resting
        LEFT JOIN decision ON decision.id = resting.decision_id AND resting.activated_on IS NOT NULL
        LEFT JOIN LATERAL (
            SELECT true AS there, is_now, lower(turned.days) AS since FROM turned
            WHERE turned.credential_id = resting.credential_id AND was = 'VALID'
                AND turned.days && resting.days
            ORDER BY lower(turned.days) LIMIT 1) status ON true
        LEFT JOIN LATERAL (
            SELECT true AS there FROM integrity
            WHERE integrity.researcher_id = resting.researcher_id AND integrity.entered && resting.days) entered ON true
        CROSS JOIN LATERAL (
            SELECT ARRAY(
                SELECT DISTINCT name FROM unnest(
                    decision.names || CASE WHEN status.there THEN ARRAY['{STATUS_FACT}'] END
                    || CASE WHEN entered.there THEN ARRAY['{INTEGRITY_RECORD}'] END) AS name
                ORDER BY name) AS names) relied
        WHERE cardinality(relied.names) > 0)
"""
# An office and the holder were shown the record; whoever else asked was told how it stands.
VERIFICATIONS: Final = f"""
    verification AS MATERIALIZED (
        SELECT asked.id, moved.credential_id, relied.names, status.is_now, status.since
        FROM moved
        CROSS JOIN LATERAL (
            SELECT * FROM access one
            WHERE one.researcher_id = moved.researcher_id AND one.basis = 'VERIFICATION' OFFSET 0) look
        CROSS JOIN LATERAL (
            SELECT * FROM command one WHERE one.id = look.command_id AND one.name = 'verifyCredential'
                AND one.result ->> 'credential_id' = moved.credential_id::text OFFSET 0) asked
        CROSS JOIN LATERAL (
            SELECT actor_kind, account_id FROM ledger_entry WHERE command_id = asked.id OFFSET 0) entry
        LEFT JOIN account ON account.id = entry.account_id
        CROSS JOIN LATERAL (
            SELECT {facts_in("told")} AS facts FROM credential_version told
            WHERE told.credential_id = moved.credential_id AND told.command_id <> :command
                AND told.recorded_at <= look.at
            ORDER BY told.recorded_at DESC, told.id DESC LIMIT 1) told
        LEFT JOIN LATERAL (
            SELECT true AS there, is_now, lower(days) AS since FROM turned
            WHERE turned.credential_id = moved.credential_id
                AND (look.at AT TIME ZONE 'Asia/Shanghai')::date <@ days
                AND CASE asked.result ->> 'verdict'
                    WHEN '{Verdict.EXPIRED.value}' THEN was IN ('VALID', 'PUBLICITY')
                    WHEN '{Verdict.PENDING.value}' THEN coalesce(was, 'PUBLICITY') = 'PUBLICITY'
                    ELSE was = asked.result ->> 'verdict' END) status ON true
        CROSS JOIN LATERAL (
            SELECT ARRAY(
                SELECT name FROM unnest(moved.names) AS name
                WHERE name <> '{COMMITTEE_FACT}' AND told.facts -> name IS NOT DISTINCT FROM moved.before -> name
                    AND (entry.actor_kind IN ('HR', 'ISSUER', 'AUTHORITY', 'AGENCY')
                        OR account.researcher_id = moved.researcher_id OR name = ANY (:compared))
                ORDER BY name
            ) || CASE WHEN status.there THEN ARRAY['{STATUS_FACT}'] ELSE ARRAY[]::text[] END AS names) relied
        WHERE cardinality(relied.names) > 0)
"""
# A check rests on the facts that its answer was reached by; one that a placement answered, on its credential's status.
ENTITLEMENTS: Final = f"""
    entitled AS MATERIALIZED (
        SELECT DISTINCT ON (id) * FROM (
            SELECT asked.command_id AS id, moved.credential_id, relied.names, status.is_now, status.since
            FROM moved
            CROSS JOIN LATERAL (
                SELECT * FROM entitlement_reliance one
                WHERE one.credential_id = moved.credential_id OFFSET 0) asked
            LEFT JOIN LATERAL (
                SELECT true AS there, is_now, lower(days) AS since FROM turned
                WHERE turned.credential_id = moved.credential_id AND asked.on_day <@ days
                    AND asked.facts ->> '{STATUS_FACT}' IS NOT DISTINCT FROM was) status ON true
            CROSS JOIN LATERAL (
                SELECT ARRAY(
                    SELECT name FROM unnest(moved.names) AS name
                    WHERE NOT asked.status_only AND name <> ALL (:shown)
                        AND asked.facts -> name IS NOT DISTINCT FROM moved.before -> name
                    ORDER BY name
                ) || CASE WHEN status.there THEN ARRAY['{STATUS_FACT}'] ELSE ARRAY[]::text[] END AS names) relied
            WHERE cardinality(relied.names) > 0
            UNION ALL
            SELECT asked.command_id, asked.credential_id, ARRAY['{INTEGRITY_RECORD}'], NULL, NULL
            FROM integrity
            CROSS JOIN LATERAL (
                SELECT * FROM entitlement_reliance one
                WHERE one.researcher_id = integrity.researcher_id OFFSET 0) asked
            WHERE CASE WHEN jsonb_exists(asked.facts, '{INTEGRITY_RECORD}') THEN asked.on_day <@ integrity.lifted
                ELSE asked.on_day <@ integrity.entered END
        ) relying
        ORDER BY id, credential_id)
"""
RECALLED: Final = f"""
    found AS MATERIALIZED (
        SELECT {NEW_ID} AS id, listed.* FROM (
            SELECT credential_id, id AS decision_id, NULL::uuid AS placement_id, NULL::uuid AS verification_id,
                NULL::uuid AS entitlement_id, names, is_now, since FROM decision
            UNION ALL SELECT credential_id, NULL, id, NULL, NULL, names, is_now, since FROM placed
            UNION ALL SELECT credential_id, NULL, NULL, id, NULL, names, is_now, since FROM verification
            UNION ALL SELECT credential_id, NULL, NULL, NULL, id, names, is_now, since FROM entitled
        ) listed),
    asker AS (
        SELECT entry.command_id,
            CASE WHEN entry.actor_kind IN ('HR', 'ISSUER', 'AGENCY') THEN entry.organisation_id END AS organisation_id,
            CASE WHEN entry.actor_kind = 'RESEARCHER' THEN account.researcher_id END AS researcher_id,
            CASE WHEN entry.actor_kind = 'AUTHORITY' THEN office.province END AS province
        FROM (SELECT asked_by FROM decision UNION SELECT id FROM verification
            UNION SELECT id FROM entitled) asked
        CROSS JOIN LATERAL (
            SELECT * FROM ledger_entry one
            WHERE one.command_id = asked.asked_by AND one.name <> ALL (:mending) OFFSET 0) entry
        LEFT JOIN account ON account.id = entry.account_id
        LEFT JOIN organisation office ON office.id = entry.organisation_id),
    receiver AS (
        SELECT found.id, organisation_id, asker.researcher_id, province
        FROM found JOIN asker ON asker.command_id IN (verification_id, entitlement_id)
        UNION SELECT found.id, organisation_id, asker.researcher_id, province
        FROM found JOIN decision ON decision.id = decision_id JOIN asker ON asker.command_id = asked_by
        UNION SELECT found.id, NULL, researcher_id, NULL FROM found JOIN decision ON decision.id = decision_id
        UNION SELECT found.id, NULL, NULL, target_province FROM found JOIN decision ON decision.id = decision_id
        UNION SELECT found.id, home_unit_id, NULL, NULL FROM found JOIN placed ON placed.id = placement_id
        UNION SELECT found.id, host_unit_id, NULL, NULL FROM found JOIN placed ON placed.id = placement_id
        UNION SELECT found.id, NULL, researcher_id, NULL FROM found JOIN placed ON placed.id = placement_id),
    kept AS (
        INSERT INTO recall (id, credential_id, decision_id, placement_id, verification_id, entitlement_id, facts,
            status, from_day, recalled_at, command_id)
        SELECT id, credential_id, decision_id, placement_id, verification_id, entitlement_id, names, is_now, since,
            :now, :command
        FROM found),
    queued AS (
        INSERT INTO notice (id, recall_id, organisation_id, researcher_id, province, queued_at, command_id)
        SELECT {NEW_ID}, id, organisation_id, researcher_id, province, :now, :command FROM receiver
        WHERE num_nonnulls(organisation_id, researcher_id, province) = 1)
    SELECT count(decision_id) AS decisions, count(placement_id) AS placements,
        count(verification_id) AS verifications, count(entitlement_id) AS entitlements, (
            SELECT count(*) FROM receiver WHERE num_nonnulls(organisation_id, researcher_id, province) = 1) AS notices
    FROM found
"""
