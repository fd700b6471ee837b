"""The versions of a placement's terms as the API gives them, each with what it changes."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.utils.str_converters import to_camel_case

from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.placement_parts import PlacementTerm, PlacementTerms
from talent_registry.domain import placement_states
from talent_registry.domain import placements as domain
from talent_registry.domain.placement_terms import Difference, PieceKind, compared_with, differences

described(
    PieceKind,
    "What became of a piece of text.",
    {"KEPT": "It stands in both versions.", "REMOVED": "It was taken out.", "ADDED": "It was put in."},
)


@strawberry.type(description="A piece of a text that was kept, removed or added.")
class TextPiece:
    kind: PieceKind = strawberry.field(description="What became of it.")
    text: str = strawberry.field(description="The piece.")


@strawberry.type(description="What a version of the terms changes in one field.")
class TermsChange:
    field: str = strawberry.field(description="The field, by the name it has in the terms.")
    name: LocalisedText = strawberry.field(description="What it is called.")
    before: str | None = strawberry.field(description="What it was; null: the terms were silent.")
    after: str | None = strawberry.field(description="What it is; null: the terms are silent.")
    pieces: list[TextPiece] = strawberry.field(description="Of a text that both state: what was kept and changed.")

    @classmethod
    def of(cls, difference: Difference) -> "TermsChange":
        """The change as GraphQL gives it."""
        return cls(
            field=to_camel_case(difference.field),
            name=LocalisedText.of(difference.name),
            before=difference.before,
            after=difference.after,
            pieces=[TextPiece(kind=one.kind, text=one.text) for one in difference.pieces],
        )


@strawberry.type(description="One version of the terms.")
class PlacementRound:
    number: int = strawberry.field(description="The version, counted from 1.")
    term: PlacementTerm = strawberry.field(description="The days.")
    workload_percent: int = strawberry.field(description="Whole percents of a full post.")
    terms: PlacementTerms = strawberry.field(description="The rest.")
    terms_digest: str = strawberry.field(description="SHA-256 (hex) of what the parties sign.")
    proposed_by: placement_states.Party = strawberry.field(description="Which party proposed it.")
    proposed_at: datetime = strawberry.field(description="When.")
    agreed_at: datetime | None = strawberry.field(description="When the third party signed; null: not yet.")
    answers: int | None = strawberry.field(
        description="The version to which it is a counter-proposal; null: it is a first proposal or an extension."
    )
    rounds: strawberry.Private[tuple[domain.TermsRound, ...]]

    @strawberry.field(
        description="What it changes, field by field, against the version that it answers, or, of an extension, the "
        "terms then in force; none for the first version."
    )
    def changes(
        self,
        since: Annotated[
            int | None, strawberry.argument(description="The version to compare with instead, counted from 1.")
        ] = None,
    ) -> list[TermsChange]:
        compared = compared_with(self.rounds, self.number)
        if since is not None:
            compared = next((one for one in self.rounds if one.number == since), None)
        if compared is None:
            return []
        return [TermsChange.of(one) for one in differences(compared, self.rounds[self.number - 1])]

    @classmethod
    def of(cls, round_: domain.TermsRound, rounds: tuple[domain.TermsRound, ...]) -> "PlacementRound":
        """The version as GraphQL gives it."""
        return cls(
            number=round_.number,
            term=PlacementTerm.of(round_.term),
            workload_percent=round_.workload_percent,
            terms=PlacementTerms.of(round_.terms),
            terms_digest=round_.digest,
            proposed_by=round_.proposed_by,
            proposed_at=round_.proposed_at,
            agreed_at=round_.agreed_at,
            answers=round_.answers,
            rounds=rounds,
        )
