"""The client's ICE candidates on their way to the transports they belong to."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from aiortc import RTCIceTransport, RTCPeerConnection

from gradio_webrtc.errors import TooManyCandidatesError
from gradio_webrtc.transports.ice.ice_guard import IceGuard
from gradio_webrtc.transports.negotiation.candidates import MAX_CANDIDATES, RemoteCandidate
from gradio_webrtc.transports.negotiation.signaling import Offer

Spawn = Callable[[Coroutine[Any, Any, None]], None]


class RemoteIce:
    """Hands candidates, in the offer and trickled, to the right ICE transport.

    Not through ``RTCPeerConnection.addIceCandidate``, which goes by the sections that aiortc knows
    and keeps every candidate in its copy of the offer.

    Args:
        guard: decides which candidates are checked.
        spawn: runs a task that belongs to the connection. Resolving an mDNS name takes up to a
            second, and nothing waits for it.
    """

    def __init__(self, guard: IceGuard, spawn: Spawn) -> None:
        self._guard = guard
        self._spawn = spawn
        self._early: list[RemoteCandidate | None] = []
        self._count = 0
        self._offer: Offer | None = None
        self._transports: dict[str, RTCIceTransport] = {}

    @property
    def failed(self) -> bool:
        """Whether a connection could not be made, or was lost."""
        return any(transport.state == "failed" for transport in self._transports.values())

    @property
    def transports(self) -> set[RTCIceTransport]:
        """The transports that are in use; with BUNDLE one."""
        return set(self._transports.values())

    def watch(self, pc: RTCPeerConnection) -> None:
        """Find the transports of ``pc``, to which an offer was applied, and bound their checks."""
        found = {str(each.mid): each.receiver.transport for each in pc.getTransceivers()}
        if pc.sctp is not None:
            found[str(pc.sctp.mid)] = pc.sctp.transport
        self._transports = {name: dtls.transport for name, dtls in found.items()}
        for transport in self.transports:
            self._guard.watch(transport)

    def begin(self, offer: Offer) -> None:
        """Take the candidates of ``offer``, and those that overtook it."""
        self._offer = offer
        for candidate in (*offer.candidates, *self._early):
            self._apply(offer, candidate)
        self._early.clear()
        if offer.candidates_complete:
            self._apply(offer, None)

    def add(self, candidate: RemoteCandidate | None) -> None:
        """Take a trickled candidate, before or after the answer; ``None`` ends them.

        Raises:
            TooManyCandidatesError: more than ``MAX_CANDIDATES`` came.
        """
        self._count += 1
        if self._count > MAX_CANDIDATES:
            raise TooManyCandidatesError(f"At most {MAX_CANDIDATES} candidates are accepted.")
        if self._offer is not None:
            self._apply(self._offer, candidate)
        else:
            self._early.append(candidate)

    def _apply(self, offer: Offer, candidate: RemoteCandidate | None) -> None:
        if candidate is None:
            # With some left out, aioice would give up before the client's own checks arrive.
            if not self._guard.left_out:
                for transport in self.transports:
                    self._spawn(transport.addRemoteCandidate(None))
            return
        found = self._transports.get(offer.section_with_transport(candidate) or "")
        if found is not None and self._guard.admits(candidate):
            self._spawn(found.addRemoteCandidate(candidate.candidate))
