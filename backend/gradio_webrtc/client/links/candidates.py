"""The candidates of an SDP, as a client that trickles sends them. Pure."""

from __future__ import annotations

from gradio_webrtc.json_values import JsonObject


def candidates_of(sdp: str) -> list[JsonObject]:
    """Return each candidate of ``sdp`` as a browser's ``RTCIceCandidateInit``."""
    found: list[JsonObject] = []
    section, mid = -1, ""
    waiting: list[str] = []

    def flush() -> None:
        for line in waiting:
            found.append({"candidate": line[2:], "sdpMid": mid, "sdpMLineIndex": section})
        waiting.clear()

    for line in sdp.splitlines():
        if line.startswith("m="):
            flush()
            section, mid = section + 1, str(section + 1)
        elif line.startswith("a=mid:"):
            mid = line[6:]
        elif line.startswith("a=candidate:"):
            waiting.append(line)
    flush()
    return found
