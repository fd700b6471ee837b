"""Correction cases (更正申请): what a person says is wrong in a record, seen to by the source of the fact.

Whoever keeps personal information verifies what the person disputes and corrects it in time (Personal Information
Protection Law, art. 46); a refusal states its reasons (art. 50). Until it is settled the fact reads as disputed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from talent_registry.domain.consents import Access
from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce, NotPermitted
from talent_registry.domain.free_texts import check_no_identity_number
from talent_registry.domain.messages import Message
from talent_registry.domain.proceeding_positions import Position
from talent_registry.domain.proceedings import ProceedingEvent, ProceedingKind, Terms
from talent_registry.domain.researchers import PersonField

LONGEST_STATED: Final = 200
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")


class DisputedFact(StrEnum):
    """What the person may say is wrong: a fact of the person or of one credential, or a look at the record."""

    NAME = "NAME"
    DOCUMENT = "DOCUMENT"
    HOUSEHOLD = "HOUSEHOLD"
    PERSONNEL_RELATION = "PERSONNEL_RELATION"
    TITLE_NAME = "TITLE_NAME"
    SERIES = "SERIES"
    LEVEL = "LEVEL"
    SPECIALTY = "SPECIALTY"
    FILING_NUMBER = "FILING_NUMBER"
    APPROVAL_DATE = "APPROVAL_DATE"
    ISSUE_DATE = "ISSUE_DATE"
    VALID_UNTIL = "VALID_UNTIL"
    LOOK = "LOOK"


_FIELDS: Final = {
    DisputedFact.NAME: PersonField.NAME,
    DisputedFact.DOCUMENT: PersonField.DOCUMENTS,
    DisputedFact.HOUSEHOLD: PersonField.HOUSEHOLD,
    DisputedFact.PERSONNEL_RELATION: PersonField.PERSONNEL_RELATION,
}
OF_PERSON: Final = frozenset(_FIELDS)
OF_CREDENTIAL: Final = frozenset(DisputedFact) - OF_PERSON - {DisputedFact.LOOK}
# A source is not flooded by one person, and nothing is kept disputed by opening again and again.
MOST_A_DAY: Final = 10

# The same facts as versions of a credential name them.
_OF_VERSIONS: Final = {
    DisputedFact.TITLE_NAME: "title_name",
    DisputedFact.SERIES: "series",
    DisputedFact.LEVEL: "level",
    DisputedFact.SPECIALTY: "specialty",
    DisputedFact.FILING_NUMBER: "filing_number",
    DisputedFact.APPROVAL_DATE: "approval_date",
    DisputedFact.ISSUE_DATE: "valid_from",
    DisputedFact.VALID_UNTIL: "valid_until",
}


def facts_changed(names: frozenset[str]) -> frozenset[DisputedFact]:
    """The facts among what two versions of a credential differ in, as `credential_entries.differences` names it."""
    return frozenset(fact for fact, name in _OF_VERSIONS.items() if name in names)


def field_of(fact: DisputedFact) -> PersonField:
    """The field of a person by which a fact is disclosed."""
    return _FIELDS.get(fact, PersonField.CREDENTIALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionCase:
    """What is said to be wrong, and who sees to it: the source where it is a unit, the authority of `body_province`.

    `credential_id` for facts of a credential; `look_id` for a look; `stated`: what it should read, in the person's
    words.
    """

    id: UUID
    fact: DisputedFact
    researcher_id: UUID
    credential_id: UUID | None
    source_id: UUID | None
    body_province: str
    stated: str | None
    procedure: str
    terms: Terms
    opened_on: date
    look_id: UUID | None = None

    @property
    def kind(self) -> ProceedingKind:
        """What the office is asked to do."""
        return ProceedingKind.CORRECTION if self.look_id is None else ProceedingKind.LOOK

    @property
    def about(self) -> UUID:
        """The record that holds the fact."""
        return self.credential_id or self.researcher_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEvent(ProceedingEvent):
    """What happened in a correction case; `evidence_digest`: SHA-256 (hex) of a file that the person keeps."""

    evidence_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A fact that is disputed now, and since which day; the record stands as it is until the case is settled."""

    fact: DisputedFact
    researcher_id: UUID
    credential_id: UUID | None
    since: date


@dataclass(frozen=True, slots=True)
class SeenCorrection:
    """A correction case with its events, as it stands on a day; `look`: the one that was reported.

    `public_number`: of the person whose record was looked at, which is all that whoever sees to it is told of them.
    """

    case: CorrectionCase
    events: Sequence[CorrectionEvent]
    position: Position
    look: Access | None = None
    public_number: str | None = None


