"""Reveals as the API gives them: the one place where the number of an identity document is shown in full."""

from typing import Annotated

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.domain.reveals import LegalBasis
from talent_registry.services import reveals

described(
    LegalBasis,
    "On what provision of the Personal Information Protection Law a number is read in full.",
    {
        "CONSENT": "Art. 13(1): the person's consent that names the documents (an office with such a consent).",
        "STATUTORY_DUTY": "Art. 13(3): a statutory duty (an authority).",
    },
)


@strawberry.type(description="An identity document with its number in full.")
class RevealedDocument:
    id: strawberry.ID = strawberry.field(description="Opaque id of the document.")
    kind: str = strawberry.field(description="Kind of document, a code of the catalogue.")
    number: str = strawberry.field(description="The number. It is shown here and kept by no command.")


@strawberry.input(description="Whose document numbers to show, and why.")
class RevealDocumentNumbersInput:
    researcher: strawberry.ID = strawberry.field(description="Opaque id of the person.")
    purpose: str = strawberry.field(description="For what purpose; the person can see it.")
    legal_basis: LegalBasis = strawberry.field(description="On which legal basis.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The numbers; the person sees that they were read, by whom and why.")
class RevealDocumentNumbersSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    documents: list[RevealedDocument] = strawberry.field(description="The person's documents of today.")


RevealDocumentNumbersResult = Annotated[
    RevealDocumentNumbersSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("RevealDocumentNumbersResult", description="The numbers, or why they are not shown."),
]


@strawberry.type
class RevealMutation:
    @strawberry.mutation(
        description="Show the numbers of a person's identity documents in full (the authority of the household or home "
        "unit; that of an issuer; an office to which a consent opens the documents). The person sees it."
    )
    async def reveal_document_numbers(
        self,
        info: Info,
        input: Annotated[RevealDocumentNumbersInput, strawberry.argument(description="Whose, and why.")],
    ) -> RevealDocumentNumbersResult:
        context = info.context
        person = from_node_id(input.researcher, "Researcher", "input", "researcher")
        asked = reveals.NewReveal(person, input.purpose, input.legal_basis)
        shown = await reveals.reveal(context.registry, context.actor, asked, input.idempotency_key)
        documents = [
            RevealedDocument(id=to_node_id("IdentityDocument", one.document_id), kind=one.kind, number=one.number)
            for one in shown.numbers
        ]
        return RevealDocumentNumbersSuccess(command=CommandReceipt.of(shown.done), documents=documents)
