"""Who watches a shared source: their sessions, and what each of them is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sharing.viewer import Viewer

TOLD = ("warning", "info", "log", "stopword", "turn_timings")
"""Of what a source says to its client, this is said to viewers. The rest each session has itself:
that outputs wait, why it ends, and which values its function needs."""


class Audience:
    """The viewers of one source, by session. Belongs to the event loop.

    Takes the source's additional outputs as its ``session.output_announcements.OutputSink``: each
    viewer gets them, under the bounds of its own page, and whoever joins the newest of before.

    Attributes:
        ended: whether the source has, so that nobody may join.
        dropped: no outputs; each session counts those it loses.
    """

    dropped = 0

    def __init__(self) -> None:
        self.ended = False
        self._sessions: dict[Viewer, Session] = {}
        self._newest: AdditionalOutputs | None = None

    def __len__(self) -> int:
        return len(self._sessions)

    def viewers(self) -> list[Viewer]:
        """Return who watches."""
        return list(self._sessions)

    def add(self, viewer: Viewer, session: Session) -> None:
        """Let a session in."""
        self._sessions[viewer] = session
        if self._newest is not None:
            session.put_outputs(self._newest)

    def remove(self, viewer: Viewer) -> bool:
        """Let a session go; return whether it was there."""
        return self._sessions.pop(viewer, None) is not None

    def tell(self, message: Message) -> None:
        """Say what the source says to its client; with its end everybody's session ends."""
        if message.type == "end_stream" and message.reason is not None:
            self.ended = True
            for session in list(self._sessions.values()):
                session.end(CloseReason(message.reason), str(message.data))
        elif message.type in TOLD:
            for session in list(self._sessions.values()):
                session.transport.send(message)

    def tell_text(self, text: str) -> None:
        """Say text as it is."""
        for session in list(self._sessions.values()):
            session.transport.send_text(text)

    # -- as an OutputSink ----------------------------------------------------------------------

    def put(self, outputs: AdditionalOutputs) -> None:
        """Give ``outputs`` to every viewer."""
        self._newest = outputs
        for session in list(self._sessions.values()):
            session.put_outputs(outputs)

    def waiting(self) -> bool:
        """Nothing waits here."""
        return False

    async def read(self) -> AsyncIterator[AdditionalOutputs]:
        """Yield nothing: outputs are read from the viewers' sessions."""
        return
        yield AdditionalOutputs()

    def close(self) -> None:
        """The source puts no more."""
        self.ended = True
