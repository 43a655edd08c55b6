"""What a page shows at the websocket to say which stream it is for and which page it is. Pure.

A server function gave it to the page, so that whoever Gradio lets ask that, with the app's login
where there is one, may open the websocket; a browser's cookies do not matter there. Nothing is
stored: a ticket is signed with a key that only this process has.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from weakref import WeakKeyDictionary, WeakValueDictionary

from gradio_webrtc.server.stream_host import StreamHost

VALID_SECONDS = 30.0
"""A page uses its ticket at once; on a network where that takes longer nobody could talk."""

MAX_CHARACTERS = 4096
KEY_BYTES = 32
NAME_BYTES = 12


@dataclass(frozen=True)
class Ticket:
    """What a ticket says.

    Attributes:
        host: the stream.
        owner: the session hash of the page, or ``None``.
    """

    host: StreamHost
    owner: str | None


class Tickets:
    """Makes tickets and reads them. Streams that are gone are forgotten."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(KEY_BYTES)
        self._names: WeakKeyDictionary[StreamHost, str] = WeakKeyDictionary()
        self._hosts: WeakValueDictionary[str, StreamHost] = WeakValueDictionary()

    def issue(self, ticket: Ticket, now: float) -> str:
        """Return ``ticket`` as text that is safe in a URL; ``now`` in seconds, of any clock."""
        name = self._names.setdefault(ticket.host, secrets.token_urlsafe(NAME_BYTES))
        self._hosts[name] = ticket.host
        said = json.dumps([name, ticket.owner, now + VALID_SECONDS]).encode()
        return base64.urlsafe_b64encode(self._sign(said) + said).decode("ascii")

    def read(self, text: str | None, now: float) -> Ticket | None:
        """Return what ``text`` says; ``None`` if it is no ticket of ours, or an old one."""
        if text is None or len(text) > MAX_CHARACTERS:
            return None
        try:
            data = base64.b64decode(text, altchars=b"-_", validate=True)
        except ValueError:
            return None
        size = hashlib.sha256().digest_size
        signature, said = data[:size], data[size:]
        if not hmac.compare_digest(signature, self._sign(said)):
            return None
        name, owner, until = json.loads(said)
        host = self._hosts.get(name)
        return Ticket(host, owner) if host is not None and now < until else None

    def _sign(self, said: bytes) -> bytes:
        return hmac.new(self._key, said, hashlib.sha256).digest()
