"""Candidates of a client, in its offer and trickled, on their way to their transports."""

from __future__ import annotations

from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

import pytest

from gradio_webrtc.errors import TooManyCandidatesError
from gradio_webrtc.transports.ice.remote_candidates import RemoteIce
from gradio_webrtc.transports.negotiation.candidates import (
    MAX_CANDIDATES,
    RemoteCandidate,
    parse_candidate,
)
from gradio_webrtc.transports.negotiation.signaling import Offer, parse_offer
from tests.support import sdp

LINE = sdp.CANDIDATES["host"]
UNBUNDLED = sdp.offer(("audio", "sendrecv"), ("video", "sendrecv")).replace(
    "a=group:BUNDLE 0 1\r\n", ""
)


class FakeTransport:
    """An ICE transport that keeps the candidates it was given."""

    def __init__(self) -> None:
        self.state = "checking"
        self.given: list[Any] = []

    async def addRemoteCandidate(self, candidate: Any) -> None:
        self.given.append(candidate)


class FakeGuard:
    """Admits what ``admitted`` says."""

    def __init__(self) -> None:
        self.admitted = True
        self.left_out = False
        self.watched: list[Any] = []

    def admits(self, candidate: RemoteCandidate) -> bool:
        return self.admitted

    def watch(self, transport: Any) -> None:
        self.watched.append(transport)


class Peer:
    """A connection with audio and video, each with a transport of its own."""

    def __init__(self) -> None:
        self.guard = FakeGuard()
        self.audio, self.video = FakeTransport(), FakeTransport()
        guard: Any = self.guard
        self.ice = RemoteIce(guard, self.run)
        pc: Any = SimpleNamespace(
            getTransceivers=lambda: [
                self.transceiver("0", self.audio),
                self.transceiver("1", self.video),
            ],
            sctp=None,
        )
        self.ice.watch(pc)

    @staticmethod
    def transceiver(mid: str, ice: FakeTransport) -> Any:
        dtls = SimpleNamespace(transport=ice)
        return SimpleNamespace(mid=mid, receiver=SimpleNamespace(transport=dtls))

    @staticmethod
    def run(work: Coroutine[Any, Any, None]) -> None:
        with pytest.raises(StopIteration):
            work.send(None)

    def ports(self, transport: FakeTransport) -> list[int | None]:
        return [None if each is None else each.port for each in transport.given]


def candidate(mid: str = "0") -> RemoteCandidate:
    parsed = parse_candidate({"candidate": LINE, "sdpMid": mid})
    assert parsed is not None
    return parsed


def offer(text: str = UNBUNDLED) -> Offer:
    return parse_offer(text)


def test_each_candidate_goes_to_the_transport_of_its_section() -> None:
    peer = Peer()
    peer.ice.begin(offer())
    peer.ice.add(candidate("1"))
    assert (peer.ports(peer.audio), peer.ports(peer.video)) == ([], [46243])
    peer.ice.add(candidate("0"))
    assert peer.ports(peer.audio) == [46243]


def test_those_that_overtook_the_offer_wait_for_it() -> None:
    peer = Peer()
    peer.ice.add(candidate())
    peer.ice.add(None)
    assert peer.audio.given == []
    peer.ice.begin(offer())
    assert peer.ports(peer.audio) == [46243, None]
    assert peer.ports(peer.video) == [None]


def test_those_of_the_offer_and_their_end() -> None:
    peer = Peer()
    end = "a=mid:0\r\na=" + LINE + "\r\na=end-of-candidates\r\n"
    peer.ice.begin(offer(UNBUNDLED.replace("a=mid:0\r\n", end)))
    assert peer.ports(peer.audio) == [46243, None]


def test_what_the_guard_does_not_admit_is_not_checked_and_leaves_the_end_open() -> None:
    peer = Peer()
    peer.ice.begin(offer())
    peer.guard.admitted, peer.guard.left_out = False, True
    peer.ice.add(candidate())
    peer.ice.add(None)
    assert peer.audio.given == []


def test_a_candidate_for_no_section_is_nobodys() -> None:
    peer = Peer()
    peer.ice.begin(offer())
    peer.ice.add(candidate("nonsense"))
    assert (peer.audio.given, peer.video.given) == ([], [])


def test_far_too_many_are_refused() -> None:
    peer = Peer()
    for _ in range(MAX_CANDIDATES):
        peer.ice.add(candidate())
    with pytest.raises(TooManyCandidatesError, match=str(MAX_CANDIDATES)):
        peer.ice.add(candidate())


def test_every_transport_is_bounded_and_one_that_failed_is_told_of() -> None:
    peer = Peer()
    assert set(peer.guard.watched) == peer.ice.transports == {peer.audio, peer.video}
    assert not peer.ice.failed
    peer.video.state = "failed"
    assert peer.ice.failed
