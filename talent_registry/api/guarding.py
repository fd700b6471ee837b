"""The guard around Strawberry: strict parsing, limits, validation for outsiders, and errors that give nothing away."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from typing import Any, Final

import strawberry
import structlog
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
)
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from talent_registry.api.limits import LimitExceeded, Limits, parse_query
from talent_registry.api.measuring import remembered_measure
from talent_registry.api.validating import find_faults
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.services.registry import database_is_away

LIMITS: Final = Limits()
_OPERATIONS: Final = (OperationType.QUERY, OperationType.MUTATION)
_INTERNAL: Final = Message(
    zh="服务器内部出错，请稍后重试；如仍出错，请将请求编号告知管理员。",
    en="Something went wrong on our side. Try again later; if it persists, give the operator the request id.",
)
_AWAY: Final = Message(
    zh="数据库暂时不可用。请稍后以同一幂等键重试。",
    en="The database is out of reach for the moment. Try again later under the same idempotency key.",
)
_WHICH_OPERATION: Final = Message(
    zh="文档中没有该操作，或有多个操作而未指明。请在 operationName 中写明。",
    en="The document has no such operation, or several and none is named. Name one in operationName.",
)
_NOT_HERE: Final = Message(zh="此处不支持该类操作。", en="Operations of this kind are not answered here.")
_VALUE: Final = Message(zh="变量的值不符合其类型。", en="The value of a variable does not fit its type.")

_SUGGESTION = re.compile(r" Did you mean .*\?", re.DOTALL)
# graphql-core repeats the offending value, which may be an identity number; the place is enough to act on.
_VARIABLE = re.compile(r"Variable '(\$\w+)' has invalid value(?: at (\S+))?: ", re.ASCII)
_VALUE_AT_END = re.compile(
    r"(?<=represent )([^:]*): .*\Z|,? [Ff]ound:? [\"'{\[\d-].*\Z|, but encountered error .*\Z", re.DOTALL
)
_TOKEN_AT_END = re.compile(r"(?<=\b)(String|BlockString|Int|Float) [\"'].*\Z", re.DOTALL)
_OF_THE_CALLER: Final = frozenset({"SYNTAX", "VALIDATION", "VARIABLES"})
_log = structlog.get_logger(__name__)


class GuardedSchema(strawberry.Schema):
    """A schema whose errors are logged by the guard alone: Strawberry's own log repeats messages and traces.

    `limits` are those of its documents.
    """

    limits: Limits = LIMITS

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing; see `Guarding`."""


class Guarding(SchemaExtension):
    """Put first in `Schema(extensions=[Guarding, …])`: the class, so that each operation has its own.

    The context value says `request_id: str` and `is_outsider: bool` (true for anonymous callers: no introspection, no
    suggestions); a context that does not is an outsider's.
    """

    limits: Limits = LIMITS

    def __init__(self, *, execution_context: ExecutionContext | None = None) -> None:
        super().__init__(execution_context=execution_context)
        self._estimated: int | None = None

    def on_operation(self) -> Iterator[None]:
        """Masks the errors of the finished operation."""
        yield
        result = self.execution_context.result
        if result is not None and result.errors:
            result.errors = mask_errors(result.errors, self._context)

    def on_parse(self) -> Iterator[None]:
        """Parses and measures before Strawberry would parse, whose own step then finds its work done."""
        execution = self.execution_context
        try:
            document = parse_query(execution.query or "", self.limits)
            self._estimated = remembered_measure(document, execution.variables, self.limits).cost
            check_operation(document, execution.operation_name)
        except LimitExceeded as error:
            self._estimated = error.estimated
            raise _masked(_worded(error.code, error.message), self._context) from None
        except GraphQLError as error:
            raise _masked(error, self._context) from None
        execution.graphql_document = document
        yield

    def on_validate(self) -> Iterator[None]:
        """Validates before Strawberry would, with a bound on errors and without hints to outsiders."""
        execution = self.execution_context
        document = execution.graphql_document
        if document is not None and execution.pre_execution_errors is None:
            outsider = _is_outsider(self._context)
            hidden = (NoSchemaIntrospectionCustomRule,) if outsider else ()
            rules = (*execution.validation_rules, MaybeNullValidationRule, OneOfInputValidationRule, *hidden)
            schema = execution.schema._schema  # noqa: SLF001 - Strawberry gives no other way to graphql-core's schema
            found = find_faults(schema, document, rules, outsider=outsider)
            execution.pre_execution_errors = [_invalid(error) for error in found]
        yield

    def get_results(self) -> dict[str, Any]:
        """`extensions.cost`: records estimated, and the budget; also of a document refused for it."""
        if self._estimated is None:
            return {}
        return {"cost": {"estimated": self._estimated, "budget": self.limits.cost}}

    @property
    def _context(self) -> object:
        return self.execution_context.context


