"""`talent-registry account create`: open an account as the operator."""

import sys
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from talent_registry.cli.language import say, worded
from talent_registry.cli.running import on_registry
from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.messages import Message

if TYPE_CHECKING:
    from talent_registry.services.registry import Done, Registry

app = typer.Typer(help="账户。Accounts.", no_args_is_help=True)


@app.callback()
def _accounts() -> None:
    """账户。Accounts."""


@app.command("create")
def create(
    kind: Annotated[AccountKind, typer.Option("--kind", case_sensitive=False, help="账户类型。What it acts as.")],
    login: Annotated[str, typer.Option("--login", help="登录名。Login.")],
    organisation: Annotated[
        str | None,
        typer.Option(
            "--organisation", help="单位名称、统一社会信用代码或省级区划代码。Name, social credit code or province."
        ),
    ] = None,
    researcher: Annotated[
        str | None, typer.Option("--researcher", help="研究人员公开编号 TR-…。Public number of the researcher.")
    ] = None,
    purpose: Annotated[
        list[str] | None, typer.Option("--purpose", help="机构用途，可多次。An agency's purpose.")
    ] = None,
    password_stdin: Annotated[
        bool,
        typer.Option(
            "--password-stdin",
            help="从标准输入读取：第一行密码，第二行证件号码（研究人员）。"
            "Read the password from the first line of stdin, a researcher's document number from the second.",
        ),
    ] = False,
) -> None:
    """开立账户；密码和证件号码不写在命令行上。Open an account; nothing secret stands on the command line."""
    password, document = _secrets(from_stdin=password_stdin, with_document=researcher is not None)

    async def work(registry: "Registry") -> "Done":
        from talent_registry.services import accounts, organisations
        from talent_registry.services.permissions import OPERATOR

        unit = None if organisation is None else await organisations.get_named(registry, OPERATOR, organisation)
        asked = accounts.NewAccount(
            login, password, kind, unit.id if unit else None, researcher, document, tuple(purpose or ())
        )
        return await accounts.open_account(registry, OPERATOR, asked, str(uuid4()))

    done = on_registry(work)
    say(
        f"已开立账户 {done.result['account_id']}（台账第 {done.sequence} 条）。",
        f"Opened account {done.result['account_id']} (ledger entry {done.sequence}).",
    )


def _secrets(*, from_stdin: bool, with_document: bool) -> tuple[str, str | None]:
    """Password and, for a researcher, the document number."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        return password, sys.stdin.readline().rstrip("\r\n") if with_document else None
    document = _asked("证件号码", "Document number") if with_document else None
    again = worded(Message(zh="再输入一次", en="Once more"))
    password = typer.prompt(
        worded(Message(zh="密码（至少 12 个字符）", en="Password (12 characters or more)")),
        hide_input=True,
        confirmation_prompt=again,
    )
    return str(password), document


def _asked(zh: str, en: str) -> str:
    return str(typer.prompt(worded(Message(zh=zh, en=en)), hide_input=True))
