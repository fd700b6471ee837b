"""How a credential stands on a day, as the database derives it."""

from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select

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
