"""One import while it is carried out: organisations settled, rows staged and matched, and what they say written."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from talent_registry.documents.rolls import Roll
from talent_registry.domain.errors import Conflict
from talent_registry.domain.identifiers import public_number
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import CommitteeFiling, Organisation
from talent_registry.domain.roll_problems import CellProblem
from talent_registry.domain.roll_results import RollCounts, finding
from talent_registry.domain.rolls import DEFAULT_CERTIFICATE, DEFAULT_DELEGATED, DEFAULT_FOUND_IN_LOOKUP
from talent_registry.services import roll_statuses
from talent_registry.services.moments import lock_filings
from talent_registry.services.registry import Work
from talent_registry.services.roll_units import Units, names_in, settle_filing, unit_name
from talent_registry.storage import roll_facts, roll_staging, roll_writing, rolls
from talent_registry.storage.roll_staging import StagedRow
from talent_registry.storage.roll_writing import Import
from talent_registry.storage.rolls import RecordedFiling
from talent_registry.storage.session import duty

_DUTY: Final = "import"


@dataclass(frozen=True, slots=True)
class Office:
    """Who delivers: the authority of a province or (`issuer` set) an issuer; `organisation_id` None if not known."""

    province: str
    organisation_id: UUID | None
    issuer: Organisation | None = None

    @property
    def states_facts(self) -> bool:
        """Whether households and personnel relations are the office's to state: an issuer's they are not."""
        return self.issuer is None

    def owns(self, name: str, division: str) -> bool:
        """Whether the office may deliver rows of this issuer; the province's were told apart when the roll was read."""
        return self.issuer is None or (self.issuer.name_zh, self.issuer.division) == (name, division)

    def may_amend(self, recorded: RecordedFiling | None) -> bool:
        """Whether a filing is the office's to correct."""
        if recorded is None:
            return True
        if self.issuer is not None:
            return recorded.filing.authority_id == self.issuer.id
        return recorded.province == self.province


