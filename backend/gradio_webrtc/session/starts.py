"""The values with which a page was told to start, until its connection asks for them."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from gradio_webrtc.errors import UnknownStartError

REMEMBERED_PAGES = 1000
"""Pages whose values are kept; the one that started longest ago is forgotten first."""

REMEMBERED_PER_PAGE = 4
"""Starts kept for each page: a press can overtake the connection that the one before it began."""

TOKEN_BYTES = 16


class Starts:
    """Values by token, each only for the page it was made for. Belongs to one event loop.

    A token may be used again, since a page whose connection is lost connects anew with it.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[str, OrderedDict[str, tuple[Any, ...]]] = OrderedDict()

    def remember(self, owner: str, args: Sequence[Any]) -> str:
        """Keep ``args`` for ``owner``; return the token that gives them back."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        page = self._pages.setdefault(owner, OrderedDict())
        page[token] = tuple(args)
        self._pages.move_to_end(owner)
        if len(page) > REMEMBERED_PER_PAGE:
            page.popitem(last=False)
        if len(self._pages) > REMEMBERED_PAGES:
            self._pages.popitem(last=False)
        return token

    def recall(self, token: object, owner: str | None) -> tuple[Any, ...]:
        """Return the values kept under ``token``.

        Raises:
            UnknownStartError: there are none, no more, or they are somebody else's.
        """
        page = self._pages.get(owner) if owner is not None else None
        args = page.get(token) if page is not None and isinstance(token, str) else None
        if args is None or owner is None:
            raise UnknownStartError("The app does not know this start any more.")
        self._pages.move_to_end(owner)
        return args
