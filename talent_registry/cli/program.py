"""The program `talent-registry`: its commands, its language, and what its exit codes mean."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from talent_registry.cli import (
    accounts,
    agreement,
    cases,
    clocks,
    demo,
    generate,
    language,
    ledger,
    migrate,
    organisations,
    receipts,
    rolls,
    rosters,
    sandbox,
    schema,
    serve,
    simulations,
    worker,
)
from talent_registry.domain.errors import InvalidInput, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.installation import version

REFUSED, UNUSABLE, CANNOT_START = 1, 2, 3

_HELP = """研究人员与证书登记库。A registry of researchers and credentials.

退出码 Exit codes: 0 完成 done; 1 被拒绝、部分未办成或不一致 refused, partly done or differing;
2 输入无法使用 unusable input;
3 无法打开登记库（设置、数据库、密钥） the registry cannot be opened (settings, database, keys).
"""


class _Explaining(TyperGroup):
    """Turns expected failures into a sentence and an exit code; anything else is a defect and shows itself."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as typer's own
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except Exception as failure:
            message = getattr(failure, "message", None)
            if not isinstance(message, Message):
                raise
            language.warn(message)
            raise typer.Exit(_exit_code(failure)) from None


def _exit_code(failure: Exception) -> int:
    if isinstance(failure, InvalidInput):
        return UNUSABLE
    return REFUSED if isinstance(failure, RegistryError) else CANNOT_START


app = typer.Typer(
    name="talent-registry",
    cls=_Explaining,
    help=_HELP,
    no_args_is_help=True,
    add_completion=False,
    # A trace with local variables may show personal data.
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"talent-registry {version()}")
        raise typer.Exit


@app.callback()
def _program(
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            help="语言 zh、en 或 both。Language.",
            envvar=["LC_ALL", "LC_MESSAGES", "LANG"],
            show_envvar=False,
        ),
    ] = None,
    show_version: Annotated[  # noqa: ARG001 - typer calls `_show_version`
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本。Show the version."),
    ] = False,
) -> None:
    language.choose(lang)


app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("migrate")(migrate.migrate)
app.command("import")(rolls.import_roll)
app.command("verify-roster")(rosters.verify_roster)
app.command("generate")(generate.generate)
app.command("decide")(cases.decide)
app.command("simulate")(simulations.simulate)
app.command("schema")(schema.schema)
app.command("demo")(demo.demo)
app.add_typer(accounts.app, name="account")
app.add_typer(organisations.app, name="organisation")
app.add_typer(ledger.app, name="ledger")
app.add_typer(agreement.app, name="agreement")
app.add_typer(receipts.app, name="receipt")
app.add_typer(clocks.app, name="clocks")
app.add_typer(sandbox.app, name="sandbox")


def main() -> None:
    """Run the program with the arguments of this process."""
    app()
