"""One live connection of a ``Stream``, as its author sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradio_webrtc.session.session import Session


@dataclass(frozen=True)
class Connection:
    """What a connection was when it was asked for.

    Attributes:
        webrtc_id: the id its client chose.
        state: ``"connecting"``, ``"open"`` or ``"closing"``.
        event_handler: the live handler, ``None`` before it has started.
    """

    webrtc_id: str
    state: str
    event_handler: Any

    @classmethod
    def of(cls, session: Session) -> Connection:
        """Return what there is to know of ``session`` now."""
        return cls(session.webrtc_id, session.state.value, session.user_code())
