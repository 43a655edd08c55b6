"""Decide about each section of an offer, and write the offer that aiortc is given. Pure.

aiortc parses an offer in time that grows with the square of its lines, fails on much that is legal,
and bundles what was not offered as bundled. So it never sees the client's text: it gets a small one
of ours that says what of the offer can be used. What cannot be used of a legal offer is rejected in
the answer, section by section (RFC 3264, 6), and the rest goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gradio_webrtc.errors import InvalidOfferError
from gradio_webrtc.transports.negotiation.offer_codecs import (
    OfferedCodec,
    offered_names,
    redundancy,
    usable_codecs,
)
from gradio_webrtc.transports.negotiation.offer_lines import data_lines, media_lines
from gradio_webrtc.transports.negotiation.offer_transport import (
    bundled_mids,
    credentials,
    is_rejected,
    mid_of,
)
from gradio_webrtc.transports.negotiation.sdp_reader import Lines, Sdp, Section

MAX_CONNECTIONS = 4
"""That one offer may ask for: each has sockets, ICE checks and a DTLS handshake of its own. One for
what is bundled; audio, video and data without BUNDLE are three."""

_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
_CODECS = {
    "audio": "opus/48000/2, G722/8000, PCMU/8000 or PCMA/8000",
    "video": "VP8/90000, or H264/90000 with packetization-mode=1 and a baseline profile",
}


@dataclass(frozen=True)
class SectionPlan:
    """What becomes of one offered section.

    Attributes:
        kind, protocol, formats: of its ``m=`` line, as offered.
        mid: its name, as offered.
        name: what it is called towards aiortc, which needs a name.
        direction: as offered, ``sendrecv`` where nothing was said.
        rejected: why it is not used, for a refusal; empty when it is.
        codecs: what can be used of it.
        lines: what aiortc is given of it.
        red: the payload type of Opus with copies of itself, which aiortc does not know.
    """

    kind: str
    protocol: str
    formats: str
    mid: str | None
    name: str
    direction: str
    rejected: str = ""
    codecs: tuple[OfferedCodec, ...] = ()
    lines: tuple[str, ...] = ()
    red: int | None = None


@dataclass(frozen=True)
class OfferPlan:
    """What becomes of an offer.

    Attributes:
        sections: every section as offered, in order.
        bundle: names of the sections in use that share a connection; its first owns that.
        lite: whether the client is an ICE Lite implementation.
    """

    sections: tuple[SectionPlan, ...]
    bundle: tuple[str, ...]
    lite: bool

    def sdp(self) -> str:
        """Return the offer as aiortc is given it."""
        lines = ["v=0", "o=- 0 0 IN IP4 0.0.0.0", "s=-", "t=0 0"]
        if self.lite:
            lines.append("a=ice-lite")
        if self.bundle:
            lines.append(f"a=group:BUNDLE {' '.join(self.bundle)}")
        for section in self.sections:
            lines += section.lines
        return "\r\n".join(lines) + "\r\n"

    def owns_transport(self, section: SectionPlan) -> bool:
        """Return whether ``section`` has a connection of its own: its candidates count."""
        return not section.rejected and section.name not in self.bundle[1:]


@dataclass
class _Reading:
    """What the sections of one offer need to know of each other."""

    sdp: Sdp
    names: list[str]
    offered_bundle: tuple[str, ...]
    has_data_channel: bool = False
    tagged: Section | None = field(init=False)

    def __post_init__(self) -> None:
        tag = self.offered_bundle[0] if self.offered_bundle else None
        self.tagged = self.sdp.sections[self.names.index(tag)] if tag is not None else None


def plan_offer(sdp: Sdp) -> OfferPlan:
    """Decide what of an offer is used.

    Raises:
        InvalidOfferError: it contradicts itself, or none of it can be used.
    """
    mids = [mid_of(section) for section in sdp.sections]
    bundle = bundled_mids(sdp)
    reading = _Reading(sdp, _names(mids, bundle), bundle)
    sections = tuple(
        _plan_section(reading, section, mids[index], reading.names[index])
        for index, section in enumerate(sdp.sections)
    )
    used = [section for section in sections if not section.rejected]
    if not used:
        raise InvalidOfferError(f"The offer has nothing to answer: {sections[0].rejected}")
    plan = OfferPlan(sections, _used_bundle(reading, used), "ice-lite" in sdp.session)
    connections = sum(plan.owns_transport(section) for section in sections)
    if connections > MAX_CONNECTIONS:
        raise InvalidOfferError(
            f"The offer needs {connections} connections; at most {MAX_CONNECTIONS} are accepted. "
            'Bundle its sections with "a=group:BUNDLE".'
        )
    return plan


def _names(mids: list[str | None], bundle: tuple[str, ...]) -> list[str]:
    """Return a name for every section: its own, or one that no other has."""
    named = [mid for mid in mids if mid is not None]
    if len(set(named)) < len(named):
        raise InvalidOfferError(
            "Two media sections of the offer have the same name: give each an a=mid of its own."
        )
    if not set(bundle) <= set(named):
        raise InvalidOfferError("The offer bundles a media section that it does not have.")
    free = (name for name in map(str, range(2 * len(mids) + 1)) if name not in named)
    return [next(free) if mid is None else mid for mid in mids]


def _used_bundle(reading: _Reading, used: list[SectionPlan]) -> tuple[str, ...]:
    in_use = {section.name for section in used}
    members = [name for name in reading.offered_bundle if name in in_use]
    owners = [
        name
        for name in members
        if "bundle-only" not in reading.sdp.sections[reading.names.index(name)]
    ]
    if members and not owners:
        raise InvalidOfferError(
            "Every section of the offer that can be used is bundle-only: the section whose "
            "address they share cannot be used."
        )
    # The first that has an address of its own is the one whose address is used (RFC 8843, 7.3.1).
    return tuple(dict.fromkeys([*owners[:1], *members]))


def _plan_section(reading: _Reading, section: Section, mid: str | None, name: str) -> SectionPlan:
    bundled = name in reading.offered_bundle
    codecs = usable_codecs(section) if section.kind in _CODECS else ()
    rejected = _why_rejected(reading, section, bundled, codecs)
    direction = _direction(reading.sdp.session, section)
    plan = SectionPlan(
        section.kind,
        section.protocol,
        " ".join(section.formats),
        mid,
        name,
        direction,
        rejected,
        codecs,
    )
    if rejected:
        return plan
    tagged = reading.tagged if bundled else None
    carried = credentials(reading.sdp.session, section, tagged)
    if section.kind == "application":
        reading.has_data_channel = True
        lines = data_lines(section, name, carried)
    else:
        lines = media_lines(section, name, direction, codecs, carried)
    red = redundancy(section, codecs) if section.kind == "audio" else None
    return replace(plan, lines=tuple(lines), red=red)


def _why_rejected(
    reading: _Reading, section: Section, bundled: bool, codecs: tuple[OfferedCodec, ...]
) -> str:
    """Return why a section cannot be used, for a person; empty when it can."""
    kind = section.kind
    if is_rejected(section, bundled):
        return f"its {kind} section has port 0, which means that it is not in use."
    if kind == "application":
        if not _is_data_channel(section):
            return (
                "its application section is no WebRTC data channel: offer "
                '"m=application 9 UDP/DTLS/SCTP webrtc-datachannel" with "a=sctp-port".'
            )
        return "it has a second data channel section." if reading.has_data_channel else ""
    if kind not in _CODECS:
        return f'its "{kind}" section is neither audio, video nor a data channel.'
    if not codecs:
        offered = offered_names(section) or f"payload types {' '.join(section.formats)[:40]}"
        return (
            f"none of its {kind} codecs is known here: it offers {offered}; "
            f"at least one of {_CODECS[kind]} is needed."
        )
    if "rtcp-mux" not in section and "rtcp-mux-only" not in section:
        return f'its {kind} section has no "a=rtcp-mux", without which nothing is carried here.'
    return ""


def _direction(session: Lines, section: Section) -> str:
    """Return the direction of a section, ``sendrecv`` by default (RFC 8866, 6.7)."""
    for lines in (section, session):
        for direction in _DIRECTIONS:
            if direction in lines:
                return direction
    return "sendrecv"


def _is_data_channel(section: Section) -> bool:
    if not section.protocol.endswith("DTLS/SCTP") or len(section.formats) != 1:
        return False
    form = section.formats[0]
    mapped = (value.split()[:2] for value in section.all("sctpmap"))
    return form == "webrtc-datachannel" or [form, "webrtc-datachannel"] in mapped
