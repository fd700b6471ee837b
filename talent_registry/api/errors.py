"""The one table that turns an expected failure into a member of a command's union."""

from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from talent_registry.api.enums import described
from talent_registry.domain import errors
from talent_registry.domain.messages import Message

described(
    errors.ErrorCode,
    "Kinds of expected failure.",
    {
        "NOT_FOUND": "Absent, or not the caller's to know of; the words are the same.",
        "NOT_PERMITTED": "The caller is known, but this act is not theirs; or nobody signed in.",
        "INVALID_INPUT": "A value cannot be read or contradicts another.",
        "CONFLICT": "The act contradicts the present state of the record.",
        "NOT_IN_FORCE": "What the act rests on is not in force on the day.",
        "LIMITED": "Too many requests by this caller or against this record.",
    },
)


@strawberry.type(description="One sentence in both languages.")
class LocalisedText:
    zh: str = strawberry.field(description="In Chinese.")
    en: str = strawberry.field(description="In English.")

    @classmethod
    def of(cls, message: Message) -> "LocalisedText":
        """The sentence as GraphQL gives it."""
        return cls(zh=message.zh, en=message.en)


@strawberry.interface(description="An expected failure of a command: nothing was changed.")
class UserError:
    code: errors.ErrorCode = strawberry.field(description="The kind of failure.")
    reason: str = strawberry.field(description="A finer code, stable, for programs.")
    message: LocalisedText = strawberry.field(description="What is wrong and what to do about it.")
    path: list[str] = strawberry.field(description="The input at fault, from the outside in; empty if it is none.")


@strawberry.type(description="The record is absent, or the caller may not know of it.")
class NotFound(UserError):
    pass


@strawberry.type(description="The act is not the caller's.")
class NotPermitted(UserError):
    pass


@strawberry.type(description="A value cannot be read or contradicts another.")
class InvalidInput(UserError):
    pass


@strawberry.type(description="The act contradicts the present state of the record.")
class Conflict(UserError):
    pass


@strawberry.type(description="What the act rests on is not in force on the day.")
class NotInForce(UserError):
    pass


@strawberry.type(description="Too many requests; wait before trying again.")
class Limited(UserError):
    retry_after: int = strawberry.field(description="Seconds to wait.")


def _shared(failure: errors.RegistryError) -> dict[str, Any]:
    return {
        "code": failure.code,
        "reason": failure.reason,
        "message": LocalisedText.of(failure.message),
        "path": list(failure.path),
    }


class _Handler:
    """Turns one kind of expected failure into the member of the union that stands for it."""

    def __init__(self, exception_type: type[errors.RegistryError], error_type: type[UserError]) -> None:
        self.exception_type = exception_type
        self.error_type = error_type

    def handle(self, exception: errors.RegistryError, *, field: StrawberryField, info: object) -> UserError:  # noqa: ARG002  # strawberry names them
        """The error as GraphQL gives it."""
        more: dict[str, Any] = {"retry_after": exception.retry_after or 60} if self.error_type is Limited else {}
        return self.error_type(**_shared(exception), **more)


EXCEPTION_HANDLERS = [
    _Handler(errors.NotFound, NotFound),
    _Handler(errors.NotPermitted, NotPermitted),
    _Handler(errors.InvalidInput, InvalidInput),
    _Handler(errors.Conflict, Conflict),
    _Handler(errors.NotInForce, NotInForce),
    _Handler(errors.Limited, Limited),
]
