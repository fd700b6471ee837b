"""Rows of a roster given anew: each names by its reference which row of the earlier roster it stands for."""

from talent_registry.documents.rosters import RECORD, RosterFile
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.rosters import Roster, RosterState, line_of
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from talent_registry.storage import rosters


async def check_correction(registry: Registry, first: Roster, actor: Actor, file: RosterFile) -> None:
    """Raise where `file` cannot correct the roster: Conflict (NOT_DONE, CORRECTS_ANOTHER, CLEARED) or InvalidInput.

    InvalidInput (NO_SUCH_ROW) for a row whose reference names no verified row of the roster, or the same as another's.
    """
    if first.corrects_id is not None:
        raise _corrects_another()
    if first.cleared_at is not None:
        raise cleared()
    if first.state is not RosterState.DONE:
        raise _not_done()
    async with registry.reading(actor) as connection:
        answers = await rosters.list_answers(connection, first.id)
    left, letter = set(answers), file.letters().get(RECORD, "")
    for line, _, cells in file.rows:
        if cells is None:
            continue
        named = line_of(first.id, cells.get(RECORD, ""))
        if named not in left:
            raise _no_such_row(f"{letter}{line}")
        left.discard(named)


def cleared() -> Conflict:
    """The refusal of what needs the rows of a roster that are no longer kept."""
    return Conflict(
        Message(
            zh="名册的行和结果已过保存期限并已清除，只保留核验记录。如仍需要，请重新提交名册。",
            en="The rows and answers of this roster were removed when their time was over; only the record of it is "
            "kept. Submit the roster again if it is still needed.",
        ),
        reason="CLEARED",
    )


def _corrects_another() -> Conflict:
    return Conflict(
        Message(
            zh="该名册本身是对另一份名册的更正。请在最初的名册上再次更正。",
            en="This roster corrects another one itself. Correct the first one again.",
        ),
        reason="CORRECTS_ANOTHER",
    )


def _not_done() -> Conflict:
    return Conflict(
        Message(
            zh="名册尚未核验完毕，还不能更正。请待核验完成后再更正；如核验未完成，请重新提交名册。",
            en="It is not done, so it cannot be corrected yet. Wait until it is; if it failed, submit it anew.",
        ),
        reason="NOT_DONE",
    )


def _no_such_row(cell: str) -> InvalidInput:
    return InvalidInput(
        Message(
            zh=f"{cell} 的记录号不是该名册中的行，或与另一行重复。"
            "请在“只要有问题的行”下载的文件中更正，保留“记录号”一列。",
            en=f"The reference in {cell} names no row of the roster, or the same as another row's. Correct the rows in "
            "the download of rows with problems, and leave its last column (the record number) as it is.",
        ),
        reason="NO_SUCH_ROW",
        path=("file",),
    )
