"""I1 to I8, asked of the tables themselves as their owner after every step; what is summed is summed here anew."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from uuid import UUID

from talent_registry.domain.agreements import Agreement, AgreementVersion, Outcome
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.recognition import decide
from talent_registry.services import recognition
from talent_registry.services.agreements import agreement_known
from talent_registry.services.credentials import facts_for_decision
from talent_registry.services.permissions import OPERATOR
from talent_registry.storage.session import duty
from tests.machine.stage import NAMES, Row, Side, Stage
from tests.titles import document

# What may be written by whoever is refused: how often they tried, and at what they looked.
LOGS = {"attempt", "access"}
RESIDENCE = {"household_registration", "personnel_relation"}
# The commands whose business a residence is.
MOVING = {"correctHousehold", "correctPersonnelRelation", "registerResearcher", "importRoll"}
# What changes what decisions rest on: all of them are then computed again.
MENDING = {
    "correctCredential", "suspendCredential", "reinstateCredential", "revokeCredential", "fileCommittee", "importRoll",
    "recordIntegrityFinding", "liftIntegrityRecord", "correctIntegrityRecord", "approveRelease", "correctHousehold",
    "correctPersonnelRelation", "correctDocument", "approveOverride", "decideCase", "decideAppeal",
}  # fmt: skip
STANDING = "PROPOSED", "AGREED", "ACTIVE", "SUSPENDED"
Digests = dict[str, tuple[int, int]]

LEDGER = """
SELECT c.id, c.name AS command, c.result, l.*, encode(c.input_digest, 'hex') AS asked
FROM command c FULL JOIN ledger_entry l ON l.command_id = c.id
WHERE l.sequence > %(after)s OR l.sequence IS NULL OR c.id IS NULL ORDER BY l.sequence
"""
ACTIVE = """
SELECT p.*, h.division AS host_division, h.kind AS host_kind, d.outcome, d.credential_id AS decided_on,
    d.target_division, d.decided_for, d.agreement_version, d.agreement_digest, v.valid_until AS last_day,
    (SELECT array_agg(s.status) FROM credential_status s WHERE s.credential_id = p.credential_id
        AND s.superseded_at IS NULL AND %(today)s BETWEEN s.valid_from AND coalesce(s.valid_until, 'infinity'))
        AS statuses,
    (SELECT count(*) FROM placement_signature s JOIN account a ON a.id = s.account_id
        JOIN placement_round r ON r.placement_id = p.id AND r.round = p.round
        WHERE s.placement_id = p.id AND s.round = p.round AND s.terms_digest = r.terms_digest
        AND (r.term_from, r.term_until, r.workload_percent) = (p.term_from, p.term_until, p.workload_percent)
        AND CASE s.party WHEN 'RESEARCHER' THEN a.researcher_id = p.researcher_id
            WHEN 'HOME_UNIT' THEN a.organisation_id = p.home_unit_id
            WHEN 'HOST_UNIT' THEN a.organisation_id = p.host_unit_id END) AS signatures
FROM placement p JOIN organisation h ON h.id = p.host_unit_id
LEFT JOIN recognition_decision d ON d.id = p.decision_id
LEFT JOIN credential_version v ON v.credential_id = p.credential_id AND v.superseded_at IS NULL
WHERE p.state = 'ACTIVE' ORDER BY p.proposed_at, p.id
"""
REVOKED = """
SELECT p.id, p.state, s.command_id FROM placement p JOIN credential_status s ON s.credential_id = p.credential_id
WHERE s.superseded_at IS NULL AND s.status = 'REVOKED' AND p.state = ANY(%(standing)s)
    AND %(today)s BETWEEN s.valid_from AND coalesce(s.valid_until, 'infinity')
