"""Reading the lists of an agreement: authorities that list each other, equal codes, mapped qualifications."""

from talent_registry.domain.agreement_tables import TableReader
from talent_registry.domain.agreements import Equivalence, MappedQualification, ReciprocalListing
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue


def read_listing(table: TableReader) -> ReciprocalListing:
    """One direction of a pair of local authorities; InvalidInput at a fault."""
    for key in ("issuer", "target"):
        if catalogue().find_division(code := table.text(key)) is None:
            raise table.fault(
                key,
                Message(zh=f"没有行政区划代码 {code}", en=f"there is no division {code}"),
                Message(zh="请核对代码", en="Check the code"),
            )
    listing = ReciprocalListing(
        issuer=table.text("issuer"),
        target=table.text("target"),
        since=table.day("from"),
        until=table.find_day("until"),
        source=table.text("source"),
        status=table.status(),
    )
    table.done()
    return listing


def read_equivalence(table: TableReader, parties: frozenset[str]) -> Equivalence:
    """A code of one party that counts as a code of the other; InvalidInput at a fault."""
    of = table.one_of("of", ("LEVEL", "CARD"))
    equivalence = Equivalence(
        of=of,
        province=table.one_of("province", parties),
        code=_code(table, of, "code"),
        other_province=table.one_of("other_province", parties),
        other_code=_code(table, of, "other_code"),
        source=table.text("source"),
        status=table.status(),
    )
    table.done()
    return equivalence


def _code(table: TableReader, of: str, key: str) -> str:
    """Levels are the catalogue's; the classes of cards are named by the provinces alone."""
    return table.one_of(key, [level.code for level in catalogue().levels]) if of == "LEVEL" else table.text(key)


def read_qualification(table: TableReader) -> MappedQualification:
    """A vocational qualification with the title it counts as; InvalidInput at a fault."""
    qualification = MappedQualification(
        names=table.texts("names"),
        grade=table.text("grade", default=""),
        title_zh=table.text("title_zh"),
        level=table.one_of("level", [level.code for level in catalogue().levels]),
        source=table.text("source"),
        status=table.status(),
    )
    table.done()
    return qualification
