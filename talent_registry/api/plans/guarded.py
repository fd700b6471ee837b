"""Planned reads under the guard: the same limits, the same validation, the same cost; everything else falls back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import GraphQLError, NoSchemaIntrospectionCustomRule, specified_rules
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from talent_registry.api.context import Context
from talent_registry.api.guarding import GuardedSchema, check_operation
from talent_registry.api.limits import LimitExceeded, parse_query
from talent_registry.api.measuring import remembered_measure
from talent_registry.api.plans.planning import answer_planned
from talent_registry.api.validating import find_faults
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.shapes import NotPlanned
from talent_registry.services.registry import database_is_away

_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """The data of an answer without errors, as JSON, and what it was estimated to cost of the budget."""

    data: str
    cost: int
    budget: int


async def answer_by_plan(
    schema: GuardedSchema,
    query: str,
    variables: Mapping[str, Any] | None,
    operation_name: str | None,
    context: Context,
) -> Answered | None:
    """The answer of a planned read; None where the ordinary way has to answer: nothing was noted or changed then.

    Whatever is refused, wrong or absent is told by the ordinary way, so that it is told in one way alone.
    """
    limits, outsider = schema.limits, context.is_outsider
    try:
        document = parse_query(query, limits)
        measured = remembered_measure(document, variables, limits)
        check_operation(document, operation_name)
        rules = (*_RULES, NoSchemaIntrospectionCustomRule) if outsider else _RULES
        core = schema._schema  # noqa: SLF001 - Strawberry gives no other way to graphql-core's schema
        if find_faults(core, document, rules, outsider=outsider):
            return None
        data = await answer_planned(schema, document, variables or {}, operation_name, context)
    except (LimitExceeded, GraphQLError, NotPlanned, RegistryError):
        return None
    except Exception as failure:  # noqa: BLE001 - whatever it was, the ordinary way answers
        if not database_is_away(failure):
            # The class of the failure and nothing it says; the ordinary way answers what a plan could not.
            _log.error("plan failed", request_id=context.request_id, error=type(failure).__name__)
        return None
    return Answered(data, measured.cost, limits.cost)
