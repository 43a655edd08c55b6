"""A decoder reads one stream from parts that come one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.media.decoding.byte_feed import ByteFeed
from gradio_webrtc.media.decoding.encoded_input import EncodedInput
from gradio_webrtc.media.decoding.format_detection import StreamFormat

RIFF = b"RIFF\x24\0\0\0WAVEfmt "
MP3 = b"\xff\xfb\x90\x00" + bytes(40)
FLAC = b"fLaC" + bytes(30)
OGG = b"OggS\0\2" + bytes(30)


def fed(*parts: bytes) -> ByteFeed:
    """Return a feed of ``parts``, each given when it is asked for."""
    first, *rest = (EncodedInput(part) for part in parts)
    feed = ByteFeed(first, lambda: feed.give(rest.pop(0) if rest else None))
    return feed


def everything(feed: ByteFeed, size: int = 7) -> bytes:
    return b"".join(iter(lambda: feed.read(size), b""))


class TestSniffing:
    @pytest.mark.parametrize(
        ("head", "playing"),
        [(RIFF, "wav"), (MP3, "mp3"), (OGG, "ogg"), (FLAC, None)],
    )
    def test_the_first_part_tells_the_format(
        self, head: bytes, playing: StreamFormat | None
    ) -> None:
        feed = fed(head)
        assert feed.sniff(None) == playing
        assert feed.playing == playing
        assert feed.read(100) == head  # nothing is lost by looking

    def test_a_whole_file_takes_no_more_parts(self) -> None:
        feed = fed(FLAC, b"more")
        assert not feed.ended
        feed.sniff(None)
        assert feed.ended
        assert everything(feed) == FLAC

    def test_parts_too_short_to_tell_are_joined(self) -> None:
        feed = fed(*(RIFF[at : at + 5] for at in range(0, 16, 5)), b"rest")
        assert feed.sniff(None) == "wav"
        assert everything(feed) == RIFF + b"rest"

    @pytest.mark.parametrize(
        ("before", "playing"), [("mp3", "mp3"), ("mpegts", "mpegts"), ("wav", None), ("ogg", None)]
    )
    def test_a_chunk_without_a_head_goes_on_with_what_played_before(
        self, before: StreamFormat, playing: StreamFormat | None
    ) -> None:
        assert fed(b"the middle of a stream").sniff(before) == playing
        assert fed(b"fLaC, which is a file of its own").sniff(before) is None
        assert fed(b"").sniff(before) is None


class TestReading:
    def test_slices_are_read_one_after_the_other(self) -> None:
        feed = fed(MP3, b"slice", b"", b"another")
        feed.sniff(None)
        assert everything(feed) == MP3 + b"sliceanother"
        assert feed.next is None
        assert feed.ended
        assert feed.read(10) == b""

    def test_a_part_that_begins_a_file_ends_the_stream_and_is_kept(self) -> None:
        feed = fed(MP3, b"slice", RIFF)
        feed.sniff(None)
        assert everything(feed) == MP3 + b"slice"
        assert feed.next is not None
        assert feed.next.read(100) == RIFF
        assert feed.ended
        assert feed.read(10) == b""

    def test_a_stream_that_is_complete_is_continued_by_nothing(self) -> None:
        feed = fed(RIFF, b"samples")
        feed.sniff(None)
        assert feed.read(100) == RIFF
        feed.complete = True
        assert feed.read(100) == b""
        assert feed.next is not None
        assert feed.next.read(100) == b"samples"

    def test_the_name_is_that_of_the_part_that_is_read(self) -> None:
        feed = fed(MP3, b"slice")
        feed.sniff(None)
        assert (feed.name, feed.part.name) == ("bytes of 44", "bytes of 44")
        everything(feed)
        assert (feed.name, feed.part.name) == ("bytes of 5", "bytes of 5")

    def test_the_next_part_is_asked_for_only_when_it_is_needed(self) -> None:
        asked: list[str] = []

        def hungry() -> None:
            asked.append("part")
            feed.give(None)

        feed = ByteFeed(EncodedInput(MP3), hungry)
        feed.sniff(None)
        assert feed.read(len(MP3)) == MP3
        assert asked == []
        assert feed.read(1) == b""
        assert feed.read(1) == b""
        assert asked == ["part"]


class TestAnotherThread:
    def reading(
        self, hungry: Callable[[], None]
    ) -> tuple[ByteFeed, threading.Thread, list[object]]:
        """Read on a thread until it waits for the second part."""
        came: list[object] = []
        feed = ByteFeed(EncodedInput(MP3), hungry)
        feed.sniff(None)
        feed.read(100)

        def read() -> None:
            try:
                came.append(feed.read(100))
            except SessionClosedError as error:
                came.append(type(error))

        thread = threading.Thread(target=read)
        thread.start()
        return feed, thread, came

    @pytest.mark.parametrize("given", [b"slice", None])
    def test_who_waits_is_given_a_part_or_the_end(self, given: bytes | None) -> None:
        hungry = threading.Event()
        feed, thread, came = self.reading(hungry.set)
        assert hungry.wait(10)
        assert thread.is_alive()
        feed.give(None if given is None else EncodedInput(given))
        thread.join(10)
        assert came == [given or b""]

    def test_closing_ends_every_read(self) -> None:
        hungry = threading.Event()
        feed, thread, came = self.reading(hungry.set)
        assert hungry.wait(10)
        feed.check_open()
        feed.close()
        feed.close()
        thread.join(10)
        assert came == [SessionClosedError]
        assert feed.ended
        with pytest.raises(SessionClosedError):
            feed.read(1)
        with pytest.raises(SessionClosedError):
            feed.check_open()

    def test_what_is_there_is_not_read_once_it_is_closed(self) -> None:
        feed = fed(MP3)
        feed.sniff(None)
        feed.close()
        with pytest.raises(SessionClosedError):
            feed.read(1)
