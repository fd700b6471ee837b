"""Editing one's own profile through the API."""

from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.researchers import Researcher, load_researcher
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services import profiles

SHOWN_TO = "To whom it is shown."


@strawberry.input(description="Contact data, as a whole; both empty clears it.")
class ContactInput:
    visibility: Visibility = strawberry.field(description=SHOWN_TO)
    email: str | None = strawberry.field(default=None, description="E-mail address, at most 254 characters.")
    phone: str | None = strawberry.field(default=None, description="Telephone number: digits, spaces, hyphens, +.")


@strawberry.input(description="A text; empty clears it.")
class TextItemInput:
    visibility: Visibility = strawberry.field(description=SHOWN_TO)
    value: str | None = strawberry.field(default=None, description="The text.")


@strawberry.input(description="Keywords, as a whole; none clears them.")
class KeywordsInput:
    visibility: Visibility = strawberry.field(description=SHOWN_TO)
    words: list[str] = strawberry.field(description="At most 20 keywords of at most 50 characters each.")


@strawberry.input(description="What to change of one's own profile: only the items given change.")
class EditProfileInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    contact: ContactInput | None = strawberry.field(default=None, description="How to be reached; kept sealed.")
    discipline: TextItemInput | None = strawberry.field(default=None, description="Discipline, at most 100 characters.")
    keywords: KeywordsInput | None = strawberry.field(default=None, description="Keywords of one's work.")
    orcid: TextItemInput | None = strawberry.field(
        default=None, description="ORCID iD, checked by its check character (ISO 7064 MOD 11-2)."
    )


@strawberry.type(description="The profile was changed.")
class EditProfileSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    items: list[PersonField] = strawberry.field(description="The items that changed.")
    person_id: strawberry.Private[UUID]

    @strawberry.field(description="The person.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.person_id)


EditProfileResult = Annotated[
    EditProfileSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("EditProfileResult", description="The changed profile, or why it was not changed."),
]


@strawberry.type
class ProfileMutation:
    @strawberry.mutation(description="Change one's own profile (the researcher alone).")
    async def edit_profile(
        self,
        info: Info,
        input: Annotated[EditProfileInput, strawberry.argument(description="What to change.")],
    ) -> EditProfileResult:
        context = info.context
        done = await profiles.edit(context.registry, context.actor, _asked(input), input.idempotency_key)
        return EditProfileSuccess(
            command=CommandReceipt.of(done),
            items=[PersonField(item) for item in done.result["items"]],
            person_id=UUID(done.result["researcher_id"]),
        )


def _asked(asked: EditProfileInput) -> profiles.ProfileEdit:
    contact, keywords = asked.contact, asked.keywords
    return profiles.ProfileEdit(
        profiles.ContactEdit(contact.email, contact.phone, contact.visibility) if contact else None,
        _text(asked.discipline),
        profiles.WordsEdit(tuple(keywords.words), keywords.visibility) if keywords else None,
        _text(asked.orcid),
    )


def _text(asked: TextItemInput | None) -> profiles.TextEdit | None:
    return profiles.TextEdit(asked.value, asked.visibility) if asked else None
