"""The first parts of the statement that recalls: which facts a command took back, and the decisions told of them.

A fact was relied on where a record was told the very value that the command took back. What was held before the command
is told from what holds after by the rows themselves: those it superseded were last written by this transaction.

OFFSET 0 keeps each look-up one by an index for each record: what the planner cannot know is how few a command touches.
"""

from typing import Final

from talent_registry.domain.credential_facts import (
    COMMITTEE_FACT,
    EXAM_CERTIFICATES,
    NATIONAL_EXAM,
    SHOWN_FACTS,
    STATUS_FACT,
    STORED_FACTS,
)

ALWAYS: Final = "'{(,)}'::datemultirange"
NEVER: Final = "'{}'::datemultirange"


def held_before(row: str) -> str:
    """Whether a fact's row was held true when the command began."""
    return f"({row}.command_id <> :command AND ({row}.superseded_at IS NULL OR {row}.xmin = pg_current_xact_id()::xid))"


def facts_in(row: str) -> str:
    """The facts of a version as one JSON object by name; what is not stated is not there."""
    named = {**STORED_FACTS, **SHOWN_FACTS}
    pairs = ", ".join(f"'{name}', {row}.{column}" for name, column in named.items())
    return f"""
        jsonb_strip_nulls(jsonb_build_object({pairs})) || coalesce(
            (SELECT jsonb_object_agg('credential.' || key, value) FROM jsonb_each({row}.details)), '{{}}')
    """


def _committee(row: str) -> str:
    """What a filing tells a decision, in the form of `domain.credential_facts`."""
    stated = ("filing_number", "filed_from", "filed_to", "max_level", "series")
    pairs = ", ".join(f"'{name}', {row}.{name}" for name in stated)
    return f"CASE WHEN {row}.id IS NOT NULL THEN jsonb_build_object({pairs}) END"


WORLD: Final = f"""
    filing AS MATERIALIZED (
        SELECT was.filing_number, {_committee("was")} AS before, {_committee("is_now")} AS after
        FROM committee_filing is_now
        JOIN committee_filing was ON was.filing_number = is_now.filing_number AND {held_before("was")}
        WHERE is_now.command_id = :command AND is_now.superseded_at IS NULL
            AND {_committee("was")} <> {_committee("is_now")}),
    touched AS MATERIALIZED (
        SELECT named.credential_id, held.researcher_id
        FROM (
            SELECT credential_id FROM credential_version WHERE command_id = :command
            UNION SELECT credential_id FROM credential_status WHERE command_id = :command
            UNION SELECT credential_id FROM filing CROSS JOIN LATERAL (
                SELECT credential_id FROM credential_version cites
                WHERE cites.filing_number = filing.filing_number AND cites.superseded_at IS NULL OFFSET 0) cites
        ) named
        CROSS JOIN LATERAL (
            SELECT researcher_id FROM credential one
            WHERE one.id = named.credential_id AND one.command_id <> :command OFFSET 0) held),
    version AS MATERIALIZED (
        SELECT touched.*,
            {facts_in("was")} || jsonb_strip_nulls(jsonb_build_object('{COMMITTEE_FACT}',
                coalesce(filing_was.before, {_committee("cited")}))) AS before,
            {facts_in("is_now")} || jsonb_strip_nulls(jsonb_build_object('{COMMITTEE_FACT}',
                {_committee("citing")})) AS after
        FROM touched
        CROSS JOIN LATERAL (
            SELECT * FROM credential_version one
            WHERE one.credential_id = touched.credential_id AND one.superseded_at IS NULL OFFSET 0) is_now
        CROSS JOIN LATERAL (
            SELECT * FROM credential_version one
            WHERE one.credential_id = touched.credential_id AND {held_before("one")} OFFSET 0) was
        LEFT JOIN filing filing_was ON filing_was.filing_number = was.filing_number
        LEFT JOIN committee_filing cited ON cited.filing_number = was.filing_number AND cited.superseded_at IS NULL
        LEFT JOIN committee_filing citing
            ON citing.filing_number = is_now.filing_number AND citing.superseded_at IS NULL),
    changed AS MATERIALIZED (
        SELECT version.*, ARRAY(
            SELECT key FROM jsonb_object_keys(before || after) AS key
            WHERE before -> key IS DISTINCT FROM after -> key ORDER BY key) AS names
        FROM version),
    span AS (
        SELECT credential_id, status,
            coalesce(range_agg(days) FILTER (WHERE before), {NEVER}) AS before,
            coalesce(range_agg(days) FILTER (WHERE after), {NEVER}) AS after
        FROM touched CROSS JOIN LATERAL (
            SELECT status, daterange(valid_from, valid_until, '[]') AS days, {held_before("one")} AS before,
                superseded_at IS NULL AS after
            FROM credential_status one WHERE one.credential_id = touched.credential_id OFFSET 0) spans
        WHERE before OR after
        GROUP BY credential_id, status),
    spans AS (
        SELECT * FROM span
        UNION ALL SELECT credential_id, NULL, {ALWAYS} - range_agg(before), {ALWAYS} - range_agg(after)
        FROM span GROUP BY credential_id),
    turned AS MATERIALIZED (
        SELECT was.credential_id, was.status AS was, is_now.status AS is_now, was.before * is_now.after AS days
        FROM spans was JOIN spans is_now USING (credential_id)
        WHERE was.status IS DISTINCT FROM is_now.status AND NOT isempty(was.before * is_now.after)),
    moved AS MATERIALIZED (
        SELECT changed.* FROM changed
        WHERE cardinality(names) > 0 OR EXISTS (SELECT FROM turned WHERE turned.credential_id = changed.credential_id))
"""

