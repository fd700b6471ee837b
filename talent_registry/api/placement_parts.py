"""The parts of a placement as the API gives and takes them: term, terms, rounds, signatures, events, loads."""

from datetime import date, datetime

import strawberry

from talent_registry.api.enums import described
from talent_registry.domain import placement_states, workload
from talent_registry.domain import placements as domain
from talent_registry.domain.periods import Period

described(
    placement_states.PlacementState,
    "Where a placement stands.",
    {
        "PROPOSED": "Proposed; the three parties have not all signed.",
        "AGREED": "Signed by all three parties and not yet begun.",
        "ACTIVE": "Begun; after the last day of its term it rests by itself.",
        "SUSPENDED": "Suspended by an authority, or with the credential it rests on.",
        "ENDED": "Ended, with a day and a reason.",
        "DECLINED": "Declined by a party before it began.",
        "WITHDRAWN": "Withdrawn before it began.",
        "LAPSED": "Not signed by all within the term to reply; silence is no consent.",
    },
)
# Whoever takes it from here takes it described.
PlacementState = placement_states.PlacementState
described(
    placement_states.EndReason,
    "Why a placement ended.",
    {
        "TERM": "Its term was over.",
        "EARLY_RETURN": "The person returned; always open (people-ministry 2019 No. 137).",
        "HOME_RECALL": "The home unit recalled.",
        "HOST_RELEASE": "The host unit released.",
        "RECOGNITION_LOST": "The credential it rested on was revoked.",
        "BREACH": "The agreement was broken.",
        "TRANSFER": "It became a transfer, handled elsewhere.",
    },
)
described(
    placement_states.Party,
    "The three parties of a placement (people-ministry 2017 No. 4).",
    {
        "RESEARCHER": "The person.",
        "HOME_UNIT": "The unit of the personnel relation.",
        "HOST_UNIT": "The unit of the post.",
    },
)
described(
    placement_states.PlacementEventKind,
    "What happened to a placement.",
    {
        "PROPOSED": "It was proposed.",
        "COUNTER_PROPOSED": "A party answered with other terms; every signature starts anew.",
        "SIGNED": "A party signed.",
        "AGREED": "The third party signed.",
        "ACTIVATED": "It began.",
        "EXTENSION_PROPOSED": "A later last day was proposed.",
        "EXTENSION_DECLINED": "A party declined the extension.",
        "EXTENSION_WITHDRAWN": "Who proposed the extension withdrew it.",
        "EXTENDED": "The extension took effect.",
        "END_DECLARED": "A party gave notice of its end.",
        "END_WITHDRAWN": "The notice of its end was taken back.",
        "SUSPENDED": "An authority suspended it.",
        "SUSPENDED_WITH_CREDENTIAL": "It was suspended with the credential it rests on.",
        "RESUMED": "It went on.",
        "ENDED": "It ended.",
        "DECLINED": "It was declined.",
        "WITHDRAWN": "It was withdrawn.",
        "LAPSED": "The term to reply was over without all signatures, and the agreement lets it lapse.",
        "EXTENSION_LAPSED": "The same, of an extension; the placement stays as it was.",
    },
)
described(
    placement_states.ResultsHolder,
    "Who holds what is invented at the post.",
    {
        "HOME_UNIT": "The unit of the personnel relation.",
        "HOST_UNIT": "The unit of the post.",
        "JOINTLY": "Both units jointly.",
        "RESEARCHER": "The person.",
    },
)


@strawberry.type(description="Days, both inclusive.")
class PlacementTerm:
    from_: date = strawberry.field(name="from", description="First day.")
    until: date | None = strawberry.field(description="Last day.")

    @classmethod
    def of(cls, period: Period) -> "PlacementTerm":
        """The days as GraphQL gives them."""
        return cls(from_=period.start, until=period.until)


