"""`talent-registry receipt verify`: verify a receipt without the registry, by its published keys."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from talent_registry.cli.language import say, warn
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

if TYPE_CHECKING:
    from joserfc.jwk import ECKey

GENUINE, REFUSED = 0, 1
_SECONDS: Final = 10
_LARGEST: Final = 1 << 20

app = typer.Typer(help="回执。Receipts.", no_args_is_help=True)


@app.callback()
def _receipt() -> None:
    """回执。Receipts."""


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="回执或证明（PDF）文件。File of the receipt, or of a letter (PDF).")],
    jwks: Annotated[
        str | None,
        typer.Option(
            "--jwks",
            help="公钥集：文件或 https 网址；缺省为本机登记库的公钥。Key set: file or https address; by default the "
            "keys of the registry on this machine.",
        ),
    ] = None,
) -> None:
    """离线核验回执。Verify a receipt offline.

    退出码 Exit codes: 0 真实 genuine; 1 不予认可 refused; 2 无法读取 unreadable.
    """
    from talent_registry.documents.letters import NoLetter
    from talent_registry.services.letters import open_letter
    from talent_registry.signing import receipts

    content, keys = _read(file), _keys(jwks)
    # An editor may have added the end of a line; nothing else is forgiven.
    text = content.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
    try:
        claims = open_letter(keys, content) if content.startswith(b"%PDF-") else receipts.verify(keys, text)
    except (receipts.ReceiptRefused, NoLetter) as refused:
        zh, en = _REASONS.get(refused.reason, _REASONS["MALFORMED"])
        warn(
            Message(
                zh=f"不予认可：{zh}。请向出具单位索取原件，或在 /verify 核对。",
                en=f"Refused: {en}. Ask whoever gave it to you for the original, or check at /verify.",
            )
        )
        raise typer.Exit(REFUSED) from None
    outcome = claims.get("verdict") or claims.get("outcome")
    say(
        f"回执真实：{claims.get('kind')} {outcome}，截至 {claims.get('as_of')}，签发 {claims.get('iss')}。",
        f"The receipt is genuine: {claims.get('kind')} {outcome}, as of {claims.get('as_of')}, issued by "
        f"{claims.get('iss')}.",
    )
    typer.echo(json.dumps(claims, ensure_ascii=False, indent=2, sort_keys=True))
    raise typer.Exit(GENUINE)


def _keys(jwks: str | None) -> "Mapping[str, ECKey]":
    from talent_registry.settings import load_settings
    from talent_registry.signing.keys import FILE_NAME, KeySet
    from talent_registry.signing.receipts import read_published

    if jwks is None:
        folder = load_settings().keys_folder
        if (folder / FILE_NAME).exists():
            return KeySet.open(folder).receipt_verifiers
        raise InvalidInput(
            Message(
                zh="本机没有登记库的密钥。请用 --jwks 指定公钥集，例如登记库的 /.well-known/jwks.json。",
                en="There are no keys of a registry on this machine. Name a key set by --jwks, such as the registry's "
                "/.well-known/jwks.json.",
            )
        )
    try:
        document: Any = json.loads(_fetch(jwks) if jwks.startswith("https://") else _read(Path(jwks)))
        return read_published(document)
    except (ValueError, RecursionError):
        raise InvalidInput(
            Message(
                zh="公钥集无法识别，须为 JWK Set（JSON）。",
                en="The key set cannot be read; it must be a JWK set (JSON).",
            )
        ) from None


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST)
    except OSError as failure:
        raise InvalidInput(
            Message(
                zh=f"无法读取文件 {file}（{failure.strerror}）。请核对路径。",
                en=f"The file {file} cannot be read ({failure.strerror}). Check the path.",
            )
        ) from None


def _fetch(address: str) -> bytes:
    from urllib.error import URLError
    from urllib.request import urlopen

    try:
        with urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - https alone gets here
            content: bytes = answer.read(_LARGEST)
            return content
    except (URLError, OSError, ValueError):
        raise InvalidInput(
            Message(
                zh="无法取得公钥集。请检查网址和网络，或先下载为文件。",
                en="The key set cannot be fetched. Check the address and the network, or download it to a file first.",
            )
        ) from None


_REASONS: Final = {
    "MALFORMED": ("文件不是回执，或已被改动", "this is no receipt, or it was altered"),
    "HEADER": ("标头不符合格式", "its header is not that of a receipt"),
    "ALGORITHM": ("签名算法不是 ES256", "its algorithm is not ES256"),
    "TYPE": ("这是其他种类的令牌，不是回执", "this is a token of another type, not a receipt"),
    "KEY": ("签名密钥不在公钥集中，或已停用作废", "its key is not in the key set, or was withdrawn"),
    "SIGNATURE": ("签名不符，内容已被改动", "its signature does not fit: it was altered"),
    "CLAIMS": ("内容不符合格式", "its content is not that of a receipt"),
}
