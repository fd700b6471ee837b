"""The entries of a roll made ready for the database: documents sealed and digested, names read, ids given."""

from collections.abc import Callable, Sequence
from typing import Final

from talent_registry.documents import pinyin
from talent_registry.domain.identifiers import mask
from talent_registry.domain.rolls import RollEntry
from talent_registry.reference.catalogue import catalogue
from talent_registry.services.researchers import DOCUMENT_DIGEST
from talent_registry.services.roll_units import filing_number
from talent_registry.signing.keys import KeySet
from talent_registry.signing.sealing import list_digests, seal
from talent_registry.storage.ids import new_id
from talent_registry.storage.roll_staging import StagedRow

_STEP = 1_000
# What a roll never says of a certificate and holds by default; the day of issue is the day of approval where it lacks.
NEVER_SAID: Final = ("certificate_medium", "found_in_lookup", "delegated", "targeted_area")
ISSUE_DAY: Final = "valid_from"


def make_ready(keys: KeySet, entries: Sequence[RollEntry], sealed: Callable[[int], None]) -> list[StagedRow]:
    """The staged row of each entry, its organisations still open; `sealed` is told how many are done."""
    rows: list[StagedRow] = []
    for place, entry in enumerate(entries):
        rows.append(_staged(keys, place, entry))
        if len(rows) % _STEP == 0:
            sealed(len(rows))
    sealed(len(rows))
    return rows


def _staged(keys: KeySet, place: int, entry: RollEntry) -> StagedRow:
    document = entry.document
    digests = list_digests(keys, DOCUMENT_DIGEST, document.number)
    document_id = new_id()
    sealed = seal(keys, document.number, document_id.bytes)
    return StagedRow(
        place=place,
        line=entry.line,
        digest=digests[0],
        digests=digests,
        name_zh=entry.name,
        pinyin=pinyin.romanise(entry.name),
        sort_key=pinyin.sort_key(entry.name),
        search_keys=list(pinyin.search_keys(entry.name)),
        document_kind=document.kind,
        document_id=document_id,
        number_sealed=sealed.ciphertext,
        key_id=sealed.key_id,
        number_masked=mask(document.number),
        person_id=new_id(),
        name_id=new_id(),
        household_id=new_id(),
        relation_id=new_id(),
        household=entry.household_division,
        number=entry.certificate_number,
        credential_id=new_id(),
        version_id=new_id(),
        status_id=new_id(),
        title_code=entry.title_code,
        title_name=entry.title_name,
        series=catalogue().title(entry.title_code).series_code,
        level=entry.level,
        specialty=entry.specialty,
        route=entry.route,
        issuer_kind=entry.issuer_kind,
        issuer_division=entry.issuer_division,
        filing_number=None if entry.filing_number is None else filing_number(entry.filing_number),
        approval_date=entry.approval_date,
        valid_from=entry.issue_date or entry.approval_date,
        valid_until=entry.valid_to,
        status=entry.status,
        defaulted=[*NEVER_SAID, *([] if entry.issue_date else [ISSUE_DAY])],
    )
