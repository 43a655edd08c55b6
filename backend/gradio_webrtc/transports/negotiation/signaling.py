"""Check what clients send to negotiate a connection. Pure.

Everything here is hostile until parsed: ``sdp_reader`` counts before anything else is done,
``offer_plan`` decides what of an offer can be used, and every refusal is typed and says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass

from gradio_webrtc.errors import InvalidOfferError, UnexpectedTrackError
from gradio_webrtc.handlers.protocol import MediaKind, Modality, Mode
from gradio_webrtc.json_values import Json
from gradio_webrtc.transports.negotiation.candidates import (
    MAX_CANDIDATES,
    RemoteCandidate,
    parse_candidate_lines,
)
from gradio_webrtc.transports.negotiation.offer_plan import OfferPlan, SectionPlan, plan_offer
from gradio_webrtc.transports.negotiation.sdp_reader import Sdp, read_sdp

_SENDING = frozenset({"sendrecv", "sendonly"})
_RECEIVING = frozenset({"sendrecv", "recvonly"})


@dataclass(frozen=True)
class MediaSection:
    """One ``m=`` section in use for audio or video, seen from the client."""

    mid: str
    kind: MediaKind
    sends: bool
    receives: bool
    codecs: frozenset[str]
    takes_copies: bool = False
    """Whether it decodes a lost packet of Opus from the copy in the next one (RFC 7587, 6.1)."""
    red: int | None = None
    """The payload type under which it takes Opus with copies of the packets before (RFC 2198)."""


@dataclass(frozen=True)
class Offer:
    """A checked offer.

    Attributes:
        sdp: what aiortc is given. It has no candidates, so that answering it never waits for an
            mDNS name.
        media: its audio and video sections in use.
        has_data_channel: whether the client opens a control channel.
        candidates: the candidates that were in the SDP, of sections that have a connection.
        candidates_complete: whether the SDP said that no more will come.
        plan: what becomes of every section.
    """

    sdp: str
    media: tuple[MediaSection, ...]
    has_data_channel: bool
    candidates: tuple[RemoteCandidate, ...]
    candidates_complete: bool
    plan: OfferPlan

    def section_with_transport(self, candidate: RemoteCandidate) -> str | None:
        """Return the name of the section to whose connection ``candidate`` belongs, or ``None``."""
        for index, section in enumerate(self.plan.sections):
            named = candidate.mid is not None and candidate.mid == section.mid
            if (named or candidate.index == index) and self.plan.owns_transport(section):
                return section.name
        return None


def kinds_for(modality: Modality) -> tuple[MediaKind, ...]:
    """Return the kinds of media a modality carries."""
    return ("audio", "video") if modality == "audio-video" else (modality,)


def parse_offer(sdp: Json) -> Offer:
    """Parse an SDP offer.

    Raises:
        InvalidOfferError: not SDP, more of anything than a browser sends, or nothing to answer.
    """
    read = read_sdp(sdp)
    plan = plan_offer(read)
    used = [section for section in plan.sections if not section.rejected]
    return Offer(
        sdp=plan.sdp(),
        media=tuple(_media(section) for section in used if section.kind != "application"),
        has_data_channel=any(section.kind == "application" for section in used),
        candidates=_candidates(read, plan),
        candidates_complete="end-of-candidates" in read.session
        or any("end-of-candidates" in section for section in read.sections),
        plan=plan,
    )


def is_text_only(offer: Offer, mode: Mode, modality: Modality) -> bool:
    """Whether a client offers a data channel and nothing else, to a stream it may do with.

    That is one whose handler can be typed at: audio, in a mode in which the client sends.
    """
    kinds = {section.kind for section in offer.plan.sections}
    return kinds == {"application"} and modality == "audio" and mode != "receive"


def taken_sections(offer: Offer, mode: Mode, modality: Modality) -> tuple[MediaSection, ...]:
    """Return the section of each kind of media that the stream uses: the first that fits.

    Raises:
        InvalidOfferError: a kind of media the stream needs is missing.
    """
    if is_text_only(offer, mode, modality):
        return ()
    taken: list[MediaSection] = []
    for kind in kinds_for(modality):
        fitting = [each for each in offer.media if each.kind == kind and _fits(each, mode)]
        if not fitting:
            raise InvalidOfferError(
                f'This stream is {modality} in mode "{mode}", but the offer has no {kind} '
                f"the client would {_verb(mode)}{_reasons(offer, kind)}"
            )
        taken.append(fitting[0])
    return tuple(taken)


def check_tracks(offer: Offer, mode: Mode, modality: Modality, allow_extra: bool) -> None:
    """Check that ``offer`` carries what the stream needs, and nothing else unless allowed.

    Raises:
        InvalidOfferError: a kind of media the stream needs is missing.
        UnexpectedTrackError: the client wants to send a kind the stream does not take.
    """
    taken = taken_sections(offer, mode, modality)
    if allow_extra:
        return
    for section in offer.media:
        if not section.sends or (section in taken and mode != "receive"):
            continue
        second = mode != "receive" and section.kind in kinds_for(modality)
        raise UnexpectedTrackError(
            f"This stream takes no {'second' if second else 'such'} {section.kind} track (modality "
            f'"{modality}", mode "{mode}"). Leave the track out, or set allow_extra_tracks=True on '
            "the server."
        )


def _media(section: SectionPlan) -> MediaSection:
    return MediaSection(
        mid=section.name,
        kind="audio" if section.kind == "audio" else "video",
        sends=section.direction in _SENDING,
        receives=section.direction in _RECEIVING,
        codecs=frozenset(f"{section.kind}/{codec.name}".lower() for codec in section.codecs),
        takes_copies=any(("useinbandfec", "1") in codec.parameters for codec in section.codecs),
        red=section.red,
    )


def _fits(section: MediaSection, mode: Mode) -> bool:
    if mode == "send":
        return section.sends
    if mode == "receive":
        return section.receives
    return section.sends and section.receives


def _verb(mode: Mode) -> str:
    return {"send": "send", "receive": "receive"}.get(mode, "both send and receive")


def _reasons(offer: Offer, kind: str) -> str:
    """Return the end of a refusal: why the sections of this kind could not be used, if any."""
    reasons = [each.rejected for each in offer.plan.sections if each.kind == kind and each.rejected]
    return f": {reasons[0]}" if reasons else "."


def _candidates(read: Sdp, plan: OfferPlan) -> tuple[RemoteCandidate, ...]:
    """Return the candidates of the sections that have a connection; the others have none to give.

    Raises:
        InvalidOfferError: there are more than ``MAX_CANDIDATES``.
    """
    owners = [index for index, each in enumerate(plan.sections) if plan.owns_transport(each)]
    count = sum(len(read.sections[index].all("candidate")) for index in owners)
    if count > MAX_CANDIDATES:
        raise InvalidOfferError(
            f"The offer has too many candidates: {count}; at most {MAX_CANDIDATES} are accepted."
        )
    return tuple(
        candidate
        for index in owners
        for candidate in parse_candidate_lines(read.sections[index].all("candidate"), index)
    )
