"""Every failure that the program words itself, read from its source: code, reason, message; what varies is written "…".

`python -m tests.house.errors_told > talent_registry/reference/data/errors.json` writes the catalogue anew.
"""

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from talent_registry.api import refusals
from talent_registry.domain import errors

ROOT = Path(__file__).parents[2] / "talent_registry"
# What the command line and the demonstration say is said to an operator.
LEFT_OUT = ("cli", "demo", "embedded")
CODES = {
    name: kind.code.value
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.RegistryError) and kind is not errors.RegistryError
}
# What refuses a request as a whole: at which place of the call the code and the message stand.
WHOLE = {"RefusedRequest": (1, 2), "_worded": (0, 1)}
REQUEST = "REQUEST"
# The words of another failure passed on, which is told where it is made; and those of the rulebook.
PASSED_ON = (".reason", ".code", "evaluation.reason_code or ''")
VARIES = "…"
Bound = dict[str, ast.expr]


@dataclass(frozen=True, order=True)
class Told:
    """One failure as it is worded."""

    code: str
    reason: str
    zh: str
    en: str


@dataclass
class Module:
    """One file: its constants, and its functions by name."""

    name: str
    tree: ast.Module
    constants: Bound
    functions: dict[str, ast.FunctionDef]
    callers: list[ast.FunctionDef | ast.AsyncFunctionDef]


