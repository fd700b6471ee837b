"""How a credential stands on a day, as the database derives it."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from talent_registry.domain.credentials import RecordStatus, Standing
from talent_registry.storage.tables import credential, credential_status, credential_version


def stands(standing: Standing, on: date) -> ColumnElement[bool]:
    """The same derivation as `CredentialRecord.standing`, for the database to filter by."""
    status = (
        select(credential_status.c.status)
        .where(
            credential_status.c.credential_id == credential.c.id,
            credential_status.c.superseded_at.is_(None),
            credential_status.c.valid_from <= on,
            or_(credential_status.c.valid_until.is_(None), credential_status.c.valid_until >= on),
        )
        .correlate(credential)
        .scalar_subquery()
    )
    known = func.coalesce(status, RecordStatus.VALID.value)
    until = credential_version.c.valid_until
    issued, lasting = credential_version.c.valid_from <= on, or_(until.is_(None), until >= on)
    if standing is Standing.REVOKED:
        return known == RecordStatus.REVOKED.value
    if standing is Standing.NOT_YET_ISSUED:
        return and_(known != RecordStatus.REVOKED.value, credential_version.c.valid_from > on)
    if standing is Standing.SUSPENDED:
        return and_(issued, known == RecordStatus.SUSPENDED.value)
    if standing is Standing.EXPIRED:
        return and_(issued, until < on, known.in_([RecordStatus.VALID.value, RecordStatus.PUBLICITY.value]))
    wanted = RecordStatus.PUBLICITY if standing is Standing.PENDING else RecordStatus.VALID
    return and_(issued, lasting, known == wanted.value)


def status_on(credential_id: ColumnElement[Any], on: ColumnElement[Any]) -> Select[Any]:
    """The record status on a day, as `CredentialRecord.status`: no row before the day of issue."""
    table = credential_status.alias()
    return (
        select(table.c.status)
        .where(
            table.c.credential_id == credential_id,
            table.c.superseded_at.is_(None),
            table.c.valid_from <= on,
            or_(table.c.valid_until.is_(None), table.c.valid_until >= on),
        )
        .order_by(table.c.valid_from)
        .limit(1)
    )


def standing_on(
    status: ColumnElement[Any], valid_from: ColumnElement[Any], valid_until: ColumnElement[Any], on: ColumnElement[Any]
) -> ColumnElement[str]:
    """As `CredentialRecord.standing`, from the record status on the day and the days of validity."""
    return case(
        (status == RecordStatus.REVOKED.value, Standing.REVOKED.value),
        (on < valid_from, Standing.NOT_YET_ISSUED.value),
        (status == RecordStatus.SUSPENDED.value, Standing.SUSPENDED.value),
        (valid_until < on, Standing.EXPIRED.value),
        (status == RecordStatus.PUBLICITY.value, Standing.PENDING.value),
        else_=Standing.VALID.value,
    )
