"""Which codecs of an offered section this server can use. Pure.

aiortc compares every codec of an offer with every one of its own and copies those that fit. It is
given only what it can use, once each, with the feedback and parameters that it reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from aiortc import RTCRtpReceiver
from aiortc.sdp import parse_h264_profile_level_id

from gradio_webrtc.media.audio.red import MOST_BLOCKS
from gradio_webrtc.transports.negotiation.sdp_reader import Section

MAX_CODECS = 12
"""Codecs taken of one section, each with its retransmissions. Chromium 156 offers seven of H.264
and VP8; aiortc has three of them."""

STATIC = {0: ("PCMU", 8000), 8: ("PCMA", 8000), 9: ("G722", 8000)}
"""Payload types that need no ``a=rtpmap`` (RFC 3551, 6), as far as aiortc knows their codecs."""

DYNAMIC = range(96, 128)
"""Payload types that aiortc takes over from an offer. For others it answers with one of its own."""

_RTPMAP = re.compile(r"([0-9]{1,3}) +([A-Za-z0-9._-]{1,40})/([0-9]{1,8})(?:/([0-9]{1,2}))? *")
_FEEDBACK = ("nack", "nack pli", "goog-remb")
_H264_PARAMETERS = ("level-asymmetry-allowed", "packetization-mode", "profile-level-id")
_H264_DEFAULT = "42E01F"
"""What an offer without a profile means to aiortc; RFC 6184 says 42000A, which it has too."""
_OPUS_RATE = 48_000
_FREE = frozenset((*range(35, 64), *DYNAMIC))
"""Payload types that mean nothing by themselves; those between would be taken for RTCP."""
_OPUS_PARAMETERS = ("useinbandfec",)
_PARAMETER_VALUE = re.compile(r"[A-Za-z0-9]{1,16}")


@dataclass(frozen=True)
class OfferedCodec:
    """One codec of an offered section.

    Attributes:
        payload_type: its number on the wire.
        name: as the offer writes it.
        parameters: of ``a=fmtp``, those that aiortc or we read.
        feedback: of ``a=rtcp-fb``, likewise.
    """

    payload_type: int
    name: str
    clock_rate: int
    channels: int | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    feedback: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return its SDP lines."""
        channels = "" if self.channels is None else f"/{self.channels}"
        lines = [f"a=rtpmap:{self.payload_type} {self.name}/{self.clock_rate}{channels}"]
        lines += [f"a=rtcp-fb:{self.payload_type} {kind}" for kind in self.feedback]
        if self.parameters:
            text = ";".join(f"{key}={value}" for key, value in self.parameters)
            lines.append(f"a=fmtp:{self.payload_type} {text}")
        return lines


def usable_codecs(section: Section) -> tuple[OfferedCodec, ...]:
    """Return what of an audio or video section this server can use, in the offer's order."""
    offered = _offered(section)
    parameters = _by_payload_type(section.all("fmtp"))
    feedback = _feedback(section)
    known = _known(section.kind)
    found: dict[int, OfferedCodec] = {}
    seen: set[tuple[object, ...]] = set()
    for payload_type, (name, clock_rate, channels) in offered.items():
        if (name.lower(), clock_rate) not in known or not _takes(payload_type, name):
            continue
        chosen = _chosen(name.lower(), parameters.get(payload_type, ""))
        if name.lower() == "h264" and not _fits_h264(dict(chosen)):
            continue
        same = (name.lower(), clock_rate, chosen if name.lower() == "h264" else ())
        if same in seen or len(found) >= MAX_CODECS:
            continue
        seen.add(same)
        shown = channels if section.kind == "audio" else None
        kinds = feedback.get(None, set()) | feedback.get(payload_type, set())
        found[payload_type] = OfferedCodec(
            payload_type,
            name,
            clock_rate,
            shown,
            chosen,
            tuple(kind for kind in _FEEDBACK if kind in kinds),
        )
    return (*found.values(), *_retransmissions(offered, parameters, found))


def redundancy(section: Section, codecs: tuple[OfferedCodec, ...]) -> int | None:
    """Return the payload type under which Opus is taken with copies of itself (RED, RFC 2198).

    Args:
        section: of the offer.
        codecs: what can be used of it.
    """
    opus = next((str(each.payload_type) for each in codecs if each.name.lower() == "opus"), None)
    parameters = _by_payload_type(section.all("fmtp"))
    for payload_type, (name, clock_rate, _) in _offered(section).items():
        if name.lower() == "red" and clock_rate == _OPUS_RATE and payload_type in _FREE:
            carried = parameters.get(payload_type, "").split("/")
            if opus is not None and 1 < len(carried) <= MOST_BLOCKS + 1 and {*carried} == {opus}:
                return payload_type
    return None


