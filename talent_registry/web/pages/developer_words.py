"""The words of the developers' pages: audiences of documents, what each error means and what to do about it."""

from dataclasses import dataclass
from typing import Final

from talent_registry.domain.errors import ErrorCode
from talent_registry.domain.messages import Message

_AUDIENCES: Final = {
    "agency": Message(zh="人才服务机构", en="Agencies"),
    "anyone": Message(zh="任何人", en="Anyone"),
    "authority": Message(zh="主管部门", en="Authorities"),
    "hr": Message(zh="用人单位", en="Employers' offices"),
    "researcher": Message(zh="本人", en="Researchers"),
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a kind of failure means in Chinese (the schema says it in English), and what to do in both languages."""

    meaning_zh: str
    remedy: Message


REMEDIES: Final = {
    ErrorCode.NOT_FOUND: Remedy(
        "记录不存在，或者您无权知晓；两种情况说法相同。",
        Message(zh="核对编号；不要据此断定记录不存在。", en="Check the id; do not conclude that there is no record."),
    ),
    ErrorCode.NOT_PERMITTED: Remedy(
        "已知您的身份，但这件事不归您办；或者尚未登录。",
        Message(
            zh="先取得访问令牌；已有令牌时，核对获准的用途和本人授权。",
            en="Get an access token first; with one, check the purposes granted to you and the person's consent.",
        ),
    ),
    ErrorCode.INVALID_INPUT: Remedy(
        "某个值无法读取，或与另一个值矛盾。",
        Message(zh="按 path 找到该值，更正后再发。", en="Find the value by `path`, correct it, send again."),
    ),
    ErrorCode.CONFLICT: Remedy(
        "这件事与记录的现状矛盾。",
        Message(zh="重新读取记录，再决定是否还要办。", en="Read the record again, then decide whether to go on."),
    ),
    ErrorCode.NOT_IN_FORCE: Remedy(
        "所依据的认定、签署、授权或协议当日不具效力。",
        Message(
            zh="按 message 所说补齐依据，或改在其生效之日办理。",
            en="Supply what `message` names, or act on a day when it is in force.",
        ),
    ),
    ErrorCode.LIMITED: Remedy(
        "该调用方的请求过多，或针对该记录的请求过多。",
        Message(zh="等待 retryAfter 秒后再试。", en="Wait `retryAfter` seconds, then try again."),
    ),
}

# Codes of `errors` whose message says what is wrong with this very document, or that something is wrong with us.
CODES_OF_THE_STANDARD: Final = {
    "SYNTAX": Message(
        zh="请求文本不合 GraphQL 语法。按 locations 更正。", en="The document is no GraphQL. Correct it at `locations`."
    ),
    "VALIDATION": Message(
        zh="请求与接口定义不符，未执行。请对照 /schema.graphql 更正。",
        en="The document does not fit the schema and was not run. Compare it with /schema.graphql.",
    ),
    "VARIABLES": Message(
        zh="变量的类型不符，未执行。message 指出是哪一个。",
        en="A variable is not of its type, and nothing was run. `message` names it.",
    ),
    "FIELD": Message(
        zh="某个字段未能得出，path 指出位置；其余部分可用。",
        en="One field could not be answered; `path` says which. The rest stands.",
    ),
    "REQUEST": Message(
        zh="请求无法执行，原因见 message。", en="The request cannot be carried out; `message` says why."
    ),
    "UNAVAILABLE": Message(
        zh="数据库暂时不可用。稍后以同一幂等键重试。",
        en="The database is away for the moment. Try again later under the same idempotency key.",
    ),
    "INTERNAL": Message(zh="我们的差错。请附 requestId 报告。", en="A defect of ours. Report it with the `requestId`."),
}


def audience(code: str) -> Message:
    """For whom the documents of a folder are; its own name where it has no words."""
    return _AUDIENCES.get(code, Message(zh=code, en=code))
