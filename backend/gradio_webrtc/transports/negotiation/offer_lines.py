"""Write the sections of the offer that aiortc is given. Pure."""

from __future__ import annotations

import re
from functools import cache

from aiortc import RTCRtpReceiver

from gradio_webrtc.errors import InvalidOfferError
from gradio_webrtc.transports.negotiation.offer_codecs import OfferedCodec
from gradio_webrtc.transports.negotiation.offer_transport import Credentials
from gradio_webrtc.transports.negotiation.sdp_reader import Section

MAX_SSRCS = 32
"""In one section. Chromium announces 2 for a camera with retransmissions, 6 for old simulcast."""

SCTP_PORT = 5000
MAX_MESSAGE_SIZE = 65536
"""What an offer without ``a=max-message-size`` means (RFC 8841, 6.1)."""

_EXTMAP = re.compile(r"([0-9]{1,3})(?:/[a-z]+)? +(\S+)(?: .*)?")
_SSRC = re.compile(r"([0-9]{1,10})(?: .*)?")


def media_lines(
    section: Section,
    name: str,
    direction: str,
    codecs: tuple[OfferedCodec, ...],
    carried: Credentials,
) -> list[str]:
    """Return an audio or video section for aiortc.

    Raises:
        InvalidOfferError: it announces far too many SSRCs.
    """
    payload_types = " ".join(str(codec.payload_type) for codec in codecs)
    return [
        f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {payload_types}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{name}",
        f"a={direction}",
        "a=rtcp-mux",
        *carried.lines(),
        *_extension_lines(section),
        *(line for codec in codecs for line in codec.lines()),
        *_ssrc_lines(section),
    ]


def _extension_lines(section: Section) -> list[str]:
    known = _known_extensions(section.kind)
    found: dict[str, int] = {}
    for value in section.all("extmap"):
        match = _EXTMAP.fullmatch(value)
        if match is None:
            continue
        number, uri = int(match.group(1)), match.group(2)
        if uri in known and 0 < number < 256 and number != 15:
            found.setdefault(uri, number)
    return [f"a=extmap:{number} {uri}" for uri, number in found.items()]


@cache
def _known_extensions(kind: str) -> frozenset[str]:
    capabilities = RTCRtpReceiver.getCapabilities(kind)
    extensions = capabilities.headerExtensions if capabilities is not None else []
    return frozenset(extension.uri for extension in extensions)


def _ssrc_lines(section: Section) -> list[str]:
    """Return the SSRC of the media and that of its retransmissions, which is all aiortc uses."""
    ssrcs: dict[int, None] = {}
    for value in section.all("ssrc"):
        match = _SSRC.fullmatch(value)
        if match is not None and int(match.group(1)) < 2**32:
            ssrcs[int(match.group(1))] = None
    if len(ssrcs) > MAX_SSRCS:
        raise InvalidOfferError(
            f"The offer announces {len(ssrcs)} SSRCs in one section; at most {MAX_SSRCS} are "
            "accepted."
        )
    if not ssrcs:
        return []
    media = next(iter(ssrcs))
    pairs = (group.split() for group in section.all("ssrc-group"))
    repair = next(
        (pair[2] for pair in pairs if len(pair) == 3 and pair[:2] == ["FID", str(media)]), None
    )
    chosen = [media, *(ssrc for ssrc in ssrcs if str(ssrc) == repair and ssrc != media)]
    return [f"a=ssrc:{ssrc} cname:-" for ssrc in chosen]


def data_lines(section: Section, name: str, carried: Credentials) -> list[str]:
    """Return a data channel section for aiortc."""
    form = section.formats[0]
    old = form != "webrtc-datachannel"  # the port, and what it is in a=sctpmap
    port = _number(form if old else section.first("sctp-port"), 65535, SCTP_PORT)
    size = _number(section.first("max-message-size"), 2**32, MAX_MESSAGE_SIZE)
    return [
        f"m=application 9 {f'DTLS/SCTP {port}' if old else 'UDP/DTLS/SCTP webrtc-datachannel'}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{name}",
        *carried.lines(),
        f"a=sctpmap:{port} webrtc-datachannel 1024" if old else f"a=sctp-port:{port}",
        f"a=max-message-size:{size}",
    ]


def _number(text: str | None, most: int, otherwise: int) -> int:
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return otherwise
    return min(int(text), most)