# Which facts a decision was told as they were, and whether its day changed its status.
DECISIONS: Final = f"""
    own AS MATERIALIZED (
        SELECT decided.id, moved.credential_id, decided.researcher_id, decided.target_province,
            decided.command_id AS asked_by, relied.names, status.is_now, status.since
        FROM moved
        CROSS JOIN LATERAL (
            SELECT * FROM recognition_decision one
            WHERE one.credential_id = moved.credential_id AND one.command_id <> :command OFFSET 0) decided
        CROSS JOIN LATERAL (
            SELECT jsonb_strip_nulls(jsonb_object_agg(fact ->> 'name', fact -> 'value')) AS facts
            FROM jsonb_array_elements(decided.facts) AS fact) told
        LEFT JOIN LATERAL (
            SELECT true AS there, is_now, lower(days) AS since FROM turned
            WHERE turned.credential_id = moved.credential_id AND decided.decided_for <@ days
                AND told.facts ->> '{STATUS_FACT}' IS NOT DISTINCT FROM was) status ON true
        CROSS JOIN LATERAL (
            SELECT ARRAY(
                SELECT name FROM unnest(moved.names) AS name
                WHERE name <> ALL (:shown) AND told.facts -> name IS NOT DISTINCT FROM moved.before -> name
                ORDER BY name
            ) || CASE WHEN status.there THEN ARRAY['{STATUS_FACT}'] ELSE ARRAY[]::text[] END AS names) relied
        WHERE cardinality(relied.names) > 0)
"""
# A change of series into one of the national examinations is decided by the holder's other credentials, too: whether
# one of them was such a certificate of the very series on the day.
EXAMS: Final = f"""
    exam AS MATERIALIZED (
        SELECT person.*, held.series, held.before - held.after AS lost, held.after - held.before AS won
        FROM (
            SELECT researcher_id, (array_agg(credential_id ORDER BY credential_id))[1] AS credential_id FROM moved
            WHERE '{NATIONAL_EXAM}' IN (before ->> 'credential.route', after ->> 'credential.route')
            GROUP BY researcher_id) person
        CROSS JOIN LATERAL (
            SELECT series, coalesce(range_agg(days) FILTER (WHERE before), {NEVER}) AS before,
                coalesce(range_agg(days) FILTER (WHERE after), {NEVER}) AS after
            FROM (
                SELECT version.series, version.days * status.days AS days, version.before AND status.before AS before,
                    version.after AND status.after AS after
                FROM credential
                CROSS JOIN LATERAL (
                    SELECT series, daterange(valid_from, valid_until, '[]') AS days, {held_before("one")} AS before,
                        superseded_at IS NULL AS after
                    FROM credential_version one
                    WHERE one.credential_id = credential.id AND route = '{NATIONAL_EXAM}' AND series IS NOT NULL
                    OFFSET 0) version
                CROSS JOIN LATERAL (
                    SELECT daterange(valid_from, valid_until, '[]') AS days, {held_before("one")} AS before,
                        superseded_at IS NULL AS after
                    FROM credential_status one
                    WHERE one.credential_id = credential.id AND status = 'VALID' OFFSET 0) status
                WHERE credential.researcher_id = person.researcher_id AND credential.command_id <> :command) certified
            GROUP BY series) held
        WHERE held.before <> held.after),
    by_exam AS MATERIALIZED (
        SELECT decided.id, exam.credential_id, decided.credential_id AS rests_on, decided.researcher_id,
            decided.target_province, decided.command_id AS asked_by
        FROM exam
        CROSS JOIN LATERAL (
            SELECT * FROM recognition_decision one
            WHERE one.researcher_id = exam.researcher_id AND one.post_series = exam.series
                AND one.command_id <> :command OFFSET 0) decided
        CROSS JOIN LATERAL (
            SELECT bool_or(jsonb_exists(finding #> '{{facts,{EXAM_CERTIFICATES}}}', exam.series)) AS has
            FROM jsonb_array_elements(decided.findings) AS finding
            WHERE jsonb_exists(finding -> 'facts', '{EXAM_CERTIFICATES}')
                AND finding #>> '{{facts,credential.series}}' IS DISTINCT FROM exam.series) told
        WHERE (told.has AND decided.decided_for <@ exam.lost) OR (NOT told.has AND decided.decided_for <@ exam.won)),
    decision_of_credentials AS (
        SELECT coalesce(own.id, by_exam.id) AS id, coalesce(own.credential_id, by_exam.credential_id) AS credential_id,
            coalesce(own.researcher_id, by_exam.researcher_id) AS researcher_id,
            coalesce(own.target_province, by_exam.target_province) AS target_province,
            coalesce(own.asked_by, by_exam.asked_by) AS asked_by,
            coalesce(own.names, ARRAY[]::text[])
                || CASE WHEN by_exam.id IS NULL THEN ARRAY[]::text[] ELSE ARRAY['{EXAM_CERTIFICATES}'] END AS names,
            own.is_now, own.since
        FROM own FULL JOIN by_exam ON by_exam.id = own.id)
"""
