"""A person's own profile: edited by the person alone, opened for show by whoever disclosure allows."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from talent_registry.domain.profiles import (
    Contact,
    ItemValue,
    ProfileItem,
    Visibility,
    check_contact,
    check_discipline,
    check_keywords,
    check_orcid,
)
from talent_registry.domain.researchers import PersonField
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.signing.keys import KeySet
from talent_registry.signing.sealing import Sealed, seal, unseal
from talent_registry.storage import profiles, researchers
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class ContactEdit:
    """New contact data, as a whole; both empty clears it."""

    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A new text; empty clears the item."""

    value: str | None = field(repr=False)
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class WordsEdit:
    """New keywords, as a whole; none clears them."""

    words: tuple[str, ...] = field(repr=False)
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class ProfileEdit:
    """What to change of a profile: only the items given change, each as a whole."""

    contact: ContactEdit | None = None
    discipline: TextEdit | None = None
    keywords: WordsEdit | None = None
    orcid: TextEdit | None = None


async def edit(registry: Registry, actor: Actor, asked: ProfileEdit, key: str) -> Done:
    """Change the caller's own profile. Answer: `researcher_id` and the `items` that changed."""

    async def act(work: Work) -> dict[str, Any]:
        actor.must(Permission.EDIT_PROFILE, Subject(researcher_id=actor.researcher_id), hidden=False)
        person = actor.researcher_id and await researchers.lock_researcher(work.connection, actor.researcher_id)
        if not person:
            raise nothing_here()
        changes = _checked(asked)
        for item, (value, visibility) in changes.items():
            await profiles.supersede_item(work.connection, person.id, item, work.now)
            if value is not None:
                kept = _keep(work, person.id, ProfileItem(item, value, visibility, work.now))
                await profiles.add_item(work.connection, kept, work.command_id)
        names = [item.value for item in changes]
        work.about("researcher", person.id)
        work.says(items=names)
        return {"researcher_id": str(person.id), "items": names}

    return await perform(registry, actor, "editProfile", key, asked, act)


def open_item(keys: KeySet, kept: profiles.KeptItem) -> ProfileItem:
    """An item as the person stated it; contact data is unsealed."""
    value: ItemValue
    if kept.value_sealed is not None:
        plain = json.loads(unseal(keys, Sealed(str(kept.key_id), kept.value_sealed), kept.id.bytes))
        value = Contact(plain["email"], plain["phone"])
    else:
        value = tuple(kept.value) if isinstance(kept.value, list) else str(kept.value)
    return ProfileItem(kept.item, value, kept.visibility, kept.recorded_at)


def _keep(work: Work, person_id: UUID, item: ProfileItem) -> profiles.KeptItem:
    row_id = new_id()
    if isinstance(item.value, Contact):
        plain = json.dumps({"email": item.value.email, "phone": item.value.phone})
        sealed = seal(work.registry.keys, plain, row_id.bytes)
        return profiles.KeptItem(
            row_id,
            person_id,
            item.item,
            item.visibility,
            item.recorded_at,
            value_sealed=sealed.ciphertext,
            key_id=sealed.key_id,
        )
    value = list(item.value) if isinstance(item.value, tuple) else item.value
    return profiles.KeptItem(row_id, person_id, item.item, item.visibility, item.recorded_at, value)


def _checked(asked: ProfileEdit) -> dict[PersonField, tuple[ItemValue | None, Visibility]]:
    changes: dict[PersonField, tuple[ItemValue | None, Visibility]] = {}
    if asked.contact is not None:
        value = check_contact(asked.contact.email, asked.contact.phone)
        changes[PersonField.CONTACT] = (value, asked.contact.visibility)
    if asked.discipline is not None:
        changes[PersonField.DISCIPLINE] = (check_discipline(asked.discipline.value), asked.discipline.visibility)
    if asked.keywords is not None:
        changes[PersonField.KEYWORDS] = (check_keywords(list(asked.keywords.words)), asked.keywords.visibility)
    if asked.orcid is not None:
        changes[PersonField.ORCID] = (check_orcid(asked.orcid.value), asked.orcid.visibility)
    return changes
