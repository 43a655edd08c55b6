"""Which session the running user code belongs to, and what it may say there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import Context as ContextVars
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any, Protocol

from gradio_webrtc.error_words import shortened
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.executors.surroundings import News, Post, Surrounding, carry
from gradio_webrtc.handlers.saying.speaker import Sayable, speaker_of
from gradio_webrtc.handlers.saying.speech_handle import SpeechHandle, When
from gradio_webrtc.session import messages
from gradio_webrtc.speech.model_files import on_fetch
from gradio_webrtc.speech.synthesis.tts import TTSModel

logger = logging.getLogger(__name__)


class ContextChannel(Protocol):
    """What a context needs of its session. Safe to call from any thread."""

    def send(self, text: str) -> None:
        """Send ``text`` to the client as it is."""
        ...

    def notify(self, message: messages.Message) -> None:
        """Send a control message to the client."""
        ...


@dataclass(frozen=True)
class Context:
    """The session a user callback runs for.

    Attributes:
        webrtc_id: the id of its connection.
        websocket: Starlette's ``WebSocket`` when the session runs over one, else ``None``. What is
            sent with it goes between our own messages; it must not be read or closed.
    """

    webrtc_id: str
    websocket: Any = field(default=None, repr=False, compare=False)
    _channel: ContextChannel | None = field(default=None, repr=False, compare=False)
    _user_code: Callable[[], object] | None = field(default=None, repr=False, compare=False)

    def send_message(self, text: str) -> None:
        """Send ``text`` to the client over the control channel, as it is. Any thread.

        For functions and generators what ``send_message`` is for stream handlers. Does nothing
        once the session is over.

        Raises:
            ConfigurationError: ``text`` is not a string.
        """
        if self._channel is not None:
            self._channel.send(_text("send_message", text))

    def say(
        self, what: Sayable, when: When = "next_silence", *, tts: TTSModel | None = None
    ) -> SpeechHandle:
        """Have something said in this session, as by ``ReplyOnPause.say``. Any thread.

        Raises:
            SessionClosedError: it is not open yet, or no more.
            SpeechRefusedError: too much waits to be said already.
            ConfigurationError: the handler takes no turns, or an argument cannot work.
        """
        serving = None if self._user_code is None else self._user_code()
        return speaker_of(serving)._say(what, when, tts)

    def show_warning(self, text: str) -> None:
        """Show ``text`` as a warning in the page. Any thread; see :func:`show_warning`."""
        message = messages.warning(shortened(_text("show_warning", text)))
        if self._channel is not None:
            self._channel.notify(message)

    def show_info(self, text: str) -> None:
        """Show ``text`` as a piece of news in the page. Any thread; see :func:`show_info`."""
        message = messages.info(shortened(_text("show_info", text)))
        if self._channel is not None:
            self._channel.notify(message)


_current: ContextVar[Context | None] = ContextVar("gradio_webrtc_context", default=None)


def get_current_context() -> Context:
    """Return the session's context inside any user callback, sync or async.

    Keep it to use it in a thread that your code starts: a new thread has no context of its own.

    Raises:
        RuntimeError: called outside a callback of this package.
    """
    context = _current.get()
    if context is None:
        raise RuntimeError(
            "get_current_context() works inside a stream handler, function or generator only; "
            "no session is running this code."
        )
    return context


def set_current_context(context: Context) -> None:
    """Mark the calling task or thread as working for ``context``."""
    _current.set(context)


def running_for(context: Context) -> ContextVars:
    """Return context variables for user code that somebody else's call sets off.

    Such as the request that brings the values of other inputs.
    """
    variables = copy_context()
    variables.run(set_current_context, context)
    return variables


def show_warning(text: str) -> None:
    """Show ``text`` as a warning toast in the page of the person this callback runs for.

    Works in every user callback, on any thread of this package, and the stream goes on. At most
    1000 characters are shown.

    Raises:
        RuntimeError: called outside a callback of this package.
        ConfigurationError: ``text`` is not a string.
    """
    get_current_context().show_warning(text)


def show_info(text: str) -> None:
    """Show ``text`` as an info toast; otherwise like :func:`show_warning`."""
    get_current_context().show_info(text)


def Warning(message: str = "Warning issued.") -> None:
    """Do what :func:`show_warning` does; outside of a session write it to the log."""
    context = _current.get()
    if context is None:
        logger.warning("no session is running the code that warns: %s", message)
    else:
        context.show_warning(str(message))


def _text(name: str, text: object) -> str:
    if not isinstance(text, str):
        raise ConfigurationError(
            f"{name}() takes text, not {type(text).__name__}: pass json.dumps(...) or str(...)."
        )
    return text


def _tell_page(text: str) -> None:
    """Show ``text`` in the page of the person whose callback waits, if one does."""
    context = _current.get()
    if context is not None:
        context.show_info(text)


on_fetch(_tell_page)


class _MessagesBack:
    """A :class:`ContextChannel` on a worker of an executor."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def send(self, text: str) -> None:
        self._post("send", text)

    def notify(self, message: messages.Message) -> None:
        self._post("notify", message)


def restore_context(webrtc_id: str, post: Post) -> News:
    """Mark the calling code, on a worker of an executor, as working for a session."""
    set_current_context(Context(webrtc_id, _channel=_MessagesBack(post)))
    return lambda news: None


def _carry_context() -> Surrounding | None:
    context = _current.get()
    if context is None:
        return None
    channel = context._channel

    def receive(name: str, said: str | messages.Message) -> None:
        if channel is not None and isinstance(said, messages.Message):
            channel.notify(said)
        elif channel is not None and name == "send":
            channel.send(str(said))

    webrtc_id = context.webrtc_id
    return Surrounding(restore_context, webrtc_id, receive, owner=webrtc_id)


carry(_carry_context)
