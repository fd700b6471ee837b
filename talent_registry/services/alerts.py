"""Alerts acknowledged by officers of an authority, each with a note that stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from talent_registry.domain.alerts import AlertKind, AlertNote
from talent_registry.domain.integrity import check_text
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here
from talent_registry.services.proceeding_acts import account_of
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import alerts, inconsistencies
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class NewNote:
    """An inconsistency, named by the digest of its facts, that is acknowledged, and what is written on it."""

    digest: str
    note: str = field(repr=False)


async def acknowledge(registry: Registry, actor: Actor, asked: NewNote, key: str) -> Done:
    """Acknowledge an inconsistency with a note (authority of a party, by an account). Answer: `note_id`.

    As often as officers have something to add: nothing that was noted is changed. NotFound where nothing is decided
    differently on these facts; InvalidInput as `domain.integrity.check_text`.
    """

    async def act(work: Work) -> dict[str, Any]:
        _must_compare(registry, actor)
        text = check_text(asked.note, "note")
        note = note_of(work, AlertKind.INCONSISTENCY, asked.digest, text)
        async with duty(work.connection, "compare"):
            decided = await inconsistencies.list_decided(work.connection, [asked.digest], 1)
        if len({one.outcome for one in decided}) <= 1:
            raise nothing_here(("input", "digest"))
        await alerts.add_note(work.connection, note, work.command_id)
        return {"note_id": str(note.id)}

    return await perform(registry, actor, "acknowledgeAlert", key, asked, act)


def note_of(work: Work, kind: AlertKind, subject: str, text: str) -> AlertNote:
    """The note that the account which acts writes on an alert, named in the ledger; NotFound for whoever has none."""
    account_id = account_of(work.actor)
    if work.actor.province is None:
        raise nothing_here()
    note = AlertNote(
        id=new_id(),
        kind=kind,
        subject=subject,
        province=work.actor.province,
        note=text,
        account_id=account_id,
        organisation_id=work.actor.organisation_id,
        noted_at=work.now,
    )
    work.about("alertNote", note.id)
    work.says(alert=kind.value, subject=subject)
    return note


async def list_notes(registry: Registry, actor: Actor, digests: Sequence[str]) -> dict[str, list[AlertNote]]:
    """What officers of the actor's province wrote on these inconsistencies, oldest first, by digest."""
    _must_compare(registry, actor)
    found: dict[str, list[AlertNote]] = {digest: [] for digest in digests}
    async with registry.reading(actor) as connection:
        for note in await alerts.list_notes(connection, AlertKind.INCONSISTENCY, digests):
            found[note.subject].append(note)
    return found


def _must_compare(registry: Registry, actor: Actor) -> None:
    parties = Subject(provinces=frozenset(registry.agreement.parties))
    actor.must(Permission.COMPARE_CASES, parties, hidden=False)
