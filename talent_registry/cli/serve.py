"""`talent-registry serve`: the registry over HTTP, in one process or several."""

import signal
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from talent_registry.cli.language import say
from talent_registry.domain.messages import Message

if TYPE_CHECKING:
    from types import FrameType

_GRACE_SECONDS = 20
_BACKLOG = 2048


class CannotListen(Exception):
    """The address cannot be listened on; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


def serve(
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="服务进程数。Server processes.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="监听地址。Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="监听端口。Port.")] = None,
) -> None:
    """启动 HTTP 服务，收到 SIGTERM 后办完手头请求再退出。Serve over HTTP until SIGTERM, finishing what was begun."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from talent_registry.composition import running_database, write_logs
    from talent_registry.settings import load_settings
    from talent_registry.signing.keys import KeySet

    settings = load_settings()
    _leave_on_signals()
    write_logs(as_json=True)
    # Made once, before several processes look for them; what is wrong shows here and not in every process.
    KeySet.open(settings.keys_folder)
    with (
        running_database(settings),
        _listening(host or settings.host, settings.port if port is None else port) as listener,
    ):
        config = uvicorn.Config(
            "talent_registry.web.app:from_environment",
            factory=True,
            workers=workers or settings.workers,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            # What a socket sends is no larger than what a request may bring, and is never inflated.
            ws_max_size=settings.max_body_bytes,
            ws_per_message_deflate=False,
        )
        where = _address(listener)
        say(f"登记库已在 {where} 提供服务。", f"The registry listens on {where}.")
        if config.workers > 1:
            Multiprocess(config, sockets=[listener]).run()
        else:
            uvicorn.Server(config).run(sockets=[listener])


def _leave_on_signals() -> None:
    """Leave through every `with` on SIGTERM and SIGINT: uvicorn raises the signal again once it has finished."""

    def leave(_number: int, _frame: "FrameType | None") -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as failure:
        raise CannotListen(
            Message(
                zh=f"无法监听 {host}:{port}（{failure.strerror}）。请用 --host 或 --port 另选。",
                en=f"Cannot listen on {host}:{port} ({failure.strerror}). Choose another --host or --port.",
            )
        ) from None
    listener.set_inheritable(True)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
