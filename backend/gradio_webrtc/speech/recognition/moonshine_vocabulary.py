"""What the tokens of Moonshine stand for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from gradio_webrtc.errors import SpeechEngineError

_SPECIAL = 3
"""``<unk>``, ``<s>`` and ``</s>`` come first."""
_FIRST_WORD = 259
"""Between them and the words of ``tokenizer.bin`` stand the 256 bytes as they are."""
_MOST_CONTROLS = 768
"""``<<ST_0>>`` and so on come last, and the binary form may leave them out."""
_SPACE = "\u2581".encode()
_CONTROL = re.compile(rb"<<ST_\d+>>")


def read_vocabulary(path: Path, tokens: int | None = None) -> dict[int, bytes]:
    """Return the UTF-8 bytes of each token that is spoken, read from either form of tokenizer.

    Args:
        path: ``tokenizer.json`` as the library ``tokenizers`` writes it, or ``tokenizer.bin``: the
            pieces in the order of their ids, each a byte with its length and that many bytes.
        tokens: how many the model knows, or ``None``.

    Raises:
        SpeechEngineError: it is neither, or of another model.
    """
    try:
        pieces = _from_binary(path.read_bytes()) if path.suffix == ".bin" else _from_json(path)
        has = max(pieces, default=-1) + 1
        if tokens is not None and not tokens - _MOST_CONTROLS <= has <= tokens:
            raise ValueError(f"it has {has} pieces for {tokens} tokens")
        return pieces
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SpeechEngineError(f"{path} is no tokenizer of this model: {error!r}") from error


def text_of(tokens: Iterable[int], pieces: Mapping[int, bytes]) -> str:
    """Return what ``tokens`` say, without bytes that are no character, such as half of one."""
    joined = b"".join(pieces.get(token, b"") for token in tokens)
    return " ".join(joined.decode("utf-8", "ignore").split())


def _from_binary(content: bytes) -> dict[int, bytes]:
    pieces: list[bytes] = []
    at = 0
    while at < len(content):
        end = at + 1 + content[at]
        if end > len(content):
            raise ValueError(f"it ends within piece {len(pieces)}")
        pieces.append(content[at + 1 : end])
        at = end
    raw = [bytes([value]) for value in range(256)]
    if pieces[_SPECIAL:_FIRST_WORD] != raw:
        raise ValueError("the 256 bytes are not where they belong")
    return {
        number: piece if number < _FIRST_WORD else piece.replace(_SPACE, b" ")
        for number, piece in enumerate(pieces)
        if number >= _SPECIAL and not _CONTROL.fullmatch(piece)
    }


def _from_json(path: Path) -> dict[int, bytes]:
    found = json.loads(path.read_text("utf-8"))
    special = {token["id"] for token in found["added_tokens"] if token["special"]}
    return {n: _bytes(p) for p, n in found["model"]["vocab"].items() if n not in special}


def _bytes(piece: str) -> bytes:
    byte = re.fullmatch(r"<0x([0-9A-F]{2})>", piece)
    return bytes([int(byte[1], 16)]) if byte else piece.encode().replace(_SPACE, b" ")