@strawberry.type(description="What the parties agree on beside term and share; null: the agreement is silent.")
class PlacementTerms:
    paid_by: placement_states.Party | None = strawberry.field(description="Which unit pays.")
    insured_by: placement_states.Party | None = strawberry.field(
        description="Which unit pays the work-injury insurance."
    )
    pay: str | None = strawberry.field(description="What is paid.")
    intellectual_property: str | None = strawberry.field(
        description="Inventions; where silent, existing results stay with the unit that completed them, new ones are "
        "held jointly (Law on Promoting the Transformation of Scientific and Technological Achievements, art. 40)."
    )
    confidentiality: str | None = strawberry.field(description="What is kept secret.")
    other: str | None = strawberry.field(description="Anything else.")
    position: str | None = strawberry.field(description="STAFF, MIDDLE_LEADER, LEADER or HEAD at the home unit.")
    classified_work: bool | None = strawberry.field(description="Under classified access without release.")
    internal_notice: bool | None = strawberry.field(description="There was a public notice inside the home unit.")
    work_injury_insurance: bool | None = strawberry.field(description="The host pays work-injury insurance.")
    insurance: str | None = strawberry.field(description="What is insured.")
    work_schedule: str | None = strawberry.field(description="When the work is done.")
    days_per_year: int | None = strawberry.field(description="Days of work a year.")
    results_held_by: placement_states.ResultsHolder | None = strawberry.field(description="Who holds new results.")
    confidential_years: int | None = strawberry.field(description="Years of secrecy after the end.")
    return_notice_days: int | None = strawberry.field(
        description="Days of notice of an early return; null: as the agreement says."
    )
    recall_notice_days: int | None = strawberry.field(
        description="Days of notice of a recall by the home unit; null: as the agreement says."
    )
    release_notice_days: int | None = strawberry.field(
        description="Days of notice of a release by the host unit; null: as the agreement says."
    )
    reply_working_days: int | None = strawberry.field(
        description="Working days to reply to a proposal; null: as the agreement says."
    )
    company_founded_or_owned: bool | None = strawberry.field(
        description="Whether the host, a company, was founded or is owned by the person or the home unit."
    )
    company_registered_on: date | None = strawberry.field(description="The day on which the company was registered.")
    company_rd_spending: bool | None = strawberry.field(description="Whether the company spends on R&D.")
    company_profitable: bool | None = strawberry.field(
        description="Whether the company has made a profit; asked when a leave is extended."
    )
    contract_years: int | None = strawberry.field(description="Whole years of the person's contract at home.")

    @classmethod
    def of(cls, terms: domain.Terms) -> "PlacementTerms":
        """The terms as GraphQL gives them."""
        return cls(**{name: getattr(terms, name) for name in domain.Terms.__slots__})


@strawberry.input(description="What the parties agree on beside term and share; left out: the agreement is silent.")
class PlacementTermsInput:
    paid_by: placement_states.Party | None = strawberry.field(default=None, description="HOME_UNIT or HOST_UNIT.")
    insured_by: placement_states.Party | None = strawberry.field(default=None, description="HOME_UNIT or HOST_UNIT.")
    pay: str | None = strawberry.field(default=None, description="What is paid, at most 4000 characters.")
    intellectual_property: str | None = strawberry.field(default=None, description="Inventions, at most 4000.")
    confidentiality: str | None = strawberry.field(default=None, description="What is kept secret, at most 4000.")
    other: str | None = strawberry.field(default=None, description="Anything else, at most 4000 characters.")
    position: str | None = strawberry.field(default=None, description="STAFF, MIDDLE_LEADER, LEADER or HEAD.")
    classified_work: bool | None = strawberry.field(default=None, description="Classified access without release.")
    internal_notice: bool | None = strawberry.field(default=None, description="Public notice inside the home unit.")
    work_injury_insurance: bool | None = strawberry.field(default=None, description="The host pays it.")
    insurance: str | None = strawberry.field(default=None, description="What is insured, at most 4000 characters.")
    work_schedule: str | None = strawberry.field(default=None, description="When the work is done, at most 4000.")
    days_per_year: int | None = strawberry.field(default=None, description="Days of work a year, 1 to 366.")
    results_held_by: placement_states.ResultsHolder | None = strawberry.field(
        default=None, description="Who holds new results."
    )
    confidential_years: int | None = strawberry.field(default=None, description="Years of secrecy after the end.")
    return_notice_days: int | None = strawberry.field(default=None, description="Days of notice of an early return.")
    recall_notice_days: int | None = strawberry.field(default=None, description="Days of notice of a recall.")
    release_notice_days: int | None = strawberry.field(default=None, description="Days of notice of a release.")
    reply_working_days: int | None = strawberry.field(default=None, description="Working days to reply.")
    company_founded_or_owned: bool | None = strawberry.field(
        default=None, description="The company was founded or is owned by the person or the home unit."
    )
    company_registered_on: date | None = strawberry.field(default=None, description="When the company was registered.")
    company_rd_spending: bool | None = strawberry.field(default=None, description="The company spends on R&D.")
    company_profitable: bool | None = strawberry.field(default=None, description="The company has made a profit.")
    contract_years: int | None = strawberry.field(
        default=None, description="Whole years of the contract at home, 0 to 60."
    )

    def to_domain(self) -> domain.Terms:
        """The terms as the domain takes them."""
        return domain.Terms(**{name: getattr(self, name) for name in domain.Terms.__slots__})


