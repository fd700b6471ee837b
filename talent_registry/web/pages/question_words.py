"""How questions to issuers are written on pages: answers, why there is none, where a question stands."""

from typing import Final

from talent_registry.domain.issuer_questions import IssuerAnswer, QuestionState, WhyNoAnswer
from talent_registry.domain.messages import Message

ANSWERS: Final = {
    IssuerAnswer.RECORDED_SINCE: Message(
        zh="已颁发，现已补录，请重新核验", en="Issued and recorded since: verify it again"
    ),
    IssuerAnswer.WILL_BE_RECORDED: Message(zh="已颁发，将补录", en="Issued, and will be recorded"),
    IssuerAnswer.NOT_ISSUED_BY_US: Message(zh="非本单位颁发", en="Not issued by us"),
    IssuerAnswer.NUMBER_OF_ANOTHER: Message(zh="该编号属于另一份证书", en="The number is that of another certificate"),
    IssuerAnswer.CANNOT_SAY: Message(zh="无法答复", en="Cannot say"),
}
WHYS: Final = {
    WhyNoAnswer.BEFORE_OUR_RECORDS: Message(zh="早于本单位存档的起始时间", en="Older than our records"),
    WhyNoAnswer.RECORDS_LOST: Message(zh="当时的档案已缺失", en="Our records of that time are lost"),
    WhyNoAnswer.KEPT_ELSEWHERE: Message(
        zh="当时的档案由其他单位保管", en="Another office keeps the records of that time"
    ),
    WhyNoAnswer.NUMBER_NOT_OURS: Message(
        zh="编号不符合本单位的编号规则，无从查找",
        en="The number is of no form that we used, so nothing can be looked up",
    ),
}
STATES: Final = {
    QuestionState.OPEN: Message(zh="待答复", en="Awaits the answer"),
    QuestionState.ANSWERED: Message(zh="已答复", en="Answered"),
    QuestionState.WITHDRAWN: Message(zh="已撤回", en="Withdrawn"),
}
