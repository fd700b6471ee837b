"""The conformance cases of the agreement: the shipped ones, and those that come with a draft."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NoReturn

from talent_registry.domain.agreement_loading import SHIPPED
from talent_registry.domain.agreement_tables import fault, is_shown
from talent_registry.domain.cases import Case, parse_case
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message


def is_file_of_cases(file: str) -> bool:
    """Whether a file of a draft holds cases: a JSON list, beside the rules in TOML."""
    return file.lower().endswith(".json")


@cache
def shipped_cases() -> tuple[Case, ...]:
    """The settled cases of the shipped agreement, read once."""
    name = f"{SHIPPED}.cases.json"
    text = (files("talent_registry") / "agreements" / name).read_text(encoding="utf-8")
    return read_cases({name: text})[0]


def read_cases(texts: Mapping[str, str]) -> tuple[tuple[Case, ...], list[object]]:
    """The cases of the files (name to JSON text), and the same as written.

    Raises InvalidInput (AGREEMENT_FAULT) with `path` (file, key) at the first fault: each case has an id of its own
    and an expected outcome.
    """
    cases: dict[str, Case] = {}
    written: list[object] = []
    for file in sorted(texts):
        for number, value in enumerate(_parse(file, texts[file])):
            case = _read_case(file, number, value)
            if case.case_id in cases:
                raise fault(
                    file,
                    f"[{number}].case_id",
                    Message(zh=f"编号 {case.case_id} 重复", en=f"the id {case.case_id} occurs twice"),
                    Message(zh="请给其中一个新的编号", en="Give one of them another id"),
                )
            cases[case.case_id] = case
            written.append(value)
    return tuple(cases.values()), written


def settled_with(settled: Sequence[Case], cases: Sequence[Case]) -> tuple[Case, ...]:
    """The settled cases once a release with these cases stands: a case written anew replaces the one of its id."""
    return tuple({case.case_id: case for case in (*settled, *cases)}.values())


def _read_case(file: str, number: int, value: object) -> Case:
    try:
        case = parse_case(value, (f"[{number}]",))
    except InvalidInput as error:
        zh, en = (f"{file}{colon}{text}" for colon, text in (("：", error.message.zh), (": ", error.message.en)))
        raise InvalidInput(
            Message(zh=zh, en=en), reason="AGREEMENT_FAULT", path=(file, ".".join(error.path))
        ) from error
    if not case.case_id or case.expected is None or case.expected.outcome is None:
        key = "expected.outcome" if case.case_id else "case_id"
        raise fault(
            file,
            f"[{number}].{key}",
            Message(zh="缺少这个键", en="this key is missing"),
            Message(
                zh="每个示例须有编号和预期结论", en="Each conformance case needs its id and the outcome it expects"
            ),
        )
    return case


def _parse(file: str, text: str) -> list[object]:
    try:
        value = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object_once, parse_constant=_no_constant)
        # Halves of characters can be written as escapes but never be shown or digested.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise fault(
            file,
            "JSON",
            Message(zh=f"不是有效的 JSON（{_shown(error)}）", en=f"this is not valid JSON ({_shown(error)})"),
            Message(zh="请改正所示行列处的写法", en="Correct the place that is named"),
        ) from error
    if not isinstance(value, list):
        raise fault(
            file,
            "JSON",
            Message(zh="应为示例的列表", en="this must be a list of cases"),
            Message(zh="请写成 [ { … }, { … } ]", en="Write [ { … }, { … } ]"),
        )
    return value


def _shown(error: Exception) -> str:
    return "half a character" if isinstance(error, UnicodeEncodeError) else str(error)


def _object_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if not all(is_shown(text) for pair in pairs for text in pair if isinstance(text, str)):
        raise ValueError("a character that cannot be seen")
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