@strawberry.input(
    description="What the agreement says it would move. A placement moves nothing: anything true is refused, for that "
    "is a transfer and handled as one."
)
class PlacementMovesInput:
    household_registration: bool = strawberry.field(default=False, description="The household registration.")
    personnel_relation: bool = strawberry.field(default=False, description="The personnel relation.")
    file: bool = strawberry.field(default=False, description="The personnel file.")
    social_insurance: bool = strawberry.field(default=False, description="The social insurance.")

    def to_domain(self) -> domain.Moves:
        """The statement as the domain takes it."""
        return domain.Moves(self.household_registration, self.personnel_relation, self.file, self.social_insurance)


@strawberry.type(description="One party's signature.")
class PlacementSignature:
    party: placement_states.Party = strawberry.field(description="Who signed.")
    round: int = strawberry.field(description="Under which version of the terms.")
    terms_digest: str = strawberry.field(description="SHA-256 (hex) of the terms signed.")
    signed_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, signature: domain.Signature) -> "PlacementSignature":
        """The signature as GraphQL gives it."""
        return cls(
            party=signature.party, round=signature.round, terms_digest=signature.digest, signed_at=signature.signed_at
        )


@strawberry.type(description="Something that happened to a placement.")
class PlacementEvent:
    event: placement_states.PlacementEventKind = strawberry.field(description="What happened.")
    on: date = strawberry.field(description="The legal day it holds from.")
    at: datetime = strawberry.field(description="When it was recorded.")
    state: placement_states.PlacementState = strawberry.field(description="Where the placement stood after it.")
    by: str = strawberry.field(description="Which party, or the kind of office, did it.")
    province: str | None = strawberry.field(description="Province (GB/T 2260) of the authority, where one did it.")
    ground: str | None = strawberry.field(description="The ground or reason given.")

    @classmethod
    def of(cls, event: domain.PlacementEvent) -> "PlacementEvent":
        """The event as GraphQL gives it."""
        return cls(
            event=event.event,
            on=event.on_day,
            at=event.at,
            state=event.state,
            by=event.by,
            province=event.province,
            ground=event.reason,
        )


@strawberry.type(description="Consecutive days on which the same placements fill the same part of a full post.")
class WorkloadInterval:
    from_: date = strawberry.field(name="from", description="First day.")
    until: date = strawberry.field(description="Last day, inclusive.")
    total_percent: int = strawberry.field(description="Active and agreed shares together, in whole percents.")
    active_percent: int = strawberry.field(description="Active shares alone, in whole percents.")

    @classmethod
    def of(cls, load: workload.Load) -> "WorkloadInterval":
        """The load as GraphQL gives it; of single placements nothing is said."""
        active = sum(part.percent for part in load.parts if part.state is workload.ShareState.ACTIVE)
        return cls(from_=load.since, until=load.until, total_percent=load.total, active_percent=active)