class Importing:
    """The import of one roll within the command of `work`."""

    def __init__(self, work: Work, office: Office, roll: Roll) -> None:
        self.work = work
        self.office = office
        self.roll = roll
        self.units = Units()
        self.filings: list[CommitteeFiling] = []
        self.problems: list[CellProblem] = []
        self.notes: list[CellProblem] = []
        self._letters = {column.key: column.letter for column in roll.columns}
        self._refused: dict[int, str] = {}
        self._amended: list[str] = []

    async def run(self, ready: Sequence[StagedRow], wrote: Callable[[int], None]) -> RollCounts:
        """Write what the rows say; afterwards `problems` and `notes` hold what was found on the way, by row."""
        connection = self.work.connection
        async with duty(connection, _DUTY):
            self._leave_facts_out(ready)
            await self._settle_units(ready)
            await self._settle_filings(ready)
            for place, reason in self._refused.items():
                self._find(ready[place].line, reason)
            await roll_staging.stage(connection, [row for row in ready if row.place not in self._refused], wrote)
            await rolls.match(connection)
            plans = await self._judge()
            citing = await self._lock()
            placed = await roll_statuses.list_placed(self.work, citing)
            counts = await self._write()
        # Last, for no household is written once a placement was.
        changed, followed = await roll_statuses.carry_out(self.work, plans, placed)
        counts |= {"status_changed": changed, "placements_affected": followed}
        return RollCounts(**counts, refused=self.roll.refused + len(self.problems))

    def _find(self, line: int, reason: str, detail: Message | None = None) -> None:
        self.problems.append(finding(line, reason, self._letters, detail))

    def _leave_facts_out(self, ready: Sequence[StagedRow]) -> None:
        """Drop households and home units that are not the office's to state, and say so once.

        From what became of them row by row it would learn where people's households and home units are not.
        """
        if self.office.states_facts:
            return
        for row in ready:
            row.household = None
        entries, line = self.roll.entries, self.roll.header_line
        if any(entry.household_division for entry in entries):
            self.notes.append(finding(line, "HOUSEHOLD_LEFT_OUT", self._letters))
        if any(entry.home_unit_name for entry in entries):
            self.notes.append(finding(line, "PERSONNEL_RELATION_LEFT_OUT", self._letters))

    async def _settle_units(self, ready: Sequence[StagedRow]) -> None:
        """Give each row its issuer and home unit, recorded or new; issuers first, for their place is stated."""
        for unit in await rolls.list_organisations_named(self.work.connection, names_in(self.roll.entries)):
            self.units.by_name[unit.name_zh].append(unit)
        for row, entry in zip(ready, self.roll.entries, strict=True):
            if self.office.owns(unit_name(entry.issuer_name), entry.issuer_division):
                row.issuer_id = self.units.issuer_of(entry).id
            else:
                self._refused[row.place] = "ISSUER_NOT_OWN"
        for row, entry in zip(ready, self.roll.entries, strict=True):
            if row.place in self._refused or not self.office.states_facts:
                continue
            home = self.units.home_of(entry)
            if isinstance(home, str):
                self._refused[row.place] = home
            else:
                row.home_unit_id = None if home is None else home.id

    async def _settle_filings(self, ready: Sequence[StagedRow]) -> None:
        """Find which filings are to be recorded, and refuse the rows that contradict one."""
        cited: defaultdict[str, list[StagedRow]] = defaultdict(list)
        for row in ready:
            if row.filing_number is not None and row.place not in self._refused:
                cited[row.filing_number].append(row)
        recorded = await rolls.list_filings_numbered(self.work.connection, list(cited))
        for number, rows in cited.items():
            before, issuer_id = recorded.get(number), rows[0].issuer_id
            if issuer_id is None:
                continue  # unreachable for rows without an issuer were refused; said for the type checker
            settled = settle_filing(
                number,
                [self.roll.entries[row.place] for row in rows],
                issuer_id,
                before,
                may_amend=self.office.may_amend(before),
                now=self.work.now,
            )
            if isinstance(settled, str):
                self._refused.update(dict.fromkeys((row.place for row in rows), settled))
            elif settled is not None:
                self.filings.append(settled)
                if before is not None and settled.facts != before.filing.facts:
                    self._amended.append(number)

    async def _judge(self) -> list[roll_statuses.StatusPlan]:
        """What the rows change in recorded timelines; refuses the rows that may not, and reports all refused so far."""
        connection = self.work.connection
        delicate = await rolls.list_delicate(connection)
        plans, impossible = await roll_statuses.plan(self.work, delicate)
        for line, reason in await rolls.list_refused(connection):
            self._find(line, reason)
        for row in delicate:
            if row.place in impossible:
                self._find(row.line, "STATUS_NOT_CHANGED", impossible[row.place])
        await rolls.refuse(connection, list(impossible))
        return plans

    async def _lock(self) -> list[UUID]:
        """Let nobody decide or change anything of these people until the roll is in, and take its moment.

        The credentials that cite a filing which the roll amends and that a placement under way rests on.
        """
        await rolls.lock_holders(self.work.connection)
        if any(self._amended):
            return await lock_filings(self.work, self._amended)
        await self.work.settle_moment()
        return []

    async def _write(self) -> dict[str, int]:
        """Write what the rows kept say, in the order in which one record names another; the counts of it."""
        connection = self.work.connection
        of = Import(
            self.work.command_id, self.work.now, self.work.today, self.office.province, self.office.organisation_id
        )
        counts = {"rows": self.roll.rows, "repeated": self.roll.repeated}
        counts["people_new"] = await roll_staging.number_newcomers(connection, public_number)
        counts["organisations_new"] = await roll_writing.add_organisations(connection, of, self.units.new)
        await roll_writing.add_people(connection, of)
        filed = await roll_writing.file_committees(connection, of, self.filings)
        counts["filings_new"], counts["filings_superseded"] = filed[0] - filed[1], filed[1]
        counts["facts_corrected"] = await roll_facts.state_facts(connection, of)
        for line, reason in await roll_facts.list_differing(connection, of):
            self.notes.append(finding(line, reason, self._letters))
        counts["credentials_new"] = await roll_writing.add_credentials(
            connection,
            of,
            medium=DEFAULT_CERTIFICATE,
            found_in_lookup=DEFAULT_FOUND_IN_LOOKUP,
            delegated=DEFAULT_DELEGATED,
        )
        counts["credentials_corrected"] = await roll_writing.correct_credentials(connection, of)
        kept = await roll_writing.count_kept(connection)
        if kept.changed != counts["credentials_corrected"]:
            raise changed_meanwhile()
        counts["credentials_unchanged"], counts["people_matched"] = kept.unchanged, kept.matched
        return counts


def changed_meanwhile() -> Conflict:
    """The refusal to go on where somebody else wrote the same records since they were matched."""
    return Conflict(
        Message(
            zh="名册所涉记录正由他人办理。请稍候重试。",
            en="Somebody else is changing records that this roll is about. Try again in a moment.",
        ),
        reason="CHANGED_MEANWHILE",
    )
