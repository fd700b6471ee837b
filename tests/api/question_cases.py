"""Each question of the schema with its document and inputs that name somebody's record, or why it is open to all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.api.permission_world import HERMIT, HERMIT_NUMBER, PURPOSE, SICHUAN, Cast

# What is open to everybody, and why.
OPEN = {
    "organisations": "organisations are public",
    "committeeFilings": "filings of review committees are public (Order 40 of the Ministry of Human Resources, 2019)",
    "agreementReleases": "what both provinces approved is public law; drafts are left out (test_agreement_releases.py)",
    "agreementVersions": "the law is public",
    "placementKinds": "the law is public",
    "opportunities": "needs are advertisements; they name nobody",
    "opportunity": "needs are advertisements; they name nobody",
    "issuersToAsk": "who issues certificates is public",
    "flows": "what is published is the same for everybody, and names nobody (test_flows.py)",
    "viewer": "it tells callers of their own account alone",
}
# What is asked in a module of its own, and why.
ELSEWHERE = {
    "node": "test_node.py: its refusals are null, whatever the id",
    "inconsistencies": "test_proceedings.py: it names no person, and no record",
    "roster": "tests/services/test_rosters.py: it is the asking office's own",
    "rosterAnswers": "tests/services/test_rosters.py: they are of the asking office's own roster",
    "simulation": "test_simulations.py: it is the asking province's own",
}


@dataclass(frozen=True)
class Question:
    """One way to ask: its document, its variables, and the places that name the record asked for."""

    document: str
    variables: Callable[[Cast], dict[str, Any]]
    named: tuple[str, ...] = ()
    of_person: bool = False


def _hermit(cast: Cast) -> str:
    return cast.id_of("Researcher", cast.hermit.id)


def _credential(cast: Cast) -> str:
    return cast.id_of("Credential", cast.hermit.credential)


def _decision(cast: Cast) -> str:
    return cast.records["hermit_decision"]


def _consent(cast: Cast) -> str:
    return cast.records["hermit_consent"]


def _share(cast: Cast) -> str:
    return cast.records["hermit_share"]


def _listed(document: str, *filters: Callable[[Cast], dict[str, Any]], **more: Any) -> list[Question]:
    """A list as a whole and under each filter, one record at a time."""
    alone = [Question(document, lambda _: {"first": 1, **more})]
    return alone + [
        Question(document, lambda cast, one=one: {"first": 1, "filter": one(cast), **more})  # type: ignore[misc]
        for one in filters
    ]


QUESTIONS: dict[str, list[Question]] = {
    "credential": [
        Question("hr/read_credential", lambda c: {"id": _credential(c), "purpose": PURPOSE}, ("id",)),
        Question("authority/credential_history", lambda c: {"id": _credential(c), "purpose": PURPOSE}, ("id",)),
    ],
    "credentials": _listed(
        "authority/list_credentials",
        lambda c: {"holder": c.hermit.public_number},
        lambda _: {"number": HERMIT_NUMBER},
        lambda c: {"issuer": c.unit(c.posts.titles.sichuan), "holder": c.hermit.public_number},
        lambda c: {"standing": "VALID", "series": "01", "holder": c.hermit.public_number},
        purpose=PURPOSE,
    ),
    "researcher": [
        Question(
            "anyone/researcher",
            lambda c: {"publicNumber": c.hermit.public_number, "purpose": PURPOSE},
            ("publicNumber",),
        ),
        Question("anyone/researcher", lambda c: {"id": _hermit(c), "purpose": PURPOSE}, ("id",)),
        Question(
            "authority/researcher_history",
            lambda c: {"publicNumber": c.hermit.public_number, "purpose": PURPOSE},
            ("publicNumber",),
        ),
    ],
    "me": [Question("researcher/me", lambda _: {}), Question("researcher/my_credentials", lambda _: {})],
    "researchers": _listed(
        "anyone/researchers",
        lambda _: {"name": HERMIT},
        lambda _: {"name": "wanyan"},
        lambda c: {"homeUnit": c.unit(c.posts.titles.home), "name": HERMIT},
        lambda _: {"division": "510107", "name": HERMIT},
        lambda _: {"series": "01", "name": HERMIT},
        purpose=PURPOSE,
    ),
    "consents": _listed("anyone/consents"),
    "accesses": _listed("researcher/accesses"),
    "shareCodes": _listed("researcher/share_codes"),
    "recognitionDecision": [
        Question("anyone/recognition_decision", lambda c: {"id": c.records["hermit_decision"]}, ("id",))
    ],
    "receipt": [Question("anyone/receipt", lambda c: {"id": c.records["hermit_receipt"]}, ("id",))],
    "recognitionDecisions": _listed(
        "anyone/recognition_decisions",
        lambda c: {"researcher": _hermit(c)},
        lambda c: {"credential": _credential(c)},
        lambda c: {"targetProvince": SICHUAN, "researcher": _hermit(c)},
        purpose=PURPOSE,
    ),
    "recognition": [
        Question(
            "hr/recognition",
            lambda c: {"credential": _credential(c), "target": {"division": "510104"}, "purpose": "RECRUITMENT"},
            ("credential",),
        )
    ],
    "recognitionCase": [
        # The post of every case lies across the border, so that the authority there has a part in it.
        Question("anyone/recognition_case", lambda c: {"id": c.records["case_ask"]}, ("id",), of_person=True)
    ],
    "recognitionCases": _listed(
        "researcher/my_cases",
        lambda c: {"researcher": _hermit(c)},
        lambda _: {"mine": True, "pending": True},
        lambda _: {"state": "OPEN", "kind": "VERIFICATION", "dueBefore": "2027-12-31"},
    ),
    "correctionCase": [
        Question("anyone/correction_case", lambda c: {"id": c.records["correction_of_hermit"]}, ("id",))
    ],
    "correctionCases": [
        Question("anyone/correction_cases", lambda _: {"first": 100}),
        Question("anyone/correction_cases", lambda _: {"first": 1, "pending": True}),
    ],
    "isReproducible": [
        Question("anyone/is_reproducible", lambda c: {"decision": c.records["hermit_decision"]}, ("decision",))
    ],
    "node": [
        *(
            Question("anyone/node", lambda c, one=one: {"id": one(c), "purpose": PURPOSE}, ("id",))  # type: ignore[misc]
            for one in (_hermit, _credential, _decision, _consent, _share)
        ),
        Question("anyone/node", lambda c: {"id": c.records["to_end"], "purpose": PURPOSE}, ("id",), of_person=True),
    ],
    "placement": [Question("anyone/placement", lambda c: {"id": c.records["to_end"]}, ("id",), of_person=True)],
    "placements": [
        *_listed(
            "anyone/placements",
            lambda c: {"researcher": _hermit(c)},
            lambda c: {"credential": _credential(c)},
            purpose=PURPOSE,
        ),
        Question(
            "anyone/placements",
            lambda _: {"first": 1, "filter": {"state": "ACTIVE"}, "purpose": PURPOSE},
            of_person=True,
        ),
    ],
    "placementDraft": [
        Question("researcher/placement_draft", lambda c: {"id": c.records["draft_edit"]}, ("id",)),
        Question("hr/placement_draft", lambda c: {"id": c.records["draft_edit"]}, ("id",)),
    ],
    "placementDrafts": [
        Question(f"{audience}/placement_drafts", lambda _: {"first": 1, "state": "DRAFT"})
        for audience in ("hr", "researcher")
    ],
    "agreementRelease": [
        Question("anyone/agreement_release", lambda c: {"id": c.records["release_open"]}, ("id",), of_person=True)
    ],
    "previewEffects": [
        Question(
            "authority/preview_effects", lambda c: {"credential": _credential(c), "change": "REVOKE"}, ("credential",)
        )
    ],
    "recalls": [
        Question("authority/recalls", lambda _: {"first": 1}),
        Question("authority/recalls", lambda c: {"first": 1, "credential": _credential(c)}),
    ],
    "notices": [
        Question(f"{audience}/notices", lambda _: {"first": 1})
        for audience in ("authority", "hr", "researcher", "agency")
    ],
    "inbox": [
        *(Question(f"{audience}/inbox", lambda _: {"first": 1}) for audience in ("authority", "hr", "agency")),
        Question("researcher/inbox", lambda c: {"first": 1, "about": _credential(c)}),
    ],
    "inboxUnread": [
        Question(f"{audience}/inbox_unread", lambda _: {}) for audience in ("authority", "hr", "researcher", "agency")
    ],
    "rosters": [Question(f"{audience}/rosters", lambda _: {"first": 1}) for audience in ("hr", "agency")],
    "credentialWatches": [Question(f"{audience}/credential_watches", lambda _: {}) for audience in ("hr", "agency")],
    "issuerQuestion": [Question("anyone/issuer_question", lambda c: {"id": c.records["question_seen"]}, ("id",))],
    "issuerQuestions": [
        Question("anyone/issuer_questions", lambda _: {"first": 100}),
        Question("anyone/issuer_questions", lambda _: {"first": 1, "pending": True}),
    ],
    "webhooks": [Question("agency/webhooks", lambda _: {})],
    "events": [Question("anyone/events", lambda _: {"first": 1})],
    "workload": [
        Question(
            "anyone/workload",
            lambda c: {"researcher": _hermit(c), "from": "2026-11-24", "until": "2026-12-24"},
            ("researcher",),
        )
    ],
    "entitlements": [
        Question("anyone/entitlements", lambda c: {"of": _hermit(c), "in": "510000", "purpose": PURPOSE}, ("of",))
    ],
    "placementSums": [Question("anyone/placement_sums", lambda c: {"researcher": _hermit(c)}, ("researcher",))],
    # The need is another unit's; the person opted in and answered it.
    "opportunityMatches": [
        Question(
            "hr/opportunity_matches",
            lambda c: {"opportunity": c.records["need_answered"], "purpose": PURPOSE},
            ("opportunity",),
            of_person=True,
        )
    ],
    "opportunityAnswers": [
        Question(
            "hr/opportunity_answers",
            lambda c: {"opportunity": c.records["need_answered"]},
            ("opportunity",),
            of_person=True,
        ),
        *_listed("researcher/opportunity_answers"),
    ],
    "opportunitiesForMe": _listed("researcher/opportunities_for_me"),
    "matchingConsents": _listed("researcher/matching_consents"),
}