def check_stated(fact: DisputedFact, stated: str | None) -> str | None:
    """What a fact should read, trimmed, None where nothing is said; InvalidInput.

    The number of a document is shown to the source on paper: none is kept here. A look reads as it was taken.
    """
    words = (stated or "").strip()
    if not words:
        return None
    if fact in (DisputedFact.DOCUMENT, DisputedFact.LOOK) or len(words) > LONGEST_STATED or not words.isprintable():
        raise InvalidInput(
            Message(
                zh=f"应为内容须为 1 至 {LONGEST_STATED} 个可见字符；证件号码请勿在此填写，请向来源单位出示证件。",
                en=f"What it should read has 1 to {LONGEST_STATED} visible characters. Do not write the number of a "
                "document here: show the document to the source.",
            ),
            reason="STATED",
            path=("input", "shouldRead"),
        )
    return check_no_identity_number(words, "input", "shouldRead")


def check_evidence_digest(text: str | None) -> str | None:
    """The digest of a file in lower case, None where none is stated; InvalidInput."""
    digest = (text or "").strip().lower()
    if digest and not _DIGEST.match(digest):
        raise InvalidInput(
            Message(
                zh="文件摘要须为 SHA-256 的 64 位十六进制字符。请用 sha256sum 等工具计算，或留空。",
                en="The digest of the file has the 64 hexadecimal characters of SHA-256. Compute it with sha256sum or "
                "a like tool, or leave it out.",
            ),
            reason="EVIDENCE_DIGEST",
            path=("input", "evidenceDigest"),
        )
    return digest or None


def check_about(fact: DisputedFact, credential_id: UUID | None, look_id: UUID | None = None) -> None:
    """InvalidInput unless a credential is named for a fact of a credential, a look for a look, and neither else."""
    if (fact is DisputedFact.LOOK) != (look_id is not None):
        raise InvalidInput(
            Message(
                zh="投诉查询须写明是哪一次查询；登记事实不写查询。",
                en="Name the look that is reported, and none for a recorded fact.",
            ),
            reason="LOOK",
            path=("input", "look"),
        )
    if (fact in OF_CREDENTIAL) != (credential_id is not None):
        raise InvalidInput(
            Message(
                zh="证书上的事实须写明是哪一份证书；个人的登记事实不写证书。",
                en="Name the credential for a fact of a credential, and none for a fact of the person.",
            ),
            reason="CREDENTIAL",
            path=("input", "credential"),
        )


def disputed_already() -> Conflict:
    """The refusal of a second case on a fact while the first is pending."""
    return Conflict(
        Message(
            zh="该项事实已有更正申请在办。请在该申请中补充证据，或先撤回。",
            en="A correction of this fact is pending. Add your evidence to that case, or withdraw it first.",
        ),
        reason="CASE_PENDING",
        path=("input", "fact"),
    )


def reported_already() -> Conflict:
    """The refusal of a second report of the same look."""
    return Conflict(
        Message(
            zh="该次查询已投诉过。请在“更正申请和查询投诉”中打开该办件补充；认定有依据的，可在期限内申请复核。",
            en="You reported this look already. Open that case to add to it; where the look was found to have had "
            "ground, you may appeal in time.",
        ),
        reason="REPORTED_ALREADY",
        path=("input", "look"),
    )


def nobody_looked() -> Conflict:
    """The refusal of a report of a look by somebody who is not known."""
    return Conflict(
        Message(
            zh="该次查询由未登录的持码人作出，登记库不知其为何人，无从查明。请停用该分享码。",
            en="This look was taken by somebody who held a share code and was not signed in, so nobody can be asked. "
            "Revoke the share code.",
        ),
        reason="NOBODY_LOOKED",
        path=("input", "look"),
    )


def looked_yourself() -> NotPermitted:
    """The refusal of the account that took the reported look: nobody judges the own look."""
    return NotPermitted(
        Message(
            zh="该次查询由您的账户作出，不能由您办理。请由同一单位的其他人员办理。",
            en="This look was taken by your account, so you cannot see to it. Ask another officer of the body.",
        ),
        reason="LOOKED_BY_YOU",
    )


def too_many_today() -> Conflict:
    """The refusal of yet another case on a day on which a person opened as many as one may."""
    return Conflict(
        Message(
            zh=f"今天已提出 {MOST_A_DAY} 项更正申请和查询投诉。请明天再提，或在未办结的办件中补充。",
            en=f"{MOST_A_DAY} corrections and reports were made today. Make more tomorrow, or add to a case that is "
            "open.",
        ),
        reason="TOO_MANY_TODAY",
    )


def no_procedure() -> NotInForce:
    """The refusal where the agreement in force has no procedure for corrections of this fact."""
    return NotInForce(
        Message(
            zh="现行协议没有规定该项事实的更正程序。请直接向来源单位提出。",
            en="The agreement in force has no procedure for a correction of this fact. Turn to its source directly.",
        ),
        reason="NO_PROCEDURE",
    )


def no_source() -> Conflict:
    """The refusal where no office is known that keeps the fact."""
    return Conflict(
        Message(
            zh="登记库未登记您的户籍或人事关系，无法确定主管部门。请向登记库运行机构提出。",
            en="Neither a household nor a home unit of yours is recorded, so no authority keeps this fact. Turn to the "
            "operator of the registry.",
        ),
        reason="NO_SOURCE",
    )
