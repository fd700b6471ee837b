"""What a command ought to recall, computed record by record from what was known before and what is known after."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from talent_registry.domain.credential_facts import UsedFact
from talent_registry.domain.credentials import CredentialRecord, RecordStatus
from talent_registry.domain.decisions import facts_from_json
from talent_registry.domain.periods import shanghai_today
from talent_registry.services.credentials import facts_for_decision
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.registry import Registry
from talent_registry.storage import credentials
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls, as_superuser

MENDING = {
    "correctCredential", "suspendCredential", "reinstateCredential", "revokeCredential", "fileCommittee", "importRoll",
    "recordIntegrityFinding", "liftIntegrityRecord", "correctIntegrityRecord",
}  # fmt: skip
OFFICES = {"HR", "ISSUER", "AUTHORITY", "AGENCY"}
# What of a version is shown with an answer, by the name a notice gives it.
SHOWN = {
    "title_code": "title_code", "level": "level", "issuer_kind": "issuer_kind", "issuer_division": "issuer_division",
    "route": "route", "approval_date": "approval_date", "origin_division": "origin_division",
    "certificate_medium": "certificate", "found_in_lookup": "found_in_query", "valid_from": "issued_on",
    "valid_until": "valid_to", "delegated": "delegated", "delegation_level": "delegation_letter",
    "targeted_area": "targeted_area", "title_name": "title_name", "series": "series", "specialty": "specialty",
    "filing_number": "filing_number",
}  # fmt: skip
COMPARED = {"level", "approval_date", "issued_on", "valid_to"}
Told = tuple[str, UUID, tuple[str, ...]]
Queued = tuple[str, UUID, str, str]


@dataclass(frozen=True)
class Recalled:
    """Records with the facts they relied on, and to whom a notice of which record was queued."""

    records: frozenset[Told]
    notices: frozenset[Queued]


def rows(urls: DatabaseUrls, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What the database holds, whoever asks."""
    with as_superuser(urls) as connection:
        return connection.execute(query.encode(), values).fetchall()


def _kind(record: tuple[Any, ...]) -> str:
    return next(
        kind
        for kind, one in zip(("DECISION", "PLACEMENT", "VERIFICATION", "ENTITLEMENT"), record, strict=False)
        if one is not None
    )


def recalled_by(urls: DatabaseUrls, command: UUID) -> Recalled:
    """What the command did recall; fails where a receiver was told twice of one record."""
    records = [
        (_kind(one), next(record for record in one[:4] if record), tuple(one[4]))
        for one in rows(
            urls,
            "SELECT decision_id, placement_id, verification_id, entitlement_id, facts FROM recall "
            "WHERE command_id = %s",
            command,
        )
    ]
    notices = [
        (
            _kind(one),
            next(record for record in one[:4] if record),
            "ORGANISATION" if one[4] else "RESEARCHER" if one[5] else "PROVINCE",
            str(one[4] or one[5] or one[6]),
        )
        for one in rows(
            urls,
            "SELECT decision_id, placement_id, verification_id, entitlement_id, "
            "organisation_id, researcher_id, province "
            "FROM notice JOIN recall ON recall.id = recall_id WHERE recall.command_id = %s",
            command,
        )
    ]
    assert len(set(records)) == len(records)
    assert len(set(notices)) == len(notices)
    return Recalled(frozenset(records), frozenset(notices))


