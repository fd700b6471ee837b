"""The same questions asked again over HTTP, as an HR office's own program would: the answers must be the same."""

import asyncio
import json
import re
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from talent_registry.api.nodes import to_node_id
from talent_registry.demo.cast import Cast
from talent_registry.demo.chapters import POST_IN_CHONGQING, PURPOSE, Facts
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.installation import project_folder
from talent_registry.services.registry import new_key
from talent_registry.settings import Settings, environment_of

_LISTENS = re.compile(rb"http://127\.0\.0\.1:\d+")
_SECONDS = 30


class ServerSilent(RuntimeError):
    """The server did not come up, or answered otherwise than the services did."""


async def ask_over_http(
    cast: Cast, settings: Settings, row: dict[str, str], record: CredentialRecord, told: dict[str, Facts]
) -> Facts:
    """Ask the host's HR office's questions over HTTP; each answer, and whether it is the one that was `told`."""
    async with served(settings) as address:
        return await asyncio.to_thread(_conversation, address, cast, row, record, told)


def _conversation(
    address: str, cast: Cast, row: dict[str, str], record: CredentialRecord, told: dict[str, Facts]
) -> Facts:
    login = cast.logins["host"]
    signed_in = post(address, operation("anyone/sign_in"), {"input": {"login": login.name, "password": login.password}})
    token = signed_in["signIn"]["accessToken"]
    shown = operation("hr/recognition")
    target = {
        "division": POST_IN_CHONGQING,
        "employerKind": "UNIVERSITY",
        "postSeries": record.version.series,
    }
    asked = {"credential": to_node_id("Credential", record.credential.id), "target": target, "purpose": PURPOSE}
    recognised = post(address, shown, asked, token)["recognition"]
    typed = {"number": row["证书编号"], "name": row["姓名"], "document": row["证件号码"], "purpose": PURPOSE}
    verify = operation("hr/verify_certificate")
    verified = post(address, verify, {"input": {**typed, "idempotencyKey": new_key()}}, token)["verifyCredential"]
    placed = post(
        address,
        operation("anyone/placement"),
        {"id": to_node_id("Placement", UUID(told["placement"]["id"]))},
        token,
    )["placement"]
    short = {name: recognised[name] for name in ("outcome", "rule", "reasonCode", "agreementVersion", "message")}
    return {
        "address": address,
        "operation": shown.strip(),
        "answer": json.dumps({"data": {"recognition": short}}, ensure_ascii=False, indent=2),
        "same": {
            "verdict": verified["verdict"] == told["verified"]["verdict"],
            "recognition": (recognised["outcome"], recognised["rule"], recognised["agreementDigest"])
            == tuple(told["recognised"][name] for name in ("outcome", "rule", "agreement_digest")),
            "placement": (placed["state"], placed["workloadPercent"])
            == (told["placement"]["state"], told["placement"]["workload_percent"]),
        },
    }


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """The registry served by a process of its own on a free port of this machine; its address."""
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "talent_registry",
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        env=environment_of(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        address = await asyncio.wait_for(_address(server), _SECONDS)
        await asyncio.to_thread(_wait_until_ready, address)
        yield address
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


async def _address(server: asyncio.subprocess.Process) -> str:
    if server.stdout is None:  # asked for above; this tells the type checker
        raise ServerSilent("no output to read the address from")
    async for line in server.stdout:
        found = _LISTENS.search(line)
        if found:
            return found.group().decode()
    raise ServerSilent("the server ended before it listened")


def _wait_until_ready(address: str) -> None:
    for _ in range(_SECONDS * 10):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.1)
    raise ServerSilent("the server did not become ready")


def operation(name: str) -> str:
    """The text of an operation document, such as `hr/verify_credential`."""
    return (project_folder("graphql") / "operations" / f"{name}.graphql").read_text(encoding="utf-8")


def post(address: str, document: str, variables: Facts, token: str | None = None) -> Facts:
    """Send one operation; its data. Raises ServerSilent where the answer has errors."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(f"{address}/graphql", body, headers)  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
        answer = json.load(response)
    if answer.get("errors"):
        raise ServerSilent(f"the server answered with errors: {answer['errors']}")
    data: Facts = answer["data"]
    return data
