"""What keeps the own server from starting, in words for the person at the terminal."""

from talent_registry.domain.messages import Message


class CannotStart(Exception):
    """The own server cannot be started; `message` says why and what to do, in zh and en."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.message = Message(zh=zh, en=en)
