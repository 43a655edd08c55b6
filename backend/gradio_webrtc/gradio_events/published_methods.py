"""What ``Stream`` and ``WebRTC`` have in common: published code's own names, and ``drain``."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, Literal

from gradio_webrtc.gradio_events.requests import page_of_event
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.options import one_of
from gradio_webrtc.server.hosted_sessions import HostedSessions


class PublishedMethods:
    """A part of both. In a Gradio event they act on the connections of that event's page.

    Except for ``drain`` new code uses ``set_input``, ``close_stream`` and ``AdditionalOutputs``. An
    id that no connection has any more is no error in any of them.
    """

    def _hosting(self) -> HostedSessions:
        raise NotImplementedError

    def set_input_gradio(self, webrtc_data: WebRTCData | str, *args: Any) -> None:
        """Do what ``set_input`` does, with the component's value as the id."""
        self._hosting().set_input(_id(webrtc_data), args, page_of_event(), missing_ok=True)

    def set_input_on_submit(self, webrtc_data: WebRTCData | str, *args: Any) -> None:
        """Give a handler what the person submitted, and have it reply. Not on the event loop.

        A ``WebRTCData`` is put into the handler's ``latest_args[0]``; with an id alone the values
        are, and the handler's ``trigger_response()`` is called.
        """
        host, page = self._hosting(), page_of_event()
        if isinstance(webrtc_data, WebRTCData):
            args = (webrtc_data, *args)
        host.set_input(_id(webrtc_data), args, page, missing_ok=True)
        session = host.find(_id(webrtc_data), page)
        if session is not None and not isinstance(webrtc_data, WebRTCData):
            respond = getattr(session.user_code(), "trigger_response", None)
            answer = None if respond is None else respond()
            if inspect.iscoroutine(answer):
                asyncio.run_coroutine_threadsafe(answer, session.loop).result()

    async def update_connection(
        self, webrtc_data: WebRTCData | str, desired_state: Literal["closed"]
    ) -> None:
        """End a connection.

        Raises:
            ConfigurationError: another state than ``"closed"`` is desired.
        """
        one_of("desired_state", desired_state, ("closed",))
        self._hosting().close_stream(_id(webrtc_data), page=page_of_event())

    def set_additional_outputs(self, webrtc_id: str) -> Callable[[AdditionalOutputs], None]:
        """Return a function that says something beside a stream, as its handler does.

        Any thread may call it.
        """
        page = page_of_event()

        def set_outputs(outputs: AdditionalOutputs) -> None:
            session = self._hosting().find(webrtc_id, page)
            if session is not None:
                session.loop.call_soon_threadsafe(session.put_outputs, outputs)

        return set_outputs

    def drain(self, on: bool = True) -> None:
        """Let nobody new in, before this process stops; who is connected stays. Any thread.

        ``/webrtc/health`` answers 503 from now on. New clients are refused with
        ``server_draining``; those that lost their connection may connect anew.

        Args:
            on: ``False`` lets clients in again.
        """
        self._hosting().registry.draining = on

    def clean_up(self, webrtc_id: str) -> None:
        """End a connection, as ``close_stream`` does. Any thread."""
        self._hosting().close_stream(webrtc_id, page=page_of_event())


def _id(webrtc_data: WebRTCData | str) -> str:
    return webrtc_data.webrtc_id if isinstance(webrtc_data, WebRTCData) else webrtc_data
