"""Reading the lists of an agreement: authorities that list each other, equal codes, mapped qualifications."""

from collections.abc import Sequence

from talent_registry.domain.agreement_tables import TableReader, fault
from talent_registry.domain.agreements import Equivalence, MappedQualification, ReciprocalListing
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue

# Every authority of both provinces with every other is a third of this.
MOST_LISTINGS = 50_000


def read_reciprocity(tables: Sequence[TableReader]) -> tuple[ReciprocalListing, ...]:
    """What all tables list; InvalidInput at a fault, and where it is more than anybody could mean."""
    listings: list[ReciprocalListing] = []
    for table in tables:
        listings += read_listings(table)
        if len(listings) > MOST_LISTINGS:
            raise fault(
                table.file,
                table.key,
                Message(
                    zh=f"名单展开后超过 {MOST_LISTINGS} 条",
                    en=f"the lists come to more than {MOST_LISTINGS} entries",
                ),
                Message(zh="请合并日期相接的条目", en="Bring entries together whose days follow on each other"),
            )
    return tuple(listings)


def read_listings(table: TableReader) -> list[ReciprocalListing]:
    """What one table lists; InvalidInput at a fault.

    `issuer` and `target` are one direction of a pair; `between` and `and` are two groups: each authority of the one and
    each of the other list each other in both directions.
    """
    if table.has("between") or table.has("and"):
        ones, others = _read_group(table, "between"), _read_group(table, "and")
        pairs = [pair for one in ones for other in others for pair in ((one, other), (other, one))]
    else:
        pairs = [(_known(table, "issuer", table.text("issuer")), _known(table, "target", table.text("target")))]
    since, until = table.day("from"), table.find_day("until")
    source, status = table.text("source"), table.status()
    table.done()
    return [
        ReciprocalListing(issuer=issuer, target=target, since=since, until=until, source=source, status=status)
        for issuer, target in pairs
    ]


def _read_group(table: TableReader, key: str) -> list[str]:
    group = sorted(table.texts(key))
    if not group:
        raise table.fault(
            key,
            Message(zh="没有列出机关", en="no authority is named"),
            Message(zh="请至少写一个代码", en="Name at least one code"),
        )
    return [_known(table, key, code) for code in group]


def _known(table: TableReader, key: str, code: str) -> str:
    if catalogue().find_division(code) is None:
        raise table.fault(
            key,
            Message(zh=f"没有行政区划代码 {code}", en=f"there is no division {code}"),
            Message(zh="请核对代码", en="Check the code"),
        )
    return code


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
