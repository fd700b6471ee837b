"""What a resolver is handed: the registry, who asks, and the loaders of this request."""

from dataclasses import dataclass, field
from typing import Any

from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo

from talent_registry.services.following import Following, Still
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.registry import Registry


@dataclass(slots=True)
class Context:
    """One request. `origin` is where the caller comes from (used only through a keyed digest).

    `token_seconds` is how long a token lives that is issued in it; `public_introspection` shows outsiders the schema;
    `following` and `still` (who asks, as it stands by then) are there for subscriptions.
    """

    registry: Registry
    actor: Actor
    request_id: str
    origin: str = ""
    token_seconds: int = 900
    public_introspection: bool = False
    following: Following | None = None
    still: Still | None = None
    loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def is_outsider(self) -> bool:
        """Whether introspection and suggestions are kept from the caller."""
        return self.actor.kind is ActorKind.ANONYMOUS and not self.public_introspection


Info = StrawberryInfo[Context, None]
