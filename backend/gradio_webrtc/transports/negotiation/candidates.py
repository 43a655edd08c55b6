"""Parse and check ICE candidates. Pure; an attribute's text is limited before it is looked at."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiortc import RTCIceCandidate
from aiortc.sdp import candidate_from_sdp

from gradio_webrtc.errors import InvalidCandidateError
from gradio_webrtc.json_values import Json

MAX_CANDIDATE_BYTES = 1024
MAX_CANDIDATES = 200
"""Per session. A laptop with VPN, docker bridges and IPv6 sends some 40."""

_PROTOCOLS = frozenset({"udp", "tcp"})
_TYPES = frozenset({"host", "srflx", "prflx", "relay"})
_MDNS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.local", re.IGNORECASE)
"""What browsers put for their own addresses. Other names are not asked for: they are those of
printers and neighbours (draft-ietf-mmusic-mdns-ice-candidates, 3.1)."""


@dataclass(frozen=True)
class RemoteCandidate:
    """One of the client's candidates.

    Attributes:
        candidate: as aiortc takes it.
        mid: the name of its section, or ``None``.
        index: the number of its section, or ``None``.
    """

    candidate: RTCIceCandidate
    mid: str | None = None
    index: int | None = None

    @property
    def can_be_checked(self) -> bool:
        """Whether the server can send to it: it has UDP, and muxes RTCP (component 1)."""
        return self.candidate.protocol.lower() == "udp" and self.candidate.component == 1


def is_mdns_name(host: str) -> bool:
    """Return whether ``host`` is a name by which a browser hides an address."""
    return _MDNS.fullmatch(host) is not None


def parse_candidate(value: Json) -> RemoteCandidate | None:
    """Parse an ``RTCIceCandidateInit``; ``None`` or an empty candidate mean end-of-candidates.

    Raises:
        InvalidCandidateError: it cannot be parsed.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise InvalidCandidateError("A candidate must be an object or null.")
    text = value.get("candidate")
    if not isinstance(text, str) or len(text) > MAX_CANDIDATE_BYTES:
        raise InvalidCandidateError(
            f'A candidate needs a "candidate" string of at most {MAX_CANDIDATE_BYTES} characters.'
        )
    text = text.strip().removeprefix("a=").removeprefix("candidate:")
    if not text:
        return None
    candidate = _parse(text)
    mid, index = _section_of(value)
    return RemoteCandidate(candidate, mid, index)


def parse_candidate_lines(values: Iterable[str], index: int) -> tuple[RemoteCandidate, ...]:
    """Return what can be used of the ``a=candidate`` values of section ``index``."""
    found: list[RemoteCandidate] = []
    for value in values:
        try:
            found.append(RemoteCandidate(_parse(value), index=index))
        except InvalidCandidateError:
            continue  # one of a kind yet unknown must not cost the others (RFC 8839, 5.1)
    return tuple(found)


def _parse(text: str) -> RTCIceCandidate:
    try:
        candidate = candidate_from_sdp(text)
    except Exception as error:
        # aiortc asserts, indexes and converts: what it thinks of nonsense is one refusal.
        raise InvalidCandidateError("The candidate is not valid SDP.") from error
    if candidate.type not in _TYPES or not 0 <= candidate.port <= 65535:
        raise InvalidCandidateError("The candidate has an impossible type or port.")
    if not 0 <= candidate.priority < 2**32 or not 0 < candidate.component <= 256:
        raise InvalidCandidateError("The candidate has an impossible priority or component.")
    if candidate.protocol.lower() not in _PROTOCOLS:
        raise InvalidCandidateError("The candidate's protocol is neither UDP nor TCP.")
    if not is_mdns_name(candidate.ip):
        try:
            ipaddress.ip_address(candidate.ip)
        except ValueError:
            raise InvalidCandidateError(
                "The candidate's address is neither an IP address nor an mDNS name."
            ) from None
    return candidate


def _section_of(value: Mapping[str, Any]) -> tuple[str | None, int | None]:
    mid, index = value.get("sdpMid"), value.get("sdpMLineIndex")
    if isinstance(mid, str) and mid:
        return mid, None
    if isinstance(index, int) and not isinstance(index, bool) and index >= 0:
        return None, index
    raise InvalidCandidateError('A candidate needs an "sdpMid" or an "sdpMLineIndex".')
