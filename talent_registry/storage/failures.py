"""What the database's own guards say, turned into the refusals that people read."""

from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from talent_registry.domain.errors import Conflict, NotInForce, NotPermitted, RegistryError
from talent_registry.domain.messages import Message

# Serialisation failure, deadlock: nothing was committed.
_WORTH_REPEATING = {"40001", "40P01"}
# Connection lost, no resources left, ended by the operator or for taking too long (classes 08, 53, 57).
_AWAY = {"08", "53", "57"}
# Ended by the operator, by a crash, or while the server starts.
_CLOSED = {"57P01", "57P02", "57P03"}


def _state(failure: DBAPIError) -> str:
    return str(getattr(failure.orig, "sqlstate", "") or "")


def is_worth_repeating(failure: DBAPIError) -> bool:
    """Whether the same transaction may succeed when tried again."""
    return _state(failure) in _WORTH_REPEATING


def is_out_of_reach(failure: BaseException) -> bool:
    """Whether the database was not reached, was lost on the way, has no room, or ended a statement for its length."""
    if isinstance(failure, PoolTimeout):
        return True
    if isinstance(failure, psycopg.OperationalError):
        return not failure.sqlstate or failure.sqlstate[:2] in _AWAY
    if not isinstance(failure, DBAPIError):
        return False
    state = _state(failure)
    return failure.connection_invalidated or state[:2] in _AWAY or (isinstance(failure, OperationalError) and not state)


def lost_connection(failure: psycopg.OperationalError) -> bool:
    """Whether the connection itself was lost or closed by the server, rather than a statement ended."""
    return not failure.sqlstate or failure.sqlstate in _CLOSED


def refusal_behind(failure: DBAPIError) -> RegistryError | None:
    """The refusal that a guard of the database stands for, if it was one."""
    diagnosis: Any = getattr(failure.orig, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    if constraint in _BY_CONSTRAINT:
        kind, reason, message = _BY_CONSTRAINT[constraint]
        return kind(message, reason=reason)
    if _state(failure) == "TR003":
        return NotPermitted(
            Message(
                zh="柔性流动不改变户籍、人事关系、档案和社会保险，数据库已拒绝。须迁移的，请按调动办理。",
                en="A placement changes neither household registration nor personnel relation, file or insurance; the "
                "database refused. What moves them is a transfer and is handled as one.",
            ),
            reason="HOUSEHOLD_IS_NOT_MOVED",
        )
    return None


_BY_CONSTRAINT: dict[str, tuple[type[RegistryError], str, Message]] = {
    "workload_within_a_full_post": (
        Conflict,
        "WORKLOAD_OVER_100",
        Message(
            zh="该研究人员某些日期的在岗柔性流动工作量合计将超过 100 %。请减少份额或调整期限。",
            en="On some days the shares of the person's active placements would add up to more than 100 %. "
            "Lower the share or move the term.",
        ),
    ),
    "three_signatures": (
        NotInForce,
        "SIGNATURES_MISSING",
        Message(
            zh="生效前须有研究人员、派出单位、接收单位三方对同一条款的签署。",
            en="Before a placement is active, the researcher, the home unit and the host unit must have signed the "
            "same terms.",
        ),
    ),
    "recognition_in_force": (
        NotInForce,
        "NO_RECOGNITION",
        Message(
            zh="当日没有有效的互认决定支持该柔性流动。请先取得对该岗位的互认。",
            en="No recognition in force on the day supports this placement. Obtain a recognition for the post first.",
        ),
    ),
    "uq_organisation_social_credit_code": (
        Conflict,
        "ORGANISATION_EXISTS",
        Message(
            zh="该统一社会信用代码已登记。请使用已有的单位记录。",
            en="This social credit code is registered already. Use the existing organisation.",
        ),
    ),
    "uq_organisation_name_zh_division": (
        Conflict,
        "ORGANISATION_EXISTS",
        Message(
            zh="该区划内已登记同名单位。请使用已有的单位记录。",
            en="An organisation of this name is registered in this division already. Use the existing one.",
        ),
    ),
    "uq_committee_filing_current": (
        Conflict,
        "FILING_EXISTS",
        Message(
            zh="该备案编号已由其他机关登记，或正由他人登记。请核对编号后重试。",
            en="This filing number is recorded by another authority, or is being recorded just now. "
            "Check it and try again.",
        ),
    ),
    "uq_credential_issuer_id_kind_number": (
        Conflict,
        "CREDENTIAL_EXISTS",
        Message(
            zh="该发证机关已登记此证书编号。如需更正，请办理证书更正。",
            en="This issuer has recorded this certificate number already. Record a correction instead.",
        ),
    ),
    "uq_identity_document_current": (
        Conflict,
        "DOCUMENT_EXISTS",
        Message(
            zh="该证件号码已登记在一名研究人员名下。请核对后使用已有的记录。",
            en="This document number is registered for a researcher already. Check it and use the existing record.",
        ),
    ),
    "uq_account_login": (
        Conflict,
        "LOGIN_TAKEN",
        Message(zh="该登录名已被使用。请另选一个。", en="This login is taken. Choose another."),
    ),
    "uq_account_researcher_id": (
        Conflict,
        "ACCOUNT_EXISTS",
        Message(
            zh="该研究人员已有账户（每人一个，含已注销的）。请使用已有的账户。",
            en="This researcher has an account already (one each, closed ones included). Use that one.",
        ),
    ),
}
