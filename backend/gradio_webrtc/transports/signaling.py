"""Parse and check what clients send to negotiate: offers and ICE candidates. Pure.

Everything here is hostile until parsed: sizes are limited before anything is looked at, and what
the SDP library thinks of nonsense becomes one typed refusal.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiortc import RTCIceCandidate
from aiortc.sdp import SessionDescription, candidate_from_sdp

from gradio_webrtc.errors import (
    InvalidCandidateError,
    InvalidOfferError,
    UnexpectedTrackError,
)
from gradio_webrtc.handlers.protocol import MediaKind, Modality, Mode

MAX_SDP_BYTES = 64 * 1024
"""A browser's offer for audio and video with every codec it knows is about 8 kB."""

MAX_MEDIA_SECTIONS = 8
MAX_CANDIDATE_BYTES = 1024
MAX_CANDIDATES = 200
"""Per session. A laptop with VPN, docker bridges and IPv6 sends some 40."""

_KINDS = frozenset({"audio", "video", "application"})
_PROTOCOLS = frozenset({"udp", "tcp"})
_CANDIDATE_TYPES = frozenset({"host", "srflx", "prflx", "relay"})
_SENDING = frozenset({"sendrecv", "sendonly"})
_RECEIVING = frozenset({"sendrecv", "recvonly"})


@dataclass(frozen=True)
class MediaSection:
    """One ``m=`` section of an offer, seen from the client."""

    mid: str
    kind: str
    sends: bool
    receives: bool
    codecs: frozenset[str]


@dataclass(frozen=True)
class Offer:
    """A checked offer.

    Attributes:
        sdp: the offer without its candidates, so that answering it never waits for an mDNS name.
        media: its audio and video sections.
        has_data_channel: whether the client opens a control channel.
        candidates: the candidates that were in the SDP.
        candidates_complete: whether the SDP said that no more will come.
    """

    sdp: str
    media: tuple[MediaSection, ...]
    has_data_channel: bool
    candidates: tuple[RTCIceCandidate, ...]
    candidates_complete: bool


def kinds_for(modality: Modality) -> tuple[MediaKind, ...]:
    """Return the kinds of media a modality carries."""
    return ("audio", "video") if modality == "audio-video" else (modality,)


def parse_offer(sdp: object) -> Offer:
    """Parse an SDP offer.

    Raises:
        InvalidOfferError: not a string, larger than ``MAX_SDP_BYTES``, not SDP, or without media.
    """
    if not isinstance(sdp, str):
        raise InvalidOfferError('The offer needs an "sdp" string.')
    size = len(sdp) if sdp.isascii() else len(sdp.encode("utf-8", "surrogatepass"))
    if size > MAX_SDP_BYTES:
        raise InvalidOfferError(
            f"The offer has {size} bytes; at most {MAX_SDP_BYTES} are accepted."
        )
    try:
        description = SessionDescription.parse(sdp)
    except Exception as error:
        raise InvalidOfferError("The offer is not valid SDP.") from error
    if not 0 < len(description.media) <= MAX_MEDIA_SECTIONS:
        raise InvalidOfferError("The offer has no media, or far too much of it.")
    for media in description.media:
        named = media.ice is not None and media.ice.usernameFragment and media.ice.password
        if not named or media.dtls is None or not media.dtls.fingerprints:
            raise InvalidOfferError("The offer lacks ICE credentials or a DTLS fingerprint.")
    _check_sections(description)
    return Offer(
        sdp=_without_candidates(sdp),
        media=tuple(_section(media) for media in description.media if media.kind != "application"),
        has_data_channel=any(media.kind == "application" for media in description.media),
        candidates=_candidates(description),
        candidates_complete=any(media.ice_candidates_complete for media in description.media),
    )


def check_tracks(offer: Offer, mode: Mode, modality: Modality, allow_extra: bool) -> None:
    """Check that ``offer`` carries what the stream needs, and nothing else unless allowed.

    Raises:
        InvalidOfferError: a kind of media the stream needs is missing.
        UnexpectedTrackError: the client wants to send a kind the stream does not take.
    """
    wanted = kinds_for(modality)
    for kind in wanted:
        # aiortc connects ours with the first section of its kind.
        first = next((section for section in offer.media if section.kind == kind), None)
        if first is None or not _fits(first, mode):
            raise InvalidOfferError(
                f'This stream is {modality} in mode "{mode}", but the offer has no {kind} '
                f"the client would {_verb(mode)}."
            )
    if allow_extra:
        return
    taken: set[str] = set()
    for section in offer.media:
        if not section.sends:
            continue
        if section.kind not in wanted or section.kind in taken or mode == "receive":
            more = "second" if section.kind in taken else "such"
            raise UnexpectedTrackError(
                f'This stream takes no {more} {section.kind} track (modality "{modality}", mode '
                f'"{mode}"). Leave the track out, or set allow_extra_tracks=True on the server.'
            )
        taken.add(section.kind)