async def execute_guarded(
    schema: strawberry.Schema,
    query: str,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    context: object,
) -> ExecutionResult:
    """Execute one operation under the guard. Never raises for what a caller sent: every failure is in `errors`."""
    try:
        result = await schema.execute(
            query,
            variable_values=variables,
            operation_name=operation_name,
            context_value=context,
            allowed_operation_types=_OPERATIONS,
        )
    except (MissingQueryError, CannotGetOperationTypeError):
        result = ExecutionResult(None, [_worded("OPERATION_UNKNOWN", _WHICH_OPERATION)])
    except InvalidOperationTypeError:
        result = ExecutionResult(None, [_worded("OPERATION_UNSUPPORTED", _NOT_HERE)])
    if result.errors:
        # Once more, for failures in other extensions; a masked error stays as it is.
        result.errors = mask_errors(result.errors, context)
    return result


async def subscribe_guarded(
    schema: strawberry.Schema,
    query: str,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    context: object,
) -> AsyncIterator[ExecutionResult]:
    """The results of one subscription under the guard, masked one by one. Never raises for what a caller sent."""
    try:
        results = await schema.subscribe(
            query, variable_values=variables, operation_name=operation_name, context_value=context
        )
        async with aclosing(results):
            async for result in results:
                if result.errors:
                    result.errors = mask_errors(result.errors, context)
                yield result
    except GraphQLError as error:
        # Refused while it was parsed, with the reason in it.
        yield ExecutionResult(None, mask_errors([error], context))
    except (MissingQueryError, CannotGetOperationTypeError):
        yield ExecutionResult(None, mask_errors([_worded("OPERATION_UNKNOWN", _WHICH_OPERATION)], context))
    except InvalidOperationTypeError:
        yield ExecutionResult(None, mask_errors([_worded("OPERATION_UNSUPPORTED", _NOT_HERE)], context))


def mask_errors(errors: Iterable[GraphQLError], context: object) -> list[GraphQLError]:
    """The errors as a caller may see them, each with `code` and `requestId`; unexpected ones are logged."""
    return [_masked(error, context) for error in errors]


def _masked(error: GraphQLError, context: object) -> GraphQLError:
    request_id = _request_id(context)
    if "requestId" in (error.extensions or {}):
        return error
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    extensions: dict[str, Any] = {"code": (error.extensions or {}).get("code") or _code(error)}
    message = _scrubbed(error.message, outsider=_is_outsider(context))
    if isinstance(cause, RegistryError):
        message, extensions = _expected(cause)
    elif isinstance(cause, InvalidOperationTypeError):
        message, extensions = _both(_NOT_HERE), {"code": "OPERATION_UNSUPPORTED"}
    elif cause is not None and not isinstance(cause, GraphQLError) and extensions["code"] not in _OF_THE_CALLER:
        # The class of the failure and the place, nothing it says: its words may hold personal data.
        away = database_is_away(cause)
        said = "database away" if away else "unexpected failure"
        _log.error(said, request_id=request_id, error=type(cause).__name__, path=error.path)
        message, extensions = _both(_AWAY if away else _INTERNAL), {"code": "UNAVAILABLE" if away else "INTERNAL"}
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={**extensions, "requestId": request_id},
    )


def _invalid(error: GraphQLError) -> GraphQLError:
    # A scalar that cannot read a literal raises what it likes: that is the caller's doing, not a failure of ours.
    return GraphQLError(error.message, error.nodes, error.source, error.positions, extensions={"code": "VALIDATION"})


def _expected(error: RegistryError) -> tuple[str, dict[str, Any]]:
    extensions: dict[str, Any] = {
        "code": error.code.value,
        "reason": error.reason,
        "messageZh": error.message.zh,
        "messageEn": error.message.en,
    }
    if error.retry_after is not None:
        extensions["retryAfter"] = error.retry_after
    return _both(error.message), extensions


def _code(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return "SYNTAX"
    if error.path is not None:
        return "FIELD"
    return "VARIABLES" if _VARIABLE.match(error.message) else "REQUEST"


def _scrubbed(message: str, *, outsider: bool) -> str:
    if match := _VARIABLE.match(message):
        return f"{_both(_VALUE)} ({match[1]}{match[2] or ''})"
    if outsider:
        message = _SUGGESTION.sub("", message)
    return _TOKEN_AT_END.sub(r"\1.", _VALUE_AT_END.sub(r"\1.", message))


def check_operation(document: DocumentNode, name: str | None) -> None:
    """Refuse a document of several operations of which none is named."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1 and name is None:
        # Strawberry would quietly take the first.
        raise _worded("OPERATION_UNKNOWN", _WHICH_OPERATION)


def _worded(code: str, message: Message) -> GraphQLError:
    return GraphQLError(_both(message), extensions={"code": code})


def _both(message: Message) -> str:
    return f"{message.zh} {message.en}"


def _request_id(context: object) -> str:
    return str(getattr(context, "request_id", ""))


def _is_outsider(context: object) -> bool:
    return bool(getattr(context, "is_outsider", True))
