"""Deliberate faults in the conditions of clauses: each mutant changes one place, and a case must notice it."""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from talent_registry.domain import clauses, conditions, divisions
from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.conditions import Condition
from talent_registry.domain.questions import Question

# In the order in which they use each other.
MODULES = {"divisions": divisions, "conditions": conditions, "clauses": clauses}
# It refuses what is no code of a division, which a question never holds; its own tests try that.
SPARED = {"province_of"}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
# A fact is taken for the next one of its row: facts of one type that a slip of the pen would exchange.
ROWS = (
    ("approval_date", "revoked_on", "valid_to", "issued_on", "registered_to"),
    ("level", "issuer_kind", "route", "status", "military_status"),
    ("issuer_division", "unit_division", "origin_division"),
    ("qualification", "grade"),
    ("permit_class", "card_class"),
    ("card", "card_class"),
    ("delegation_letter", "issuer_kind"),
    ("issuing_province", "target_province"),
    ("name_matches", "document_matches"),
    ("retired", "civil_servant"),
    ("since", "until"),
    ("filed_from", "filed_to"),
    ("issuer", "target"),
    ("post_series", "zone"),
    ("zone", "post_series"),
    ("series", "level"),
    ("names", "grade"),
)
NEXT = {name: row[(place + 1) % len(row)] for row in reversed(ROWS) for place, name in enumerate(row)}
CALLS = {"any": "all", "min": "max"}


class Mutant(NamedTuple):
    """One fault: where it stands, what was made of what, and the conditions that the faulty module enters."""

    function: str
    change: str
    conditions: Mapping[str, Condition]


def list_mutants() -> list[Mutant]:
    """Every mutant that differs from the original."""
    return [mutant for name in MODULES for mutant in _mutants_of(name)]


def ruling(entered: Mapping[str, Condition], version: AgreementVersion, question: Question) -> tuple[str, bool | str]:
    """The first clause that the conditions satisfy, and the variant; the decision without its findings."""
    return next(
        (clause.id, answer)
        for clause in version.clauses
        if clause.applies(question.credential.kind, question.on)
        and (answer := entered[clause.condition].test(question, clause.parameters, version))
    )


def _mutants_of(name: str) -> Iterator[Mutant]:
    for node in _parsed(name).body:
        if isinstance(node, ast.FunctionDef) and node.name in _deciding() - SPARED:
            seen = {ast.unparse(node)}
            for change, changed in _changed(node):
                if (text := ast.unparse(changed)) not in seen:
                    seen.add(text)
                    yield Mutant(node.name, change, _enter(changed))


@cache
def _deciding() -> frozenset[str]:
    """The conditions, and the functions that they use."""
    functions = {
        node.name: node for name in MODULES for node in _parsed(name).body if isinstance(node, ast.FunctionDef)
    }
    found, waiting = set[str](), set(conditions.CONDITIONS)
    while waiting:
        found |= waiting
        waiting = {
            part.id
            for name in waiting
            for statement in functions[name].body
            for part in ast.walk(statement)
            if isinstance(part, ast.Name) and part.id in functions
        } - found
    return frozenset(found)


@cache
def _parsed(name: str) -> ast.Module:
    tree = ast.parse(Path(str(MODULES[name].__file__)).read_text(encoding="utf-8"))
    # All are run in one namespace, so that the later modules use the faults of the earlier ones.
    ours = {module.__name__ for module in MODULES.values()}
    tree.body = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module in ours)]
    return tree


@cache
def _compiled(name: str) -> CodeType:
    return compile(_parsed(name), name, "exec")


def _enter(changed: ast.FunctionDef) -> Mapping[str, Condition]:
    space: dict[str, Any] = {"__name__": conditions.__name__}
    faulty = ast.fix_missing_locations(ast.Module([changed], []))
    # Defined last, the faulty function takes the place of the sound one: names are looked up when they are used.
    for code in (*(_compiled(name) for name in MODULES), compile(faulty, "mutant", "exec")):
        exec(code, space)  # noqa: S102 - our own source, changed in one place
    entered: Mapping[str, Condition] = space["CONDITIONS"]
    return entered


def _changed(function: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The function with one node replaced, for each node of its body and each way of replacing it."""
    count = sum(1 for _ in _nodes(function))
    for number in range(count):
        original = list(_nodes(function))[number][0]
        for replacement in _replacements(original, function):
            twin = copy.deepcopy(function)
            list(_nodes(twin))[number][1](copy.deepcopy(replacement))
            yield f"{ast.unparse(original)} -> {ast.unparse(replacement)}", twin


def _nodes(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, Callable[[Any], None]]]:
    """The nodes of the body with a way to put another in their place; decorators and annotations stay as they are."""
    stack: list[tuple[ast.AST, Callable[[Any], None]]] = [
        (statement, _putter(function.body, place)) for place, statement in enumerate(function.body)
    ]
    while stack:
        node, put = stack.pop()
        yield node, put
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.AST) and field not in {"ctx", "op"}:
                stack.append((value, _setter(node, field)))
            elif isinstance(value, list):
                stack.extend(
                    (part, _putter(value, place))
                    for place, part in enumerate(value)
                    if isinstance(part, ast.expr | ast.stmt | ast.comprehension)
                )


def _putter(parts: list[Any], place: int) -> Callable[[Any], None]:
    def put(node: Any) -> None:
        parts[place] = node

    return put


def _setter(parent: ast.AST, field: str) -> Callable[[Any], None]:
    return lambda node: setattr(parent, field, node)


def _replacements(node: ast.AST, function: ast.FunctionDef) -> Iterator[ast.AST]:  # noqa: C901 - a table of shapes
    match node:
        case ast.Return():
            yield from (ast.Return(ast.Constant(answer)) for answer in (True, False))
        case ast.If():
            for test in (ast.Constant(True), ast.Constant(False), ast.UnaryOp(ast.Not(), node.test)):
                yield ast.If(test, node.body, node.orelse)
        case ast.AugAssign():
            yield ast.Pass()
            yield ast.AugAssign(node.target, ast.BitAnd(), node.value)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
            yield from (node.body, node.orelse)
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp():
            yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
            for place in range(len(node.values)):
                kept = [*node.values[:place], *node.values[place + 1 :]]
                yield ast.BoolOp(node.op, kept) if len(kept) > 1 else kept[0]
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Call():
            yield from _called(node)
        case ast.Attribute(attr=name) if name in NEXT:
            yield ast.Attribute(node.value, NEXT[name], node.ctx)
        case ast.Constant():
            yield from _other_constants(node, function)


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)
    if len(node.ops) > 1:
        yield ast.Compare(node.left, node.ops[:1], node.comparators[:1])
        yield ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])


def _called(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield ast.Call(ast.Name(CALLS[node.func.id], ast.Load()), node.args, node.keywords)
        if node.func.id == "min":
            yield from node.args
    elif len(node.args) == 2:
        yield ast.Call(node.func, node.args[::-1], node.keywords)


def _other_constants(node: ast.Constant, function: ast.FunctionDef) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, str) and node.value != ast.get_docstring(function, clean=False):
        keys = _keys(function)
        if node.value in keys:
            yield from (ast.Constant(key) for key in keys if key != node.value)
        else:
            yield ast.Constant(f"{node.value}X")


def _keys(function: ast.FunctionDef) -> list[str]:
    """The names of parameters that the function looks up."""
    return sorted(
        {
            part.value
            for node in ast.walk(function)
            if isinstance(node, ast.Subscript)
            for part in ast.walk(node.slice)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        }
    )
