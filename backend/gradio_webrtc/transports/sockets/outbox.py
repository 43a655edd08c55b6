"""Sending over a socket: in order, bounded, and not for ever to a client that does not read."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from gradio_webrtc.concurrency.served_time import ServedTimer, call_later
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError, TextSocket

logger = logging.getLogger(__name__)

SEND_SECONDS = 10.0
"""How long one message may take to go out. Below it there are the buffers of server and network,
which hold more than a second of audio, so a client that is only slow does not come near it."""

MAX_MEDIA = 10
"""Frames of 20 ms that wait for a socket that is not ready; then playing waits."""

MAX_MESSAGES = 1000
MAX_CHARACTERS = 4 * 1024 * 1024
"""Of control messages and an app's own texts that wait before another one may."""


class Outbox:
    """What waits to be sent.

    Args:
        socket: where to.
        failed: is called once with words when the client does not read, or ``None`` when it is
            gone. Nothing is sent after that.
    """

    def __init__(self, socket: TextSocket, failed: Callable[[str | None], None]) -> None:
        self._socket = socket
        self._failed = failed
        self._waiting: deque[tuple[str, bool]] = deque()
        self._characters = 0
        self._media = 0
        self._put = Wakeup()
        self._sent = Wakeup()
        self._over = False
        self._sending = 0
        self._busy = False
        self._timer: ServedTimer | None = None
        self._task = asyncio.ensure_future(self._run())

    def send(self, text: str) -> None:
        """Send a text as soon as what was put before it has gone."""
        if self._over:
            return
        # Whatever its own length, one text may always wait.
        messages = len(self._waiting) - self._media
        if messages >= MAX_MESSAGES or self._characters > MAX_CHARACTERS:
            self._fail("The client does not read what it is sent.")
        else:
            self._append(text, False)

    async def play(self, texts: Sequence[str]) -> None:
        """Send 20 ms of audio; waits while enough waits."""
        while self._media >= MAX_MEDIA and not self._over:
            await self._sent.wait()
        self.play_at_once(texts)

    def play_at_once(self, texts: Sequence[str]) -> None:
        """Send 20 ms of audio, whatever waits already."""
        if not self._over:
            for text in texts:
                self._append(text, True)

    def drop_media(self) -> None:
        """Forget audio that has not gone out."""
        self._waiting = deque(item for item in self._waiting if not item[1])
        self._characters = sum(len(text) for text, _ in self._waiting)
        self._media = 0
        self._sent.set()

    async def flushed(self) -> None:
        """Wait until all has gone out, or nothing will."""
        while (self._waiting or self._busy) and not self._over:
            await self._sent.wait()

    async def aclose(self, seconds: float) -> None:
        """Send what waits, for at most so long, and stop. Idempotent."""
        await finished_within(self.flushed(), seconds)
        self._end()
        self._task.cancel()
        await asyncio.wait([self._task])

    def _append(self, text: str, media: bool) -> None:
        self._waiting.append((text, media))
        self._characters += len(text)
        self._media += media
        self._put.set()

    async def _run(self) -> None:
        try:
            while not self._over:
                if not self._waiting:
                    await self._put.wait()
                    continue
                text, media = self._waiting.popleft()
                self._characters -= len(text)
                self._media -= media
                self._begin()
                await self._socket.send(text)
                self._busy = False
                self._sent.set()
        except SocketClosedError:
            self._fail(None)
        except Exception:  # whatever the server's own code raises: the session must know
            logger.exception("sending over a socket failed")
            self._fail(None)

    def _begin(self) -> None:
        self._busy = True
        self._sending += 1
        if self._timer is None:
            self._watch()

    def _watch(self) -> None:
        """Look again when the message that is being sent may take no longer.

        One timer that looks now and then costs less than one for each message.
        """
        loop = asyncio.get_running_loop()
        self._timer = call_later(loop, SEND_SECONDS, self._look, self._sending)

    def _look(self, sending: int) -> None:
        self._timer = None
        if self._over or not self._busy:
            return
        if sending == self._sending:
            self._fail(f"The client took nothing of what it was sent for {SEND_SECONDS:g} seconds.")
        else:
            self._watch()

    def _fail(self, words: str | None) -> None:
        if not self._over:
            self._end()
            self._failed(words)

    def _end(self) -> None:
        self._over = True
        self._waiting.clear()
        self._characters = self._media = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._put.set()
        self._sent.set()
