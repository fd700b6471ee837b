"""Letters: a receipt as a sealed PDF that proves itself, and what became since of what it says."""

import asyncio
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from joserfc.jwk import ECKey

from talent_registry.documents.letters import (
    Letter,
    NoLetter,
    Section,
    attached_receipt,
    letter_pdf,
    sealed_pdf,
    split_sealed,
)
from talent_registry.domain.credentials import Standing
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import SHANGHAI, shanghai_today
from talent_registry.services import attempts
from talent_registry.services.attempts import HOUR, MINUTE, Allowance
from talent_registry.services.permissions import ANONYMOUS, Actor, nothing_here
from talent_registry.services.receipts import get_receipt
from talent_registry.services.registry import Registry
from talent_registry.signing.receipts import LETTER_TYPE, TYPE, ReceiptRefused, sign, verify
from talent_registry.signing.sealing import digest, list_digests
from talent_registry.storage import receipts
from talent_registry.storage.credentials import find_credential
from talent_registry.storage.session import duty

# A letter takes a good part of a second of work; nobody reads more of them than this.
MADE: Final = Allowance("letter-made", 60, MINUTE)
WRONG_CHECKS: Final = Allowance("letter-check", 10, HOUR)
_KIND: Final = "letter"
_CHECK_LENGTH: Final = 20
_TITLE: Final = Message(zh="核验与认定证明", en="Letter of verification and recognition")
_SUMMARY: Final = Message(zh="名册核验汇总", en="Summary of a roster")
_REGISTRY: Final = Message(zh="川渝人才互认登记库", en="Sichuan-Chongqing talent registry")


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """What a letter said, and how the certificate stands as of now; `standing` None where it names none.

    `revoked_on` is the first day of a revocation recorded since or before.
    """

    said: dict[str, Any]
    standing: Standing | None
    revoked_on: date | None
    changed: bool
    as_of: datetime


async def make_letter(registry: Registry, actor: Actor, receipt_id: UUID) -> bytes:
    """The letter of a receipt, for whom `get_receipt` gives it: the same PDF each time, sealed under the current key.

    NotFound as there; `Limited` beyond sixty a minute of an account.
    """
    given = await get_receipt(registry, actor, receipt_id)
    await attempts.count_attempts(registry, str(actor.account_id), MADE)
    claims = verify(registry.keys.receipt_verifiers, given.compact)
    link = f"{registry.public_url}/l/{receipt_id}#{check_of(registry, receipt_id)}"
    pdf = await asyncio.to_thread(letter_pdf, _letter(claims, link, given.compact))
    pdf = pdf.rstrip(b"\n") + b"\n"
    seal = {"iss": claims["iss"], "jti": str(receipt_id), "sha256": sha256(pdf).hexdigest()}
    return sealed_pdf(pdf, sign(registry.keys, seal, LETTER_TYPE))


def read_letter(registry: Registry, content: bytes) -> dict[str, Any]:
    """What the receipt in a letter says, once every byte of the file is found to be ours.

    Raises `NoLetter` (SIZE, NOT_SEALED, ALTERED, NO_RECEIPT), whatever the file is; nothing of it is run or unpacked
    before its seal is verified.
    """
    return open_letter(registry.keys.receipt_verifiers, content)


def open_letter(keys: Mapping[str, ECKey], content: bytes) -> dict[str, Any]:
    """As `read_letter`, by published keys and without a registry."""
    pdf, seal = split_sealed(content)
    try:
        sealed = verify(keys, seal, LETTER_TYPE)
        if sealed.get("sha256") != sha256(pdf).hexdigest():
            raise NoLetter("ALTERED")
        claims = verify(keys, attached_receipt(pdf), TYPE)
    except ReceiptRefused:
        raise NoLetter("ALTERED") from None
    if claims.get("jti") != sealed.get("jti"):
        raise NoLetter("ALTERED")
    return claims


def check_of(registry: Registry, receipt_id: UUID) -> str:
    """The check value behind the address of a letter: 20 hexadecimal digits that nobody else can compute."""
    return digest(registry.keys, _KIND, str(receipt_id)).hex()[:_CHECK_LENGTH]


