"""Organisations and committee filings taken along with other records."""

from typing import Any

from sqlalchemy import ColumnElement, select

from talent_registry.domain.shapes import Asked
from talent_registry.storage.reads.texts import Piece, day, joined, node_id, or_null, record, string, texts
from talent_registry.storage.tables import committee_filing, organisation


def unit(asked: tuple[Asked, ...], unit_id: ColumnElement[Any]) -> ColumnElement[str]:
    """The organisation with this id, as JSON; null where there is none."""
    table = organisation.alias()
    values: dict[str, ColumnElement[str]] = {
        "id": node_id("Organisation", table.c.id),
        "nameZh": string(table.c.name_zh),
        "nameEn": or_null(string(table.c.name_en)),
        "kind": string(table.c.kind),
        "division": string(table.c.division),
        "province": string(table.c.province),
        "socialCreditCode": or_null(string(table.c.social_credit_code)),
        "rorId": or_null(string(table.c.ror_id)),
    }
    text = joined(record(asked, lambda one: [values[one.name]]))
    return or_null(select(text).where(table.c.id == unit_id).correlate_except(table).scalar_subquery())


def filing(asked: tuple[Asked, ...], number: ColumnElement[Any]) -> ColumnElement[str]:
    """The committee filing of this number as recorded now, as JSON; null where there is none."""
    table = committee_filing.alias()
    values: dict[str, ColumnElement[str]] = {
        "filingNumber": string(table.c.filing_number),
        "committeeName": string(table.c.committee_name),
        "filedFrom": day(table.c.filed_from),
        "filedTo": day(table.c.filed_to),
        "maxLevel": string(table.c.max_level),
        "series": texts(table.c.series),
    }

    def value(one: Asked) -> list[Piece]:
        return [unit(one.below, table.c.authority_id) if one.name == "authority" else values[one.name]]

    found = select(joined(record(asked, value))).where(table.c.filing_number == number, table.c.superseded_at.is_(None))
    return or_null(found.correlate_except(table).scalar_subquery())
