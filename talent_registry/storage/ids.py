"""The ids that the registry gives: UUIDs of version 7, which sort by the time they were made."""

from typing import Final
from uuid import UUID

import uuid_utils

# The same for rows that one statement writes as a set: the time in milliseconds over random bits, version 7.
NEW_ID: Final = """
    encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6
    ), 52, 1), 53, 1), 'hex')::uuid
"""


def new_id() -> UUID:
    """A fresh internal id."""
    return UUID(int=uuid_utils.uuid7().int)
