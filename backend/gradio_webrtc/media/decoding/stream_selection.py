"""Which streams of an open file are played."""

from __future__ import annotations

from typing import Any

from av.container import InputContainer
from av.stream import Disposition

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.emitted_media import MediaKind


def streams_of(
    container: InputContainer, kinds: frozenset[MediaKind], name: str
) -> dict[MediaKind, Any]:
    """Return the first stream of each of ``kinds`` that can be decoded; covers do not count.

    Raises:
        MediaFileError: there is none; the text says what there is.
    """
    found: dict[MediaKind, Any] = {}
    unknown = []
    for kind in sorted(kinds):
        for stream in getattr(container.streams, kind):
            if stream.disposition & Disposition.attached_pic:
                continue  # the cover of a piece of music
            if stream.codec_context is None:
                unknown.append(f"{kind} in an unknown codec")
                continue
            found.setdefault(kind, stream)
    if not found:
        raise MediaFileError(name, _what_is_missing(container, kinds, unknown))
    if _is_image(container) and "video" not in kinds:
        raise MediaFileError(name, "it is a picture, not sound.")
    return found


def _what_is_missing(
    container: InputContainer, kinds: frozenset[MediaKind], unknown: list[str]
) -> str:
    if unknown:
        return f"it holds {' and '.join(unknown)}, which cannot be decoded (encrypted or rare)."
    if _is_image(container) and kinds == {"audio"}:
        return "it is a picture, not sound."
    words = {"audio": "sound", "video": "pictures"}
    wanted = " or ".join(words[kind] for kind in sorted(kinds))
    has = ", ".join(
        f"{stream.type} ({stream.codec_context.name if stream.codec_context else 'unknown'})"
        for stream in container.streams
    )
    return f"it has no {wanted}, only {has or 'no stream at all'}."


def _is_image(container: InputContainer) -> bool:
    return container.format.name.endswith("_pipe") or container.format.name in ("image2", "gif")
