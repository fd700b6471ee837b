# Long because finding and telling whatever relied on a fact is one statement.
"""Finding, set by set, what relied on a fact that a command recorded anew, and queuing the notices of it.

A fact was relied on where a record was told the very value that the command took back. What was held before the command
is told from what holds after by the rows themselves: those it superseded were last written by this transaction.

OFFSET 0 keeps each look-up one by an index for each record: what the planner cannot know is how few a command touches.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.credential_facts import (
    COMMITTEE_FACT,
    EXAM_CERTIFICATES,
    INTEGRITY_RECORD,
    NATIONAL_EXAM,
    SHOWN_FACTS,
    STATUS_FACT,
    STORED_FACTS,
)
from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.recalls import Recall, RecallCounts, RecalledKind, RecallFilter
from talent_registry.domain.verification import Verdict
from talent_registry.storage.ids import NEW_ID
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import credential, organisation
from talent_registry.storage.tables import recall as recall_table

# Commands that mend facts decide anew on nobody's asking; whoever gave them did not rely on the answer.
_MENDING: Final = (
    "correctCredential",
    "suspendCredential",
    "reinstateCredential",
    "revokeCredential",
    "fileCommittee",
    "importRoll",
    "recordIntegrityFinding",
    "liftIntegrityRecord",
    "correctIntegrityRecord",
)
# What somebody who was shown no record may have typed, or the verdict rests on.
_COMPARED: Final = ("level", "approval_date", "issued_on", "valid_to")
_ALWAYS: Final = "'{(,)}'::datemultirange"
_NEVER: Final = "'{}'::datemultirange"


def _before(row: str) -> str:
    """Whether a fact's row was held true when the command began."""
    return f"({row}.command_id <> :command AND ({row}.superseded_at IS NULL OR {row}.xmin = pg_current_xact_id()::xid))"


def _facts(row: str) -> str:
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


