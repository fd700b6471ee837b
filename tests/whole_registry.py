"""Any number of credentials written by the database itself, of every kind and state that the rules tell apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.conftest import DatabaseUrls, as_superuser

TODAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Draw:
    """A column drawn from choices, the same for the same row."""

    salt: int
    choices: tuple[str | None, ...]

    def __str__(self) -> str:
        listed = ", ".join("NULL" if choice is None else f"'{choice}'" for choice in self.choices)
        return f"pg_temp.pick(i, {self.salt}, ARRAY[{listed}]::text[])"


_KINDS = Draw(
    1, ("TITLE",) * 15 + ("QUALIFICATION", "QUALIFICATION", "WORK_PERMIT", "TALENT_CARD", "SKILL_LEVEL", "DEGREE")
)
_DIVISIONS = Draw(
    2,
    (
        *("510000", "500000", "510100", "510100", "510107", "510104", "510181", "511500", "513300", "500107", "500106"),
        *("500112", "500103", "500153", "520100", "440300", "110108", "510700", "510703"),
    ),
)
_ISSUER_KINDS = Draw(
    3,
    ("PROVINCIAL_HRSS",) * 6
    + ("PREFECTURE_HRSS",) * 6
    + ("COUNTY_HRSS",) * 3
    + ("SELF_REVIEW_UNIT", "CENTRAL_UNIT", "MILITARY", "EMPLOYER"),
)
_LEVELS = Draw(4, ("SENIOR_FULL", "SENIOR_DEPUTY", "INTERMEDIATE", "INTERMEDIATE", "ASSISTANT", "ENTRY"))
_ROUTES = Draw(5, ("REVIEW",) * 8 + ("NATIONAL_EXAM", "NATIONAL_EXAM", "RECOGNITION", "DELEGATED"))
_SERIES = Draw(6, ("01", "05", "17", "18", "08", "27"))
_STATUSES = Draw(7, ("VALID",) * 30 + ("SUSPENDED", "REVOKED", "PUBLICITY"))
_LETTERS = Draw(8, (None,) * 3 + ("COUNTY", "PREFECTURE", "PROVINCE"))
_FOUND = Draw(9, ("true",) * 9 + ("false",))
_DELEGATED = Draw(10, ("false",) * 20 + ("true",))
_AREAS = Draw(11, (None,) * 40 + ("{}", "{513300}", "{513300,510100}", "{500107}", "{500000}"))
_ENDS = Draw(12, (None,) * 8 + ("2026-11-23", "2026-11-24", "2026-11-25", "2031-01-01"))
_COUNTRIES = Draw(13, ("{}",) * 29 + ('{"issuer_country": ""}', '{"issuer_country": "DE"}', '{"issuer_country": "CN"}'))
_DETAILS = Draw(
    14,
    (
        '{"qualification": "注册计量师", "unit_division": "510100", "registered_to": "2026-11-24"}',
        '{"qualification": "注册计量师", "unit_division": "500107", "registered_to": "2026-11-23"}',
        '{"qualification": "注册建筑师", "grade": "一级"}',
        '{"qualification": "园艺师", "grade": "一级"}',
    ),
)
_PERMITS = Draw(15, ('{"permit_class": "A"}', '{"permit_class": "B"}', '{"permit_class": "C"}'))
_CARDS = Draw(16, ('{"card": "CQ_TALENT_A"}', '{"card": "TIANFU_B"}', '{"card": "OTHER"}', "{}"))
_MILITARY = Draw(17, ('{"military_status": "CIVILIAN_STAFF"}', "{}"))
_HOSTS = Draw(18, ("500107", "500106", "510107", "510100"))
_POSTS = Draw(19, (None, None, "01", "05", "17", "18"))

_PICK = """
    CREATE FUNCTION pg_temp.pick(i bigint, salt int, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT choices[1 + (hashint8extended(i, salt) & 2147483647) % array_length(choices, 1)]
    $$
"""
_ID = "md5('{0}' || i)::uuid"
_COMMAND = _ID.format("command").replace("|| i", "")


def write_credentials(urls: DatabaseUrls, count: int, placed: int = 9) -> None:
    """So many credentials of a third as many people, their offices, filings and placements, past every guard.

    Of every `placed` credentials one supports a placement.
    """
    with as_superuser(urls) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_PICK)
        for statement in _statements(count, placed):
            connection.execute(statement.encode())
        connection.execute("ANALYZE")


def write_integrity_records(urls: DatabaseUrls, people: int) -> None:
    """Records against every third of so many people, ending and beginning about today; two against some of them."""
    days = Draw(30, ("2023-11-24", "2026-11-23", "2026-11-24", "2026-11-25"))
    until = Draw(31, (None, "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2029-11-23"))
    acts = Draw(32, ("CORRECTED", "LIFTED", "CORRECTED", "ANNULLED"))
    superseded = Draw(33, (None, None, None, "2026-11-20"))
    with as_superuser(urls) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_PICK)
        connection.execute(
            f"""
            INSERT INTO integrity_record (id, record_id, researcher_id, act, found_on, ground, legal_basis, because,
                source_id, valid_from, valid_until, recorded_at, superseded_at, command_id)
            SELECT md5('act' || i)::uuid, md5('record' || i)::uuid, md5('researcher' || (1 + (i * 3) % {people}))::uuid,
                {acts}, '2020-01-01', 'x', 'x', 'x', md5('organisation1')::uuid, since,
                CASE WHEN until >= since THEN until END, '2026-11-01', {superseded}::timestamptz, {_COMMAND}
            FROM generate_series(1, {people // 2}) i
            CROSS JOIN LATERAL (SELECT {days}::date AS since, {until}::date AS until) drawn
            """.encode()
        )
        connection.execute("ANALYZE integrity_record")


def _statements(count: int, placed: int) -> Iterator[str]:
    people = max(count // 3, 1)
    yield f"INSERT INTO command VALUES ({_COMMAND}, 'bench', 'bench', 'bench', '', '2026-11-01', NULL)"
    yield f"""
        INSERT INTO organisation (id, name_zh, kind, division, registered_at, command_id)
        SELECT {_ID.format("organisation")}, 'office ' || i, 'HRSS_BUREAU', {_HOSTS}, '2026-11-01', {_COMMAND}
        FROM generate_series(1, 40) i
    """
    yield f"""
        INSERT INTO committee_filing
        SELECT {_ID.format("filing")}, 'F' || i, {_ID.format("organisation")}, 'committee',
            '2018-03-01'::date + (i * 80)::int, '2018-03-01'::date + (i * 80 + 900 + i * 20)::int,
            {Draw(20, ("SENIOR_FULL", "SENIOR_FULL", "INTERMEDIATE"))},
            CASE WHEN i % 5 = 0 THEN ARRAY['01', '05'] ELSE ARRAY['01', '05', '17', '18', '08', '27'] END,
            '2026-11-01', NULL, {_COMMAND}
        FROM generate_series(1, 30) i
    """
    yield f"""
        INSERT INTO researcher (id, public_number, registered_at, command_id)
        SELECT {_ID.format("researcher")}, 'R' || i, '2026-11-01', {_COMMAND} FROM generate_series(1, {people}) i
    """
    yield f"""
        INSERT INTO credential
        SELECT {_ID.format("credential")}, {_KINDS}, 'N' || i, md5('organisation' || (1 + i % 40))::uuid,
            md5('researcher' || (1 + i % {people}))::uuid, '2026-11-01', {_COMMAND}
        FROM generate_series(1, {count}) i
    """
    yield _versions(count)
    yield from _spans()
    yield f"""
        INSERT INTO placement (id, researcher_id, home_unit_id, host_unit_id, kind, post, post_series, term_from,
            term_until, workload_percent, state, round, credential_id, activated_on, proposed_at, command_id)
        SELECT {_ID.format("placement")}, md5('researcher' || (1 + i * {placed} % {people}))::uuid,
            md5('organisation40')::uuid, md5('organisation' || (1 + i % 39))::uuid, 'PART_TIME', 'post', {_POSTS},
            '2026-01-01', '2027-12-31', 1, CASE WHEN i % 7 = 0 THEN 'SUSPENDED' ELSE 'ACTIVE' END, 1,
            md5('credential' || i * {placed})::uuid, '2026-02-01', '2026-01-01', {_COMMAND}
        FROM generate_series(1, {count // placed}) i
    """


def _versions(count: int) -> str:
    return f"""
        INSERT INTO credential_version (id, credential_id, title_code, series, level, route, issuer_kind,
            issuer_division, filing_number, approval_date, certificate_medium, found_in_lookup, delegated,
            delegation_level, targeted_area, details, source_id, valid_from, valid_until, recorded_at, superseded_at,
            command_id)
        SELECT md5('version' || old || i)::uuid, {_ID.format("credential")},
            CASE WHEN kind = 'TITLE' THEN {_SERIES} || '02' END, CASE WHEN kind = 'TITLE' THEN {_SERIES} END,
            CASE WHEN kind = 'TITLE' THEN CASE WHEN old THEN 'ENTRY' ELSE {_LEVELS} END END, {_ROUTES},
            {_ISSUER_KINDS}, {_DIVISIONS}, CASE WHEN kind = 'TITLE' AND i % 9 > 0 THEN 'F' || 1 + filing % 30 END,
            CASE WHEN i % 101 > 0 THEN approved END, 'PAPER', {_FOUND}::boolean, {_DELEGATED}::boolean, {_LETTERS},
            {_AREAS}::text[], {_COUNTRIES}::jsonb || CASE kind
                WHEN 'QUALIFICATION' THEN {_DETAILS}::jsonb WHEN 'WORK_PERMIT' THEN {_PERMITS}::jsonb
                WHEN 'TALENT_CARD' THEN {_CARDS}::jsonb WHEN 'TITLE' THEN {_MILITARY}::jsonb ELSE '{{}}' END,
            md5('organisation1')::uuid, approved, CASE WHEN {_ENDS}::date >= approved THEN {_ENDS}::date END,
            '2026-11-01',
            CASE WHEN old THEN '2026-11-02'::timestamptz END, {_COMMAND}
        FROM generate_series(1, {count}) i
        CROSS JOIN LATERAL (SELECT {_KINDS} AS kind, 1 + (i / 7) % 30 AS filing) drawn
        CROSS JOIN LATERAL (SELECT CASE WHEN i % 997 = 0 THEN '2026-11-25'::date
            ELSE '2018-03-01'::date + least(filing * 80 + (i * 37) % 1300, 3180)::int END AS approved) day
        CROSS JOIN (VALUES (false), (true)) version(old)
        WHERE NOT old OR i % 20 = 0
    """


def _spans() -> Iterator[str]:
    """From issue on VALID, or another status first; what was revoked or suspended was valid before."""
    issued = f"SELECT credential_id, valid_from, {_STATUSES} AS status, i FROM ("
    of_row = (
        "row_number() OVER (ORDER BY credential_id) AS i FROM credential_version WHERE superseded_at IS NULL) version"
    )
    spans = f"{issued} SELECT credential_id, valid_from, {of_row}"
    into = (
        "INSERT INTO credential_status (id, credential_id, status, valid_from, valid_until, recorded_at, superseded_at,"
        " command_id)"
    )
    changes = "status IN ('REVOKED', 'SUSPENDED') AND i % 3 > 0 AND valid_from < '2026-11-20'"
    yield f"""
        {into} SELECT md5('first' || i)::uuid, credential_id, CASE WHEN {changes} THEN 'VALID' ELSE status END,
            valid_from, CASE WHEN {changes} THEN '2026-11-22'::date + (i % 4)::int END, '2026-11-01', NULL, {_COMMAND}
        FROM ({spans}) span
    """
    yield f"""
        {into} SELECT md5('second' || i)::uuid, credential_id, status, '2026-11-23'::date + (i % 4)::int, NULL,
            '2026-11-01', NULL, {_COMMAND} FROM ({spans}) span WHERE {changes}
    """
    yield f"""
        {into} SELECT md5('gone' || i)::uuid, credential_id, 'REVOKED', valid_from, NULL, '2026-11-01', '2026-11-02',
            {_COMMAND} FROM ({spans}) span WHERE i % 50 = 0
    """