async def live_status(registry: Registry, receipt_id: UUID, check: str) -> LiveStatus:
    """What the letter said and what holds now, for whoever has it. NotFound for another check value or id, alike.

    `Limited` after ten wrong check values for one letter within an hour.
    """
    right = [one.hex()[:_CHECK_LENGTH].encode() for one in list_digests(registry.keys, _KIND, str(receipt_id))]
    if not any(hmac.compare_digest(one, check.encode("utf-8", "replace")) for one in right):
        # Wrong ones alone are counted, so that a stranger's do not keep out who holds the letter.
        await attempts.count_attempts(registry, str(receipt_id), WRONG_CHECKS)
        raise nothing_here()
    async with registry.reading(ANONYMOUS) as connection:
        async with duty(connection, "receipt"):
            given = await receipts.find_receipt(connection, receipt_id)
        if given is None:
            raise nothing_here()
        said = verify(registry.keys.receipt_verifiers, given.compact)
        now = await registry.instant(connection)
        known = said.get("certificate", {}).get("id") or said.get("credential")
        if known is None:
            return LiveStatus(said, None, None, changed=False, as_of=now)
        async with duty(connection, "verify"):
            record = await find_credential(connection, UUID(known), now)
    if record is None:
        return LiveStatus(said, None, None, changed=True, as_of=now)
    standing = record.standing(shanghai_today(now))
    then = said.get("certificate", {}).get("standing", Standing.VALID.value)
    return LiveStatus(said, standing, record.revoked_on, standing.value != then, now)


def _letter(claims: dict[str, Any], link: str, compact: str) -> Letter:
    at = datetime.fromisoformat(claims["as_of"]).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    rows = [(name, claims[key]) for key, name in _ROWS.items() if isinstance(claims.get(key), str)]
    message, agreement = claims.get("message"), claims.get("agreement")
    if message:
        rows.append((Message(zh="说明", en="Explanation"), f"{message['zh']} {message['en']}"))
    if agreement:
        words = f"{agreement['version']} sha256:{agreement['digest']}"
        rows.append((Message(zh="协议版本", en="Agreement version"), words))
    sections = [Section(Message(zh="结论", en="Answer"), rows)]
    if "counts" in claims:
        sections += _summary(claims)
    facts = claims.get("certificate")
    if facts:
        shown = [(name, str(facts[key])) for key, name in _FACTS.items() if facts.get(key)]
        sections.append(Section(Message(zh="证书", en="Certificate"), shown))
    place = claims["ledger"]
    closing = (
        Message(zh=f"截至 {at}（北京时间）并于此时签发。", en=f"As of, and signed at, {at} (Beijing time)."),
        Message(zh=f"台账第 {place['sequence']} 条", en=f"Ledger entry {place['sequence']}, {place['hash']}"),
        Message(
            zh="本函附有签名回执；将本文件放入 /verify 即可核验，改动任何一处都会被识破。",
            en="The signed receipt is attached; drop this file into /verify to check it. Any change is found out.",
        ),
    )
    title = _SUMMARY if "counts" in claims else _TITLE
    return Letter(title, _REGISTRY, claims["jti"], sections, closing, link, compact)


def _summary(claims: dict[str, Any]) -> list[Section]:
    """The sum of a roster: for whom, of which file, how many rows got each verdict."""
    about = [
        (Message(zh="单位", en="Office"), claims["office"]),
        (Message(zh="名册", en="Roster"), claims["roster"]),
        (Message(zh="文件摘要", en="Digest of the file"), f"sha256:{claims['file_digest']}"),
    ]
    rows = [(Message(zh=code, en=""), str(count)) for code, count in claims["counts"].items()]
    rows.append((Message(zh="合计", en="Total"), str(claims["rows"])))
    return [Section(Message(zh="委托", en="Asked by"), about), Section(Message(zh="核验结果", en="Verdicts"), rows)]


_ROWS: Final = {
    "kind": Message(zh="种类", en="Kind"),
    "verdict": Message(zh="核验结果", en="Verdict"),
    "outcome": Message(zh="认定结果", en="Outcome"),
    "clause": Message(zh="条款", en="Clause"),
    "reason": Message(zh="原因", en="Reason"),
    "decided_for": Message(zh="认定日", en="Day decided for"),
    "decided_on": Message(zh="办结日", en="Day settled"),
}
_FACTS: Final = {
    "number": Message(zh="证书编号", en="Number"),
    "holder": Message(zh="持证人", en="Holder"),
    "title": Message(zh="职称", en="Title"),
    "level": Message(zh="层级", en="Level"),
    "issuer": Message(zh="发证单位", en="Issuer"),
    "approved": Message(zh="批准日期", en="Approved on"),
    "valid_from": Message(zh="发证日期", en="Issued on"),
    "valid_until": Message(zh="有效期至", en="Valid until"),
    "standing": Message(zh="状态", en="Standing"),
}
