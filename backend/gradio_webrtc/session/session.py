"""A session: one owner of one connection's tasks, deadlines and resources."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.error_words import new_error_id, words_for
from gradio_webrtc.errors import MediaFileError, SessionClosedError
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.handlers.protocol import Handler, Link, MediaKind
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.recording.recorder import NoRecorder, Recorder
from gradio_webrtc.session import messages
from gradio_webrtc.session.cleanup import call_all, finish, stop_tasks
from gradio_webrtc.session.client_channel import SessionChannel
from gradio_webrtc.session.client_messages import GREETING, ClientMessages
from gradio_webrtc.session.context import Context, running_for, set_current_context
from gradio_webrtc.session.deadlines import Deadlines, FirstSign
from gradio_webrtc.session.end_report import Losses, log_end, say_goodbye
from gradio_webrtc.session.media_pumps import AudioPump, VideoPump, drain, pump_output
from gradio_webrtc.session.output_announcements import Announcements, OutputSink
from gradio_webrtc.session.state import CloseReason, Ending, Limits, SessionState, check_transition
from gradio_webrtc.session.submissions import Submissions
from gradio_webrtc.session.transport import MakeTransport, TransportedVideo

logger = logging.getLogger(__name__)


class Session:
    """One connection's life, from its offer to the last freed resource.

    The session is a :class:`~gradio_webrtc.session.transport.TransportListener` for its transport
    and gives its handler a ``Link`` to the client and to what is played. One task owns everything;
    ``end`` asks it to finish, ``aclose`` also waits for it. All methods but ``set_args`` and
    ``end_threadsafe`` belong to the event loop.

    Args:
        webrtc_id: the id the client chose; unguessable when it is our page.
        handler: a fresh handler, used by no other session.
        limits: the deadlines.
        make_transport: makes the wire of this session, which it tells what happens; called once.
        outputs: takes what the handler says on the side; ends with the session.
        owner: the Gradio session hash that may act on this session, or ``None`` for plain clients.
        network: the address the offer came from, or ``None``.
        recorder: is told of all media that comes in and goes out; by default nobody is.
        composer: whether the client has a text composer.
        phone_mode: whether nobody can send the values of other inputs.
        websocket: what user code finds as its context's ``websocket``.
        words_for_error: what the page shows for an error in user code, given its id in the log.

    Attributes:
        transport: the wire.
        channel: what is said to the client goes through it.
        first_sign: the deadline for a client that was answered to show itself.
        connected: is set once media can flow.
        losses: what it has dropped so far.
        user_code: gives what the author wrote, see ``Handler.user_code``.
    """

    def __init__(
        self,
        webrtc_id: str,
        handler: Handler,
        limits: Limits,
        make_transport: MakeTransport,
        outputs: OutputSink,
        *,
        owner: str | None = None,
        network: str | None = None,
        recorder: Recorder | None = None,
        composer: bool = False,
        phone_mode: bool = False,
        websocket: Any = None,
        words_for_error: Callable[[BaseException, str], str] = words_for,
    ) -> None:
        self.webrtc_id = webrtc_id
        self.owner = owner
        self.network = network
        self.loop = asyncio.get_running_loop()
        self.limits = limits
        self.state = SessionState.NEW
        self.ending: Ending | None = None
        self.outputs = outputs
        self.recorder: Recorder = recorder or NoRecorder()
        self.on_closed_callbacks: list[Callable[[Session], None]] = []
        self.connected = asyncio.Event()
        self.transport = make_transport(self)
        self._words_for_error = words_for_error
        self._handler = handler
        self.user_code: Callable[[], Any] = lambda: handler.user_code
        self._end: asyncio.Future[Ending] = self.loop.create_future()
        self._deadlines = Deadlines(self.loop, limits, self.end)
        self.first_sign = FirstSign(self.loop, limits, self.end)
        self.channel = SessionChannel(webrtc_id, self._on_loop, self.transport)
        told = (self.transport.playback, composer, phone_mode, self.put_outputs)
        self.link = Link(webrtc_id, self.loop, self.channel, *told)
        own = WebRTCData(webrtc_id) if composer else None
        self.submissions = Submissions(handler, self.channel.send, own)
        self._audio = AudioPump(handler, self.submissions.hear, self.link.playback.allow_backlog)
        self._video = VideoPump(handler)
        self._announcements = Announcements(self.loop, self.transport)
        self._tasks: set[asyncio.Task[None]] = set()
        self._owner_task: asyncio.Task[None] | None = None
        self._control = ClientMessages(webrtc_id, self.channel, self.end, handler.talk)
        self.losses = Losses(handler, self._audio, self._video, outputs, self._control)
        self._context = Context(webrtc_id, websocket, self.channel, self.user_code)
        self._user_context = running_for(self._context)

    # -- life ------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin: NEW -> CONNECTING."""
        self._enter(SessionState.CONNECTING)
        self._deadlines.start_connecting()
        self._owner_task = self.loop.create_task(self._run(), name=f"session-{self.webrtc_id}")

    def end(self, reason: CloseReason, text: str = "") -> None:
        """Ask the session to end; the first reason given is the one that counts."""
        if not self._end.done():
            self._end.set_result(Ending(reason, text))

    def end_threadsafe(self, reason: CloseReason, text: str = "") -> None:
        """``end`` from any thread."""
        self._on_loop(self.end, reason, text)

    async def aclose(
        self, reason: CloseReason = CloseReason.SERVER_SHUTDOWN, text: str = ""
    ) -> None:
        """End the session and wait until every task, thread and socket is gone. Idempotent."""
        self.end(reason, text)
        if self._owner_task is None:
            self._owner_task = self.loop.create_task(self._close(self._end.result()))
        await asyncio.wait([self._owner_task])

    async def _run(self) -> None:
        set_current_context(self._context)
        ending = Ending(CloseReason.SERVER_SHUTDOWN, "The server is shutting down.")
        try:
            self._spawn(self._live(), "start")
            ending = await asyncio.shield(self._end)
        except asyncio.CancelledError:
            # The loop is stopping: the same clean-up as every other ending, then give way.
            self.end(ending.reason, ending.text)
        finally:
            await self._close(ending)

    async def _live(self) -> None:
        """Connect, then keep the handler's loops running until all of them are done."""
        await self.connected.wait()
        await self._handler.start(self.link)
        self._spawn(self._audio.run(), "receive")
        self._spawn(self._video.run(), "video receive")
        self._spawn(self.submissions.serve(), "trigger_response")
        loops = [self._spawn(self._emit(kind), f"{kind} emit") for kind in self._handler.emits]
        if loops:
            await asyncio.wait(loops)
            if not self._end.done():
                await self._finish("")

    async def _emit(self, kind: MediaKind) -> None:
        try:
            args = (self._handler, kind, self.transport, self.put_outputs)
            close = await pump_output(*args, lambda: self.state is SessionState.CLOSING)
        except MediaFileError:
            # What was decoded before the damage is played first.
            await drain(self.webrtc_id, self.transport, self.limits.drain)
            raise
        if close is not None:
            await self._finish(close.msg)

    async def _finish(self, text: str) -> None:
        """The handler ended the stream: let what is queued be heard, then end."""
        await drain(self.webrtc_id, self.transport, self.limits.drain)
        self.end(CloseReason.HANDLER_FINISHED, text)

    async def _close(self, ending: Ending) -> None:
        """The one clean-up path: client told, tasks awaited, handler shut down, place freed."""
        self._enter(SessionState.CLOSING)
        self.ending = ending
        self._deadlines.cancel()
        self.channel.awaited.arrived()
        self.first_sign.seen()
        name, limit = f"session {self.webrtc_id}", self.limits.shutdown
        try:
            self._announcements.flush()
            say_goodbye(self.transport, ending)
            # First, so that nothing goes on after user code that swallows its cancellation.
            self.submissions.queue.close()
            self._audio.queue.close(discard=True)
            self._video.queue.close(discard=True)
            await stop_tasks(name, self._tasks, limit)
            await finish(name, "closing the connection", self.transport.aclose(), limit)
            await finish(name, "the handler's shutdown", self._handler.aclose(), limit)
            await finish(name, "completing the recording", self.recorder.aclose(), limit)
        finally:
            self.outputs.close()
            self._enter(SessionState.CLOSED)
            log_end(self.webrtc_id, ending, self.losses)
            call_all(name, self.on_closed_callbacks, self)

    # -- what the transport tells ------------------------------------------------------------

    def on_reached(self) -> None:
        """The client tries to connect: one of its ICE checks or candidates came."""
        self.first_sign.seen()

    def on_connected(self) -> None:
        """Media can flow: CONNECTING -> OPEN."""
        self.first_sign.seen()
        if self.state is SessionState.CONNECTING:
            self._enter(SessionState.OPEN)
            self._deadlines.start_open()
            self.connected.set()
            if self.outputs.waiting():  # said while it was away
                self.transport.send(messages.fetch_output())

    def on_activity(self) -> None:
        """The client is there."""
        self._deadlines.heard()

    def on_audio(self, pcm: Pcm) -> None:
        """Audio arrived; it waits in order, and the oldest is dropped when too much waits."""
        self._deadlines.heard()
        self._audio.put(pcm)
        self.recorder.audio_received(pcm)

    def on_video(self, frame: TransportedVideo) -> None:
        """A frame arrived; it replaces one that still waits."""
        self._deadlines.heard()
        self._video.put(frame)
        self.recorder.video_received(frame)

    def on_message(self, text: str | bytes) -> None:
        """A control message: a ping is a sign of life, end_stream a goodbye; others are refused."""
        if text != GREETING:  # which promises no more of them
            self._deadlines.heard()
        self._control.hear(text, self.loop.time())

    def on_input_ended(self, kind: MediaKind) -> None:
        """The client stopped sending this kind of media for good."""
        (self._audio if kind == "audio" else self._video).queue.close()

    def on_closed(self, reason: CloseReason) -> None:
        """The wire is gone."""
        self.end(reason)

    def set_args(self, args: Sequence[Any]) -> None:
        """Give the handler the current values of the other inputs. Any thread.

        A ``WebRTCData`` before them is a submit, see ``Submissions``.
        """
        self._on_loop(self.channel.awaited.arrived)
        self._on_loop(self.submissions.take, args)

    # -- inside ------------------------------------------------------------------------------

    def put_outputs(self, outputs: AdditionalOutputs) -> None:
        """Tell the client, and whoever reads them, of something beside the stream."""
        self.outputs.put(outputs)
        self._announcements.add()

    def _on_loop(self, action: Callable[..., None], *args: Any) -> None:
        # RuntimeError: the loop is closed, and with it whatever the action was for.
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(action, *args, context=self._user_context)

    def _enter(self, state: SessionState) -> None:
        check_transition(self.state, state)
        logger.debug("session %s: %s -> %s", self.webrtc_id, self.state.value, state.value)
        self.state = state

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = self.loop.create_task(work, name=f"session-{self.webrtc_id} {name}")
        self._tasks.add(task)
        task.add_done_callback(partial(self._task_done, name))
        return task

    def _task_done(self, name: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() and self._end.done():
            return  # before that nobody but user code, which then fails, cancels what runs it
        if (error := failure_of(task, f"The handler's {name}")) is not None:
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        if self._end.done() and isinstance(error, SessionClosedError):
            return
        error_id = new_error_id()
        text = "session %s: the handler failed (error %s)"
        logger.error(text, self.webrtc_id, error_id, exc_info=error)
        self.end(CloseReason.HANDLER_ERROR, self._words_for_error(error, error_id))
