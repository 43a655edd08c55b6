"""What an app does to the sessions of a ``Stream``, of its page and of its routes alike.

In a Gradio event of some page, these act for that page: on its own sessions, and on those of
clients that are no page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import HTTPException
from starlette.requests import HTTPConnection

from gradio_webrtc.errors import WrongProcessError
from gradio_webrtc.gradio_events.published_methods import PublishedMethods
from gradio_webrtc.gradio_events.requests import page_of_event
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.handlers.saying.speaker import Sayable
from gradio_webrtc.handlers.saying.speech_handle import SpeechHandle, When
from gradio_webrtc.server.operation.process_id import COOKIE
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.session import Session
from gradio_webrtc.speech.synthesis.tts import TTSModel
from gradio_webrtc.stream_members.connection import Connection


class SessionAccess(PublishedMethods):
    """The sessions by their ids."""

    host: StreamHost

    @property
    def concurrency_limit(self) -> int | None:
        """How many clients may be connected at once, of the page and the routes together."""
        return self.host.registry.limit

    @property
    def handlers(self) -> dict[str, Any]:
        """The live handlers by ``webrtc_id``, as they are now: the objects that serve sessions.

        For a stream handler the session's own copy, so that
        ``stream.handlers[webrtc_id].trigger_response()`` reaches it; for a function that function,
        in a ``VideoStreamHandler`` where it gets frames.
        """
        live = ((session.webrtc_id, session.user_code()) for session in self._sessions())
        return {webrtc_id: handler for webrtc_id, handler in live if handler is not None}

    @property
    def connections(self) -> dict[str, list[Connection]]:
        """The live connections by ``webrtc_id``, as they are now; a list of one for each id."""
        return {session.webrtc_id: [Connection.of(session)] for session in self._sessions()}

    def _sessions(self) -> list[Session]:
        return list(self.host.registry)

    def _hosting(self) -> StreamHost:
        return self.host

    def set_input(self, webrtc_id: str, *args: Any, missing_ok: bool = True) -> None:
        """Give the handler of one session the values of its further inputs. Any thread.

        Args:
            webrtc_id: the id the client sent with its offer.
            args: the values, without one for the stream itself. A `WebRTCData` before them is
                what the person submitted: the handler finds it in ``latest_args[0]``, and its
                ``trigger_response()`` is called, once for each and in order. A first ``None``
                that is one too many for the function stands for the frame, and is dropped.
            missing_ok: whether nothing happens, but for a line in the log, when no session has
                this id: one that ends is still sent values by its page.

        Raises:
            UnknownConnectionError: no session has this id, without ``missing_ok``.
            ConfigurationError: the handler is a function that cannot take this many values.
        """
        self.host.set_input(webrtc_id, args, page_of_event(), missing_ok=missing_ok)

    def say(
        self,
        webrtc_id: str,
        what: Sayable,
        when: When = "next_silence",
        *,
        tts: TTSModel | None = None,
    ) -> SpeechHandle:
        """Have something said in one session, whose handler is a ``ReplyOnPause``. Any thread.

        Args:
            webrtc_id: the id the client sent with its offer.
            what: a text, audio, something encoded, a generator, or a function that makes it.
            when: ``"now"``, ``"next_silence"`` or ``"unless_spoken"``, see ``ReplyOnPause.say``.
            tts: the voice for a text.

        Raises:
            UnknownConnectionError: no session has this id.
            SessionClosedError: it is not open yet, or no more.
            SpeechRefusedError: too much waits to be said in it already.
            ConfigurationError: the handler takes no turns, or an argument cannot work.
        """
        speaker = self.host.speaker(webrtc_id, page_of_event())
        return speaker._say(what, when, tts)

    def output_stream(
        self, webrtc_id: str, *, missing_ok: bool = True
    ) -> AsyncIterator[AdditionalOutputs]:
        """Yield the additional outputs of one session as they come; ends with the session.

        What was emitted before is kept, up to 1000 of them, and for a minute after the session.
        Several readers of one session share its outputs.

        Args:
            webrtc_id: the id the client sent with its offer, which may come up to 2 seconds later.
            missing_ok: whether it just ends, with a line in the log, when no session has this id or
                nothing of it is left: pages open their ``EventSource`` again when it has ended.

        Raises:
            UnknownConnectionError: no session has this id, without ``missing_ok``.
            ConnectionClosedError: it has ended, and nothing of it is left, without ``missing_ok``.
        """
        return self.host.output_stream(webrtc_id, page_of_event(), missing_ok=missing_ok)

    async def fetch_latest_output(self, webrtc_id: str) -> AdditionalOutputs:
        """Wait for the next additional output of one session and return it.

        Args:
            webrtc_id: the id the client sent with its offer.

        Raises:
            UnknownConnectionError: no session has this id.
            ConnectionClosedError: the session has ended, and nothing of it is left.
        """
        return await self.host.fetch_latest_output(webrtc_id, page_of_event())

    def check_process(self, request: HTTPConnection, webrtc_id: str) -> None:
        """Check, in a route of your own, that a request has come to the process of its session.

        With several processes a proxy may send a client's requests to the wrong one, where
        ``output_stream()`` and ``set_input()`` find no session. Browsers name the right one in a
        cookie, other clients in the query, ``?process=``, with what their answer said.

        Args:
            request: the request, or a websocket.
            webrtc_id: the id of the session it is about.

        Raises:
            HTTPException: 421, misdirected request, with the refusal ``wrong_process``.
        """
        told = request.query_params.get("process") or request.cookies.get(COOKIE)
        try:
            self.host.check_process(webrtc_id, told)
        except WrongProcessError as refusal:
            raise HTTPException(421, self.host.answering.refused(refusal)["meta"]) from None

    def close_stream(self, webrtc_id: str, msg: str = "") -> None:
        """End one session with the reason ``app_closed``. Any thread.

        Args:
            webrtc_id: the id of the session; nothing happens when it has ended.
            msg: words for the person.
        """
        self.host.close_stream(webrtc_id, msg, page_of_event())
