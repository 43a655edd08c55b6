"""The seam between a session and where its additional outputs wait for their readers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from gradio_webrtc.handlers.emitted import AdditionalOutputs


class OutputSink(Protocol):
    """Takes what one session's handler says on the side. Every call is made on the event loop."""

    @property
    def dropped(self) -> int:
        """How many outputs were lost because nobody read them in time."""
        ...

    def put(self, outputs: AdditionalOutputs) -> None:
        """Keep ``outputs`` for those who will read them."""
        ...

    def waiting(self) -> bool:
        """Whether the client has some to fetch, maybe of a session before this one."""
        ...

    def read(self) -> AsyncIterator[AdditionalOutputs]:
        """Yield the outputs from now on, one after the other, until the session has ended."""
        ...

    def close(self) -> None:
        """The session has ended and puts no more. Called once."""
        ...
