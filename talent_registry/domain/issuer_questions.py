"""Questions to issuers: an office has an issuer check a certificate, and is answered by a code, never in free text."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from talent_registry.domain.clocks import Clock, run_clock
from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce
from talent_registry.domain.messages import Message

# An issuer that names a day by which it will record names one that is near.
LONGEST_UNTIL_RECORDED: Final = timedelta(days=366)


class IssuerAnswer(StrEnum):
    """What the issuer answers; no answer says whose certificate a number is."""

    RECORDED_SINCE = "RECORDED_SINCE"
    WILL_BE_RECORDED = "WILL_BE_RECORDED"
    NOT_ISSUED_BY_US = "NOT_ISSUED_BY_US"
    NUMBER_OF_ANOTHER = "NUMBER_OF_ANOTHER"
    CANNOT_SAY = "CANNOT_SAY"


class WhyNoAnswer(StrEnum):
    """Why an issuer cannot say."""

    BEFORE_OUR_RECORDS = "BEFORE_OUR_RECORDS"
    RECORDS_LOST = "RECORDS_LOST"
    KEPT_ELSEWHERE = "KEPT_ELSEWHERE"
    NUMBER_NOT_OURS = "NUMBER_NOT_OURS"


class QuestionState(StrEnum):
    """Where a question stands."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerQuestion:
    """Who asked whom, for what purpose and when, in how many working days it is due, and how it ended.

    `recorded_by` is the day by which the issuer says that it will have recorded the certificate. The number and the
    name that were asked about are kept sealed, beside it.
    """

    id: UUID
    organisation_id: UUID
    account_id: UUID | None
    addressee_id: UUID
    addressee_province: str
    purpose: str
    working_days: int
    asked_at: datetime
    asked_on: date
    ended_at: datetime | None = None
    answer: IssuerAnswer | None = None
    why: WhyNoAnswer | None = None
    recorded_by: date | None = None

    @property
    def state(self) -> QuestionState:
        """Where it stands."""
        if self.ended_at is None:
            return QuestionState.OPEN
        return QuestionState.WITHDRAWN if self.answer is None else QuestionState.ANSWERED

    def clock(self, on: date) -> Clock:
        """The term of the answer with its arithmetic, as of the day."""
        return run_clock(self.asked_on, self.working_days, on=max(on, self.asked_on))

    def is_overdue(self, on: date) -> bool:
        """Whether the issuer owes an answer whose term is over for certain."""
        return self.state is QuestionState.OPEN and self.clock(on).has_run_out(on)


def check_answer(answer: IssuerAnswer, why: WhyNoAnswer | None, recorded_by: date | None, today: date) -> None:
    """Raises InvalidInput unless an answer says what it must and no more: why it cannot, or by when it will record."""
    if (answer is IssuerAnswer.CANNOT_SAY) != (why is not None):
        raise InvalidInput(
            Message(
                zh="“无法答复”须选择原因，其他答复不选原因。请改正后重新提交。",
                en="An issuer that cannot say chooses why; no other answer has a reason. Correct it and send it again.",
            ),
            reason="WHY",
            path=("input", "why"),
        )
    is_promised = answer is IssuerAnswer.WILL_BE_RECORDED
    if is_promised != (recorded_by is not None):
        raise InvalidInput(
            Message(
                zh="“已颁发，将补录”须写明补录的最后期限，其他答复不写日期。请改正后重新提交。",
                en="That it will be recorded is answered with the day by which it will; no other answer has a day. "
                "Correct it and send it again.",
            ),
            reason="RECORDED_BY",
            path=("input", "recordedBy"),
        )
    if recorded_by is not None and not today <= recorded_by <= today + LONGEST_UNTIL_RECORDED:
        raise InvalidInput(
            Message(
                zh="补录期限须不早于今天，且在一年之内。请另选日期。",
                en="The day by which it will be recorded is today at the earliest and within a year. Choose another.",
            ),
            reason="RECORDED_BY",
            path=("input", "recordedBy"),
        )


def no_terms() -> NotInForce:
    """The refusal where the agreement in force does not say in which term an issuer answers."""
    return NotInForce(
        Message(
            zh="现行协议没有规定发证机关核查的期限。请直接向发证机关核实。",
            en="The agreement in force names no term for questions to issuers. Ask the issuer directly.",
        ),
        reason="NO_TERMS",
    )


def asked_already() -> Conflict:
    """The refusal of a second open question of one office about one number."""
    return Conflict(
        Message(
            zh="贵单位已就该证书编号请求核查，尚未答复。请在核查清单中查看，或先撤回。",
            en="Your office has an open question about this certificate number. See it in the list, or withdraw it.",
        ),
        reason="ASKED_ALREADY",
        path=("input", "certificateNumber"),
    )


def asks_itself() -> InvalidInput:
    """The refusal of a question that an office addresses to itself."""
    return InvalidInput(
        Message(
            zh="不能向本单位提出核查请求。请选择发证的单位。",
            en="An office does not ask itself. Choose the organisation that issued the certificate.",
        ),
        reason="ASKS_ITSELF",
        path=("input", "issuer"),
    )


def ended_before() -> Conflict:
    """The refusal of an act on a question that was answered or withdrawn."""
    return Conflict(
        Message(
            zh="该核查请求已答复或已撤回，不能再办理。请查看结果。",
            en="This question was answered or withdrawn, so nothing more can be done with it. See how it ended.",
        ),
        reason="ENDED_BEFORE",
    )
