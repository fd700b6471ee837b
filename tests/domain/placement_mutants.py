"""Deliberate faults in the rules of placements and in what they are told: each mutant changes one place."""

import ast
import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from talent_registry.domain import periods, placement_cases, placement_rules, workload
from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import AgreementVersion
from tests.domain import mutants

# In the order in which they use each other.
MODULES = {"periods": periods, "workload": workload, "placement_rules": placement_rules, "cases": placement_cases}
# What decides: the tests of the rules and the tables that name them, and the readings that they rest on.
DECIDING = {
    "periods": {"last_day_of_years", "within_years"},
    "workload": {"loads", "heaviest_day", "_cut"},
    "placement_rules": {
        "evaluate", "_finding", "_is", "_home_consent", "_leaders", "_days", "_at_least", "_below", "FACTS", "LIMITS",
        "GRAVITY", "LEADERS",
    },
    "cases": {"_read_extensions", "_read_load", "_last", "COUNTED_STATES", "RECOGNISED"},
}  # fmt: skip


# A case as it is written, or a question of a version of the agreement.
Asked = dict[str, Any] | tuple[AgreementVersion, placement_rules.PlacementQuestion]


def said(found: placement_rules.Evaluation) -> object:
    """All that an evaluation says."""
    findings = [(one.rule, one.finding.value, one.result.value, one.message) for one in found.findings]
    return found.result.value, found.rule, found.reason_code, found.message, findings


class PlacementMutant(NamedTuple):
    """One fault: where it stands, what was made of what, and how the faulty program answers a case."""

    place: str
    change: str
    answer: Callable[[Asked], object]


def list_placement_mutants() -> Iterator[PlacementMutant]:
    """Every mutant that differs from the original."""
    for name, deciding in DECIDING.items():
        for number, node in enumerate(_parsed(name).body):
            if (place := _name(node)) in deciding:
                seen = {ast.unparse(node)}
                for change, changed in mutants._changed(_function(node)):
                    twin = changed if isinstance(node, ast.FunctionDef) else changed.body[0]
                    if (text := ast.unparse(twin)) not in seen:
                        seen.add(text)
                        yield PlacementMutant(place, change, _enter(name, number, twin))


def sound() -> Callable[[Asked], object]:
    """The program without a fault, put together as the mutants are."""
    return _enter("periods", 0, _parsed("periods").body[0])


def _name(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""


def _function(node: ast.stmt) -> ast.FunctionDef:
    """The node itself, or a function that holds a copy of the table: what is changed is a body."""
    if isinstance(node, ast.FunctionDef):
        return node
    held = ast.parse("def table(): pass").body[0]
    assert isinstance(held, ast.FunctionDef)
    held.body = [copy.deepcopy(node)]
    return held


def _parsed(name: str) -> ast.Module:
    tree = ast.parse(Path(str(MODULES[name].__file__)).read_text(encoding="utf-8"))
    ours = {module.__name__ for module in MODULES.values()}
    tree.body = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module in ours)]
    return tree


def _compiled(name: str, number: int, twin: ast.stmt | None) -> CodeType:
    tree = _parsed(name)
    if twin is not None:
        tree.body[number] = twin
    return compile(ast.fix_missing_locations(tree), name, "exec")


_SOUND = {name: _compiled(name, 0, None) for name in MODULES}


def _enter(changed: str, number: int, twin: ast.stmt) -> Callable[[Asked], object]:
    space: dict[str, Any] = {}

    def answer(asked: Asked) -> object:
        if not space:
            space["__name__"] = placement_rules.__name__
            for name in MODULES:
                exec(_compiled(name, number, twin) if name == changed else _SOUND[name], space)  # noqa: S102 - our own
        if isinstance(asked, dict):
            read = space["parse_placement_case"](asked, shipped_agreement())
            return said(space["evaluate"](read.version, read.question))
        return said(space["evaluate"](*asked))

    return answer
