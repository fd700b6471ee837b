"""The schema: every noun's questions and commands in one."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from talent_registry.api.accesses import AccessQuery
from talent_registry.api.accounts import AccountMutation, AccountQuery
from talent_registry.api.agreement_releases import AgreementReleaseQuery
from talent_registry.api.allowances import Limits
from talent_registry.api.consents import ConsentMutation, ConsentQuery
from talent_registry.api.correction_cases import CorrectionCaseMutation, CorrectionCaseQuery
from talent_registry.api.corrections import CorrectionMutation
from talent_registry.api.credential_commands import CredentialMutation
from talent_registry.api.credentials import CredentialQuery
from talent_registry.api.effects import EffectsQuery
from talent_registry.api.entitlements import EntitlementMutation, EntitlementQuery
from talent_registry.api.errors import EXCEPTION_HANDLERS
from talent_registry.api.events import EventQuery, EventSubscription
from talent_registry.api.filings import FilingMutation
from talent_registry.api.flows import FlowQuery
from talent_registry.api.guarding import LIMITS, GuardedSchema, Guarding
from talent_registry.api.inbox import InboxMutation, InboxQuery
from talent_registry.api.integrity import IntegrityMutation
from talent_registry.api.issuer_questions import IssuerQuestionMutation, IssuerQuestionQuery
from talent_registry.api.matching_consents import MatchingConsentMutation, MatchingConsentQuery
from talent_registry.api.node import NodeQuery
from talent_registry.api.notices import NoticeMutation, NoticeQuery
from talent_registry.api.opportunities import OpportunityMutation, OpportunityQuery
from talent_registry.api.opportunity_answers import OpportunityAnswerMutation, OpportunityAnswerQuery
from talent_registry.api.opportunity_matches import OpportunityMatchQuery
from talent_registry.api.organisations import OrganisationMutation, OrganisationQuery
from talent_registry.api.placement_commands import PlacementMutation
from talent_registry.api.placement_drafts import PlacementDraftMutation, PlacementDraftQuery
from talent_registry.api.placement_kinds import PlacementKindQuery
from talent_registry.api.placement_sums import PlacementSumsQuery
from talent_registry.api.placements import PlacementQuery
from talent_registry.api.proceeding_commands import ProceedingMutation
from talent_registry.api.proceedings import ProceedingQuery
from talent_registry.api.profiles import ProfileMutation
from talent_registry.api.recalls import RecallQuery
from talent_registry.api.receipts import ReceiptQuery
from talent_registry.api.recognition import RecognitionQuery
from talent_registry.api.recognition_commands import RecognitionMutation
from talent_registry.api.recognition_watch import RecognitionSubscription
from talent_registry.api.registration import RegistrationMutation
from talent_registry.api.release_commands import AgreementReleaseMutation
from talent_registry.api.researchers import ResearcherQuery
from talent_registry.api.reveals import RevealMutation
from talent_registry.api.rolls import RollMutation
from talent_registry.api.roster_commands import RosterMutation
from talent_registry.api.rosters import RosterQuery
from talent_registry.api.share_openings import ShareOpeningMutation
from talent_registry.api.shares import ShareMutation, ShareQuery
from talent_registry.api.simulations import SimulationMutation, SimulationQuery
from talent_registry.api.standing import StandingMutation
from talent_registry.api.verification import VerificationMutation
from talent_registry.api.watches import WatchMutation, WatchQuery
from talent_registry.api.webhooks import WebhookMutation, WebhookQuery


@strawberry.type(description="Questions. They change nothing; a look at a person's record is noted for that person.")
class Query(
    CredentialQuery,
    OrganisationQuery,
    AccountQuery,
    ResearcherQuery,
    ConsentQuery,
    ShareQuery,
    AccessQuery,
    RecognitionQuery,
    ReceiptQuery,
    ProceedingQuery,
    PlacementQuery,
    PlacementKindQuery,
    PlacementSumsQuery,
    EntitlementQuery,
    PlacementDraftQuery,
    AgreementReleaseQuery,
    EffectsQuery,
    RecallQuery,
    NoticeQuery,
    InboxQuery,
    EventQuery,
    WebhookQuery,
    WatchQuery,
    IssuerQuestionQuery,
    RosterQuery,
    NodeQuery,
    SimulationQuery,
    OpportunityQuery,
    OpportunityMatchQuery,
    OpportunityAnswerQuery,
    MatchingConsentQuery,
    CorrectionCaseQuery,
    FlowQuery,
):
    pass


@strawberry.type(description="Commands. Each is one transaction with one ledger entry, or changes nothing.")
class Mutation(
    CredentialMutation,
    VerificationMutation,
    OrganisationMutation,
    FilingMutation,
    AccountMutation,
    RegistrationMutation,
    CorrectionMutation,
    IntegrityMutation,
    ProfileMutation,
    ConsentMutation,
    ShareMutation,
    ShareOpeningMutation,
    RollMutation,
    RecognitionMutation,
    ProceedingMutation,
    PlacementMutation,
    PlacementDraftMutation,
    StandingMutation,
    AgreementReleaseMutation,
    NoticeMutation,
    InboxMutation,
    SimulationMutation,
    EntitlementMutation,
    OpportunityMutation,
    OpportunityAnswerMutation,
    MatchingConsentMutation,
    WebhookMutation,
    CorrectionCaseMutation,
    WatchMutation,
    IssuerQuestionMutation,
    RevealMutation,
    RosterMutation,
):
    pass


@strawberry.type(
    description="What happens, as it happens: server-sent events (Accept: text/event-stream) or graphql-transport-ws."
)
class Subscription(EventSubscription, RecognitionSubscription):
    pass


def schema_within(limits: Limits) -> GuardedSchema:
    """The schema, whose documents may ask for as much as `limits` say."""
    guarding = type("ConfiguredGuarding", (Guarding,), {"limits": limits})
    made = GuardedSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        exception_handlers=EXCEPTION_HANDLERS,
        extensions=[guarding],
        config=StrawberryConfig(auto_camel_case=True),
    )
    made.limits = limits
    return made


schema = schema_within(LIMITS)


_HEAD = "# Long because it is the whole contract. Written from the code by `talent-registry schema`."


def sdl() -> str:
    """The contract as text: what `graphql/schema.graphql` must say."""
    return f"{_HEAD}\n{schema.as_str()}\n"