"""


@dataclass
class Laws:
    """What must hold on a stage, and how far it has been looked at."""

    stage: Stage
    tables: list[str] = field(default_factory=list)
    digests: Digests = field(default_factory=dict)
    head: bytes = bytes(32)
    sequence: int = 0
    decided: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    both_ways: set[str] = field(default_factory=set)
    # What is the same question in either direction.
    mirrored: list[tuple[Question, Question]] = field(default_factory=list)

    async def begin(self) -> None:
        """Look at everything there is before the story begins."""
        found = self.stage.ask(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        self.tables = sorted(row["relname"] for row in found if row["relname"] not in LOGS)
        self.digests = self.digest()
        one, other = [await self.questions(side) for side in self.stage.cast.sides]
        self.mirrored = list(zip(one, other, strict=True))
        for row in self.new_entries():
            self.stage.known[row["id"]] = row["command"], row["sequence"], row["result"]
        await self.check("setting out")

    async def questions(self, side: Side) -> list[Question]:
        """Each title of a side's person for posts across the border, and for one at home."""
        stage, beyond, on = self.stage, self.stage.cast.other(side), self.stage.today
        async with stage.registry.reading(OPERATOR) as connection, duty(connection, "recognise"):
            facts = [await facts_for_decision(connection, title, on) for title in side.titles]
        posts = [
            Target(division=division, employer_kind="UNIVERSITY", post_series=series)
            for division, series in ((beyond.division, "01"), (beyond.division, "02"), (side.division, "01"))
        ]
        return [recognition.question_of(one, post, on) for one in facts for post in posts]

    def digest(self) -> Digests:
        """Of every table but the logs: how many rows, and a sum over all that they say."""
        parts = " UNION ALL ".join(
            f"SELECT '{table}' AS name, count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0) AS total "
            f'FROM "{table}" t'
            for table in self.tables
        )
        return {row["name"]: (row["rows"], int(row["total"])) for row in self.stage.ask(parts)}

    async def refused(self) -> None:
        """I8: what was refused, or repeated, left nothing."""
        after = self.digest()
        left = {name for name in after if after[name] != self.digests[name]}
        assert left == set(), f"I8: what was refused or repeated changed {left}"

    async def check(self, name: str) -> None:
        """All of it, after a step of this name was acknowledged."""
        before, self.digests = self.digests, self.digest()
        touched = {table for table in self.digests if self.digests[table] != before[table]}
        assert name in MOVING or not touched & RESIDENCE, f"I1: {name} changed {touched & RESIDENCE}"
        self.acknowledged()
        active = self.stage.ask(ACTIVE, today=self.stage.today)
        await self.active_rests_on_something(active)
        self.no_day_is_overfull(active)
        self.nothing_rests_on_what_was_revoked(name)
        await self.decisions_stand(every=name in MENDING)

    def new_entries(self) -> list[Row]:
        """I5: the entries since last time, each with its command, in one chain."""
        rows = self.stage.ask(LEDGER, after=self.sequence)
        for row in rows:
            assert row["id"] is not None, "I5: an entry without its command"
            assert row["sequence"] == self.sequence + 1, "I5: a command without its entry, or an entry out of order"
            assert (row["name"], row["body"]["asked"]) == (row["command"], row["asked"]), "I5: entry and command differ"
            assert row["result"] is not None, "I5: a command without its answer"
            content = {
                "sequence": row["sequence"], "command": str(row["command_id"]), "actor": row["actor_kind"],
                "recorded_at": row["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds"),
                "account": str(row["account_id"] or ""), "organisation": str(row["organisation_id"] or ""),
                "name": row["name"], "subjects": row["subjects"], "body": row["body"], "previous": self.head.hex(),
            }  # fmt: skip
            written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert bytes(row["previous_hash"]) == self.head, "I5: the chain is broken"
            assert bytes(row["hash"]) == hashlib.sha256(written.encode()).digest(), "I5: an entry was altered"
            assert not any(word in written for word in (*NAMES, document(1), document(2))), "a person in the ledger"
            self.head, self.sequence = bytes(row["hash"]), row["sequence"]
        return rows

    def acknowledged(self) -> None:
        """I8: every command that was acknowledged is there as it was answered, and no other."""
        self.new_entries()
        rows = self.stage.ask(
            "SELECT c.id, c.name, l.sequence, c.result FROM command c JOIN ledger_entry l ON l.command_id = c.id"
        )
        found = {row["id"]: (row["name"], row["sequence"], row["result"]) for row in rows}
        assert found == self.stage.known, (
            "I8: a command is not there as it was answered, or one that nobody was told of"
        )

    async def active_rests_on_something(self, active: list[Row]) -> None:
        """I2: three signatures under the terms in force, and a recognition that holds today."""
        for row in active:
            assert row["signatures"] == 3, f"I2: {row['signatures']} of 3 signatures"
            assert (row["decided_on"], row["target_division"]) == (row["credential_id"], row["host_division"]), "I2"
            assert row["outcome"] == "AUTO" or self.granted(row), f"I2: rests on {row['outcome']}"
            if self.is_over(row):
                continue  # seen as over by every reader; the clock records it
            assert row["statuses"] == ["VALID"], f"I2: the credential is {row['statuses']}"
            await self.still_recognised(row)

    def granted(self, row: Row) -> bool:
        return bool(
            self.stage.ask(
                "SELECT 1 FROM proceeding_event e JOIN proceeding p ON p.id = e.proceeding_id WHERE p.credential_id = "
                "%(credential)s AND p.target_division = %(division)s AND (e.outcome IN ('CONFIRMED', 'VERIFIED') "
                "OR e.event = 'OVERRIDE_APPROVED')",
                credential=row["credential_id"], division=row["host_division"],
            )
        )  # fmt: skip

    async def still_recognised(self, row: Row) -> None:
        """By the version that let it begin, the facts of today give a recognition still."""
        stage = self.stage
        async with stage.registry.reading(OPERATOR) as connection, duty(connection, "recognise"):
            facts = await facts_for_decision(connection, row["credential_id"], stage.today)
            agreement = await agreement_known(connection, stage.registry)
        named = (row["agreement_version"], row["agreement_digest"])
        version = next(one for one in agreement.versions if (one.id, one.digest) == named)
        target = Target(division=row["host_division"], employer_kind=row["host_kind"], post_series=row["post_series"])
        again = decide(_on_any_day(version), recognition.question_of(facts, target, stage.today))
        recognised = again.outcome is Outcome.AUTO or self.granted(row)
        assert recognised, f"I2: active, and today {again.outcome} by {again.rule}"

    def is_over(self, row: Row) -> bool:
        last = min(day for day in (row["term_until"], row["ends_on"], row["last_day"]) if day is not None)
        return bool(last < self.stage.today)

    def no_day_is_overfull(self, active: list[Row]) -> None:
        """I3: every day of every active placement, summed one by one."""
        sums: dict[tuple[UUID, date], int] = defaultdict(int)
        for row in active:
            last = min(day for day in (row["term_until"], row["ends_on"]) if day is not None)
            for number in range((last - row["term_from"]).days + 1):
                sums[row["researcher_id"], row["term_from"] + timedelta(days=number)] += row["workload_percent"]
        assert max(sums.values(), default=0) <= 100, f"I3: {max(sums.values())} % on a day"

    def nothing_rests_on_what_was_revoked(self, name: str) -> None:
        """I4: a revocation ends what rests on it; a proposal made afterwards never begins."""
        standing = list(STANDING if name == "revokeCredential" else STANDING[2:])
        newest = self.stage.ask("SELECT command_id FROM ledger_entry ORDER BY sequence DESC LIMIT 1")[0]["command_id"]
        for row in self.stage.ask(REVOKED, today=self.stage.today, standing=standing):
            assert row["state"] not in STANDING[2:], f"I4: {row['state']} on a revoked credential"
            assert row["command_id"] != newest, f"I4: {row['state']} on a credential that was revoked just now"

    def the_clock_was_here(self) -> None:
        """After the clock: nothing that is over stands as if it were not."""
        rows = self.stage.ask("SELECT * FROM placement WHERE state IN ('ACTIVE', 'SUSPENDED')")
        over = [row for row in rows if min(row["term_until"], row["ends_on"] or date.max) < self.stage.today]
        assert over == [], "the clock left standing what is over"
        expired = [row for row in self.stage.ask(ACTIVE, today=self.stage.today) if self.is_over(row)]
        assert expired == [], "the clock left active what rests on an expired credential"

    async def decisions_stand(self, *, every: bool) -> None:
        """I6: each names a version in force on its day, never changes, and computed again says the same."""
        stage = self.stage
        rows = stage.ask("SELECT * FROM recognition_decision ORDER BY id")
        said = {row["id"]: (row["agreement_digest"], str(sorted(row.items()))) for row in rows}
        assert {one: said.get(one) for one in self.decided} == self.decided, "I6: a decision changed or is gone"
        async with stage.registry.reading(OPERATOR) as connection:
            agreement = await agreement_known(connection, stage.registry)
        for row in rows if every else [row for row in rows if row["id"] not in self.decided]:
            me = stage.cast.side_of(row["researcher_id"]).me
            again = await recognition.recompute(stage.registry, me, row["id"])
            assert again.same, f"I6: {again.kept.decision.rule} was decided, {again.again.rule} is computed again"
            named = (row["agreement_version"], row["agreement_digest"])
            assert any(
                (one.id, one.digest) == named and _began(one.since, row["decided_for"]) for one in agreement.versions
            )
        self.decided = said
        self.holds_both_ways(agreement)

    def holds_both_ways(self, agreement: Agreement) -> None:
        """I7: what one direction of the agreement gives, the other gives."""
        for version in agreement.versions:
            if version.digest in self.both_ways:
                continue
            self.both_ways.add(version.digest)
            pairs = {(pair.issuer, pair.target, pair.since, pair.until) for pair in version.reciprocity}
            assert pairs == {(target, issuer, *days) for issuer, target, *days in pairs}, f"I7: {version.id}"
            for question, reverse in self.mirrored:
                given, returned = (decide(_on_any_day(version), one) for one in (question, reverse))
                assert (given.outcome, given.rule) == (returned.outcome, returned.rule), f"I7: {version.id}"


def _began(since: date | None, day: date) -> bool:
    return since is None or since <= day


def _on_any_day(version: AgreementVersion) -> AgreementVersion:
    """The same rules, asked about a day on which another version is in force by now."""
    return replace(version, since=None, until=None)
