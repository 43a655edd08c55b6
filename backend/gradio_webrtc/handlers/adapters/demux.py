"""One iterator that yields sound and pictures, taken apart for the consumer of each kind."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.handlers.emitted import CloseStream, Emitted, is_audio, split_emitted
from gradio_webrtc.handlers.protocol import EndOfStream, MediaKind
from gradio_webrtc.media.timed_media import SourceTimes, TimedAudio, TimedPicture

CAPACITY_BYTES = 64 * 1024 * 1024
"""Of pictures that wait: a second of large ones would be a lot, 750 MB for 4K."""

KINDS: tuple[MediaKind, MediaKind] = ("audio", "video")

Next = Callable[[], Awaitable[Any]]
"""Returns the next value user code yields, unsplit; raises ``EndOfStream`` after the last."""


class Demux:
    """Feeds two consumers, of sound and of pictures, from one source of values.

    The source is stepped when a consumer has nothing and the other kind has room, by whichever
    consumer comes first. What it yields for the other kind waits there, bounded. So a kind that is
    never yielded, or ends early, holds up nothing: its consumer waits, and the source goes on at
    the pace at which the other kind is consumed.

    Additional outputs go with the pictures, all of them, so that they keep their order.
    ``CloseStream`` ends the source; it comes out when both kinds have been consumed.

    Pictures come out with a time, see :class:`~gradio_webrtc.media.timed_media.SourceTimes`,
    because they wait here for different lengths of time than their sound does.

    Args:
        source: gives the next value; see :func:`parts_of` for what it may be.
        capacity: how many items of each kind may wait.
        fps: how many pictures without a time are shown a second.
    """

    def __init__(self, source: Next, capacity: int, fps: float = 30) -> None:
        self._source = source
        self._times = SourceTimes(fps)
        self._capacity = capacity
        self._waiting: dict[MediaKind, deque[Any]] = {kind: deque() for kind in KINDS}
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._news = Wakeup()
        self._stepping = False
        self._ended = False
        self._close: CloseStream | None = None
        self._finished: set[MediaKind] = set()

    async def take(self, kind: MediaKind) -> Any:
        """Wait for the next value of ``kind``, or for outputs or the close that go with it.

        Raises:
            EndOfStream: nothing more will come for this kind.
            MediaFormatError: the source gave what is neither sound nor picture.
        """
        waiting = self._waiting[kind]
        while not waiting:
            if self._ended:
                return self._finish(kind)
            if self._stepping or not self._has_room():
                await self._news.wait()
            else:
                await self._step()
        if kind == "video":
            self._bytes -= self._sizes.popleft()
        self._news.set()
        return waiting.popleft()

    async def _step(self) -> None:
        self._stepping = True  # for good if the source fails: nobody steps it again
        try:
            value = await self._source()
        except EndOfStream:
            self._ended = True
        else:
            self._put(_split(value))
        self._stepping = False
        self._news.set()

    def _put(self, emitted: Emitted) -> None:
        outputs = emitted.outputs
        # Sound first: a picture that comes with it begins when it does.
        for kind, media in sorted(parts_of(emitted.media), key=lambda part: part[0]):
            if kind == "audio":
                self._times.sound(media)
                self._waiting["audio"].append(media)
            else:
                media = self._times.picture(media)
                self._put_video(media if outputs is None else (media, outputs), _bytes_of(media))
                outputs = None
        if outputs is not None:
            self._put_video(outputs, 0)
        if emitted.close is not None:
            self._close = emitted.close
            self._ended = True

    def _put_video(self, value: Any, size: int) -> None:
        self._bytes += size
        self._sizes.append(size)
        self._waiting["video"].append(value)

    def _has_room(self) -> bool:
        return self._bytes < CAPACITY_BYTES and all(
            len(items) < self._capacity for items in self._waiting.values()
        )

    def _finish(self, kind: MediaKind) -> CloseStream:
        self._finished.add(kind)
        if self._close is None or len(self._finished) < len(KINDS):
            raise EndOfStream
        return self._close


def parts_of(media: Any) -> Iterator[tuple[MediaKind, Any]]:
    """Yield each part of one value with its kind.

    Args:
        media: sound ``(rate, array)`` or ``(rate, array, layout)``, ``TimedAudio``; a picture, an
            array or anything with a ``size``, ``TimedPicture``; or a pair of a picture and sound.

    Raises:
        MediaFormatError: it is none of these.
    """
    if media is None:
        return
    if _is_sound(media):
        yield "audio", media
    elif isinstance(media, tuple) and len(media) == 2 and not isinstance(media[0], tuple):
        for part in media:
            yield from parts_of(part)
    elif isinstance(media, TimedPicture) or hasattr(media, "size"):
        yield "video", media
    else:
        raise _wrong(media)


def _split(value: Any) -> Emitted:
    if isinstance(value, tuple) and len(value) == 2 and _is_sound(value[1]):
        return Emitted(media=value)  # a picture and its sound
    return split_emitted(value)


def _is_sound(value: Any) -> bool:
    return isinstance(value, TimedAudio) or (isinstance(value, tuple) and is_audio(value))


def _wrong(media: Any) -> MediaFormatError:
    return MediaFormatError(
        'With modality="audio-video", expected sound (sample_rate, array), a picture, or a pair '
        f"(picture, (sample_rate, array)); got {type(media).__name__}."
    )


def _bytes_of(picture: Any) -> int:
    picture = picture.picture if isinstance(picture, TimedPicture) else picture
    size = getattr(picture, "nbytes", None)
    if isinstance(size, int):
        return size
    if hasattr(picture, "planes"):  # a decoded frame
        return sum(plane.buffer_size for plane in picture.planes)
    width, height = getattr(picture, "size", (0, 0))  # a PIL image
    return int(3 * width * height)