def modules() -> list[Module]:
    """Every file that may refuse somebody."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] in LEFT_OUT:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        callers = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        found.append(Module(str(path.relative_to(ROOT)), tree, constants, functions, callers))
    return found


class Reader:
    """Texts and messages of one module, with the parameters of a helper bound to what a call passes."""

    def __init__(self, module: Module, every: Bound, *, otherwise: bool = False) -> None:
        self.module, self.every, self.otherwise = module, every, otherwise

    def text(self, node: ast.expr | None, bound: Bound) -> str | None:  # noqa: PLR0911 - one for each kind of text
        """The text that an expression is, as far as it is known; None where nothing is."""
        match node:
            case ast.Constant(value=str(value)):
                return value
            case ast.JoinedStr(values=values):
                return "".join(
                    (self.text(part, bound) or VARIES) if isinstance(part, ast.Constant) else self._held(part, bound)
                    for part in values
                )
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return (self.text(left, bound) or VARIES) + (self.text(right, bound) or VARIES)
            case ast.IfExp(body=body, orelse=orelse):
                return self.text(orelse if self.otherwise else body, bound)
            case ast.BoolOp(values=[first, *_]):
                return self.text(first, bound)
            case ast.Name(id=name) if name in bound:
                return self.text(bound[name], {})
            case ast.Name(id=name):
                return self.text(self.module.constants.get(name) or self.every.get(name), {})
            case ast.Attribute(value=ast.Name(id=name), attr=("zh" | "en") as side):
                pair = self.message(ast.Name(name), bound)
                return pair and pair[side == "en"]
        return None

    def _held(self, part: ast.expr, bound: Bound) -> str:
        held = part.value if isinstance(part, ast.FormattedValue) else part
        return self.text(held, bound) or VARIES

    def message(self, node: ast.expr | None, bound: Bound) -> tuple[str, str] | None:
        """Both texts of a message."""
        match node:
            case ast.Call(func=ast.Name(id="Message"), args=args, keywords=keywords):
                named = {word.arg: word.value for word in keywords}
                zh, en = (*args, None, None)[:2] if args else (named.get("zh"), named.get("en"))
                texts = self.text(zh, bound), self.text(en, bound)
                return (texts[0] or VARIES, texts[1] or VARIES) if any(texts) else None
            case ast.Name(id=name):
                found = bound.get(name) or self.module.constants.get(name) or self.every.get(name)
                return self.message(found, {}) if found is not None else None
        return None


@cache
def collected() -> tuple[set[Told], list[str]]:
    """Every failure that is worded, and each place where its words could not be read."""
    every = modules()
    shared = {name: value for module in every for name, value in module.constants.items() if name.isupper()}
    told, unread, calls = _of_limits(), list[str](), calls_by_name(every)
    for module in every:
        inside = {id(node): function for function in module.callers for node in ast.walk(function)}
        for node in ast.walk(module.tree):
            for bound in bindings(calls, module, inside.get(id(node))) if is_told(node) else ():
                local = locals_of(inside.get(id(node)))
                for otherwise in (False, True):
                    found = read(Reader(module, shared, otherwise=otherwise), node, {**local, **bound})
                    told |= found or set()
                    if found is None:
                        unread.append(module.name)
    return told, sorted(set(unread))


def _of_limits() -> set[Told]:
    """Refusals by a limit are worded in one table of their own."""
    found = set()
    for code, words in refusals._WORDS.items():
        zh, en = (each.format(VARIES) for each in words)
        found.add(Told(REQUEST, code, f"{zh}。请拆分或缩小查询。", f"{en}. Split it or ask for less."))
    return found


def is_told(node: ast.AST) -> bool:
    """Whether a failure is made here: by its class, or in a table that names its class first."""
    if isinstance(node, ast.Tuple) and node.elts:
        return isinstance(node.elts[0], ast.Name) and node.elts[0].id in CODES and len(node.elts) == len(_IN_A_TABLE)
    return isinstance(node, ast.Call) and _called(node) in {*CODES, *WHOLE}


def _called(node: ast.Call) -> str:
    """The name that is called, without the module it is of."""
    return ast.unparse(node.func).rpartition(".")[2]


def locals_of(function: ast.FunctionDef | ast.AsyncFunctionDef | None) -> Bound:
    if function is None:
        return {}
    return {
        node.targets[0].id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


Function = ast.FunctionDef | ast.AsyncFunctionDef
Calls = dict[str, list[tuple[str, ast.Call, Bound]]]


def calls_by_name(every: list[Module]) -> Calls:
    """Every call by the name that is called: the module, the call, the local names where it stands."""
    found: Calls = {}
    for module in every:
        inside = {id(node): function for function in module.callers for node in ast.walk(function)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                found.setdefault(name, []).append((module.name, node, locals_of(inside.get(id(node)))))
    return found


def bindings(calls: Calls, module: Module, function: Function | None) -> Iterator[Bound]:
    """What the parameters of a helper are in each call of it; nothing bound where it is no helper."""
    names = [argument.arg for argument in function.args.args] if function else []
    mine = [] if function is None or not names or names[0] in ("self", "cls") else calls.get(function.name, [])
    here = [one for one in mine if one[0] == module.name or not (function and function.name.startswith("_"))]
    for _, call, local in here:
        given = dict(zip(names, call.args, strict=False))
        given |= {word.arg: word.value for word in call.keywords if word.arg in names}
        yield {name: _behind(value, local) for name, value in given.items()}
    if not here:
        yield {}


def read(reader: Reader, node: ast.AST, bound: Bound) -> set[Told] | None:
    """What is told at one place; nothing where another failure's words are passed on, None where it cannot be read."""
    code, reason, message = _parts(node)
    if reason is not None and ast.unparse(_behind(reason, bound)).endswith(PASSED_ON):
        return set()
    match message:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="get"), args=[_, default]) if table in bound:
            # One of a table of messages by reason.
            words = bound[table]
            pairs = list(zip(words.keys, words.values, strict=True)) if isinstance(words, ast.Dict) else []
            texts = [(reader.text(key, {}), reader.message(value, {})) for key, value in pairs]
            texts += [(reader.text(reason, bound), reader.message(default, bound))] if reason else []
        case _:
            texts = [(code if reason is None else reader.text(reason, bound), reader.message(message, bound))]
    found = {Told(code, said, *words) for said, words in texts if said and words}
    known = {said for said, _ in texts if said}
    return found if found or not known else None


_IN_A_TABLE = ("class", "reason", "message")


def _parts(node: ast.AST) -> tuple[str, ast.expr | None, ast.expr | None]:
    """The code, and the expressions of reason and message."""
    if isinstance(node, ast.Tuple):
        name, *others = node.elts
        return CODES[ast.unparse(name)], others[0], others[1]
    assert isinstance(node, ast.Call)
    kind = _called(node)
    if kind in WHOLE:
        at_reason, at_message = WHOLE[kind]
        return REQUEST, node.args[at_reason], node.args[at_message]
    reason = next((word.value for word in node.keywords if word.arg == "reason"), None)
    return CODES[kind], reason, node.args[0] if node.args else None


def _behind(node: ast.expr, bound: Bound) -> ast.expr:
    return bound.get(node.id, node) if isinstance(node, ast.Name) else node


def written() -> str:
    """The catalogue as its file has it."""
    told, _ = collected()
    return json.dumps([asdict(one) for one in sorted(told)], ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
