"""How much one person, or one address, may hold of what all share. Pure.

A person is a page: a Gradio session hash, which the page itself chooses, so it bounds mistakes. An
address bounds strangers. It is generous, because it may be an office, or a reverse proxy that does
not tell whom it speaks for.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gradio_webrtc.errors import TooManyRequestsError
from gradio_webrtc.json_values import Json
from gradio_webrtc.server.operation.environment import whole_number

MAX_OWNER_CHARACTERS = 128
"""Longer session hashes are nobody's; Gradio's have 10 or 11 characters."""


@dataclass(frozen=True)
class Requester:
    """Who asks.

    Attributes:
        owner: the Gradio session hash of a page, or ``None`` for plain clients.
        network: the address it comes from, see :func:`network_of`, or ``None`` when not known.
        process: the process that it was answered by before, if it says so.
    """

    owner: str | None = None
    network: str | None = None
    process: str | None = None


@dataclass(frozen=True)
class Quota:
    """The most that one owner and one network may hold at a time.

    Attributes:
        what: names it, for the refusal.
    """

    what: str
    per_owner: int
    per_network: int

    def check(self, asking: Requester, holders: Iterable[Requester]) -> None:
        """Check that ``asking`` may hold one more beside what ``holders`` hold.

        Raises:
            TooManyRequestsError: it holds as many as it may.
        """
        owned = near = 0
        for holder in holders:
            owned += asking.owner is not None and holder.owner == asking.owner
            near += asking.network is not None and holder.network == asking.network
        self.compare(owned, near)

    def compare(self, owned: int, near: int) -> None:
        """``check``, with what the owner and the network hold counted already."""
        if owned >= self.per_owner:
            raise TooManyRequestsError(f"This page has too many {self.what}. Wait a moment.")
        if near >= self.per_network:
            raise TooManyRequestsError(
                f"There are too many {self.what} from your network. Try again in some seconds."
            )


class InFlight:
    """Counts requests that are being answered."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._owners: Counter[str] = Counter()
        self._networks: Counter[str] = Counter()

    @contextlib.contextmanager
    def request(self, asking: Requester) -> Iterator[None]:
        """Count a request until the block is left.

        Raises:
            TooManyRequestsError: ``asking`` waits for as many answers as it may.
        """
        owner, network = asking.owner, asking.network
        self._quota.compare(self._owners.get(owner or "", 0), self._networks.get(network or "", 0))
        counted = [
            (counter, name)
            for counter, name in ((self._owners, owner), (self._networks, network))
            if name is not None
        ]
        for counter, name in counted:
            counter[name] += 1
        try:
            yield
        finally:
            for counter, name in counted:
                counter[name] -= 1
                if not counter[name]:
                    del counter[name]

    def __len__(self) -> int:
        return len(self._owners) + len(self._networks)


CONNECTING = Quota("connections that are being opened", per_owner=16, per_network=64)
"""Sessions that are not connected yet. A page reconnects all its components at once, an office all
its pages."""

UNLIMITED = Quota("connections", per_owner=10**9, per_network=10**9)
"""Connected people are counted by the limit of all alone, unless an operator says otherwise."""

PER_ADDRESS = "GRADIO_WEBRTC_SESSIONS_PER_ADDRESS"
"""Environment variable with how many sessions of a stream one address may have."""

WAITING = Quota("places in the waiting line", per_owner=16, per_network=100)
"""A tenth of the line, so that nobody fills it alone."""

REQUESTS = Quota("requests under way", per_owner=100, per_network=500)
"""A browser sends some 40 candidates at once, and each page that waits in line holds a request."""


def quota_of_sessions(environment: Mapping[str, str]) -> Quota:
    """Return how many sessions one address may have, as the environment says.

    Raises:
        ConfigurationError: it says no number.
    """
    count = whole_number(environment, PER_ADDRESS, "a positive whole number", least=1)
    return UNLIMITED if count is None else Quota("connections", UNLIMITED.per_owner, count)


def page_of(body: Json) -> str | None:
    """Return the Gradio session hash that a page sends with its requests."""
    owner = body.get("session_hash") if isinstance(body, Mapping) else None
    return owner if isinstance(owner, str) and len(owner) <= MAX_OWNER_CHARACTERS else None


def network_of(host: str | None) -> str | None:
    """Return what counts as one address: an IPv4 address, or the /64 that one subscriber gets.

    A name that is no IP address, such as that of a Unix socket or a test client, stays as it is.
    """
    if not host:
        return None
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return host[:MAX_OWNER_CHARACTERS]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((address, 64), strict=False))
        address = address.ipv4_mapped
    return str(address)
