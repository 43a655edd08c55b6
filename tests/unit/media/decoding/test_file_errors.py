"""What cannot be played is named, with the reason, after what could be played."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from gradio_webrtc.error_words import words_for
from gradio_webrtc.errors import ConfigurationError, MediaFileError, MediaFormatError
from gradio_webrtc.media import file_source
from gradio_webrtc.media.decoding import media_files as files
from gradio_webrtc.media.decoding.byte_feed import ByteFeed
from gradio_webrtc.media.decoding.container import Stretch
from gradio_webrtc.media.decoding.encoded_input import (
    EncodedInput,
    EncodedValue,
    FileSource,
)
from gradio_webrtc.media.decoding.media_files import DecodingRun
from gradio_webrtc.media.emitted_media import MediaKind
from tests.support.encoded_files import encode_audio, encode_video, tone

SOUND: frozenset[MediaKind] = frozenset({"audio"})
PICTURES: frozenset[MediaKind] = frozenset({"video"})


def play(
    value: EncodedValue | FileSource, kinds: frozenset[MediaKind] = SOUND
) -> tuple[float, MediaFileError | None]:
    """Return how many seconds of sound were decoded, and the error after them."""
    feed = ByteFeed(EncodedInput(value), lambda: feed.give(None))
    seconds = 0.0
    try:
        for item in DecodingRun(feed, kinds):
            seconds += item.sound.duration if isinstance(item, Stretch) else 0.0
    except MediaFileError as error:
        return seconds, error
    return seconds, None


def picture() -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="image2pipe") as container:
        stream = container.add_stream("png", rate=1, width=64, height=48, pix_fmt="rgb24")
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kinds", "reason"),
    [
        (b"", SOUND, "it is empty"),
        ("Grüße, dies ist ein Text.\n".encode() * 50, SOUND, "it is a text"),
        (np.random.default_rng(1).bytes(9000), SOUND, "no format that can be decoded"),
        (picture(), SOUND, "it is a picture, not sound"),
        (encode_video(0.2), SOUND, r"it has no sound, only video \(h264\)"),
        (encode_audio(tone(0.2), "mp3"), PICTURES, "it has no pictures, only sound"),
        (encode_audio(tone(0.2), "flac"), PICTURES, r"it has no pictures, only audio \(flac\)"),
        (b"ID3\x04\0\0\0\0\0\0" + bytes(5000), SOUND, "nothing in it could be decoded"),
    ],
    ids=["empty", "text", "noise", "picture", "no sound", "no picture", "flac", "no frames"],
)
def test_what_is_no_sound_or_has_none(
    content: bytes, kinds: frozenset[MediaKind], reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "thing.bin"
    path.write_bytes(content)
    _, error = play(path, kinds)
    assert error is not None
    assert error.source == "thing.bin"
    with pytest.raises(MediaFormatError, match=reason):
        raise error
    assert words_for(error, "1a2b3c4d") == f"thing.bin: {error.reason}"


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    cases: list[tuple[Any, str]] = [
        (tmp_path / "missing.mp3", "missing.mp3: there is no such file."),
        (str(tmp_path), f"{tmp_path.name}: it is a directory, not a file."),
        ("a\0b.mp3", "embedded null"),
        (io.StringIO("text"), 'StringIO: it is opened as text; open it with mode "rb".'),
        ("https://localhost/a.mp3", "https://localhost/a.mp3: a text that is emitted is the path"),
    ]
    for value, reason in cases:
        _, error = play(value)
        assert reason in str(error)
        assert str(tmp_path) not in str(error), "the page must not learn the server's folders"


def test_bytes_and_file_objects_are_named() -> None:
    assert str(play(b"\0" * 1234)[1]).startswith("bytes of 1234: ")
    file = io.BytesIO(b"\0" * 5)
    file.name = "/home/me/speech.mp3"
    assert str(play(file)[1]).startswith("speech.mp3: ")


@pytest.mark.parametrize("fmt", ["wav", "flac", "mp3", "webm", "ogg", "adts"])
def test_a_cut_off_file_plays_as_far_as_it_goes(fmt: str, caplog: pytest.LogCaptureFixture) -> None:
    rate = 48_000 if fmt in ("webm", "ogg") else 44_100
    data = encode_audio(tone(2.0, rate), fmt, rate)
    seconds, error = play(data[: len(data) // 2])
    assert 0.6 < seconds < 1.3
    assert error is None
    # Ogg and ADTS do not say how long they are.
    assert ("s shorter than it says" in caplog.text) == (fmt not in ("ogg", "adts"))


def test_a_cut_off_mp4(tmp_path: Path) -> None:
    # One whose index is at its end has none any more.
    _, error = play(encode_audio(tone(2.0), "mp4")[:9000])
    assert "its index is missing" in str(error)
    options = {"movflags": "faststart"}
    data = encode_audio(tone(2.0), "mp4", options=options, path=tmp_path / "a.mp4")
    seconds, error = play(data[: len(data) * 6 // 10])
    assert 0.8 < seconds < 1.4
    assert "cut off" in str(error) or "damaged" in str(error)


def test_damage_in_the_middle_is_passed_over() -> None:
    for fmt in ("mp3", "adts", "ogg", "mpegts"):
        data = bytearray(encode_audio(tone(2.0), fmt))
        data[len(data) // 2 : len(data) // 2 + 700] = bytes(700)
        seconds, error = play(bytes(data))
        # An Ogg page that is damaged is lost as a whole, a second of sound.
        assert seconds > (0.9 if fmt == "ogg" else 1.8), fmt
        assert error is None, fmt


def test_a_file_cannot_make_the_server_fetch_another(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(encode_audio(tone(0.5), "wav"))
    playlist = tmp_path / "list.m3u8"
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n"
    playlist.write_text(text)
    values: list[EncodedValue | FileSource] = [playlist, text.encode(), *file_source(playlist)]
    for value in values:
        seconds, error = play(value)
        assert seconds == 0
        assert "it is a text" in str(error)
    # Not even with something in front of it that is no text.
    seconds, error = play(b"\xef\xbb\xbf\x01" + text.encode())
    assert seconds == 0
    assert error is not None


class TestAddresses:
    """``file_source`` of what a server sends, or fails to send."""

    DATA = encode_audio(tone(3.0), "mp3")

    @contextmanager
    def serving(self, behave: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                behave(self)

            def log_message(self, *args: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/speech.mp3?token=secret"
            server.shutdown()
            thread.join()

    def send(self, handler: BaseHTTPRequestHandler, data: bytes, length: int | None = None) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data) if length is None else length))
        handler.end_headers()
        handler.wfile.write(data)
        handler.wfile.flush()

    def play(self, url: str) -> tuple[float, MediaFileError | None]:
        (source,) = file_source(url)
        return play(source)

    def test_a_whole_file(self) -> None:
        with self.serving(lambda handler: self.send(handler, self.DATA)) as url:
            seconds, error = self.play(url)
        assert error is None
        assert seconds == pytest.approx(3.0, abs=1e-3)

    def test_not_found(self) -> None:
        with self.serving(lambda handler: handler.send_error(404)) as url:
            seconds, error = self.play(url)
        assert seconds == 0
        assert "404" in str(error)
        assert "secret" not in str(error), "what is behind the question mark may be a key"

    def test_a_connection_that_is_cut(self) -> None:
        def cut(handler: BaseHTTPRequestHandler) -> None:
            self.send(handler, self.DATA[:24_000], len(self.DATA))
            handler.connection.shutdown(socket.SHUT_RDWR)

        with self.serving(cut) as url:
            seconds, error = self.play(url)
        assert 1.0 < seconds < 2.0
        assert error is not None

    def test_a_server_that_stalls(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "READ_TIMEOUT_S", 0.5)
        over = threading.Event()

        def stall(handler: BaseHTTPRequestHandler) -> None:
            self.send(handler, self.DATA[:24_000], len(self.DATA))
            over.wait(20)

        with self.serving(stall) as url:
            began = time.monotonic()
            seconds, error = self.play(url)
            waited = time.monotonic() - began
            over.set()
        assert 1.0 < seconds < 2.0
        assert "nothing came for too long" in str(error)
        assert waited < 8

    def test_nobody_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        seconds, error = self.play(f"http://127.0.0.1:{port}/a.mp3")
        assert seconds == 0
        assert "refused" in str(error).lower()


@pytest.mark.parametrize(
    "options",
    [
        {"start": -1.0},
        {"start": float("nan")},
        {"duration": 0.0},
        {"duration": float("inf")},
        {"audio": False, "video": False},
    ],
)
def test_options_that_cannot_work(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        file_source("a.mp4", **options)


def test_no_path_at_all() -> None:
    for value in ("", b"a.mp4"):
        with pytest.raises(ConfigurationError, match="a path or an address"):
            file_source(value)  # type: ignore[arg-type]
