"""Reading the entitlements of an agreement, and whether what they rest on is in it."""

from collections.abc import Collection

from talent_registry.domain.agreement_tables import TableReader, fault
from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.entitlement_terms import Entitlement, EntitlementArea, EntitlementNeed, StatedFact
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue


def read_entitlement(table: TableReader, placement_kinds: Collection[str]) -> Entitlement:
    """One entitlement; InvalidInput at a fault."""
    needs = EntitlementNeed(table.one_of("needs", tuple(EntitlementNeed)))
    lists = catalogue()
    placement, recognition = table.find_table("placement"), table.find_table("recognition")
    areas = table.tables("areas")
    entitlement = Entitlement(
        code=table.text("code"),
        name=table.message(),
        opens_when=table.text("opens_when"),
        needs=needs,
        placement_kinds=placement.some_of("kinds", placement_kinds, default=()),
        host_kinds=placement.some_of("host_kinds", [kind.code for kind in lists.organisation_kinds], default=()),
        credential_kinds=recognition.some_of("kinds", [kind.code for kind in lists.credential_kinds], default=()),
        levels=recognition.some_of("levels", [level.code for level in lists.levels], default=()),
        rules=recognition.texts("rules", default=()),
        stated=frozenset(StatedFact(one) for one in table.some_of("stated", tuple(StatedFact), default=())),
        areas=tuple(_read_area(area) for area in areas),
        since=table.day("from"),
        until=table.find_day("until"),
        scope=table.text("scope"),
        limit=table.text("limit", default=""),
        source=table.text("source"),
        status=table.status(),
    )
    for one in (placement, recognition, table):
        one.done()
    _check_rests(table, needs)
    _check_days(table, entitlement)
    return entitlement


def check_entitlements(version: AgreementVersion, file: str) -> None:
    """Raises InvalidInput where an entitlement rests on a clause that is not there, or on what is no placement."""
    clauses = {clause.id for clause in version.clauses}
    flexible = {kind.code for kind in version.placement_kinds if kind.flexible}
    for one in version.entitlements:
        for rule in sorted(one.rules - clauses):
            raise fault(
                file,
                f"entitlements[{one.code}].recognition.rules",
                Message(zh=f"没有条款“{rule}”", en=f'there is no clause "{rule}"'),
                Message(zh="请写协议中的条款编号", en="Name a clause of the agreement"),
            )
        for kind in sorted(one.placement_kinds - flexible):
            raise fault(
                file,
                f"entitlements[{one.code}].placement.kinds",
                Message(zh=f"{kind} 不是柔性流动", en=f"{kind} is no placement"),
                Message(zh="请删去", en="Remove it: what is refused opens nothing"),
            )


def _read_area(table: TableReader) -> EntitlementArea:
    area = EntitlementArea(table.texts("divisions"), table.day("from"))
    table.done()
    for code in sorted(area.divisions):
        if catalogue().find_division(code) is None:
            raise table.fault(
                "divisions",
                Message(zh=f"没有行政区划代码 {code}", en=f"there is no division {code}"),
                Message(zh="请用名录中的代码", en="Use a code of the catalogue"),
            )
    return area


def _check_rests(table: TableReader, needs: EntitlementNeed) -> None:
    """What narrows a placement or a recognition must be asked at all."""
    for key, unasked in (
        ("placement", EntitlementNeed.RECOGNITION),
        ("areas", EntitlementNeed.RECOGNITION),
        ("recognition", EntitlementNeed.PLACEMENT),
    ):
        if needs is unasked and table.has(key):
            raise table.fault(
                key,
                Message(zh=f"needs = {needs} 时不会用到", en=f"with needs = {needs} nobody asks this"),
                Message(zh="请删去，或更正 needs", en="Remove it, or correct `needs`"),
            )


def _check_days(table: TableReader, entitlement: Entitlement) -> None:
    if entitlement.until is not None and entitlement.until < entitlement.since:
        raise table.fault(
            "until",
            Message(zh="早于 from", en="it ends before it begins"),
            Message(zh="请更正其中一个日期", en="Correct one of the days"),
        )
