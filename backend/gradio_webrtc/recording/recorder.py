"""Recording one session: what it heard, saw and played, into one file, on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO, Protocol

import av

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.handlers.protocol import MediaKind, Mode
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.recording.file import RecordingFile
from gradio_webrtc.recording.options import Recording, StreamSide, file_name
from gradio_webrtc.recording.unfinished import finish_at_exit
from gradio_webrtc.recording.write_queue import WriteQueue

logger = logging.getLogger(__name__)

OpenFile = Callable[[Path], BinaryIO]


class RecordedVideo(Protocol):
    """A received frame as recordings use it."""

    @property
    def frame(self) -> av.VideoFrame:
        """The decoded frame."""
        ...

    @property
    def delay(self) -> float:
        """Seconds it was held back before it was told of."""
        ...


class Recorder(Protocol):
    """What a session tells of its media. All of it on the event loop; nothing waits."""

    def audio_received(self, pcm: Pcm) -> None:
        """Audio came in; it ends now."""
        ...

    def audio_sent(self, pcm: Pcm) -> None:
        """Audio goes out; it starts now."""
        ...

    def video_received(self, picture: RecordedVideo) -> None:
        """A frame came in."""
        ...

    def video_sent(self, frame: av.VideoFrame) -> None:
        """A frame goes out."""
        ...

    async def aclose(self) -> None:
        """Complete the recording. Idempotent."""
        ...


class NoRecorder:
    """Records nothing. Implements :class:`Recorder`."""

    def audio_received(self, pcm: Pcm) -> None:
        """Ignore it."""

    def audio_sent(self, pcm: Pcm) -> None:
        """Ignore it."""

    def video_received(self, picture: RecordedVideo) -> None:
        """Ignore it."""

    def video_sent(self, frame: av.VideoFrame) -> None:
        """Ignore it."""

    async def aclose(self) -> None:
        """There is nothing to complete."""


def create_file(path: Path) -> BinaryIO:
    """Create a file that is not there yet, unbuffered: what is written survives the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("xb", buffering=0)


class FileRecorder:
    """Implements :class:`Recorder`; see :class:`~gradio_webrtc.recording.options.Recording`.

    The event loop only puts references into an inbox. A thread, started by the first media,
    converts, encodes and writes. Whatever goes wrong there is logged once and ends the recording,
    never the stream.

    Args:
        recording: what to record, and where to.
        sides: which sides, in order.
        kinds: which kinds of media.
        webrtc_id: the session's id.
        open_file: creates the file.
    """

    def __init__(
        self,
        recording: Recording,
        sides: tuple[StreamSide, ...],
        kinds: tuple[MediaKind, ...],
        webrtc_id: str,
        open_file: OpenFile = create_file,
    ) -> None:
        self._recording = recording
        self._sides = sides
        self._webrtc_id = webrtc_id
        self._loop = asyncio.get_running_loop()
        self._inbox = WriteQueue()
        self._told_of_drops = False
        name = file_name(webrtc_id, datetime.now(timezone.utc))
        self.path = Path(recording.folder).absolute() / name
        self._file = RecordingFile(self.path, sides, kinds, recording.video_bitrate, open_file)
        self._thread: threading.Thread | None = None
        self._written: asyncio.Future[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def audio_received(self, pcm: Pcm) -> None:
        """Take audio that ends now."""
        self._sound("input", pcm, pcm.duration)

    def audio_sent(self, pcm: Pcm) -> None:
        """Take audio that starts now."""
        self._sound("output", pcm, 0.0)

    def video_received(self, picture: RecordedVideo) -> None:
        """Take the decoded frame of a received one."""
        if "input" in self._sides:
            self._picture("input", picture.frame, picture.delay)

    def video_sent(self, frame: av.VideoFrame) -> None:
        """Take a frame that goes out."""
        if "output" in self._sides:
            self._picture("output", frame, 0.0)

    async def aclose(self) -> None:
        """Complete the file, then call the author's function. Idempotent."""
        self._inbox.close()  # at once: should nobody wait, the thread finishes by itself
        if self._closing is None:
            self._closing = self._loop.create_task(self._close())
        try:
            await asyncio.shield(self._closing)
        except asyncio.CancelledError:
            self._closing.cancel()
            raise

    async def _close(self) -> None:
        if self._written is None:
            return
        await asyncio.wait([self._written])
        if self._inbox.dropped:
            logger.warning(
                "session %s: the recording lacks %d pictures and %d pieces of sound, because disk "
                "or encoder were too slow",
                self._webrtc_id,
                self._inbox.dropped_pictures,
                self._inbox.dropped_sounds,
            )
        if self._file.there and self._recording.on_finished is not None:
            worker = Worker(f"session {self._webrtc_id}: the recording's on_finished")
            try:
                await call(self._recording.on_finished, self.path, self._webrtc_id, worker=worker)
            finally:
                await worker.aclose()

    def _sound(self, side: StreamSide, pcm: Pcm, ago: float) -> None:
        if side in self._sides:
            now = self._loop.time()
            self._inbox.put_sound(side, pcm, now - ago, now)
            self._have_thread()

    def _picture(self, side: StreamSide, frame: av.VideoFrame, ago: float) -> None:
        now = self._loop.time()
        self._inbox.put_picture(side, frame, now - ago, now)
        self._have_thread()

    # -- the thread --------------------------------------------------------------------------

    def _have_thread(self) -> None:
        if self._inbox.dropped and not self._told_of_drops:
            self._told_of_drops = True
            logger.warning(
                "session %s: disk or encoder cannot keep up with the recording %s; parts of it "
                "will be missing",
                self._webrtc_id,
                self.path,
            )
        if self._thread is None:
            self._written = self._loop.create_future()
            # A daemon, because a disk that never answers must not keep the process alive.
            self._thread = threading.Thread(
                target=copy_context().run,
                args=(self._write, self._written),
                name=f"record {self._webrtc_id}",
            )
            self._thread.daemon = True
            finish_at_exit(self._inbox, self._thread)
            self._thread.start()

    def _write(self, written: asyncio.Future[None]) -> None:
        try:
            self._write_all()
        except (OSError, av.FFmpegError) as error:
            self._give_up(f"{type(error).__name__}: {error}")
        except Exception:  # a mistake of ours must not end the stream either
            logger.exception("session %s: the recording failed", self._webrtc_id)
            self._give_up("see the error above")
        # RuntimeError: the loop was closed first, so nobody is left to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_settle, written)

    def _write_all(self) -> None:
        while (batch := self._inbox.take()) is not None:
            self._file.write(batch)
        duration = self._file.finish()
        if self._file.there:
            logger.info("session %s: recorded %.1f s: %s", self._webrtc_id, duration, self.path)

    def _give_up(self, why: str) -> None:
        logger.error(
            "session %s: the recording %s ended early, the stream goes on: %s",
            self._webrtc_id,
            self.path,
            why,
        )
        self._inbox.close(discard=True)
        self._file.abandon()


def make_recorder(
    recording: Recording | None, mode: Mode, kinds: tuple[MediaKind, ...], webrtc_id: str
) -> Recorder:
    """Return what records a session of a stream; nothing does when ``recording`` is ``None``.

    Raises:
        ConfigurationError: a stream in this mode has no such side.
    """
    if recording is None:
        return NoRecorder()
    return FileRecorder(recording, recording.sides(mode), kinds, webrtc_id)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
