"""Plans of documents: made once, remembered within bounds, carried out by the values of each request."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, cast

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_argument_values,
    get_named_type,
    get_operation_ast,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry import Schema
from strawberry.types.arguments import convert_arguments

from talent_registry.api.connections import page_request
from talent_registry.api.context import Context
from talent_registry.api.plans.questions import QUESTIONS, Answer
from talent_registry.api.plans.shaping import Argued, Shaping
from talent_registry.domain.shapes import NotPlanned, Shape, nodes_of
from talent_registry.services.read_rows import DEFAULT_FIRST, Reading

_REMEMBERED: Final = 256
_PURPOSE: Final = "purpose"
# What was known at an instant cannot be said in the statement of a plan.
_KNOWN_AT: Final = "knownAt"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one operation is answered: its question under `key`, what of the records, and of the list around them."""

    key: str
    question: Argued
    answer: Answer
    records: Shape
    whole: Shape
    argued: tuple[Argued, ...]
    before: str
    after: str


_plans: OrderedDict[tuple[Any, ...], tuple[DocumentNode, Plan | None]] = OrderedDict()
_lock = Lock()


async def answer_planned(
    schema: Schema, document: DocumentNode, variables: Mapping[str, Any], operation_name: str | None, context: Context
) -> str:
    """The data of a sound document as JSON. Raises NotPlanned, or a refusal, where the ordinary way has to answer."""
    core: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry gives no other way to graphql-core's schema
    operation = get_operation_ast(document, operation_name)
    if operation is None or operation.operation is not OperationType.QUERY:
        raise NotPlanned
    read = get_variable_values(core, operation.variable_definitions or (), dict(variables))
    if not isinstance(read, VariableValues):
        raise NotPlanned
    plan = _plan_of(core, document, operation, read)
    if plan is None:
        raise NotPlanned
    values = _values(plan, read)
    given = _converted(schema, plan.question, read)
    reading = Reading(context.registry, context.actor, plan.records, values, given.get(_PURPOSE, ""))
    return f"{plan.before}{await plan.answer(reading, given, plan.whole)}{plan.after}"


def _plan_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: VariableValues
) -> Plan | None:
    """The plan of an operation, None where it has none. What it selects may hang on variables of true or false."""
    switches = tuple(sorted((name, value) for name, value in variables.coerced.items() if isinstance(value, bool)))
    key = (id(schema), id(document), id(operation), switches)
    with _lock:
        if key in _plans:
            _plans.move_to_end(key)
            return _plans[key][1]
    try:
        plan: Plan | None = _planned(schema, document, operation, variables)
    except NotPlanned:
        plan = None
    with _lock:
        # The document is kept with it, so that its id is not given to another while it is remembered.
        _plans[key] = (document, plan)
        while len(_plans) > _REMEMBERED:
            _plans.popitem(last=False)
    return plan


def _planned(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: VariableValues
) -> Plan:
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    shaping = Shaping(schema, fragments, variables)
    query = cast("GraphQLObjectType", schema.query_type)
    roots = shaping.collected(query, [operation.selection_set])
    names = {key: nodes[0].name.value for key, nodes in roots.items()}
    questions = [key for key, name in names.items() if name != "__typename"]
    if len(questions) != 1 or names[questions[0]] not in QUESTIONS:
        raise NotPlanned
    (key,) = questions
    answer, is_list = QUESTIONS[names[key]]
    definition: GraphQLField = query.fields[names[key]]
    below = shaping.below(cast("GraphQLObjectType", get_named_type(definition.type)), roots[key])
    keys = list(roots)
    members = [f'"{one}":"{query.name}"' for one in keys]
    number = keys.index(key)
    return Plan(
        key,
        Argued("", definition, roots[key][0]),
        answer,
        Shape(nodes_of(below) if is_list else below),
        Shape(below),
        tuple(shaping.argued),
        "{" + "".join(f"{one}," for one in members[:number]) + f"{json.dumps(key)}:",
        "".join(f",{one}" for one in members[number + 1 :]) + "}",
    )


def _values(plan: Plan, variables: VariableValues) -> dict[str, Any]:
    """The values of the arguments below the question, by the names under which the shape knows them."""
    values: dict[str, Any] = {}
    for one in plan.argued:
        given = get_argument_values(one.definition, one.node, variables)
        if given.get(_KNOWN_AT) is not None:
            raise NotPlanned
        if "first" in one.definition.args:
            request = page_request(given.get("first", DEFAULT_FIRST), given.get("after"))
            given |= {"first": request.first, "after": request.after}
        values |= {f"{one.prefix}_{name}": value for name, value in given.items()}
    return values


def _converted(schema: Schema, question: Argued, variables: VariableValues) -> dict[str, Any]:
    """The arguments of the question as its resolver would be handed them."""
    given = get_argument_values(question.definition, question.node, variables)
    field = question.definition.extensions["strawberry-definition"]
    return convert_arguments(
        given,
        field.arguments,
        scalar_registry=schema.schema_converter.scalar_registry,
        config=schema.config,
    )