_WORLD: Final = f"""
    filing AS MATERIALIZED (
        SELECT was.filing_number, {_committee("was")} AS before, {_committee("is_now")} AS after
        FROM committee_filing is_now
        JOIN committee_filing was ON was.filing_number = is_now.filing_number AND {_before("was")}
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
            {_facts("was")} || jsonb_strip_nulls(jsonb_build_object('{COMMITTEE_FACT}',
                coalesce(filing_was.before, {_committee("cited")}))) AS before,
            {_facts("is_now")} || jsonb_strip_nulls(jsonb_build_object('{COMMITTEE_FACT}',
                {_committee("citing")})) AS after
        FROM touched
        CROSS JOIN LATERAL (
            SELECT * FROM credential_version one
            WHERE one.credential_id = touched.credential_id AND one.superseded_at IS NULL OFFSET 0) is_now
        CROSS JOIN LATERAL (
            SELECT * FROM credential_version one
            WHERE one.credential_id = touched.credential_id AND {_before("one")} OFFSET 0) was
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
            coalesce(range_agg(days) FILTER (WHERE before), {_NEVER}) AS before,
            coalesce(range_agg(days) FILTER (WHERE after), {_NEVER}) AS after
        FROM touched CROSS JOIN LATERAL (
            SELECT status, daterange(valid_from, valid_until, '[]') AS days, {_before("one")} AS before,
                superseded_at IS NULL AS after
            FROM credential_status one WHERE one.credential_id = touched.credential_id OFFSET 0) spans
        WHERE before OR after
        GROUP BY credential_id, status),
    spans AS (
        SELECT * FROM span
        UNION ALL SELECT credential_id, NULL, {_ALWAYS} - range_agg(before), {_ALWAYS} - range_agg(after)
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
_DECISIONS: Final = f"""
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
_EXAMS: Final = f"""
    exam AS MATERIALIZED (
        SELECT person.*, held.series, held.before - held.after AS lost, held.after - held.before AS won
        FROM (
            SELECT researcher_id, (array_agg(credential_id ORDER BY credential_id))[1] AS credential_id FROM moved
            WHERE '{NATIONAL_EXAM}' IN (before ->> 'credential.route', after ->> 'credential.route')
            GROUP BY researcher_id) person
        CROSS JOIN LATERAL (
            SELECT series, coalesce(range_agg(days) FILTER (WHERE before), {_NEVER}) AS before,
                coalesce(range_agg(days) FILTER (WHERE after), {_NEVER}) AS after
            FROM (
                SELECT version.series, version.days * status.days AS days, version.before AND status.before AS before,
                    version.after AND status.after AS after
                FROM credential
                CROSS JOIN LATERAL (
                    SELECT series, daterange(valid_from, valid_until, '[]') AS days, {_before("one")} AS before,
                        superseded_at IS NULL AS after
                    FROM credential_version one
                    WHERE one.credential_id = credential.id AND route = '{NATIONAL_EXAM}' AND series IS NOT NULL
                    OFFSET 0) version
                CROSS JOIN LATERAL (
                    SELECT daterange(valid_from, valid_until, '[]') AS days, {_before("one")} AS before,
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
# Every decision about a person rests on whether an integrity record stood on its day. A command changes either these
# or credentials, so none is found by both.
_INTEGRITY: Final = f"""
    integrity AS MATERIALIZED (
        SELECT researcher_id, before - after AS lifted, after - before AS entered
        FROM (
            SELECT researcher_id, coalesce(range_agg(days) FILTER (WHERE before), {_NEVER}) AS before,
                coalesce(range_agg(days) FILTER (WHERE after), {_NEVER}) AS after
            FROM (
                SELECT researcher_id, daterange(valid_from, valid_until, '[]') AS days,
                    {_before("one")} AND act <> 'ANNULLED' AS before,
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
_PLACEMENTS: Final = f"""
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
_VERIFICATIONS: Final = f"""
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
            SELECT {_facts("told")} AS facts FROM credential_version told
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
_RECALLED: Final = f"""
    found AS MATERIALIZED (
        SELECT {NEW_ID} AS id, listed.* FROM (
            SELECT credential_id, id AS decision_id, NULL::uuid AS placement_id, NULL::uuid AS verification_id,
                names, is_now, since FROM decision
            UNION ALL SELECT credential_id, NULL, id, NULL, names, is_now, since FROM placed
            UNION ALL SELECT credential_id, NULL, NULL, id, names, is_now, since FROM verification
        ) listed),
    asker AS (
        SELECT entry.command_id,
            CASE WHEN entry.actor_kind IN ('HR', 'ISSUER', 'AGENCY') THEN entry.organisation_id END AS organisation_id,
            CASE WHEN entry.actor_kind = 'RESEARCHER' THEN account.researcher_id END AS researcher_id,
            CASE WHEN entry.actor_kind = 'AUTHORITY' THEN office.province END AS province
        FROM (SELECT asked_by FROM decision UNION SELECT id FROM verification) asked
        CROSS JOIN LATERAL (
            SELECT * FROM ledger_entry one
            WHERE one.command_id = asked.asked_by AND one.name <> ALL (:mending) OFFSET 0) entry
        LEFT JOIN account ON account.id = entry.account_id
        LEFT JOIN organisation office ON office.id = entry.organisation_id),
    receiver AS (
        SELECT found.id, organisation_id, asker.researcher_id, province
        FROM found JOIN asker ON asker.command_id = verification_id
        UNION SELECT found.id, organisation_id, asker.researcher_id, province
        FROM found JOIN decision ON decision.id = decision_id JOIN asker ON asker.command_id = asked_by
        UNION SELECT found.id, NULL, researcher_id, NULL FROM found JOIN decision ON decision.id = decision_id
        UNION SELECT found.id, NULL, NULL, target_province FROM found JOIN decision ON decision.id = decision_id
        UNION SELECT found.id, home_unit_id, NULL, NULL FROM found JOIN placed ON placed.id = placement_id
        UNION SELECT found.id, host_unit_id, NULL, NULL FROM found JOIN placed ON placed.id = placement_id
        UNION SELECT found.id, NULL, researcher_id, NULL FROM found JOIN placed ON placed.id = placement_id),
    kept AS (
        INSERT INTO recall (id, credential_id, decision_id, placement_id, verification_id, facts, status, from_day,
            recalled_at, command_id)
        SELECT id, credential_id, decision_id, placement_id, verification_id, names, is_now, since, :now, :command
        FROM found),
    queued AS (
        INSERT INTO notice (id, recall_id, organisation_id, researcher_id, province, queued_at, command_id)
        SELECT {NEW_ID}, id, organisation_id, researcher_id, province, :now, :command FROM receiver
        WHERE num_nonnulls(organisation_id, researcher_id, province) = 1)
    SELECT count(decision_id) AS decisions, count(placement_id) AS placements,
        count(verification_id) AS verifications, (
            SELECT count(*) FROM receiver WHERE num_nonnulls(organisation_id, researcher_id, province) = 1) AS notices
    FROM found
"""
_RECALL: Final = text(
    f"WITH {_WORLD}, {_DECISIONS}, {_EXAMS}, {_INTEGRITY}, {_PLACEMENTS}, {_VERIFICATIONS}, {_RECALLED}"
)
# A corrected filing may touch every certificate that a committee reviewed.
_TAKE_TIME: Final = text("SELECT set_config('statement_timeout', '10min', true)")


async def take_time(connection: AsyncConnection) -> None:
    """Let this transaction's statements take their time: a filing may be cited by very many credentials."""
    await connection.execute(_TAKE_TIME)


async def recall(connection: AsyncConnection, command_id: UUID, now: datetime, today: date) -> RecallCounts:
    """Record what relied on a fact that this command recorded anew, and queue the notices; how many of each.

    Before anything is decided anew, so that placements still name the decision they relied on (`consequences`).
    """
    values = {
        "command": command_id,
        "now": now,
        "today": today,
        "shown": list(SHOWN_FACTS),
        "compared": [f"credential.{name}" for name in _COMPARED],
        "mending": list(_MENDING),
    }
    row = (await connection.execute(_RECALL, values)).one()
    return RecallCounts(row.decisions, row.placements, row.verifications, row.notices)


async def list_of_command(connection: AsyncConnection, command_id: UUID) -> list[Recall]:
    """Everything that one command recalled, in the order of the records' ids."""
    statement = select(recall_table).where(recall_table.c.command_id == command_id)
    found = [read_recall(row, row.id) for row in await connection.execute(statement)]
    return sorted(found, key=lambda one: (one.kind, one.record_id))


async def list_recalled_by_exam(connection: AsyncConnection, command_id: UUID) -> list[Recall]:
    """The placements that one command recalled by an examination's certificate, in the order of their ids."""
    statement = select(recall_table).where(
        recall_table.c.command_id == command_id,
        recall_table.c.placement_id.is_not(None),
        recall_table.c.facts.contains([EXAM_CERTIFICATES]),
    )
    rows = await connection.execute(statement.order_by(recall_table.c.placement_id))
    return [read_recall(row, row.id) for row in rows]


@dataclass(frozen=True, slots=True)
class IssuedRecall:
    """A recall with the issuer of its credential and the issuer's province."""

    recall: Recall
    issuer_id: UUID
    issuer_province: str


async def list_recalls(connection: AsyncConnection, request: PageRequest, asked: RecallFilter) -> Page[IssuedRecall]:
    """The recalls that fit, of credentials of the caller's own issuing, oldest first.

    A receiver of a notice may see the recall it tells of, too, but that is not asked here.
    """
    statement = (
        select(recall_table, credential.c.issuer_id, organisation.c.province)
        .join(credential, credential.c.id == recall_table.c.credential_id)
        .join(organisation, organisation.c.id == credential.c.issuer_id)
        .where(func.is_own_issuer(credential.c.issuer_id))
    )
    if asked.credential_id is not None:
        statement = statement.where(recall_table.c.credential_id == asked.credential_id)
    if asked.command_id is not None:
        statement = statement.where(recall_table.c.command_id == asked.command_id)
    return await fetch_page(
        connection,
        statement,
        [recall_table.c.id],
        request,
        lambda row: IssuedRecall(read_recall(row, row.id), row.issuer_id, row.province),
    )


def read_recall(row: Row[Any], recall_id: UUID) -> Recall:
    """A recall from a row that has its columns, but for the id."""
    records = {
        RecalledKind.DECISION: row.decision_id,
        RecalledKind.PLACEMENT: row.placement_id,
        RecalledKind.VERIFICATION: row.verification_id,
    }
    kind = next(kind for kind, record in records.items() if record is not None)
    return Recall(
        id=recall_id,
        credential_id=row.credential_id,
        kind=kind,
        record_id=records[kind],
        facts=tuple(row.facts),
        status=None if row.status is None else RecordStatus(row.status),
        from_day=row.from_day,
        recalled_at=row.recalled_at,
        command_id=row.command_id,
    )
