"""Whom to tell, and the telling itself: Apprise knows e-mail, Telegram, Slack and webhooks."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

from archive.errors import ConfigError
from scheduler.digest import Message

__all__ = ["Target", "targets"]


@dataclass(frozen=True)
class Target:
    """One address of `notify.to`."""

    key: str
    """A digest of the address: what the archive remembers instead of it."""
    name: str
    """The address without its secrets."""
    _sender: Any

    def send(self, message: Message) -> str:
        """What went wrong, in one line; empty when it was handed over."""
        from apprise import LogCapture, NotifyFormat  # noqa: PLC0415 - an extra

        capture = LogCapture(level=logging.WARNING, fmt="%(message)s")  # type: ignore[no-untyped-call]
        with capture as log:
            is_sent = self._sender.notify(
                title=message.title, body=message.body, body_format=NotifyFormat.TEXT
            )
            said = " ".join(log.getvalue().split())
        return "" if is_sent else said or "it was not taken, and nothing was said why"


def targets(addresses: tuple[str, ...]) -> list[Target]:
    """The addresses, ready to be told. Raises ConfigError for one that Apprise cannot read."""
    try:
        from apprise import Apprise  # noqa: PLC0415 - an extra
    except ImportError:
        if not addresses:
            return []
        raise ConfigError("notify.to needs Apprise: pip install 'kliping[notify]'") from None
    found = []
    for number, address in enumerate(addresses, start=1):
        sender = Apprise.instantiate(address, suppress_exceptions=True)
        if sender is None:
            scheme = address.partition("://")[0]
            raise ConfigError(
                f"notify.to: address {number} ({scheme}://…) is none that Apprise can read;"
                " https://appriseit.com/services/ lists them"
            )
        key = hashlib.sha256(address.encode("utf-8")).hexdigest()[:32]
        name = str(sender.url(privacy=True))  # type: ignore[no-untyped-call]
        found.append(Target(key, name.partition("?")[0], sender))
    return found
