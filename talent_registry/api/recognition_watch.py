"""Watching a recognition, as the API gives it: only whether it holds, and the reason."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.nodes import from_node_id
from talent_registry.api.recognition_parts import RecognitionTargetInput
from talent_registry.services.permissions import nothing_here
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.recognition_watch import watch


@strawberry.type(
    description="Whether a credential is recognised for the post from this instant on; nothing else of it."
)
class RecognitionStanding:
    is_recognised: bool = strawberry.field(description="Whether a placement may rest on it.")
    reason_code: str = strawberry.field(description="The reason, a code of the agreement.")
    at: datetime = strawberry.field(description="The instant whose knowledge it rests on.")


@strawberry.type
class RecognitionSubscription:
    @strawberry.subscription(
        description="How a recognition stands, and again whenever it starts or stops; for whoever may ask for it, as "
        "long as they may. A look is noted for the person each time."
    )
    async def recognition_watch(
        self,
        info: Info,
        credential: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the credential.")],
        target: Annotated[RecognitionTargetInput, strawberry.argument(description="The post.")],
        purpose: Annotated[
            str, strawberry.argument(description="For what purpose; an agency's must be one of its own.")
        ] = "",
    ) -> AsyncGenerator[RecognitionStanding, None]:
        context = info.context
        if context.following is None or context.still is None:
            raise nothing_here()
        credential_id = from_node_id(credential, "Credential", "credential")
        asked = AskedRecognition(credential_id, target.to_domain(), purpose=purpose)
        async for one in watch(context.registry, context.following, context.still, asked):
            yield RecognitionStanding(is_recognised=one.recognised, reason_code=one.reason_code, at=one.at)
