"""The copy of a stream handler that serves one connection: made by user code, so it is checked."""

from __future__ import annotations

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler
from gradio_webrtc.handlers.handler_session import HandlerSession

UserHandler = StreamHandler | AsyncStreamHandler


def check_handler(handler: UserHandler) -> None:
    """Raise ``ConfigurationError`` if ``handler`` was not initialised by its base class."""
    if "_webrtc" not in vars(handler):
        raise ConfigurationError(
            f"{type(handler).__name__}.__init__ must call super().__init__() first."
        )


def checked_copy(
    handler: UserHandler | None, prototype: UserHandler, kinds: tuple[type[UserHandler], ...]
) -> UserHandler:
    """Return ``handler`` if it can serve a connection as the copy of ``prototype``.

    Its class need not be the prototype's: a factory may choose among handlers, and an app that is
    reloaded defines its classes anew.
    """
    kind = type(prototype)
    if handler is prototype:
        came = "itself, so that all connections would share one handler"
    elif not isinstance(handler, kinds):
        came = "None" if handler is None else f"a {type(handler).__name__}"
    else:
        checked: UserHandler = handler
        check_handler(checked)
        if checked._webrtc is prototype._webrtc:  # a shallow copy
            checked._webrtc = HandlerSession()
        return checked
    raise ConfigurationError(
        f"{kind.__name__}.copy() must return a new {kinds[0].__name__}, not {came}."
    )
