"""The page /developers/key of a sandbox: a key at once, the console opened with it, and what can be done with it."""

from shlex import quote
from typing import Final

from starlette.responses import Response

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.errors import ErrorCode, InvalidInput, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.services import sandbox_keys, sandbox_people
from talent_registry.services.sandbox_keys import GivenKey
from talent_registry.web.pages.console import opened_with
from talent_registry.web.pages.developing import SANDBOX_ASKED, token_command
from talent_registry.web.pages.documents import documents, origin_of_page
from talent_registry.web.pages.visits import Visit, status_of

_DOCUMENT: Final = "agency/verify_certificate"
_DONE: Final = {
    "open": Message(
        zh="密钥已生成。请现在就保存，离开本页后不再显示。",
        en="Here is your key. Keep it now: the secret is not shown again once you leave this page.",
    ),
    "show": Message(zh="这是您的密钥。", en="This is your key."),
    "rotate": Message(
        zh="密钥已更换，原密钥即刻失效。请现在就保存。",
        en="The secret was changed, and the one before is refused from now on. Keep the new one now.",
    ),
    "revoke": Message(
        zh="您的虚构证书已撤销。订阅和 webhook 会收到 credential.revoked。",
        en="Your invented certificate was revoked. Subscriptions and webhooks are told credential.revoked.",
    ),
    "restore": Message(
        zh="已为您的虚构人员登记一份新的证书。订阅和 webhook 会收到 credential.recorded。",
        en="Another certificate was recorded for your invented person. Subscriptions and webhooks are told "
        "credential.recorded.",
    ),
}


async def show_key(visit: Visit) -> Response:
    """GET /developers/key."""
    return _forms(visit)


async def act_on_key(visit: Visit) -> Response:
    """POST /developers/key, `act`: open, show, rotate, revoke, restore, delete."""
    act = visit.sent("act")
    try:
        if act == "delete":
            await sandbox_keys.delete_key(visit.registry, *_shown(visit))
            return visit.go("/developers")
        key = await _acted(visit, act)
    except RegistryError as refusal:
        answered = _forms(visit, refusal)
        if refusal.retry_after is not None:
            answered.headers["Retry-After"] = str(refusal.retry_after)
        return answered
    origin = origin_of_page(visit.request)
    return visit.page(
        "sandbox_key_given.html",
        key=key,
        done=_DONE[act],
        own=key.own,
        own_node=to_node_id("Credential", key.own.credential_id),
        setting=_setting(key),
        token_command=token_command(origin),
        **opened_with(visit, documents()[_DOCUMENT], SANDBOX_ASKED),
    )


async def _acted(visit: Visit, act: str) -> GivenKey:
    registry, key = visit.registry, visit.key
    match act:
        case "open":
            return await sandbox_keys.open_key(registry, visit.sent("mail"), visit.origin, key)
        case "rotate":
            return await sandbox_keys.rotate_secret(registry, *_shown(visit), key)
        case "show" | "revoke" | "restore":
            change = {"revoke": sandbox_people.revoke_own, "restore": sandbox_people.restore_own}.get(act)
            return await sandbox_keys.use_key(registry, *_shown(visit), key, change)
        case _:
            raise InvalidInput(Message(zh="请选择要办理的事项。", en="Choose what to do."), path=("act",))


def _shown(visit: Visit) -> tuple[str, str, str]:
    """Client id, secret, and where they come from."""
    return visit.sent("client_id"), visit.sent("client_secret"), visit.origin


def _setting(key: GivenKey) -> str:
    """The commands that set the key in a shell."""
    if key.secret is None:
        return ""
    return f"export CLIENT_ID={quote(key.client_id)}\nexport CLIENT_SECRET={quote(key.secret)}\n"


def _forms(visit: Visit, refusal: RegistryError | None = None) -> Response:
    status = 200 if refusal is None else status_of(refusal.code)
    return visit.page(
        "sandbox_key.html",
        status=401 if refusal is not None and refusal.code is ErrorCode.NOT_PERMITTED else status,
        sandbox=visit.registry.sandbox,
        refusal=None if refusal is None else refusal.message,
        client_id=visit.sent("client_id"),
    )
