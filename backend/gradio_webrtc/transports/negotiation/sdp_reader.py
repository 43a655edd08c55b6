"""Read an SDP into its sections, within limits. Pure; one pass, in time linear in the text.

Nothing here interprets an attribute, and nothing costly is done before everything was counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gradio_webrtc.errors import InvalidOfferError
from gradio_webrtc.json_values import Json

MAX_SDP_BYTES = 64 * 1024
"""Offers of Chromium 156: 2.4 kB for audio, 5.4 kB for video, 6.9 kB for both with all its codecs
and four candidates a section, 26 kB with eight sections. Firefox's and Safari's are smaller."""

MAX_LINES = 2048
"""Chromium 156: 184 for audio and video, 729 for eight sections."""

MAX_LINE_CHARACTERS = 1024
"""The longest line of a browser is an ``m=`` line or a candidate, below 300."""

MAX_MEDIA_SECTIONS = 8

MAX_SESSION_LINES = 64
"""Browsers write 6 to 12 before the first media section."""

SECTION_LIMITS: Mapping[str, int] = {
    # In brackets: the most in one section of Chromium 156's offers.
    "rtpmap": 128,  # (23) one for each payload type there can be
    "fmtp": 128,  # (20)
    "rtcp-fb": 512,  # (50)
    "extmap": 64,  # (13)
    "ssrc": 96,  # (4; 24 for three layers of simulcast in the old form)
    "ssrc-group": 16,  # (1; 4)
    "rid": 32,  # (3)
    "fingerprint": 8,  # (1) one for each hash function
    "group": 8,  # (1)
}
"""How many lines of one attribute a section may have."""

_LINE = re.compile(r"[a-z]=")
_MEDIA = re.compile(
    r"m=([A-Za-z0-9-]{1,32}) ([0-9]{1,5})(?:/[0-9]{1,5})? ([A-Za-z0-9/]{1,40}) (.+)"
)


@dataclass
class Lines:
    """The attributes of the session or of one media section, each with its values in order."""

    attributes: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> list[str]:
        """Return the values of every ``a=name`` line; "" for one without a value."""
        return self.attributes.get(name, [])

    def first(self, name: str) -> str | None:
        """Return the value of the first ``a=name`` line, or ``None``."""
        values = self.attributes.get(name)
        return values[0] if values else None

    def __contains__(self, name: str) -> bool:
        return name in self.attributes


@dataclass
class Section(Lines):
    """One ``m=`` section as it was offered."""

    kind: str = ""
    port: int = 0
    protocol: str = ""
    formats: list[str] = field(default_factory=list)


@dataclass
class Sdp:
    """A session description, read and counted."""

    session: Lines
    sections: list[Section]


def read_sdp(sdp: Json) -> Sdp:
    """Split ``sdp`` into its sections.

    Raises:
        InvalidOfferError: not a string, not SDP, or more of anything than the limits above.
    """
    if not isinstance(sdp, str):
        raise InvalidOfferError('The offer needs an "sdp" string.')
    _check_size(sdp)
    if not sdp.startswith("v=0"):
        raise InvalidOfferError('The offer is not valid SDP: it must begin with "v=0".')
    result = Sdp(Lines(), [])
    current: Lines = result.session
    for number, line in _lines(sdp):
        if line.startswith("m="):
            current = _media(line, number)
            result.sections.append(current)
            if len(result.sections) > MAX_MEDIA_SECTIONS:
                raise InvalidOfferError(
                    "The offer has far too much media: at most "
                    f"{MAX_MEDIA_SECTIONS} sections are accepted."
                )
        elif line.startswith("a="):
            _add(current, line)
    if not result.sections:
        raise InvalidOfferError('The offer has no media: no line begins with "m=".')
    return result


def _check_size(sdp: str) -> None:
    size = len(sdp) if sdp.isascii() else len(sdp.encode("utf-8", "surrogatepass"))
    if size > MAX_SDP_BYTES:
        raise InvalidOfferError(
            f"The offer has {size} bytes; at most {MAX_SDP_BYTES} are accepted."
        )
    lines = sdp.count("\n")
    if lines > MAX_LINES:
        raise InvalidOfferError(f"The offer has {lines} lines; at most {MAX_LINES} are accepted.")


def _lines(sdp: str) -> Iterator[tuple[int, str]]:
    # Only CRLF and LF end a line (RFC 8866, 5); str.splitlines knows eight more.
    for number, line in enumerate(sdp.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line:
            continue
        if len(line) > MAX_LINE_CHARACTERS:
            raise InvalidOfferError(
                f"Line {number} of the offer has {len(line)} characters; at most "
                f"{MAX_LINE_CHARACTERS} are accepted."
            )
        if _LINE.match(line) is None:
            raise InvalidOfferError(
                f'The offer is not valid SDP: line {number} does not begin with a letter and "=".'
            )
        yield number, line


def _media(line: str, number: int) -> Section:
    match = _MEDIA.fullmatch(line)
    if match is None:
        raise InvalidOfferError(
            f"The offer is not valid SDP: line {number} is no media description."
        )
    kind, port, protocol, formats = match.groups()
    return Section(kind=kind, port=int(port), protocol=protocol, formats=formats.split())


def _add(lines: Lines, line: str) -> None:
    name, _, value = line[2:].partition(":")
    values = lines.attributes.setdefault(name, [])
    values.append(value)
    limit = SECTION_LIMITS.get(name)
    if limit is not None and len(values) > limit:
        raise InvalidOfferError(
            f'The offer has too many "a={name}" lines: at most {limit} in one section are accepted.'
        )
