"""The tables as SQLAlchemy Core sees them; the migrations are their history."""

from talent_registry.storage.tables.accounts import account, attempt, page_session, sandbox_key
from talent_registry.storage.tables.agreement_releases import (
    agreement_enactment,
    agreement_release,
    agreement_release_approval,
    agreement_release_step,
)
from talent_registry.storage.tables.alerts import alert_note, number_walk
from talent_registry.storage.tables.columns import metadata
from talent_registry.storage.tables.consents import access, consent
from talent_registry.storage.tables.correction_cases import correction_case, correction_event
from talent_registry.storage.tables.credentials import credential, credential_status, credential_version
from talent_registry.storage.tables.events import event, event_receiver
from talent_registry.storage.tables.flows import flow_edition
from talent_registry.storage.tables.inbox import inbox_reading, opportunity_told
from talent_registry.storage.tables.integrity import integrity_record
from talent_registry.storage.tables.issuer_questions import issuer_question
from talent_registry.storage.tables.ledger import command, ledger_entry
from talent_registry.storage.tables.notices import entitlement_reliance, notice, notice_receipt, recall
from talent_registry.storage.tables.opportunities import (
    matching_consent,
    opportunity,
    opportunity_answer,
    opportunity_version,
)
from talent_registry.storage.tables.organisations import committee_filing, organisation
from talent_registry.storage.tables.placements import (
    placement,
    placement_draft,
    placement_end,
    placement_event,
    placement_round,
    placement_signature,
)
from talent_registry.storage.tables.proceedings import proceeding, proceeding_event
from talent_registry.storage.tables.receipts import receipt
from talent_registry.storage.tables.recognition import recognition_decision
from talent_registry.storage.tables.researchers import (
    household_registration,
    identity_document,
    personnel_relation,
    profile_item,
    researcher,
    researcher_name,
)
from talent_registry.storage.tables.rosters import roster, roster_answer, roster_part
from talent_registry.storage.tables.shares import share_code
from talent_registry.storage.tables.simulations import simulation
from talent_registry.storage.tables.watches import credential_watch
from talent_registry.storage.tables.webhooks import webhook

__all__ = [
    "access",
    "account",
    "agreement_enactment",
    "agreement_release",
    "agreement_release_approval",
    "agreement_release_step",
    "alert_note",
    "attempt",
    "command",
    "committee_filing",
    "consent",
    "correction_case",
    "correction_event",
    "credential",
    "credential_status",
    "credential_version",
    "credential_watch",
    "entitlement_reliance",
    "event",
    "event_receiver",
    "flow_edition",
    "household_registration",
    "identity_document",
    "inbox_reading",
    "integrity_record",
    "issuer_question",
    "ledger_entry",
    "matching_consent",
    "metadata",
    "notice",
    "notice_receipt",
    "number_walk",
    "opportunity",
    "opportunity_answer",
    "opportunity_told",
    "opportunity_version",
    "organisation",
    "page_session",
    "personnel_relation",
    "placement",
    "placement_draft",
    "placement_end",
    "placement_event",
    "placement_round",
    "placement_signature",
    "proceeding",
    "proceeding_event",
    "profile_item",
    "recall",
    "receipt",
    "recognition_decision",
    "researcher",
    "researcher_name",
    "roster",
    "roster_answer",
    "roster_part",
    "sandbox_key",
    "share_code",
    "simulation",
    "webhook",
]