def parse_candidate(value: object) -> RTCIceCandidate | None:
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
        raise InvalidCandidateError('A candidate needs a "candidate" string.')
    text = text.strip().removeprefix("a=").removeprefix("candidate:")
    if not text:
        return None
    try:
        candidate = candidate_from_sdp(text)
    except Exception as error:
        raise InvalidCandidateError("The candidate is not valid SDP.") from error
    _check_candidate(candidate)
    candidate.sdpMid, candidate.sdpMLineIndex = _media_of(value)
    return candidate


def _check_sections(description: SessionDescription) -> None:
    """Refuse what aiortc takes for granted, and otherwise fails on half-way through an answer."""
    mids = [media.rtp.muxId for media in description.media]
    if len(set(mids)) < len(mids):
        raise InvalidOfferError("Two media sections of the offer have the same name.")
    bundled = {
        mid for group in description.group if group.semantic == "BUNDLE" for mid in group.items
    }
    if not bundled <= set(mids):
        raise InvalidOfferError("The offer bundles a media section that it does not have.")
    kinds = [media.kind for media in description.media]
    if not set(kinds) <= _KINDS or kinds.count("application") > 1:
        raise InvalidOfferError("The offer has media sections that are not audio, video or data.")


def _section(media: Any) -> MediaSection:
    return MediaSection(
        mid=media.rtp.muxId,
        kind=media.kind,
        sends=media.direction in _SENDING,
        receives=media.direction in _RECEIVING,
        codecs=frozenset(codec.mimeType.lower() for codec in media.rtp.codecs),
    )


def _fits(section: MediaSection, mode: Mode) -> bool:
    if mode == "send":
        return section.sends
    if mode == "receive":
        return section.receives
    return section.sends and section.receives


def _verb(mode: Mode) -> str:
    return {"send": "send", "receive": "receive"}.get(mode, "both send and receive")


def _without_candidates(sdp: str) -> str:
    kept = [
        line
        for line in sdp.splitlines()
        if not line.startswith(("a=candidate:", "a=end-of-candidates"))
    ]
    return "\r\n".join(kept) + "\r\n"


def _candidates(description: SessionDescription) -> tuple[RTCIceCandidate, ...]:
    found: list[RTCIceCandidate] = []
    for index, media in enumerate(description.media):
        for candidate in media.ice_candidates:
            if not _is_usable(candidate):
                continue
            candidate.sdpMid = media.rtp.muxId
            candidate.sdpMLineIndex = index
            found.append(candidate)
    if len(found) > MAX_CANDIDATES:
        raise InvalidOfferError("The offer has too many candidates.")
    return tuple(found)


def _is_usable(candidate: RTCIceCandidate) -> bool:
    try:
        _check_candidate(candidate)
    except InvalidCandidateError:
        return False
    return True


def _check_candidate(candidate: RTCIceCandidate) -> None:
    if candidate.type not in _CANDIDATE_TYPES or not 0 <= candidate.port <= 65535:
        raise InvalidCandidateError("The candidate has an impossible type or port.")
    if candidate.protocol.lower() not in _PROTOCOLS:
        raise InvalidCandidateError("The candidate's protocol is neither UDP nor TCP.")
    if candidate.ip.endswith(".local"):
        return
    try:
        ipaddress.ip_address(candidate.ip)
    except ValueError:
        raise InvalidCandidateError("The candidate's address is not an IP address.") from None


def _media_of(value: Mapping[str, Any]) -> tuple[str | None, int | None]:
    mid, index = value.get("sdpMid"), value.get("sdpMLineIndex")
    if isinstance(mid, str) and mid:
        return mid, None
    if isinstance(index, int) and not isinstance(index, bool) and index >= 0:
        return None, index
    raise InvalidCandidateError('A candidate needs an "sdpMid" or an "sdpMLineIndex".')
