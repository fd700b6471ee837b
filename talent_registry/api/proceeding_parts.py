"""The parts of a case as the API gives them: its events, and its clocks with all that recomputing them needs."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.domain import clocks
from talent_registry.domain import proceedings as domain
from talent_registry.domain.agreements import ResponsibleBody
from talent_registry.domain.correction_cases import CorrectionEvent
from talent_registry.domain.proceeding_positions import RunningClock
from talent_registry.reference.records import WorkingDayException

described(
    ResponsibleBody,
    "The body that sees to a case.",
    {
        "TARGET_AUTHORITY": "The authority of the province of the post.",
        "ISSUER": "The issuer of the credential, or the authority of its province.",
    },
)
described(
    domain.ProceedingKind,
    "What the body is asked to do.",
    {
        "CONFIRMATION": "To confirm a credential that the agreement does not recognise as of right.",
        "VERIFICATION": "To verify the issuer's record.",
        "RE_REVIEW": "To review anew.",
        "OVERRIDE": "To override a refusal of the program, with the other province's approval.",
        "CORRECTION": "To correct a recorded fact; the kind of a CorrectionCase, never of a RecognitionCase.",
        "LOOK": "To find whether there was ground for a look at a person's record; the kind of a CorrectionCase.",
    },
)
described(
    domain.ProceedingState,
    "Where a case stands.",
    {
        "OPEN": "The body's clock runs.",
        "EVIDENCE_REQUESTED": "The applicant is asked for evidence; the body's clock stands still.",
        "DECIDED": "Decided by the body, or by its silence where the agreement says so.",
        "WITHDRAWN": "Withdrawn by the applicant.",
        "APPEALED": "The applicant appealed; the refusal stands until the appeal is decided.",
        "APPEAL_DECIDED": "Decided on appeal, by another account.",
        "OVERRIDE_PROPOSED": "The authority of the post proposed to override; the other province is asked.",
        "OVERRIDE_APPROVED": "The other province agreed to the override.",
        "OVERRIDE_DECLINED": "The other province did not agree; the refusal stands.",
    },
)
described(
    domain.ProceedingOutcome,
    "What a body decided, or what its silence counts as.",
    {
        "CONFIRMED": "Confirmed: the credential is recognised for the post.",
        "REFUSED": "Not confirmed.",
        "VERIFIED": "Verified: the credential is recognised for the post.",
        "NOT_VERIFIED": "The issuer does not verify the record.",
        "CORRECTED": "The source corrected the record; of a CorrectionCase.",
        "DECLINED": "The source leaves the record as it is, or finds ground for the look; of a CorrectionCase.",
        "UPHELD": "The look that was reported had no ground; of a CorrectionCase about a look.",
    },
)
described(
    domain.ProceedingEventKind,
    "What happened in a case.",
    {
        "OPENED": "Opened by the applicant's decision.",
        "EVIDENCE_REQUESTED": "Evidence was asked for.",
        "EVIDENCE_GIVEN": "The applicant answered.",
        "DECIDED": "The body decided.",
        "LAPSED": "The term ran out, and silence counts as granted.",
        "WITHDRAWN": "The applicant withdrew.",
        "APPEALED": "The applicant appealed.",
        "APPEAL_DECIDED": "The body decided the appeal.",
        "OVERRIDE_PROPOSED": "An override was proposed.",
        "OVERRIDE_APPROVED": "The other province agreed.",
        "OVERRIDE_DECLINED": "The other province did not agree.",
    },
)
described(
    domain.ClockPurpose,
    "What a clock of a case is for.",
    {
        "DECISION": "The body's decision.",
        "EVIDENCE": "The applicant's answer to a request for evidence.",
        "APPEAL": "Lodging an appeal.",
        "APPEAL_DECISION": "The body's decision on the appeal.",
        "SECOND_APPROVAL": "The other province's word on an override.",
    },
)


@strawberry.type(description="A day on which an official notice of holidays overrides the week.")
class CalendarException:
    day: date = strawberry.field(description="The day.")
    kind: str = strawberry.field(description="HOLIDAY, or MAKE_UP_WORKDAY (a Saturday or Sunday that is worked).")
    occasion: str = strawberry.field(description="The festival.")
    source: str = strawberry.field(description="How far the source can be trusted.")

    @classmethod
    def of(cls, exception: WorkingDayException) -> "CalendarException":
        """The day as GraphQL gives it."""
        return cls(day=exception.day, kind=exception.kind, occasion=exception.occasion, source=exception.status)


@strawberry.type(description="Days in a row that the clock ran or stood still.")
class ClockSpan:
    runs: bool = strawberry.field(description="Whether the clock ran.")
    from_: date = strawberry.field(name="from", description="The first day.")
    until: date = strawberry.field(description="The last day.")
    working_days: int = strawberry.field(description="Working days among them; counted only where the clock ran.")

    @classmethod
    def of(cls, span: clocks.Span) -> "ClockSpan":
        """The span as GraphQL gives it."""
        return cls(runs=span.runs, from_=span.first, until=span.last, working_days=span.working_days)


@strawberry.type(
    description="A term with its whole arithmetic: from these fields alone the deadline can be recomputed."
)
class CaseClock:
    purpose: domain.ClockPurpose = strawberry.field(description="What it is for.")
    started_on: date = strawberry.field(description="The day on which it starts; that day is not counted.")
    first_counted_day: date = strawberry.field(description="The first working day counted.")
    term_working_days: int = strawberry.field(description="The term, in working days.")
    spans: list[ClockSpan] = strawberry.field(
        description="Start, stops and resumptions: all days from the one after the start to the deadline. A stop whose "
        "answer is awaited lasts until the term for it is over, no longer."
    )
    exceptions: list[CalendarException] = strawberry.field(
        description="Every day from the start to the deadline on which a notice overrides the week."
    )
    used_working_days: int = strawberry.field(description="Working days used, today (or the day it ended) included.")
    left_working_days: int = strawberry.field(description="Working days left after that.")
    deadline: date = strawberry.field(description="The last day, itself still in time.")
    provisional: bool = strawberry.field(
        description="True where a year without an official notice was counted: the deadline may move, and until the "
        "notice is out it takes nothing from anybody and grants nothing."
    )
    years_without_notice: list[int] = strawberry.field(description="The years whose notice is not out.")
    warning: LocalisedText | None = strawberry.field(
        description="What is not certain about the deadline; null where all of it is."
    )
    ended_on: date | None = strawberry.field(description="The day of the act that ended it; null while none did.")
    method: LocalisedText = strawberry.field(description="How it is counted, in a few sentences.")

    @classmethod
    def of(cls, running: RunningClock) -> "CaseClock":
        """The clock as GraphQL gives it."""
        clock = running.clock
        return cls(
            purpose=running.purpose,
            started_on=clock.started_on,
            first_counted_day=clock.first_counted_day,
            term_working_days=clock.term,
            spans=[ClockSpan.of(one) for one in clock.spans],
            exceptions=[CalendarException.of(one) for one in clock.exceptions],
            used_working_days=clock.used,
            left_working_days=clock.left,
            deadline=clock.deadline,
            provisional=clock.provisional,
            years_without_notice=list(clock.years_without_notice),
            warning=None if clock.warning is None else LocalisedText.of(clock.warning),
            ended_on=running.ended_on,
            method=LocalisedText.of(clocks.METHOD),
        )


@strawberry.type(description="What happened in a case.")
class CaseEvent:
    event: domain.ProceedingEventKind = strawberry.field(description="What happened.")
    on: date = strawberry.field(description="The legal day.")
    at: datetime = strawberry.field(description="When it was recorded.")
    by: str = strawberry.field(description="Kind of actor: RESEARCHER, HR, ISSUER, AUTHORITY, or CLOCK.")
    province: str | None = strawberry.field(description="The authority's province; null for anybody else.")
    outcome: domain.ProceedingOutcome | None = strawberry.field(description="What was decided, where something was.")
    text: str | None = strawberry.field(
        description="The words of whoever acted: what was asked, answered or argued. Null where there are none, or for "
        "whom a consent alone shows the case."
    )
    evidence_digest: str | None = strawberry.field(
        description="SHA-256 (hex) of a file that proves it and that the person keeps; null where none was named."
    )
    organisation_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The office that acted; null for the applicant and the clock.")
    async def office(self, info: Info) -> Organisation | None:
        return None if self.organisation_id is None else await load_organisation(info, self.organisation_id)

    @classmethod
    def of(cls, event: domain.ProceedingEvent, *, shows_text: bool) -> "CaseEvent":
        """The event as GraphQL gives it."""
        return cls(
            event=event.event,
            on=event.on_day,
            at=event.at,
            by=event.actor_kind,
            province=event.province,
            outcome=event.outcome,
            text=event.text if shows_text else None,
            evidence_digest=event.evidence_digest if isinstance(event, CorrectionEvent) else None,
            organisation_id=event.organisation_id,
        )
