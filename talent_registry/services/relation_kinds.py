"""How an actor may stand to a record."""

from enum import StrEnum


class Relation(StrEnum):
    """How an actor stands to a record.

    AUTHORITY is that of the province to which a record belongs (a person's by household or home unit); the authority of
    an issuer's or of a placement's province alone has to do with what was issued or placed there, and with no more.
    """

    ANYONE = "ANYONE"
    SELF = "SELF"
    HOME_UNIT = "HOME_UNIT"
    HOST_UNIT = "HOST_UNIT"
    ISSUER = "ISSUER"
    AUTHORITY = "AUTHORITY"
    AUTHORITY_OF_ISSUER = "AUTHORITY_OF_ISSUER"
    AUTHORITY_OF_PLACEMENT = "AUTHORITY_OF_PLACEMENT"
    CONSENTED = "CONSENTED"
    RECEIVER = "RECEIVER"
    OPERATOR = "OPERATOR"
    # What a look rests on where a person opted in to matching; no actor has it to a record.
    MATCHED = "MATCHED"
    CLOCK = "CLOCK"
