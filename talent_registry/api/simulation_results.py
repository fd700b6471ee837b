"""What a simulation found, as the API gives it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.nodes import to_node_id
from talent_registry.domain.agreements import Outcome
from talent_registry.domain.recognition import FindingResult
from talent_registry.domain.simulations import Change

described(
    Change,
    "What a draft does to an answer.",
    {
        "GAIN": "A better outcome for whoever asks.",
        "LOSS": "A worse outcome.",
        "BASIS": "The same outcome by another clause.",
    },
)
MOST_CHANGES = 200


@strawberry.type(description="A version of the agreement that was compared.")
class ComparedVersion:
    version: str = strawberry.field(description="Id of the version.")
    digest: str = strawberry.field(description="SHA-256 of its content.")
    title: LocalisedText = strawberry.field(description="What it is called.")

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "ComparedVersion":
        """From what is stored."""
        return cls(version=stored["version"], digest=stored["digest"], title=LocalisedText(**stored["title"]))


@strawberry.type(description="How many credentials were asked about towards these divisions, and how many change.")
class SimulationTarget:
    divisions: list[str] = strawberry.field(description="Divisions with the same counts; a province stands for all.")
    asked: int = strawberry.field(description="Credentials asked about, towards each of the divisions.")
    gains: int = strawberry.field(description="Those that get a better outcome.")
    losses: int = strawberry.field(description="Those that get a worse one.")
    changed_basis: int = strawberry.field(description="Those that get the same by another clause.")


@strawberry.type(description="The clause that rules, and its outcome.")
class SimulatedRuling:
    rule: str = strawberry.field(description="The clause.")
    variant: str | None = strawberry.field(description="The variant of the clause that rules, if one does.")
    outcome: Outcome = strawberry.field(description="The outcome.")

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "SimulatedRuling":
        """From what is stored."""
        return cls(rule=stored["rule"], variant=stored["variant"], outcome=Outcome(stored["outcome"]))


@strawberry.type(description="How many credentials of one sort change in the same way.")
class SimulationChange:
    change: Change = strawberry.field(description="What becomes of the answer.")
    divisions: list[str] = strawberry.field(description="The target divisions for which this holds.")
    before: SimulatedRuling = strawberry.field(description="What rules now.")
    after: SimulatedRuling = strawberry.field(description="What would rule by the draft.")
    kind: str = strawberry.field(description="Kind of credential, a code of the catalogue.")
    series: str | None = strawberry.field(description="Title series.")
    level: str | None = strawberry.field(description="Title level.")
    issued_in: str = strawberry.field(description="Prefecture of issue; in a municipality the district.")
    count: int = strawberry.field(description="How many credentials, towards each of the divisions.")
    example: strawberry.ID = strawberry.field(description="Opaque id of one of the credentials.")

    @classmethod
    def of(cls, stored: Mapping[str, Any], groups: Mapping[int, list[str]]) -> "SimulationChange":
        """From what is stored."""
        return cls(
            change=Change(stored["change"]),
            divisions=[stored["division"]] if stored["division"] else groups[stored["group"]],
            before=SimulatedRuling.of(stored["before"]),
            after=SimulatedRuling.of(stored["after"]),
            kind=stored["kind"],
            series=stored["series"],
            level=stored["level"],
            issued_in=stored["issued_in"],
            count=stored["count"],
            example=to_node_id("Credential", UUID(stored["example"])),
        )


@strawberry.type(description="Active placements that would no longer rest on a recognition as of right.")
class LostSupport:
    before: SimulatedRuling = strawberry.field(description="What supports them now.")
    after: SimulatedRuling = strawberry.field(description="What would rule by the draft.")
    count: int = strawberry.field(description="How many placements.")
    placements: list[strawberry.ID] = strawberry.field(description="Opaque ids of some of them.")

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "LostSupport":
        """From what is stored."""
        return cls(
            before=SimulatedRuling.of(stored["before"]),
            after=SimulatedRuling.of(stored["after"]),
            count=stored["count"],
            placements=[to_node_id("Placement", UUID(one)) for one in stored["placements"]],
        )


@strawberry.type(description="What one clause found on an example.")
class SimulatedFinding:
    rule: str = strawberry.field(description="The clause.")
    result: FindingResult = strawberry.field(description="What became of it.")
    facts: JSON = strawberry.field(description="The facts it looked at, by name.")
    message: LocalisedText = strawberry.field(description="What it found, in a sentence.")


@strawberry.type(description="An example decided in full by one of the two rulebooks.")
class SimulatedDecision:
    outcome: Outcome = strawberry.field(description="What it comes to.")
    rule: str = strawberry.field(description="The clause that rules.")
    reason_code: str = strawberry.field(description="The reason, as a code.")
    message: LocalisedText = strawberry.field(description="The reason in a sentence.")
    findings: list[SimulatedFinding] = strawberry.field(description="A finding for every clause, in order.")

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "SimulatedDecision":
        """From what is stored."""
        return cls(
            outcome=Outcome(stored["outcome"]),
            rule=stored["rule"],
            reason_code=stored["reason_code"],
            message=LocalisedText(**stored["message"]),
            findings=[
                SimulatedFinding(
                    rule=one["rule"],
                    result=FindingResult(one["result"]),
                    facts=JSON(one["facts"]),
                    message=LocalisedText(**one["message"]),
                )
                for one in stored["findings"]
            ],
        )


@strawberry.type(description="A credential whose answer changes, with both decisions explained.")
class SimulationSample:
    change: Change = strawberry.field(description="What becomes of the answer.")
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential.")
    division: str = strawberry.field(description="The division it was asked towards.")
    before: SimulatedDecision = strawberry.field(description="By the rules in force.")
    after: SimulatedDecision = strawberry.field(description="By the draft.")

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "SimulationSample":
        """From what is stored."""
        return cls(
            change=Change(stored["change"]),
            credential=to_node_id("Credential", UUID(stored["credential"])),
            division=stored["division"],
            before=SimulatedDecision.of(stored["before"]),
            after=SimulatedDecision.of(stored["after"]),
        )


@strawberry.type(description="What a draft would change, for every recorded credential.")
class SimulationResult:
    on: date = strawberry.field(description="The decision day of both rulebooks.")
    known_at: datetime = strawberry.field(description="The instant by whose knowledge it was computed.")
    in_force: ComparedVersion = strawberry.field(description="The rules in force on that day.")
    draft: ComparedVersion = strawberry.field(description="The draft.")
    credentials: int = strawberry.field(description="Recorded credentials, each counted once.")
    targets: list[SimulationTarget] = strawberry.field(description="Every division asked about, with its counts.")
    changes: list[SimulationChange] = strawberry.field(description="What changes, the most frequent first.")
    changes_left_out: int = strawberry.field(description="Further rows; the CSV has them all.")
    placements_losing_support: int = strawberry.field(description="Active placements that would lose their support.")
    lost_support: list[LostSupport] = strawberry.field(description="Those placements, by what rules.")
    samples: list[SimulationSample] = strawberry.field(description="Some of what changes, decided in full.")

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "SimulationResult":
        """From what `domain.simulation_results` stored."""
        groups = {group["number"]: group["divisions"] for group in stored["groups"]}
        return cls(
            on=date.fromisoformat(stored["on"]),
            known_at=datetime.fromisoformat(stored["known_at"]),
            in_force=ComparedVersion.of(stored["in_force"]),
            draft=ComparedVersion.of(stored["draft"]),
            credentials=stored["credentials"],
            targets=[SimulationTarget(**one) for one in stored["targets"]],
            changes=[SimulationChange.of(one, groups) for one in stored["changes"][:MOST_CHANGES]],
            changes_left_out=len(stored["changes"][MOST_CHANGES:]),
            placements_losing_support=stored["placements_losing_support"],
            lost_support=[LostSupport.of(one) for one in stored["lost_support"]],
            samples=[SimulationSample.of(one) for one in stored["samples"]],
        )
