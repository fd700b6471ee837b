"""How far a release of the agreement has come: derived from what was recorded and a day, never stored."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.conformance import ConformanceReport
from talent_registry.domain.errors import Conflict, NotInForce, NotPermitted, RegistryError
from talent_registry.domain.messages import Message

# Both provinces.
APPROVALS_NEEDED = 2


class ReleaseState(StrEnum):
    """How far a release has come."""

    DRAFT = "DRAFT"
    PROPOSED = "PROPOSED"
    APPROVED_BY_ONE = "APPROVED_BY_ONE"
    APPROVED = "APPROVED"
    IN_FORCE = "IN_FORCE"
    SUPERSEDED = "SUPERSEDED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The approval of a province's authority, of one digest; `sentence`: the words about reaching back it agreed to.

    In both languages since both are asked for; a sentence recorded before that may be in one.
    """

    province: str
    digest: str
    sentence: str | None
    account_id: UUID
    approved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRelease:
    """A release as recorded: the draft, and what became of it.

    `files` is the draft as uploaded (name to text). `enacted_at` is the moment of the second approval. `base_stands`
    says whether the version that it was drafted on is still the last; `superseded_from` is the first day of the release
    approved after it.
    """

    id: UUID
    version_id: str
    title: Message
    since: date
    digest: str
    base_digest: str
    retroactive: Message | None
    files: tuple[tuple[str, str], ...]
    report: ConformanceReport
    author_id: UUID
    author_province: str
    drafted_at: datetime
    proposed_at: datetime | None
    withdrawn_at: datetime | None
    approvals: tuple[Approval, ...]
    enacted_at: datetime | None
    superseded_from: date | None
    base_stands: bool

    def state(self, on: date) -> ReleaseState:
        """How far the release has come on a day, by all that is recorded."""
        if self.enacted_at is not None:
            if self.superseded_from is not None and self.superseded_from <= on:
                return ReleaseState.SUPERSEDED
            return ReleaseState.IN_FORCE if self.since <= on else ReleaseState.APPROVED
        if self.withdrawn_at is not None:
            return ReleaseState.WITHDRAWN
        if not self.base_stands or self.is_too_late(on):
            return ReleaseState.LAPSED
        if self.approvals:
            return ReleaseState.APPROVED_BY_ONE
        return ReleaseState.DRAFT if self.proposed_at is None else ReleaseState.PROPOSED

    def is_too_late(self, on: date) -> bool:
        """Whether the first day is over and the release does not say that it reaches back."""
        return self.retroactive is None and self.since < on


def check_open(release: AgreementRelease, on: date) -> None:
    """Raises Conflict or NotInForce unless the release can still be moved on."""
    if release.enacted_at is not None:
        raise _wrong_state(
            Message(zh="已由双方批准，不能再修改", en="was approved by both and is not changed"), "APPROVED_BY_BOTH"
        )
    if release.withdrawn_at is not None:
        raise _wrong_state(Message(zh="已被撤回", en="was withdrawn"), "WITHDRAWN")
    if not release.base_stands:
        raise Conflict(
            Message(
                zh=f"起草 {release.version_id} 之后，另一版本已获双方批准。请在其基础上重新起草。",
                en=f"Another version was approved by both after {release.version_id} was drafted. Draft it anew on "
                "that version.",
            ),
            reason="OVERTAKEN",
        )
    if release.is_too_late(on):
        raise NotInForce(
            Message(
                zh=f"{release.version_id} 的生效日 {release.since} 已过，且未声明溯及既往。"
                "请以以后的日期重新起草，或写明 retroactive_zh 和 retroactive_en 由双方一并批准。",
                en=f"The first day of {release.version_id}, {release.since}, is over and it does not say that it "
                "reaches back. Draft it with a later day, or with retroactive_zh and retroactive_en, which both must "
                "approve.",
            ),
            reason="EFFECTIVE_DATE_PASSED",
        )


def check_proposable(release: AgreementRelease, on: date) -> None:
    """Raises Conflict or NotInForce unless the draft may be proposed on the day."""
    check_open(release, on)
    if release.proposed_at is not None:
        raise _wrong_state(Message(zh="已经提交审议", en="is proposed already"), "ALREADY_PROPOSED")


def check_withdrawable(release: AgreementRelease) -> None:
    """Raises Conflict once the release is approved by both or withdrawn."""
    if release.enacted_at is not None:
        raise _wrong_state(
            Message(zh="已由双方批准，不能撤回", en="was approved by both and cannot be withdrawn"), "APPROVED_BY_BOTH"
        )
    if release.withdrawn_at is not None:
        raise _wrong_state(Message(zh="已被撤回", en="is withdrawn already"), "WITHDRAWN")


def check_approvable(release: AgreementRelease, approval: Approval, on: date) -> None:
    """Raises the typed refusal of an approval that must not be given on the day; each reason has its own code."""
    check_open(release, on)
    if release.proposed_at is None:
        raise _wrong_state(Message(zh="尚未提交审议", en="is not proposed yet"), "NOT_PROPOSED")
    if approval.account_id == release.author_id:
        raise NotPermitted(
            Message(
                zh="起草人不能批准自己的草案。请由本省（市）另一名工作人员批准。",
                en="Nobody approves a draft of their own. Another officer of the province must approve it.",
            ),
            reason="AUTHOR_MAY_NOT_APPROVE",
        )
    if any(given.province == approval.province for given in release.approvals):
        raise Conflict(
            Message(
                zh="本省（市）已批准该版本，尚待另一方批准。",
                en="The province has approved this version already; only the other one's approval is wanting.",
            ),
            reason="ALREADY_APPROVED_BY_PROVINCE",
        )
    if approval.digest != release.digest:
        raise Conflict(
            Message(
                zh=f"批准所指摘要与提交审议的文本（{release.digest}）不同。请核对所审阅的文本。",
                en=f"The approval names another digest than the proposed text's, {release.digest}. Compare the text "
                "that was read.",
            ),
            reason="DIGEST_DIFFERS",
            path=("input", "digest"),
        )
    _check_sentence(release, approval)


def _check_sentence(release: AgreementRelease, approval: Approval) -> None:
    """A release that reaches back is approved together with the very sentence that says so, in both languages."""
    said = release.retroactive
    if approval.sentence == (None if said is None else f"{said.zh}\n{said.en}"):
        return
    sentence = release.retroactive or Message(zh="（无）", en="(none)")
    raise Conflict(
        Message(
            zh=f"该版本关于溯及既往的声明为“{sentence.zh}”，英文为“{sentence.en}”。"
            "批准须逐字重复：先写中文，另起一行写英文。",
            en=f'What this version says about reaching back is "{sentence.en}", in Chinese "{sentence.zh}"; the '
            "approval must repeat that very sentence, in Chinese and on the next line in English.",
        ),
        reason="RETROACTIVE_NOT_ACCEPTED",
        path=("input", "retroactiveSentence"),
    )


def _wrong_state(what: Message, reason: str) -> RegistryError:
    return Conflict(
        Message(zh=f"该版本{what.zh}。请查看其现状。", en=f"The version {what.en}. Look at how far it has come."),
        reason=reason,
    )
