"""Write the answer to the offer that the client made, from aiortc's to the one it was given. Pure.

An answer has a section for each of the offer's, in the same order, with the same kind, protocol and
name (RFC 3264, 6; RFC 8829, 5.3.1), and bundles no section that was not offered as bundled.
"""

from __future__ import annotations

import re

from gradio_webrtc.transports.negotiation.offer_plan import OfferPlan, SectionPlan

_OPUS = re.compile(r"a=rtpmap:([0-9]{1,3}) opus/48000/2", re.IGNORECASE)


def write_answer(plan: OfferPlan, answer: str, *, recovers: bool = False) -> str:
    """Return ``answer``, which is aiortc's to ``plan.sdp()``, as the answer to the client's offer.

    Args:
        plan: what becomes of the client's offer.
        answer: aiortc's.
        recovers: whether lost Opus is decoded from the copy in the next packet, which the client
            is then asked to send when packets get lost (``useinbandfec``, RFC 7587, 6.1).

    Raises:
        ValueError: it has not one section for each that is in use.
    """
    head, *sections = answer.split("\r\nm=")
    lines = [line for line in head.split("\r\n") if not line.startswith("a=group:BUNDLE")]
    if plan.bundle:
        lines.append(f"a=group:BUNDLE {' '.join(plan.bundle)}")
    used = iter(sections)
    for section in plan.sections:
        if section.rejected:
            lines += _rejection(section)
            continue
        text = next(used, None)
        if text is None:
            raise ValueError("aiortc's answer has too few sections")
        accepted = f"m={text}".rstrip("\r\n").split("\r\n")
        if recovers:
            accepted = _asking_for_fec(accepted)
        lines += _acceptance(section, _taking_red(section.red, accepted))
    if next(used, None) is not None:
        raise ValueError("aiortc's answer has too many sections")
    return "\r\n".join(lines) + "\r\n"


def _rejection(section: SectionPlan) -> list[str]:
    named = [] if section.mid is None else [f"a=mid:{section.mid}"]
    return [
        f"m={section.kind} 0 {section.protocol} {section.formats}",
        "c=IN IP4 0.0.0.0",
        *named,
        "a=inactive",
    ]


def _acceptance(section: SectionPlan, lines: list[str]) -> list[str]:
    media, port, _, formats = lines[0].split(" ", 3)
    kept = [line for line in lines[1:] if section.mid is not None or not line.startswith("a=mid:")]
    return [f"{media} {port} {section.protocol} {formats}", *kept]


def _asking_for_fec(lines: list[str]) -> list[str]:
    """Add what a decoder of Opus is capable of, which aiortc does not tell."""
    asking: list[str] = []
    for line in lines:
        asking.append(line)
        if opus := _OPUS.fullmatch(line):
            asking.append(f"a=fmtp:{opus[1]} useinbandfec=1")
    return asking


def _taking_red(red: int | None, lines: list[str]) -> list[str]:
    """Add Opus with copies of itself behind the other codecs, if Opus is what is used.

    Behind, so that the client does not send it: what a client sends twice is its own to decide.
    """
    codecs = [line for line in lines if line.startswith("a=rtpmap:")]
    opus = _OPUS.fullmatch(codecs[0]) if codecs else None
    if red is None or opus is None:
        return lines
    added = [f"a=rtpmap:{red} red/48000/2", f"a=fmtp:{red} {opus[1]}/{opus[1]}"]
    return [f"{lines[0]} {red}", *lines[1:], *added]
