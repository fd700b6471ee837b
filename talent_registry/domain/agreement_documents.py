"""The content of an agreement's files, merged: for each top-level key its value and the file it stands in."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from talent_registry.domain.agreement_tables import TableReader, fault
from talent_registry.domain.messages import Message

LISTS = (
    "parties",
    "versions",
    "clauses",
    "reciprocity",
    "equivalences",
    "qualifications",
    "placement_kinds",
    "placement_rules",
    "minimum_days",
    "procedures",
    "entitlements",
    "placement_periods",
    "correction_procedures",
    "question_terms",
)
# What is nested deeper than this in one line is no agreement; the parser would take seconds over it.
MOST_DOTS = 200
_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)\Z")
SECTIONS = ("agreement", *LISTS)


@dataclass(frozen=True, slots=True)
class Document:
    """The merged content of an agreement's files: for each top-level key its value and the file it stands in."""

    content: Mapping[str, object]
    places: Mapping[str, str]

    def list_tables(self, key: str) -> list[TableReader]:
        """The tables of a top-level list, each named by its id or code."""
        file, tables = self.places.get(key, ""), self.content.get(key, [])
        if not isinstance(tables, list):
            raise fault(
                file,
                key,
                Message(zh="应为表的列表", en="this must be a list of tables"),
                Message(zh=f"请写成 [[{key}]]", en=f"Write [[{key}]]"),
            )
        return [TableReader(file, _name_of(key, number, table), table) for number, table in enumerate(tables, 1)]


def merge_files(texts: Mapping[str, str], known: Collection[str] = SECTIONS) -> Document:
    """The files (name to TOML text) as one document; InvalidInput (AGREEMENT_FAULT) where a key is not `known`."""
    content: dict[str, object] = {}
    places: dict[str, str] = {}
    for file in sorted(texts):
        for key, value in _parse(file, texts[file]).items():
            if key not in known:
                raise fault(
                    file,
                    key,
                    Message(zh="不认识这个键", en="this key is not known"),
                    Message(zh="请更正拼写或删去", en="Correct its spelling or remove it"),
                )
            if key in places:
                raise fault(
                    file,
                    key,
                    Message(zh=f"已写在 {places[key]} 中", en=f"this already stands in {places[key]}"),
                    Message(zh="请合并到一个文件", en="Bring both together in one file"),
                )
            content[key], places[key] = value, file
    return Document(content, places)


def _parse(file: str, text: str) -> dict[str, object]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > MOST_DOTS:
            raise fault(
                file,
                "TOML",
                Message(
                    zh=f"第 {number} 行的句点超过 {MOST_DOTS} 个", en=f"line {number} has more than {MOST_DOTS} dots"
                ),
                Message(zh="请分成几行", en="Break it into several lines"),
            )
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Beside what is no TOML: numbers of thousands of digits and brackets thousands deep.
        raise fault(
            file,
            "TOML",
            _not_toml(str(error)),
            Message(zh="请改正该处的写法", en="Correct what is written there"),
        ) from error


def _not_toml(said: str) -> Message:
    """What the parser says, with the place in words of ours where it names one."""
    place = _PLACE.search(said)
    if place is None:
        return Message(zh=f"不是有效的 TOML（{said}）", en=f"this is not valid TOML ({said})")
    why, line, column = said[: place.start()], place[1], place[2]
    return Message(
        zh=f"第 {line} 行第 {column} 列不是有效的 TOML（{why}）",
        en=f"line {line}, column {column} is not valid TOML ({why})",
    )


def _name_of(key: str, number: int, table: object) -> str:
    # The code of an equivalence is not its own: each stands there twice.
    names = table if isinstance(table, Mapping) and key != "equivalences" else {}
    name = names.get("id", names.get("code", names.get("case_id", number)))
    return f"{key}[{name}]"
