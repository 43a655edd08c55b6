"""Offers that are legal and unusual, made of real ones, and their answers on the way back."""

from __future__ import annotations

from dataclasses import dataclass

REJECTED = "m={kind} 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:old\r\na=inactive\r\n"
"""A section that its client does not use any more, as browsers write it."""


@dataclass
class Sections:
    """An SDP in parts, each with its line ends."""

    head: str
    media: list[str]

    @classmethod
    def of(cls, sdp: str) -> Sections:
        """Split ``sdp``."""
        head, *media = sdp.replace("\r\n", "\n").split("\nm=")
        return cls(_crlf(head), [_crlf(f"m={text}") for text in media])

    def text(self) -> str:
        """Return the SDP."""
        return self.head + "".join(self.media)


def _crlf(text: str) -> str:
    return text.rstrip("\n").replace("\n", "\r\n") + "\r\n"


def value(text: str, attribute: str) -> str | None:
    """Return the value of the first ``a=attribute:`` line of ``text``."""
    prefix = f"a={attribute}:"
    lines = (line for line in text.splitlines() if line.startswith(prefix))
    return next((line.removeprefix(prefix) for line in lines), None)


def without(text: str, *prefixes: str) -> str:
    """Return ``text`` without the lines that begin so."""
    lines = [line for line in text.splitlines() if not line.startswith(prefixes)]
    return "\r\n".join(lines) + "\r\n"


def check_answer(offer: str, answer: str) -> None:
    """Check what RFC 3264, RFC 8829 and RFC 8843 ask of every answer to ``offer``."""
    asked, given = Sections.of(offer), Sections.of(answer)
    assert [_line(text) for text in given.media] == [_line(text) for text in asked.media]
    assert [value(text, "mid") for text in given.media] == [
        value(text, "mid") for text in asked.media
    ]
    offered = _bundled(asked.head)
    grouped = _bundled(given.head)
    assert set(grouped) <= set(offered)
    for was, text in zip(asked.media, given.media, strict=True):
        if was.split()[1] == "0" and "a=bundle-only" not in was:
            assert text.split()[1] == "0"
        if text.split()[1] == "0":
            assert value(text, "mid") not in grouped
        else:
            assert "a=setup:" in text
            assert value(text, "setup") != value(was, "setup")
            assert set(text.splitlines()[0].split()[3:]) <= set(was.splitlines()[0].split()[3:])


def _bundled(head: str) -> list[str]:
    groups = [line.split() for line in head.splitlines() if line.startswith("a=group:BUNDLE")]
    return groups[0][1:] if groups else []


def _line(text: str) -> tuple[str, str]:
    kind, _, protocol = text.split(maxsplit=3)[:3]
    return kind, protocol


def for_aiortc(answer: str, mine: str) -> str:
    """Return ``answer`` as aiortc takes it for ``mine``, the offer that it really made.

    It knows neither rejected sections nor sections without a name, and wants them in its order.
    """
    given, made = Sections.of(answer), Sections.of(mine)
    used = [text for text in given.media if text.split()[1] != "0"]
    names = [value(text, "mid") for text in made.media]
    if value(used[0], "mid") is None:
        used = [f"{text}a=mid:{name}\r\n" for text, name in zip(used, names, strict=True)]
    used.sort(key=lambda text: names.index(value(text, "mid")))
    given.media = [
        text.replace(" DTLS/SCTP webrtc", " UDP/DTLS/SCTP webrtc", 1).replace(
            " RTP/SAVPF ", " UDP/TLS/RTP/SAVPF ", 1
        )
        for text in used
    ]
    return given.text()
