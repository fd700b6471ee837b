"""Signing in, who one is, and the clients of agencies, as the API gives them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.domain import accounts as domain
from talent_registry.services import accounts, identities

described(
    domain.AccountKind,
    "What an account acts as. No account acts for both provinces.",
    {
        "RESEARCHER": "A person, for the own record.",
        "HR": "The personnel office of a home or host unit.",
        "ISSUER": "An organisation that issues credentials.",
        "AUTHORITY": "The human resources authority of a province.",
        "AGENCY": "A client program of an agency, for granted purposes.",
    },
)


@strawberry.type(description="An account as it stands now; what it signs in with is not shown.")
class Account:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    kind: domain.AccountKind = strawberry.field(description="What it acts as.")
    province: str | None = strawberry.field(description="Province of its organisation (GB/T 2260).")
    researcher_public_number: str | None = strawberry.field(description="Public number of its person.")
    purposes: list[str] = strawberry.field(description="What an agency's client may ask for; empty for all others.")
    is_open: bool = strawberry.field(description="Whether it may still act.")
    organisation_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The organisation it stands for; null for a researcher.")
    async def organisation(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.organisation_id)

    @classmethod
    def of(cls, account: domain.Account) -> "Account":
        """The account as GraphQL gives it."""
        return cls(
            id=to_node_id("Account", account.id),
            kind=account.kind,
            province=account.province,
            researcher_public_number=account.researcher_number,
            purposes=sorted(account.purposes),
            is_open=account.is_open,
            organisation_id=account.organisation_id,
        )


@strawberry.input(description="What one signs in with.")
class SignInInput:
    login: str = strawberry.field(description="The login, as typed.")
    password: str = strawberry.field(description="The password.")


@strawberry.type(description="Signed in: a token to send as `Authorization: Bearer …` (RFC 6750).")
class SignInSuccess:
    access_token: str = strawberry.field(description="The token (JWT, ES256); shown once, kept nowhere.")
    token_type: str = strawberry.field(description="Always Bearer.")
    expires_in: int = strawberry.field(description="Seconds until it expires; at most 900.")
    expires_at: datetime = strawberry.field(description="When it expires.")
    account: Account = strawberry.field(description="Who signed in.")

    @classmethod
    def of(cls, issued: identities.Issued) -> "SignInSuccess":
        """The token as GraphQL gives it."""
        return cls(
            access_token=issued.access_token,
            token_type="Bearer",  # noqa: S106 - a kind of token, no secret
            expires_in=issued.expires_in,
            expires_at=issued.expires_at,
            account=Account.of(issued.account),
        )


SignInResult = Annotated[
    SignInSuccess | NotPermitted | InvalidInput | Limited,
    strawberry.union("SignInResult", description="A token, or why there is none."),
]


@strawberry.input(description="A client program of an agency.")
class OpenAgencyClientInput:
    organisation: strawberry.ID = strawberry.field(description="Opaque id of the agency, in the own province.")
    purposes: list[str] = strawberry.field(description="What the client may ask for: 1 to 20 codes.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The client was opened. It gets tokens at /oauth/token (RFC 6749, 4.4).")
class OpenAgencyClientSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    client_id: str = strawberry.field(description="The client's id.")
    client_secret: str | None = strawberry.field(
        description="The client's secret, shown this once; null when the same request came before."
    )
    account: Account = strawberry.field(description="The client's account.")


OpenAgencyClientResult = Annotated[
    OpenAgencyClientSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("OpenAgencyClientResult", description="The client, or why it was not opened."),
]


@strawberry.input(description="An account to close.")
class CloseAccountInput:
    account: strawberry.ID = strawberry.field(description="Opaque id of the account.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The account was closed; its tokens are refused from the next request on.")
class CloseAccountSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    account: Account = strawberry.field(description="The closed account.")


CloseAccountResult = Annotated[
    CloseAccountSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("CloseAccountResult", description="The closed account, or why it was not closed."),
]


@strawberry.type
class AccountQuery:
    @strawberry.field(description="The account that asks; null when nobody signed in.")
    async def viewer(self, info: Info) -> Account | None:
        context = info.context
        if context.actor.account_id is None:
            return None
        return Account.of(await accounts.get_account(context.registry, context.actor, context.actor.account_id))


@strawberry.type
class AccountMutation:
    @strawberry.mutation(
        description="Sign in with login and password (public). "
        "No command: it changes no record and has no ledger entry. Tries are limited per login and per caller."
    )
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, strawberry.argument(description="Login and password.")]
    ) -> SignInResult:
        """Not a command of the registry: a session is no legal act, so there is nothing to repeat or to enter."""
        context = info.context
        issued = await identities.sign_in(
            context.registry, input.login, input.password, context.origin, seconds=context.token_seconds
        )
        return SignInSuccess.of(issued)

    @strawberry.mutation(description="Open a client program of an agency (provincial authority, own province).")
    async def open_agency_client(
        self, info: Info, input: Annotated[OpenAgencyClientInput, strawberry.argument(description="The client.")]
    ) -> OpenAgencyClientResult:
        context = info.context
        asked = accounts.NewAgencyClient(
            from_node_id(input.organisation, "Organisation", "input", "organisation"), tuple(input.purposes)
        )
        opened = await accounts.open_agency_client(context.registry, context.actor, asked, input.idempotency_key)
        account = await accounts.get_account(context.registry, context.actor, opened.account_id)
        return OpenAgencyClientSuccess(
            command=CommandReceipt.of(opened.done),
            client_id=opened.client_id,
            client_secret=opened.secret,
            account=Account.of(account),
        )

    @strawberry.mutation(description="Close the account of an agency's client (provincial authority, own province).")
    async def close_account(
        self, info: Info, input: Annotated[CloseAccountInput, strawberry.argument(description="The account.")]
    ) -> CloseAccountResult:
        context = info.context
        account_id = from_node_id(input.account, "Account", "input", "account")
        done = await accounts.close_account(context.registry, context.actor, account_id, input.idempotency_key)
        account = await accounts.get_account(context.registry, context.actor, account_id)
        return CloseAccountSuccess(command=CommandReceipt.of(done), account=Account.of(account))
