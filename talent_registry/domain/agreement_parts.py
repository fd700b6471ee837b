"""The parts that every agreement has: none is empty, and what a release drops of them it names with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from talent_registry.domain.agreement_documents import Document
from talent_registry.domain.agreement_tables import TableReader, fault
from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.messages import Message

DROPPED = "dropped"
# What recognition does not ask, so that no settled case would show that it is gone.
PARTS = ("placement_kinds", "placement_rules", "procedures")
# These a version may do without, but does not lose unsaid.
_FURTHER = ("minimum_days", "entitlements", "placement_periods", "correction_procedures", "question_terms")


@dataclass(frozen=True, slots=True)
class DroppedEntry:
    """An entry of one of the parts (a rule's or procedure's id, a kind's code) that a release drops, and why."""

    section: str
    id: str
    why: Message


def read_dropped(tables: Sequence[TableReader]) -> tuple[DroppedEntry, ...]:
    """The entries of `[[dropped]]`; InvalidInput at a fault."""
    return tuple(_read_entry(table) for table in tables)


def check_parts(document: Document) -> None:
    """Raises InvalidInput unless the document has every part."""
    for part in PARTS:
        if not document.list_tables(part):
            raise fault(
                document.places.get(part, document.places.get("versions", "")),
                part,
                Message(zh="没有任何条目", en="there is no entry"),
                Message(
                    zh=f"请用 [[{part}]] 逐条写明；草案如不改动本节，请整节删去，即沿用现行文本",
                    en=f"Write each entry as [[{part}]]; a draft that does not change this section leaves it out "
                    "altogether and keeps what stands",
                ),
            )


def check_rigid(version: AgreementVersion, places: Mapping[str, str]) -> None:
    """Raises InvalidInput unless the rulebook names a kind that is not flexible."""
    if all(kind.flexible for kind in version.placement_kinds):
        raise fault(
            places.get("placement_kinds", ""),
            "placement_kinds",
            Message(
                zh="没有一种方式写明不属于柔性流动（flexible = false）",
                en="no kind is named that is not flexible (flexible = false)",
            ),
            Message(
                zh="请保留调动（RIGID_TRANSFER），写 flexible = false，才能拒绝调动",
                en="Keep the transfer (RIGID_TRANSFER) with flexible = false: it is named so that it can be refused",
            ),
        )


def check_dropped(
    before: AgreementVersion, after: AgreementVersion, dropped: Sequence[DroppedEntry], places: Mapping[str, str]
) -> None:
    """Raises InvalidInput where an entry of the version before is gone and not named, or named and not gone."""
    named = {(one.section, one.id) for one in dropped}
    gone = {
        (part, one)
        for part in (*PARTS, *_FURTHER)
        for one in set(_list_ids(before, part)) - set(_list_ids(after, part))
    }
    for part, one in sorted(gone - named):
        raise fault(
            places.get(part, ""),
            f"{part}[{one}]",
            Message(
                zh=f"{before.id} 的这一条没有写入草案，也没有说明", en=f"{before.id} has it; the draft drops it unsaid"
            ),
            Message(
                zh=f"请补回这一条；确要废止的，请写 [[{DROPPED}]] "
                f'section = "{part}"、id = "{one}"，并以 zh 和 en 说明理由',
                en=f"Write it as it stands; to drop it, add [[{DROPPED}]] with "
                f'section = "{part}", id = "{one}" and the reason in zh and en',
            ),
        )
    for part, one in sorted(named - gone):
        raise fault(
            places[DROPPED],
            f"{DROPPED}[{one}]",
            Message(
                zh=f"称废止 {part} 中的 {one}，但草案仍有这一条，或 {before.id} 没有这一条",
                en=f"it is said to be dropped from {part}, but the draft still has it, or {before.id} never had it",
            ),
            Message(zh=f"请从 [[{DROPPED}]] 中删去", en=f"Remove it from [[{DROPPED}]]"),
        )
    _check_still_rigid(before, after, places)


def _check_still_rigid(before: AgreementVersion, after: AgreementVersion, places: Mapping[str, str]) -> None:
    """What would move household, file or relation stays named as that: no reason makes it a placement."""
    rigid = {kind.code for kind in before.placement_kinds if not kind.flexible}
    still = {kind.code for kind in after.placement_kinds if not kind.flexible}
    for code in sorted(rigid - still):
        raise fault(
            places["placement_kinds"],
            f"placement_kinds[{code}].flexible",
            Message(
                zh=f"按 {before.id} 这一方式不属于柔性流动", en=f"by {before.id} this kind is not flexible and stays so"
            ),
            Message(zh="请保留这一方式并写 flexible = false", en="Keep it, with flexible = false"),
        )


def _read_entry(table: TableReader) -> DroppedEntry:
    entry = DroppedEntry(table.one_of("section", (*PARTS, *_FURTHER)), table.text("id"), table.message())
    table.done()
    return entry


def _list_ids(version: AgreementVersion, part: str) -> list[str]:
    return {
        "placement_kinds": [kind.code for kind in version.placement_kinds],
        "placement_rules": [rule.id for rule in version.placement_rules],
        "procedures": [procedure.id for procedure in version.procedures],
        "minimum_days": [scheme.id for scheme in version.minimum_days],
        "entitlements": [one.code for one in version.entitlements],
        "placement_periods": [period.id for period in version.placement_periods],
        "correction_procedures": [one.id for one in version.correction_procedures],
        "question_terms": [one.id for one in version.question_terms],
    }[part]
