"""A receipt or letter that somebody hands in: whether it is ours to the last byte, and what became since of it."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from talent_registry.documents.letters import NoLetter
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.services.letters import LiveStatus, check_of, live_status, read_letter
from talent_registry.services.registry import Registry
from talent_registry.signing.receipts import LONGEST, ReceiptRefused, verify

_PDF: Final = b"%PDF-"
_REFUSED: Final = Message(
    zh="这份文件与本登记库签发的不一致：可能不是本登记库签发的，也可能签发后有改动或传输中损坏。"
    "请向出具方索取原文件，或按证书编号核验。",
    en="This file is not one that this registry signed, letter for letter: it may come from elsewhere, or it was "
    "changed or damaged since. Ask whoever gave it to you for the original, or verify by certificate number.",
)
_NOTHING: Final = Message(
    zh="没有收到文件或凭据内容。请选择证明（PDF）或凭据文件，或把凭据内容粘贴进来。",
    en="Neither a file nor a receipt arrived. Choose a letter (PDF) or the file of a receipt, or paste the receipt.",
)


@dataclass(frozen=True, slots=True)
class Proven:
    """What the receipt says, and how that stands by now."""

    said: dict[str, Any]
    live: LiveStatus


async def prove(registry: Registry, content: bytes) -> Proven:
    """The claims of a receipt (compact JWS) or of a sealed letter (PDF) of this registry, and the live status.

    InvalidInput NOTHING_GIVEN where there is nothing; NOT_OURS where one byte differs from what was signed, or where
    it is something else.
    """
    if not content.strip():
        raise InvalidInput(_NOTHING, reason="NOTHING_GIVEN", path=("file",))
    try:
        if content.startswith(_PDF):
            said = await asyncio.to_thread(read_letter, registry, content)
        else:
            said = verify(registry.keys.receipt_verifiers, content[: LONGEST + 1].decode("ascii").strip())
    except (NoLetter, ReceiptRefused, UnicodeDecodeError):
        raise InvalidInput(_REFUSED, reason="NOT_OURS", path=("file",)) from None
    receipt_id = UUID(said["jti"])
    return Proven(said, await live_status(registry, receipt_id, check_of(registry, receipt_id)))
