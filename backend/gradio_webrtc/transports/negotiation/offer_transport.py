"""How the sections of an offer are carried: ICE, DTLS, and which share one connection. Pure.

See RFC 8829 (JSEP) for what browsers write, RFC 8843 for BUNDLE, RFC 8839 and RFC 8842 for ICE and
DTLS in SDP.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gradio_webrtc.errors import InvalidOfferError
from gradio_webrtc.transports.negotiation.sdp_reader import Lines, Sdp, Section

# RFC 8839, 5.4: at least 4 and 22 of the letters, digits, "+" and "/"; some write others.
_UFRAG = re.compile(r"[!-~]{1,256}")
_PASSWORD = re.compile(r"[!-~]{1,256}")
_FINGERPRINT = re.compile(r"([A-Za-z0-9-]{1,16}) +([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,63}) *")
_MID = re.compile(r"[!-~]{1,64}")

HASHES = frozenset({"sha-256", "sha-384", "sha-512"})
"""Hash functions of fingerprints that aiortc knows."""

SETUPS = frozenset({"actpass", "active", "passive"})


@dataclass(frozen=True)
class Credentials:
    """What is needed to connect with one section's transport."""

    ufrag: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    setup: str
    lite: bool

    def lines(self) -> list[str]:
        """Return the SDP lines of a media section."""
        return [
            f"a=ice-ufrag:{self.ufrag}",
            f"a=ice-pwd:{self.password}",
            *(f"a=fingerprint:{name} {value}" for name, value in self.fingerprints),
            f"a=setup:{self.setup}",
        ]


def mid_of(section: Section) -> str | None:
    """Return the name of a section, ``None`` if it has none.

    Raises:
        InvalidOfferError: the name is empty or far too long.
    """
    if "mid" not in section:
        return None
    mid = (section.first("mid") or "").strip()
    if _MID.fullmatch(mid) is None:
        raise InvalidOfferError('An "a=mid" of the offer is empty or longer than 64 characters.')
    return mid


def bundled_mids(sdp: Sdp) -> tuple[str, ...]:
    """Return the names in the first BUNDLE group, which is the one that is answered."""
    for value in sdp.session.all("group"):
        semantics, *mids = value.split()[: len(sdp.sections) + 2] or [""]
        if semantics.upper() == "BUNDLE":
            return tuple(dict.fromkeys(mids))
    return ()


def is_rejected(section: Section, bundled: bool) -> bool:
    """Return whether the client itself offers this section as not in use."""
    # Port 0 means that, unless the section goes by another one's port (RFC 8843, 6).
    return section.port == 0 and not ("bundle-only" in section and bundled)


def credentials(session: Lines, section: Section, tagged: Section | None) -> Credentials:
    """Return how to connect with ``section``.

    Args:
        session: the lines before the first section, which hold for every section without own ones.
        section: the section.
        tagged: the section whose transport a bundled one shares.

    Raises:
        InvalidOfferError: something is missing or cannot be read; the text says what.
    """
    places: list[Lines] = [section, *([tagged] if tagged is not None else []), session]
    ufrag = _matching(_first(places, "ice-ufrag"), _UFRAG)
    password = _matching(_first(places, "ice-pwd"), _PASSWORD)
    if ufrag is None or password is None:
        raise InvalidOfferError(
            'The offer lacks ICE credentials: every section in use needs "a=ice-ufrag" and '
            '"a=ice-pwd".'
        )
    # An offer without a=setup means active (RFC 4145, 4).
    setup = (_first(places, "setup") or "active").strip()
    if setup not in SETUPS:
        raise InvalidOfferError('The offer\'s "a=setup" must be actpass, active or passive.')
    lite = "ice-lite" in session
    return Credentials(ufrag, password, _fingerprints(places), setup, lite)


def _fingerprints(places: list[Lines]) -> tuple[tuple[str, str], ...]:
    # A section's own take the place of those that hold for all (RFC 8122, 5).
    own = next((place for place in places if "fingerprint" in place), None)
    values = own.all("fingerprint") if own is not None else []
    found: dict[tuple[str, str], None] = {}
    for value in values:
        match = _FINGERPRINT.fullmatch(value)
        if match is not None and match.group(1).lower() in HASHES:
            found[match.group(1).lower(), match.group(2).upper()] = None
    if not found:
        raise InvalidOfferError(
            "The offer lacks a DTLS fingerprint of a known kind: every section in use needs "
            '"a=fingerprint" with sha-256, sha-384 or sha-512.'
        )
    return tuple(found)


def _first(places: list[Lines], name: str) -> str | None:
    return next((place.first(name) for place in places if name in place), None)


def _matching(value: str | None, pattern: re.Pattern[str]) -> str | None:
    text = (value or "").strip()
    return text if pattern.fullmatch(text) else None
