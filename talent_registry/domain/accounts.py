"""Accounts: what one may act as, how a login is written, which office an account may stand for."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}", re.ASCII)
# What RFC 6749, 3.3 lets stand in a scope, and short enough that twenty of them fit into a token.
_PURPOSE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,23}", re.ASCII)
_MOST_PURPOSES = 20
_HRSS = "HRSS_BUREAU"


class AccountKind(StrEnum):
    """What an account acts as: a person, or one side of one office. No account acts for both provinces."""

    RESEARCHER = "RESEARCHER"
    HR = "HR"
    ISSUER = "ISSUER"
    AUTHORITY = "AUTHORITY"
    AGENCY = "AGENCY"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands now. `province` is that of its organisation, `researcher_number` that of its person."""

    id: UUID
    login: str = field(repr=False)
    kind: AccountKind
    organisation_id: UUID | None
    researcher_id: UUID | None
    purposes: frozenset[str]
    opened_at: datetime
    closed_at: datetime | None = None
    province: str | None = None
    researcher_number: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the account may still act."""
        return self.closed_at is None


def normalise_login(text: str) -> str:
    """A login as it is stored and sought: NFKC, lower case, no spaces around.

    Letters of ASCII only, so that no login looks like another. Raises `InvalidInput` (LOGIN_MALFORMED).
    """
    login = unicodedata.normalize("NFKC", text[:200]).strip().lower()
    if not _LOGIN.fullmatch(login):
        raise InvalidInput(
            Message(
                zh="登录名须为 3 至 64 个字符：英文字母、数字或 . _ @ -，以字母或数字开头。请另写一个。",
                en="A login has 3 to 64 characters: letters a to z, digits or . _ @ - and begins with a letter or "
                "digit. Write another one.",
            ),
            reason="LOGIN_MALFORMED",
            path=("login",),
        )
    return login


def check_purposes(kind: AccountKind, purposes: tuple[str, ...]) -> tuple[str, ...]:
    """The purposes in order and each once: at least one for an agency, none for anybody else."""
    if (kind is AccountKind.AGENCY) != bool(purposes):
        raise _purposes(
            "机构客户端须至少有一项用途；其他账户不设用途。", "An agency's client needs a purpose; others have none."
        )
    if len(purposes) > _MOST_PURPOSES or not all(_PURPOSE.fullmatch(purpose) for purpose in purposes):
        raise _purposes(
            "用途至多 20 项，每项为 1 至 24 个英文字母、数字或 _ . : -，以字母开头。",
            "Up to 20 purposes, each a code of 1 to 24 letters, digits or _ . : - that begins with a letter.",
        )
    return tuple(sorted(set(purposes)))


def is_provincial_authority(organisation: Organisation) -> bool:
    """Whether it is the HRSS authority of a whole province, and so speaks for it."""
    return organisation.kind == _HRSS and organisation.division == organisation.province


def check_office(kind: AccountKind, organisation: Organisation) -> None:
    """Raise `InvalidInput` unless an account of this kind may stand for the organisation."""
    if kind is AccountKind.AUTHORITY and not is_provincial_authority(organisation):
        raise InvalidInput(
            Message(
                zh="主管部门账户只能为省级人力资源社会保障部门开立。请选择该部门，或改开发证机关账户。",
                en="An authority's account is opened for a provincial HRSS authority only. Choose that organisation, "
                "or open an issuer's account.",
            ),
            reason="NOT_A_PROVINCIAL_AUTHORITY",
            path=("organisation",),
        )


def _purposes(zh: str, en: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason="PURPOSES_MALFORMED", path=("purposes",))
