"""Items of a person's profile as the API gives them; the person is their source."""

from datetime import datetime

import strawberry

from talent_registry.domain.profiles import Contact, ProfileItem, Visibility


@strawberry.type(description="Contact data, stated by the person.")
class ContactItem:
    email: str | None = strawberry.field(description="E-mail address.")
    phone: str | None = strawberry.field(description="Telephone number.")
    visibility: Visibility = strawberry.field(description="To whom the person shows it.")
    recorded_at: datetime = strawberry.field(description="When the person stated it.")

    @classmethod
    def of(cls, item: ProfileItem) -> "ContactItem":
        """The contact data as GraphQL gives it."""
        value = item.value if isinstance(item.value, Contact) else Contact(None, None)
        return cls(email=value.email, phone=value.phone, visibility=item.visibility, recorded_at=item.recorded_at)


@strawberry.type(description="A text, stated by the person.")
class TextItem:
    value: str = strawberry.field(description="The text.")
    visibility: Visibility = strawberry.field(description="To whom the person shows it.")
    recorded_at: datetime = strawberry.field(description="When the person stated it.")

    @classmethod
    def of(cls, item: ProfileItem) -> "TextItem":
        """The text as GraphQL gives it."""
        return cls(value=str(item.value), visibility=item.visibility, recorded_at=item.recorded_at)


@strawberry.type(description="Keywords, stated by the person.")
class KeywordsItem:
    words: list[str] = strawberry.field(description="The keywords (at most 20), in the person's order.")
    visibility: Visibility = strawberry.field(description="To whom the person shows them.")
    recorded_at: datetime = strawberry.field(description="When the person stated them.")

    @classmethod
    def of(cls, item: ProfileItem) -> "KeywordsItem":
        """The keywords as GraphQL gives them."""
        words = list(item.value) if isinstance(item.value, tuple) else []
        return cls(words=words, visibility=item.visibility, recorded_at=item.recorded_at)