@dataclass
class Bystander:
    """Knows everything that was recorded, and what was known `before` (an instant) and is known after a command."""

    registry: Registry
    urls: DatabaseUrls
    command: UUID
    before: datetime
    placements_before: dict[UUID, dict[str, Any]]

    async def expected(self) -> Recalled:
        """Everything that relied on what the command recorded anew, and whom that concerns."""
        records: set[Told] = set()
        notices: set[Queued] = set()
        relied: dict[UUID, set[str]] = {}
        for decision in self._decisions():
            relied[decision["id"]] = names = await self._of_decision(decision)
            if names:
                records.add(("DECISION", decision["id"], tuple(sorted(names))))
                to = {("RESEARCHER", str(decision["researcher_id"])), ("PROVINCE", decision["target_province"])}
                to |= self._asker(decision["command_id"])
                notices |= {("DECISION", decision["id"], *one) for one in to}
        for placement in self.placements_before.values():
            names = await self._of_placement(placement, relied)
            if names:
                records.add(("PLACEMENT", placement["id"], tuple(sorted(names))))
                to = {("ORGANISATION", str(placement[unit])) for unit in ("home_unit_id", "host_unit_id")}
                to.add(("RESEARCHER", str(placement["researcher_id"])))
                notices |= {("PLACEMENT", placement["id"], *one) for one in to}
        for verification, credential, verdict, at, actor, researcher in self._verifications():
            names = await self._of_verification(credential, verdict, at, actor, researcher)
            if names:
                records.add(("VERIFICATION", verification, tuple(sorted(names))))
                notices |= {("VERIFICATION", verification, *one) for one in self._asker(verification)}
        return Recalled(frozenset(records), frozenset(notices))

    async def _of_decision(self, decision: dict[str, Any]) -> set[str]:
        told = _by_name(facts_from_json(decision["facts"]))
        was = await self._facts(decision["credential_id"], decision["decided_for"], self.before)
        now = await self._facts(decision["credential_id"], decision["decided_for"], None)
        return {
            name
            for name in was.keys() | now.keys()
            if was.get(name) != now.get(name) and told.get(name) == was.get(name)
        }

    async def _of_placement(self, placement: dict[str, Any], relied: dict[UUID, set[str]]) -> set[str]:
        today = self.registry.today()
        begun, state = placement["activated_on"], placement["state"]
        if state in ("DECLINED", "WITHDRAWN") or (state == "ENDED" and begun is None):
            return set()
        names = set(relied.get(placement["decision_id"], ())) if begun else set()
        since = begun or today
        until = max(since, min(placement["term_until"], placement["ended_on"] or today)) if begun else today
        was = await self._record(placement["credential_id"], self.before)
        now = await self._record(placement["credential_id"], None)
        if was is None or now is None:
            return names
        for day in _days(since, until):
            if was.status(day) is RecordStatus.VALID and now.status(day) is not RecordStatus.VALID:
                return names | {"credential.status"}
        return names

    async def _of_verification(
        self, credential: UUID, verdict: str, at: datetime, actor: str, researcher: UUID | None
    ) -> set[str]:
        was, now = await self._record(credential, self.before), await self._record(credential, None)
        told = await self._record(credential, at)
        if was is None or now is None or told is None:
            return set()
        day = shanghai_today(at)
        names = {
            f"credential.{name}"
            for stored, name in SHOWN.items()
            if getattr(was.version, stored) != getattr(now.version, stored)
            and getattr(told.version, stored) == getattr(was.version, stored)
        }
        details = {
            f"credential.{name}"
            for name in asdict(was.version.details)
            if getattr(was.version.details, name) != getattr(now.version.details, name)
            and getattr(told.version.details, name) == getattr(was.version.details, name)
        }
        names |= details
        if actor not in OFFICES and researcher != was.credential.researcher_id:
            names &= {f"credential.{name}" for name in COMPARED}
        answered = {"EXPIRED": (RecordStatus.VALID, RecordStatus.PUBLICITY), "PENDING": (None, RecordStatus.PUBLICITY)}
        fitting = answered.get(verdict) or (RecordStatus(verdict),)
        if was.status(day) != now.status(day) and was.status(day) in fitting:
            names.add("credential.status")
        return names

    async def _facts(self, credential: UUID, on: date, known_at: datetime | None) -> dict[str, Any]:
        async with self.registry.reading(OPERATOR) as connection, duty(connection, "recognise"):
            return _by_name((await facts_for_decision(connection, credential, on, known_at)).used)

    async def _record(self, credential: UUID, known_at: datetime | None) -> CredentialRecord | None:
        async with self.registry.reading(OPERATOR) as connection, duty(connection, "recognise"):
            return await credentials.find_credential(connection, credential, known_at)

    def _decisions(self) -> list[dict[str, Any]]:
        names = ("id", "credential_id", "researcher_id", "target_province", "decided_for", "facts", "command_id")
        query = f"SELECT {', '.join(names)} FROM recognition_decision WHERE command_id <> %s"
        return [dict(zip(names, one, strict=True)) for one in rows(self.urls, query, self.command)]

    def _verifications(self) -> list[tuple[Any, ...]]:
        return rows(
            self.urls,
            "SELECT command.id, (result ->> 'credential_id')::uuid, result ->> 'verdict', "
            "(result ->> 'as_of')::timestamptz, actor_kind, account.researcher_id FROM command "
            "JOIN ledger_entry ON command_id = command.id LEFT JOIN account ON account.id = account_id "
            "WHERE command.name = 'verifyCredential' AND result ? 'credential_id'",
        )

    def _asker(self, command: UUID) -> set[tuple[str, str]]:
        ((name, kind, unit, researcher, province),) = rows(
            self.urls,
            "SELECT ledger_entry.name, actor_kind, ledger_entry.organisation_id, account.researcher_id, province "
            "FROM ledger_entry LEFT JOIN account ON account.id = account_id "
            "LEFT JOIN organisation office ON office.id = ledger_entry.organisation_id "
            "WHERE ledger_entry.command_id = %s",
            command,
        )
        if name in MENDING or kind in ("ANONYMOUS", "OPERATOR"):
            return set()
        if kind == "RESEARCHER":
            return {("RESEARCHER", str(researcher))}
        return {("PROVINCE", province)} if kind == "AUTHORITY" else {("ORGANISATION", str(unit))}


def placements_now(urls: DatabaseUrls) -> dict[UUID, dict[str, Any]]:
    """Every placement as it stands."""
    names = (
        "id", "researcher_id", "credential_id", "decision_id", "home_unit_id", "host_unit_id", "state", "activated_on",
        "ended_on", "term_until",
    )  # fmt: skip
    found = rows(urls, f"SELECT {', '.join(names)} FROM placement")
    return {one[0]: dict(zip(names, one, strict=True)) for one in found}


def _by_name(facts: tuple[UsedFact, ...]) -> dict[str, Any]:
    # The day of a revocation says nothing of the days before it; from that day on the status itself has changed.
    return {one.name: one.value for one in facts if one.value is not None and one.name != "credential.revoked_on"}


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=one) for one in range((until - since).days + 1)]
