"""Opaque ids: what kind of record and which one, in a form that callers pass back and never take apart."""

import base64
import binascii
from uuid import UUID

import strawberry

from talent_registry.services.permissions import nothing_here

_LONGEST = 120


@strawberry.interface(description="A record with an opaque id, which `node` takes.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque id.")


def to_node_id(kind: str, record_id: UUID) -> strawberry.ID:
    """The opaque id of a record of `kind` (the name of its GraphQL type)."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{kind}:{record_id.hex}".encode()).decode().rstrip("="))


def kind_and_id(text: str) -> tuple[str, UUID] | None:
    """Take an opaque id apart; None if it is not one of ours, letter for letter."""
    if len(text) > _LONGEST:
        return None
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        kind, _, number = decoded.partition(":")
        record_id = UUID(hex=number)
    except (binascii.Error, ValueError):
        return None
    return (kind, record_id) if to_node_id(kind, record_id) == text else None


def from_node_id(text: str, kind: str, *path: str) -> UUID:
    """The record id in an opaque id of `kind`; anything else reads as "not found"."""
    found = kind_and_id(text)
    if found is None or found[0] != kind:
        raise nothing_here(path)
    return found[1]