def offered_names(section: Section, most: int = 6) -> str:
    """Return the codecs a section offers, as its client wrote them, for words of refusal."""
    names: dict[str, None] = {}
    for payload_type, (name, clock_rate, channels) in _offered(section).items():
        shown = f"{name}/{clock_rate}" + (f"/{channels}" if channels is not None else "")
        if not _takes(payload_type, name):
            shown += f" as payload type {payload_type}"
        names[shown] = None
    listed = [name for name in names if not name.lower().startswith("rtx/")]
    return ", ".join(listed[:most]) + (", ..." if len(listed) > most else "")


def _fits_h264(parameters: dict[str, str]) -> bool:
    """Return whether aiortc has this profile; it has packetization mode 1 only."""
    try:
        profile, _ = parse_h264_profile_level_id(parameters.get("profile-level-id", _H264_DEFAULT))
    except ValueError:
        return False
    return parameters.get("packetization-mode") == "1" and profile in _h264_profiles()


@cache
def _h264_profiles() -> frozenset[object]:
    capabilities = RTCRtpReceiver.getCapabilities("video")
    return frozenset(
        parse_h264_profile_level_id(str(codec.parameters.get("profile-level-id")))[0]
        for codec in (capabilities.codecs if capabilities is not None else [])
        if codec.mimeType.lower() == "video/h264"
    )


@cache
def _known(kind: str) -> frozenset[tuple[str, int]]:
    capabilities = RTCRtpReceiver.getCapabilities(kind)
    codecs = capabilities.codecs if capabilities is not None else []
    names = ((codec.mimeType.lower().partition("/")[2], codec.clockRate) for codec in codecs)
    return frozenset(known for known in names if known[0] != "rtx")


def _takes(payload_type: int, name: str) -> bool:
    if payload_type in DYNAMIC:
        return True
    return STATIC.get(payload_type, ("", 0))[0].lower() == name.lower()


def _offered(section: Section) -> dict[int, tuple[str, int, int | None]]:
    """Return name, clock rate and channels by payload type, in the order of preference."""
    mapped: dict[int, tuple[str, int, int | None]] = {}
    for value in section.all("rtpmap"):
        match = _RTPMAP.fullmatch(value)
        if match is not None:
            payload_type, name, clock_rate, channels = match.groups()
            entry = (name, int(clock_rate), int(channels) if channels else None)
            mapped.setdefault(int(payload_type), entry)
    offered: dict[int, tuple[str, int, int | None]] = {}
    for text in section.formats:
        payload_type = _number(text)
        if payload_type is None or payload_type in offered:
            continue
        if payload_type in mapped:
            offered[payload_type] = mapped[payload_type]
        elif payload_type in STATIC and section.kind == "audio":
            offered[payload_type] = (*STATIC[payload_type], None)
    return offered


def _number(text: str) -> int | None:
    return int(text) if len(text) <= 3 and text.isascii() and text.isdigit() else None


def _by_payload_type(values: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for value in values:
        head, _, text = value.partition(" ")
        payload_type = _number(head)
        if payload_type is not None:
            found.setdefault(payload_type, text)
    return found


def _feedback(section: Section) -> dict[int | None, set[str]]:
    """Return the known kinds of feedback by payload type; ``None`` is for every one."""
    found: dict[int | None, set[str]] = {}
    for value in section.all("rtcp-fb"):
        head, _, text = value.partition(" ")
        kind = text.strip()
        if kind in _FEEDBACK:
            payload_type = None if head == "*" else _number(head)
            if payload_type is not None or head == "*":
                found.setdefault(payload_type, set()).add(kind)
    return found


def _parameters(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _chosen(name: str, text: str) -> tuple[tuple[str, str], ...]:
    read = {"h264": _H264_PARAMETERS, "opus": _OPUS_PARAMETERS}.get(name, ())
    found = _parameters(text) if read else {}
    return tuple(
        (key, found[key]) for key in read if key in found and _PARAMETER_VALUE.fullmatch(found[key])
    )


def _retransmissions(
    offered: dict[int, tuple[str, int, int | None]],
    parameters: dict[int, str],
    found: dict[int, OfferedCodec],
) -> list[OfferedCodec]:
    """Return the RTX codec of each codec in ``found`` (RFC 4588, 8.1)."""
    result: dict[int, OfferedCodec] = {}
    for payload_type, (name, clock_rate, _) in offered.items():
        if name.lower() != "rtx" or payload_type not in DYNAMIC:
            continue
        base = _number(_parameters(parameters.get(payload_type, "")).get("apt", ""))
        if base in found and base not in result and found[base].clock_rate == clock_rate:
            result[base] = OfferedCodec(
                payload_type, name, clock_rate, parameters=(("apt", str(base)),)
            )
    return list(result.values())
