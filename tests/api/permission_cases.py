# Long because each command of the schema stands here once.
"""Each command of the schema with its document, its rightful actor, valid inputs, and who else may give it and why."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.api.permission_world import PURPOSE, Cast
from tests.drafts import widened
from tests.people import sample_number
from tests.rolls import roll, row
from tests.tried_drafts import edited_draft

# What needs no account, and why.
PUBLIC = {
    "signIn": "whoever signs in is nobody yet; wrong tries are limited per login and per caller",
    "verifyCredential": "anyone may ask whether a certificate is genuine; anonymous callers get the verdict alone",
    "openShareCode": "whoever holds a code may open what its person chose (test_shares.py)",
}
CQ = "officer of the other province"
RESEARCHER = "unrelated researcher"
ISSUER = "unrelated issuer"


@dataclass(frozen=True)
class Command:
    """One mutation: `named` are the places of its input that name existing records; `also` the outsiders who may."""

    document: str
    rightful: str
    inputs: Callable[[Cast], dict[str, Any]]
    named: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    because: str = ""


def _placement(record: str, **more: Any) -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"placement": cast.records[record], **more}


def _case(record: str, **more: Any) -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"case": cast.records[record], "text": "已核对原始材料。", **more}


def _credential(record: str) -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"credential": cast.records[record], "ground": "核查"}


def _webhook(record: str) -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"webhook": cast.records[record]}


def _facts(level: str = "副高级") -> dict[str, Any]:
    return {
        "titleCode": "0102",
        "level": level,
        "route": "评审",
        "issuerKind": "省级人社",
        "filingNumber": "510000-01-2019-4710",
        "approvalDate": "2020-04-17",
        "specialty": "教育学",
    }


def _finding() -> dict[str, Any]:
    return {
        "foundOn": "2022-01-01",
        "from": "2022-01-01",
        "until": "2022-12-31",
        "ground": "提交虚假业绩材料",
        "legalBasis": "40号令第二十六条",
    }


def _amend(**more: Any) -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"researcher": cast.number, "how": "CORRECTION", **more}


def _person() -> dict[str, Any]:
    return {
        "name": {"nameZh": "李雷"},
        "document": {"kind": "RESIDENT_ID", "number": sample_number(900), "since": "2020-01-01"},
        "household": {"division": "510107", "since": "2020-01-01"},
    }


def _proposal(cast: Cast) -> dict[str, Any]:
    return {
        "researcher": cast.number,
        "hostUnit": cast.records["free_host"],
        "credential": cast.id_of("Credential", cast.posts.person.credential),
        "kind": "PART_TIME",
        "post": "讲座教授",
        "postSeries": "01",
        "from": cast.posts.today.isoformat(),
        "until": "2027-11-23",
        "workloadPercent": 5,
    }


def _need(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "PART_TIME",
        "post": "讲座教授",
        "postSeries": "01",
        "series": "01",
        "level": "SENIOR_DEPUTY",
        "from": cast.posts.today.isoformat(),
        "until": "2027-11-23",
        "workloadPercent": 5,
        "text": "每月讲学一次。",
        "openUntil": "2027-01-31",
    } | changes


BOTH_PROVINCES = "a placement lies in both provinces, and the authority of either may suspend and resume it"
LAW_OF_BOTH = "the agreement is both provinces' law: the authority of either drafts it and reads every draft"
ABOUT_ONESELF = "it names nobody: every researcher acts on the own record alone"


def _release(record: str) -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"release": cast.records[record]}


COMMANDS: dict[str, Command] = {
    "recordCredential": Command(
        "authority/record_credential",
        "officer",
        lambda cast: {
            "issuer": cast.unit(cast.posts.titles.sichuan),
            "kind": "TITLE",
            "number": "512020999999",
            "holder": {"documentNumber": sample_number(1), "publicNumber": cast.number},
            "facts": _facts(),
        },
        ("issuer", "holder.publicNumber"),
    ),
    "correctCredential": Command(
        "authority/correct_credential",
        "officer",
        lambda cast: {"credential": cast.records["cred_correct"], "facts": _facts()},
        ("credential",),
    ),
    "suspendCredential": Command(
        "authority/suspend_credential", "officer", _credential("cred_suspend"), ("credential",)
    ),
    "reinstateCredential": Command(
        "authority/reinstate_credential", "officer", _credential("cred_reinstate"), ("credential",)
    ),
    "revokeCredential": Command("authority/revoke_credential", "officer", _credential("cred_revoke"), ("credential",)),
    # Against somebody whose placements no other command needs.
    "recordIntegrityFinding": Command(
        "authority/record_integrity_finding",
        "officer",
        lambda cast: {"researcher": cast.id_of("Researcher", cast.hermit.id), **_finding()},
        ("researcher",),
    ),
    "correctIntegrityRecord": Command(
        "authority/correct_integrity_record",
        "officer",
        lambda cast: {"record": cast.records["integrity_correct"], **_finding(), "because": "登记有误"},
        ("record",),
    ),
    "liftIntegrityRecord": Command(
        "authority/lift_integrity_record",
        "officer",
        lambda cast: {"record": cast.records["integrity_lift"], "because": "经复核", "from": "2021-06-01"},
        ("record",),
    ),
    "acknowledgeNotice": Command(
        "researcher/acknowledge_notice", "person", lambda cast: {"notice": cast.records["notice"]}, ("notice",)
    ),
    "markRead": Command("researcher/mark_read", "person", lambda cast: {"upTo": cast.records["event"]}, ("upTo",)),
    "checkEntitlement": Command(
        "agency/check_entitlement",
        "person",
        lambda cast: {
            "researcher": cast.number,
            "entitlement": "LARGE_INSTRUMENT",
            "in": "500000",
            "purpose": PURPOSE,
        },
        ("researcher",),
    ),
    "registerWebhook": Command(
        "agency/register_webhook",
        "host_hr",
        lambda _: {"url": "https://hooks.example.org/registry"},
        also=frozenset({CQ, "unrelated HR", "unrelated HR across the border", "agency without consent", ISSUER}),
        because="each office has its own events sent to itself",
    ),
    "rotateWebhookSecret": Command("agency/rotate_webhook_secret", "host_hr", _webhook("hook_rotate"), ("webhook",)),
    "testWebhook": Command("agency/test_webhook", "host_hr", _webhook("hook_test"), ("webhook",)),
    "replayWebhook": Command("agency/replay_webhook", "host_hr", _webhook("hook_replay"), ("webhook",)),
    "closeWebhook": Command("agency/close_webhook", "host_hr", _webhook("hook_close"), ("webhook",)),
    "watchCredential": Command(
        "hr/watch_credential",
        "host_hr",
        lambda cast: {
            "credential": cast.id_of("Credential", cast.posts.person.credential),
            "purpose": PURPOSE,
            "until": "2027-06-30",
        },
        ("credential",),
    ),
    "endCredentialWatch": Command(
        "agency/end_credential_watch", "host_hr", lambda cast: {"watch": cast.records["watch_end"]}, ("watch",)
    ),
    "askIssuer": Command(
        "hr/ask_issuer",
        "host_hr",
        lambda cast: {
            "certificateNumber": "512020000777",
            "name": "李四",
            "issuer": cast.unit(cast.posts.titles.sichuan),
            "purpose": PURPOSE,
        },
        ("issuer",),
        also=frozenset({CQ, "unrelated HR", "unrelated HR across the border", "agency without consent", ISSUER}),
        because="each office may ask an issuer about a certificate that it was shown",
    ),
    "answerIssuerQuestion": Command(
        "authority/answer_issuer_question",
        "officer",
        lambda cast: {"question": cast.records["question_answer"], "answer": "NOT_ISSUED_BY_US"},
        ("question",),
    ),
    "withdrawIssuerQuestion": Command(
        "agency/withdraw_issuer_question",
        "host_hr",
        lambda cast: {"question": cast.records["question_withdraw"]},
        ("question",),
    ),
    "revealDocumentNumbers": Command(
        "authority/reveal_document_numbers",
        "officer",
        lambda cast: {
            "researcher": cast.id_of("Researcher", cast.hermit.id),
            "purpose": PURPOSE,
            "legalBasis": "STATUTORY_DUTY",
        },
        ("researcher",),
    ),
    "verifyRoster": Command(
        "hr/verify_roster",
        "host_hr",
        lambda _: {
            "rosterRows": [{"number": "512020000095", "name": "李雷"}],
            "purpose": PURPOSE,
            "legalBasis": "本人同意",
        },
        also=frozenset(
            {
                CQ,
                "officer of a third province",
                "unrelated HR",
                "unrelated HR across the border",
                "agency without consent",
                ISSUER,
            }
        ),
        because="any office has rosters of its own verified, as single certificates",
    ),
    "watchRoster": Command(
        "hr/watch_roster",
        "host_hr",
        lambda cast: {"roster": cast.records["roster"], "purpose": PURPOSE, "until": "2027-06-30"},
        ("roster",),
    ),
    "endRosterWatch": Command(
        "agency/end_roster_watch", "host_hr", lambda cast: {"roster": cast.records["roster_watched"]}, ("roster",)
    ),
    "importRoll": Command(
        "authority/import_roll",
        "officer",
        lambda _: {"content": base64.b64encode(roll([row(1)])).decode()},
        also=frozenset({CQ, "officer of a third province", "unrelated issuer"}),
        because="whoever may deliver a roll may deliver any; rows that are not theirs are refused one by one",
    ),
    "startSimulation": Command(
        "authority/start_simulation",
        "officer",
        lambda _: {"files": [{"name": name, "content": text} for name, text in edited_draft().items()]},
        also=frozenset({CQ}),
        because="the authority of either party may try a draft; what it finds is shown to that authority alone",
    ),
    "registerOrganisation": Command(
        "authority/register_organisation",
        "officer",
        lambda _: {"nameZh": "四川样例实验室", "kind": "INSTITUTE", "division": "510107"},
    ),
    "fileCommittee": Command(
        "authority/file_committee",
        "officer",
        lambda cast: {
            "filingNumber": "510000-02-2025-4711",
            "authority": cast.unit(cast.posts.titles.sichuan),
            "committeeName": "科学研究评审委员会",
            "filedFrom": "2025-01-01",
            "filedTo": "2027-12-31",
            "maxLevel": "正高级",
            "series": ["02"],
        },
        ("authority",),
    ),
    "openAgencyClient": Command(
        "authority/open_agency_client",
        "officer",
        lambda cast: {"organisation": cast.unit(cast.agency), "purposes": ["VERIFY"]},
        ("organisation",),
    ),
    "closeAccount": Command(
        "authority/close_account", "officer", lambda cast: {"account": cast.records["account"]}, ("account",)
    ),
    "registerResearcher": Command(
        "hr/register_researcher",
        "home_hr",
        lambda cast: (
            _person() | {"personnelRelation": {"homeUnit": cast.unit(cast.posts.titles.home), "since": "2020-01-01"}}
        ),
        ("personnelRelation.homeUnit",),
    ),
    "correctName": Command("authority/correct_name", "officer", _amend(nameZh="旦增·卓嘎拉姆"), ("researcher",)),
    "correctHousehold": Command("authority/correct_household", "officer", _amend(division="510104"), ("researcher",)),
    "correctPersonnelRelation": Command(
        "hr/correct_personnel_relation",
        "home_hr",
        lambda cast: {
            "researcher": cast.number,
            "how": "CORRECTION",
            "homeUnit": cast.unit(cast.posts.titles.home),
            "insuranceDivision": "510104",
            "evidence": "川人函〔2026〕1号",
        },
        ("researcher", "homeUnit"),
    ),
    "correctDocument": Command(
        "authority/correct_document",
        "officer",
        lambda cast: {"researcher": cast.number, "kind": "RESIDENT_ID", "number": sample_number(901)},
        ("researcher",),
    ),
    "editProfile": Command(
        "researcher/edit_profile",
        "person",
        lambda _: {"discipline": {"value": "教育学", "visibility": "PRIVATE"}},
        also=frozenset({RESEARCHER}),
        because=ABOUT_ONESELF,
    ),
    "grantConsent": Command(
        "researcher/grant_consent",
        "person",
        lambda cast: {
            "recipient": cast.unit(cast.agency),
            "purpose": PURPOSE,
            "fields": ["ORCID"],
            "until": "2027-01-01",
        },
        ("recipient",),
        also=frozenset({RESEARCHER}),
        because=ABOUT_ONESELF,
    ),
    "withdrawConsent": Command(
        "researcher/withdraw_consent", "person", lambda cast: {"consent": cast.records["consent"]}, ("consent",)
    ),
    "issueShareCode": Command(
        "researcher/issue_share_code",
        "person",
        lambda cast: {
            "credentials": [cast.id_of("Credential", cast.posts.person.credential)],
            "fields": ["NAME", "LEVEL"],
            "purpose": PURPOSE,
            "days": 30,
        },
        ("credentials",),
    ),
    "revokeShareCode": Command(
        "researcher/revoke_share_code", "person", lambda cast: {"shareCode": cast.records["share"]}, ("shareCode",)
    ),
    "draftRelease": Command(
        "authority/draft_release",
        "officer",
        lambda _: {"files": [{"name": name, "text": text} for name, text in widened(date(2027, 1, 1)).items()]},
        also=frozenset({CQ}),
        because=LAW_OF_BOTH,
    ),
    "proposeRelease": Command("authority/propose_release", "officer", _release("release_drafted"), ("release",)),
    "approveRelease": Command(
        "authority/approve_release",
        "colleague",
        lambda cast: {"release": cast.records["release_proposed"], "digest": cast.records["release_digest"]},
        ("release",),
        also=frozenset({CQ}),
        because="each party's authority approves for its own province",
    ),
    "withdrawRelease": Command("authority/withdraw_release", "officer", _release("release_open"), ("release",)),
    "decideRecognition": Command(
        "researcher/decide_recognition",
        "person",
        lambda cast: {
            "credential": cast.id_of("Credential", cast.posts.person.credential),
            "target": {"division": "500106", "employerKind": "UNIVERSITY", "postSeries": "01"},
            "purpose": "RECRUITMENT",
        },
        ("credential",),
        also=frozenset({CQ}),
        because="the authority of the target's province decides",
    ),
    "requestCaseEvidence": Command("authority/request_case_evidence", "officer", _case("case_ask"), ("case",)),
    "answerCaseEvidence": Command("researcher/answer_case_evidence", "person", _case("case_answer"), ("case",)),
    "decideCase": Command("authority/decide_case", "officer", _case("case_decide", outcome="VERIFIED"), ("case",)),
    "withdrawCase": Command(
        "researcher/withdraw_case", "person", lambda cast: {"case": cast.records["case_withdraw"]}, ("case",)
    ),
    "appealCase": Command("researcher/appeal_case", "person", _case("case_appeal"), ("case",)),
    "decideAppeal": Command(
        "authority/decide_appeal", "officer", _case("case_appealed", outcome="VERIFIED"), ("case",)
    ),
    "openCorrectionCase": Command(
        "researcher/open_correction_case",
        "person",
        lambda cast: {
            "fact": "APPROVAL_DATE",
            "credential": cast.id_of("Credential", cast.posts.person.credential),
            "text": "与证书不符。",
        },
        ("credential",),
    ),
    "requestCorrectionEvidence": Command(
        "authority/request_correction_evidence", "officer", _case("correction_ask"), ("case",)
    ),
    "addCorrectionEvidence": Command(
        "researcher/add_correction_evidence", "person", _case("correction_add"), ("case",)
    ),
    "declineCorrection": Command("authority/decline_correction", "officer", _case("correction_decline"), ("case",)),
    "upholdLookReport": Command("authority/uphold_look_report", "officer", _case("correction_look"), ("case",)),
    "withdrawCorrection": Command(
        "researcher/withdraw_correction",
        "person",
        lambda cast: {"case": cast.records["correction_withdraw"]},
        ("case",),
    ),
    "appealCorrection": Command("researcher/appeal_correction", "person", _case("correction_appeal"), ("case",)),
    "proposeOverride": Command(
        "authority/propose_override",
        "officer_beyond",
        lambda cast: {"decision": cast.records["refused"], "text": "登记遗漏。"},
        ("decision",),
        frozenset({CQ}),
        "the authority of the post's province proposes",
    ),
    "approveOverride": Command("authority/approve_override", "officer", _case("case_approve"), ("case",)),
    "declineOverride": Command("authority/decline_override", "officer", _case("case_decline"), ("case",)),
    "proposePlacement": Command(
        "researcher/propose_placement", "person", _proposal, ("researcher", "hostUnit", "credential")
    ),
    "signPlacement": Command("hr/sign_placement", "host_hr", _placement("to_sign"), ("placement",)),
    "counterPlacement": Command(
        "hr/counter_placement", "home_hr", _placement("to_counter", workloadPercent=4), ("placement",)
    ),
    "withdrawPlacementEnd": Command(
        "researcher/withdraw_placement_end", "person", _placement("to_keep"), ("placement",)
    ),
    "draftPlacement": Command(
        "researcher/draft_placement",
        "person",
        lambda cast: {
            "researcher": cast.number,
            "hostUnit": cast.records["free_host"],
            "content": {"post": "讲座教授", "workloadPercent": 5},
        },
        ("researcher", "hostUnit"),
    ),
    "editPlacementDraft": Command(
        "researcher/edit_placement_draft",
        "person",
        lambda cast: {"draft": cast.records["draft_edit"], "content": {"post": "客座教授"}},
        ("draft",),
    ),
    "discardPlacementDraft": Command(
        "researcher/discard_placement_draft",
        "person",
        lambda cast: {"draft": cast.records["draft_discard"]},
        ("draft",),
    ),
    "proposePlacementDraft": Command(
        "researcher/propose_placement_draft",
        "person",
        lambda cast: {"draft": cast.records["draft_propose"]},
        ("draft",),
    ),
    "activatePlacement": Command("hr/activate_placement", "host_hr", _placement("to_activate"), ("placement",)),
    "declinePlacement": Command("hr/decline_placement", "home_hr", _placement("to_decline"), ("placement",)),
    "withdrawPlacement": Command("researcher/withdraw_placement", "person", _placement("to_withdraw"), ("placement",)),
    "suspendPlacement": Command(
        "authority/suspend_placement",
        "officer",
        _placement("to_suspend", ground="核查"),
        ("placement",),
        frozenset({CQ}),
        BOTH_PROVINCES,
    ),
    "resumePlacement": Command(
        "authority/resume_placement",
        "officer",
        _placement("to_resume", ground="核查"),
        ("placement",),
        frozenset({CQ}),
        BOTH_PROVINCES,
    ),
    "extendPlacement": Command(
        "hr/extend_placement", "home_hr", _placement("to_extend", until="2028-11-23"), ("placement",)
    ),
    "endPlacement": Command(
        "researcher/end_placement", "person", _placement("to_end", reason="EARLY_RETURN"), ("placement",)
    ),
    "postOpportunity": Command(
        "hr/post_opportunity",
        "host_hr",
        _need,
        also=frozenset({"unrelated HR", "unrelated HR across the border"}),
        because="it names nobody: every HR office posts the needs of its own unit",
    ),
    "editOpportunity": Command(
        "hr/edit_opportunity",
        "host_hr",
        lambda cast: _need(cast, opportunity=cast.records["need_to_edit"], level="INTERMEDIATE"),
        ("opportunity",),
    ),
    "closeOpportunity": Command(
        "hr/close_opportunity",
        "host_hr",
        lambda cast: {"opportunity": cast.records["need_to_close"]},
        ("opportunity",),
    ),
    "grantMatchingConsent": Command(
        "researcher/grant_matching_consent",
        "person",
        lambda _: {"fields": ["CREDENTIALS", "NAME"], "until": "2027-01-01"},
        also=frozenset({RESEARCHER}),
        because=ABOUT_ONESELF,
    ),
    "withdrawMatchingConsent": Command(
        "researcher/withdraw_matching_consent",
        "person",
        lambda _: {},
        also=frozenset({RESEARCHER}),
        because=ABOUT_ONESELF,
    ),
    "answerOpportunity": Command(
        "researcher/answer_opportunity",
        "person",
        lambda cast: {
            "opportunity": cast.records["need_to_answer"],
            "credential": cast.id_of("Credential", cast.posts.person.credential),
            "until": "2027-01-01",
        },
        ("opportunity", "credential"),
    ),
    "withdrawOpportunityAnswer": Command(
        "researcher/withdraw_opportunity_answer",
        "person",
        lambda cast: {"answer": cast.records["answer_to_withdraw"]},
        ("answer",),
    ),
    "proposeFromOpportunity": Command(
        "hr/propose_from_opportunity",
        "host_of_need",
        lambda cast: {"opportunity": cast.records["need_answered"], "researcher": cast.number},
        ("opportunity", "researcher"),
    ),
}
