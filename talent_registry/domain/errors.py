"""The expected failures of a command or question, each coded and worded for the person who must act."""

from enum import StrEnum

from talent_registry.domain.messages import Message


class ErrorCode(StrEnum):
    """Kinds of expected failure; each is one member of the unions that commands return."""

    NOT_FOUND = "NOT_FOUND"
    NOT_PERMITTED = "NOT_PERMITTED"
    INVALID_INPUT = "INVALID_INPUT"
    CONFLICT = "CONFLICT"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    LIMITED = "LIMITED"


class RegistryError(Exception):
    """An expected failure: `code`, `message` in both languages, `path` of the input at fault, `reason` code.

    `retry_after` (seconds) is set where waiting helps. Never carries personal data.
    """

    code: ErrorCode

    def __init__(
        self,
        message: Message,
        *,
        reason: str = "",
        path: tuple[str, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message.en)
        self.message = message
        self.reason = reason or self.code.value
        self.path = path
        self.retry_after = retry_after


class NotFound(RegistryError):
    """The record is absent, or the caller may not know that it is present: the words are the same."""

    code = ErrorCode.NOT_FOUND


class NotPermitted(RegistryError):
    """The caller is known but this act is not theirs."""

    code = ErrorCode.NOT_PERMITTED


class InvalidInput(RegistryError):
    """A value cannot be read or contradicts another; `path` names it."""

    code = ErrorCode.INVALID_INPUT


class Conflict(RegistryError):
    """The act contradicts the present state of the record."""

    code = ErrorCode.CONFLICT


class NotInForce(RegistryError):
    """What the act rests on (recognition, signature, consent, agreement) is not in force on the day."""

    code = ErrorCode.NOT_IN_FORCE


class Limited(RegistryError):
    """Too many requests by this caller or against this target; `retry_after` says when to come back."""

    code = ErrorCode.LIMITED
