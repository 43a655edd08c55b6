"""Encoded values: told from frames, named without a secret, and read from their beginning."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFileError, MediaFormatError
from gradio_webrtc.media.decoding.encoded_input import (
    EncodedInput,
    FileSource,
    is_encoded,
    is_url,
)


class Slow(io.RawIOBase):
    """Gives its pieces one after the other, as a connection does, and cannot seek."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self._pieces = list(pieces)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._pieces.pop(0) if self._pieces else b""
        assert len(piece) <= len(buffer)
        buffer[: len(piece)] = piece
        return len(piece)


class Odd:
    """A file object whose ``read`` gives what it is told to."""

    def __init__(self, gives: object) -> None:
        self.gives = gives

    def read(self, size: int) -> object:
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a.mp3", True),
        (Path("a.mp3"), True),
        (b"", True),
        (bytearray(b"x"), True),
        (memoryview(b"x"), True),
        (io.BytesIO(), True),
        (FileSource("a.mp3"), True),
        (None, False),
        ((24_000, np.zeros(10)), False),
        (np.zeros((4, 4, 3), np.uint8), False),
    ],
)
def test_what_means_a_file(value: object, expected: bool) -> None:
    assert is_encoded(value) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost/a", True),
        ("HTTPS://localhost/a", True),
        ("ftp://localhost/a", False),
        ("file:///a", False),
        ("httpsomething", False),
    ],
)
def test_what_is_fetched_over_the_network(text: str, expected: bool) -> None:
    assert is_url(text) is expected
    assert FileSource(text).is_url is expected


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"1234", "bytes of 4"),
        ("/home/me/secret/a.mp3", "a.mp3"),
        (Path("/home/me/a.mp3"), "a.mp3"),
        ("/home/me/", "me"),
        ("", "an empty path"),
        (FileSource("/home/me/a.mp3"), "a.mp3"),
        (FileSource("https://me:word@localhost:80/b/a.mp3?key=1&u=x://y@z"), "https://localhost:80/b/a.mp3"),
        (FileSource("https://localhost/@a/b"), "https://localhost/@a/b"),
        (io.BytesIO(), "BytesIO"),
    ],
)  # fmt: skip
def test_its_name_is_for_the_page(value: Any, name: str) -> None:
    assert EncodedInput(value).name == name


def test_a_path_of_bytes_is_refused() -> None:
    class BytesPath:
        def __fspath__(self) -> bytes:
            return b"a.mp3"

    value: Any = BytesPath()
    with pytest.raises(MediaFormatError, match="not bytes of one"):
        EncodedInput(value)


def test_only_bytes_are_known_to_be_empty() -> None:
    assert EncodedInput(b"").empty
    assert not EncodedInput(b"x").empty
    assert not EncodedInput(io.BytesIO()).empty


class TestReading:
    def test_the_head_stays_to_be_read(self) -> None:
        part = EncodedInput(b"0123456789")
        assert part.head(4) == b"0123"
        assert part.head(6) == b"012345"
        assert part.head(3)[:3] == b"012"
        pieces = []
        while piece := part.read(4):
            assert len(piece) <= 4
            pieces.append(piece)
        assert b"".join(pieces) == b"0123456789"
        assert part.read(4) == b""

    def test_the_head_of_a_short_one_is_all_of_it(self) -> None:
        part = EncodedInput(b"012")
        assert part.head() == b"012"
        assert part.read(10) == b"012"

    def test_a_head_is_waited_for_and_the_rest_comes_as_it_comes(self) -> None:
        part = EncodedInput(io.BufferedReader(Slow(b"01", b"23", b"456", b"7")))
        assert part.head(4) == b"0123"
        assert [part.read(100) for _ in range(4)] == [b"0123", b"456", b"7", b""]

    def test_what_was_put_back_comes_first(self) -> None:
        part = EncodedInput(b"cdef")
        part.put_back(b"ab")
        assert part.head(4) == b"abcd"
        assert part.rewind() is None  # it is no file of its own any more
        assert part.read(10) + part.read(10) == b"abcdef"

    def test_a_file_object_is_rewound_to_where_it_stood(self) -> None:
        file = io.BytesIO(b"0123456789")
        file.seek(3)
        part = EncodedInput(file)
        assert part.head(4) == b"3456"
        assert part.rewind() is file
        assert file.read() == b"3456789"

    def test_what_cannot_seek_is_not_rewound(self) -> None:
        part = EncodedInput(io.BufferedReader(Slow(b"01", b"23")))
        part.head(2)
        assert part.rewind() is None
        without: Any = Odd(b"")
        assert EncodedInput(without).rewind() is None


class TestErrors:
    @pytest.mark.parametrize(
        ("gives", "words"),
        [
            (None, r"it is non-blocking; give one whose read\(\) waits"),
            ("text", r"its read\(\) gave str, not bytes"),
            (OSError(5, "Input/output error", "/secret"), "cannot be read: Input/output error.$"),
            (ValueError("I/O on closed file /secret"), "cannot be read: ValueError.$"),
        ],
        ids=["non-blocking", "text", "error", "closed"],
    )  # fmt: skip
    def test_a_file_object_that_does_not_read(self, gives: object, words: str) -> None:
        odd: Any = Odd(gives)
        with pytest.raises(MediaFileError, match=words) as caught:
            EncodedInput(odd).read(10)
        assert "secret" not in str(caught.value)

    def test_paths_that_do_not_open(self, tmp_path: Path) -> None:
        for value, words in (
            (tmp_path / "missing.mp3", r"^missing\.mp3: there is no such file"),
            (str(tmp_path), "it is a directory"),
            ("https://localhost/a.mp3", r"play an address with file_source\(\)"),
        ):
            with pytest.raises(MediaFileError, match=words):
                EncodedInput(value).open()

    def test_a_file_that_reads_text(self) -> None:
        text: Any = io.StringIO("text")
        with pytest.raises(MediaFileError, match='mode "rb"'):
            EncodedInput(text).open()


class TestClosing:
    def test_its_own_file_is_closed_and_a_callers_is_not(self, tmp_path: Path) -> None:
        path = tmp_path / "a.bin"
        path.write_bytes(b"0123")
        own = EncodedInput(path)
        file = own.open()
        assert own.open() is file
        own.close()
        own.close()
        assert file.closed
        callers = io.BytesIO(b"0123")
        part = EncodedInput(callers)
        part.read(1)
        part.close()
        assert not callers.closed
        EncodedInput(path).close()  # one that was never opened

    def test_who_waits_for_a_pipe_is_freed(self) -> None:
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb"):
            part = EncodedInput(pipe)
            part.open()
            freeing = threading.Timer(0.02, part.interrupt)
            freeing.start()
            assert part.read(10) == b""
            freeing.join()
            part.close()

    def test_one_that_nobody_waits_for_is_interrupted_in_vain(self) -> None:
        part = EncodedInput(b"0123")
        part.interrupt()
        assert part.read(10) == b"0123"
