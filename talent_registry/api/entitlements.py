"""Entitlements as the API gives them: the question of everything that is open, and the check of one."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.credentials import Credential, On, load_credential
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, LocalisedText, NotFound, NotInForce, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.api.placements import Placement, load_placement
from talent_registry.api.researchers import who
from talent_registry.domain import entitlements as domain
from talent_registry.domain.entitlement_terms import Entitlement as Terms
from talent_registry.domain.entitlement_terms import EntitlementNeed, StatedFact
from talent_registry.services import entitlements
from talent_registry.services.registry import Done

described(
    EntitlementNeed,
    "On what an entitlement rests.",
    {
        "PLACEMENT": "On a placement that is active on the day, with a host in the province.",
        "RECOGNITION": "On a credential that is recognised in the province on the day.",
        "EITHER": "On either of them.",
    },
)
described(
    StatedFact,
    "What the registry does not hold: whoever asks states it on their own responsibility.",
    {
        "HOST_IS_TECHNOLOGY_FIRM": "The host is a small technology firm or a high-tech firm.",
        "SERVICE_FROM_THE_OTHER_SIDE": "The service is bought from a provider on the other side.",
        "TEAM_SPANS_BOTH": "The project's team spans both provinces.",
        "FULL_TIME_AT_TARGET": "The person works full time in the province; a flexible placement alone is not that.",
    },
)
described(
    domain.EntitlementReason,
    "Why an entitlement is open or closed.",
    {reason.name: domain.MESSAGES[reason].en for reason in domain.EntitlementReason},
)
WHERE = "A division (GB/T 2260) of the province in which it is to be used, such as 500000."
STATED = "What whoever asks states because the registry does not hold it; it is kept with the check."


@strawberry.type(description="What the agreement says of an entitlement.")
class Entitlement:
    code: str = strawberry.field(description="Its code in the agreement.")
    name: LocalisedText = strawberry.field(description="What it is called.")
    opens_when: str = strawberry.field(description="The condition in words.")
    needs: EntitlementNeed = strawberry.field(description="On what it rests.")
    needs_stated: list[StatedFact] = strawberry.field(description="What whoever asks must state.")
    from_: date = strawberry.field(name="from", description="First day in force.")
    until: date | None = strawberry.field(description="Last day, inclusive; null: open.")
    scope: str = strawberry.field(description="Where it holds, in words.")
    limit: str | None = strawberry.field(description="Its limit in words; null: none was read.")
    source: str = strawberry.field(description="Where it comes from.")
    status: str = strawberry.field(description="How far the source can be trusted.")

    @classmethod
    def of(cls, terms: Terms) -> "Entitlement":
        """The entitlement as GraphQL gives it."""
        return cls(
            code=terms.code,
            name=LocalisedText.of(terms.name),
            opens_when=terms.opens_when,
            needs=terms.needs,
            needs_stated=[fact for fact in StatedFact if fact in terms.stated],
            from_=terms.since,
            until=terms.until,
            scope=terms.scope,
            limit=terms.limit or None,
            source=terms.source,
            status=terms.status,
        )


@strawberry.type(description="Whether an entitlement is open to a person, and why.")
class EntitlementAnswer:
    entitlement: Entitlement = strawberry.field(description="The entitlement.")
    is_open: bool = strawberry.field(description="Whether it is open.")
    reason_code: domain.EntitlementReason = strawberry.field(description="Why it is or is not.")
    message: LocalisedText = strawberry.field(description="The reason as a sentence, and what can be done.")
    stated: list[StatedFact] = strawberry.field(description="What the yes takes on the word of whoever asked.")
    placement_id: strawberry.Private[UUID | None]
    credential_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The placement that opens it, as far as the caller may see it.")
    async def placement(self, info: Info) -> Placement | None:
        return await load_placement(info, self.placement_id)

    @strawberry.field(description="The credential that opens it, as far as the caller may see it; the look is noted.")
    async def credential(self, info: Info) -> Credential | None:
        return None if self.credential_id is None else await load_credential(info, self.credential_id)

    @classmethod
    def of(cls, found: domain.EntitlementAnswer) -> "EntitlementAnswer":
        """The answer as GraphQL gives it."""
        return cls(
            entitlement=Entitlement.of(found.entitlement),
            is_open=found.is_open,
            reason_code=found.reason,
            message=LocalisedText.of(found.message),
            stated=list(found.stated),
            placement_id=found.placement_id,
            credential_id=found.credential_id,
        )


@strawberry.type(description="What is open to a person in a province on a day.")
class Entitlements:
    on: date = strawberry.field(description="The day.")
    agreement_version: str = strawberry.field(description="The version of the agreement in force on it.")
    agreement_digest: str = strawberry.field(description="SHA-256 (hex) of that version's content.")
    answers: list[EntitlementAnswer] = strawberry.field(description="One answer for each entitlement.")


@strawberry.input(description="One entitlement to check before it is granted.")
class CheckEntitlementInput:
    researcher: str = strawberry.field(description="Public number of the person, or opaque id.")
    entitlement: str = strawberry.field(description="Its code in the agreement, such as LARGE_INSTRUMENT.")
    in_: str = strawberry.field(name="in", description=WHERE)
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    on: date | None = strawberry.field(default=None, description="The day; today if left out.")
    stated: list[StatedFact] = strawberry.field(default_factory=list, description=STATED)
    purpose: str = strawberry.field(
        default="", description="For what purpose, one of the agency's own; the person can see it."
    )


@strawberry.type(description="Whether the entitlement is open. Of what opens it nothing is told.")
class CheckEntitlementSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    entitlement: Entitlement = strawberry.field(description="The entitlement.")
    is_open: bool = strawberry.field(description="Whether it is open to the person.")
    reason_code: domain.EntitlementReason = strawberry.field(description="Why it is or is not.")
    message: LocalisedText = strawberry.field(description="The reason as a sentence, and what can be done.")
    on: date = strawberry.field(description="The day that was asked about.")
    stated: list[StatedFact] = strawberry.field(description="What the yes takes on the word of whoever asked.")
    agreement_version: str = strawberry.field(description="The version of the agreement in force on the day.")
    agreement_digest: str = strawberry.field(description="SHA-256 (hex) of that version's content.")

    @classmethod
    def of(cls, done: Done, terms: Terms) -> "CheckEntitlementSuccess":
        """The answer of a check as GraphQL gives it."""
        told = done.result
        reason = domain.EntitlementReason(told["reason"])
        return cls(
            command=CommandReceipt.of(done),
            entitlement=Entitlement.of(terms),
            is_open=told["open"],
            reason_code=reason,
            message=LocalisedText.of(domain.MESSAGES[reason]),
            on=date.fromisoformat(told["on"]),
            stated=[StatedFact(fact) for fact in told["stated"]],
            agreement_version=told["version"],
            agreement_digest=told["digest"],
        )


CheckEntitlementResult = Annotated[
    CheckEntitlementSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("CheckEntitlementResult", description="The answer, or why there is none."),
]


@strawberry.type
class EntitlementQuery:
    @strawberry.field(
        description="What a person's recognition or active placements open in a province, with the reason for each yes "
        "and no (the person, the province's authority, whoever the person opened recognition and placements to); the "
        "look is noted."
    )
    async def entitlements(
        self,
        info: Info,
        of: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the person.")],
        in_: Annotated[str, strawberry.argument(name="in", description=WHERE)],
        on: On = None,
        stated: Annotated[list[StatedFact] | None, strawberry.argument(description=STATED)] = None,
        purpose: Annotated[
            str, strawberry.argument(description="For what purpose; needed by all but the person.")
        ] = "",
    ) -> Entitlements:
        context = info.context
        asked = entitlements.AskedEntitlements(
            who=from_node_id(of, "Researcher", "of"),
            division=in_,
            on=on,
            stated=frozenset(stated or ()),
            purpose=purpose,
        )
        found = await entitlements.list_entitlements(context.registry, context.actor, asked)
        return Entitlements(
            on=found.on,
            agreement_version=found.version.id,
            agreement_digest=found.version.digest,
            answers=[EntitlementAnswer.of(one) for one in found.answers],
        )


@strawberry.type
class EntitlementMutation:
    @strawberry.mutation(
        description="Check whether an entitlement is open to a person (an agency or HR office to which the person "
        "opened what it rests on, for a purpose of its own; the person). It is logged, and the person can see it."
    )
    async def check_entitlement(
        self,
        info: Info,
        input: Annotated[CheckEntitlementInput, strawberry.argument(description="Which one, of whom, and why.")],
    ) -> CheckEntitlementResult:
        context = info.context
        check = entitlements.EntitlementCheck(
            asked=entitlements.AskedEntitlements(
                who=who(input.researcher),
                division=input.in_,
                on=input.on,
                stated=frozenset(input.stated),
                purpose=input.purpose,
            ),
            code=input.entitlement,
        )
        done = await entitlements.check_entitlement(context.registry, context.actor, check, input.idempotency_key)
        on = date.fromisoformat(done.result["on"])
        terms = await entitlements.get_entitlement(context.registry, context.actor, on, done.result["entitlement"])
        return CheckEntitlementSuccess.of(done, terms)
