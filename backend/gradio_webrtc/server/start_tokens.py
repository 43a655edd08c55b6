"""The values with which a page was told to start, until its connection asks for them."""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Any

from gradio_webrtc.errors import UnknownStartError
from gradio_webrtc.json_values import Json

REMEMBERED_PAGES = 1000
"""Pages whose values are kept. Then the one that started longest ago is forgotten, of those of the
address that has most, so that nobody pushes out everybody else's."""

REMEMBERED_PER_PAGE = 4
"""Starts kept for each page: a press can overtake the connection that the one before it began."""

TOKEN_BYTES = 16


START_COMMAND = "start:"
"""The value that makes the page start, with a token after it."""


class StartTokens:
    """Values by token, each only for the page it was made for. Belongs to one event loop.

    A token may be used again, since a page whose connection is lost connects anew with it.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[str, OrderedDict[str, tuple[Any, ...]]] = OrderedDict()
        self._networks: dict[str, str | None] = {}

    def remember(self, owner: str, args: Sequence[Any], network: str | None = None) -> str:
        """Keep ``args`` for ``owner``, who asks from ``network``; return their token."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        page = self._pages.setdefault(owner, OrderedDict())
        page[token] = tuple(args)
        self._networks[owner] = network
        self._pages.move_to_end(owner)
        if len(page) > REMEMBERED_PER_PAGE:
            page.popitem(last=False)
        if len(self._pages) > REMEMBERED_PAGES:
            self._forget_one()
        return token

    def _forget_one(self) -> None:
        [(most, _)] = Counter(self._networks.values()).most_common(1)
        oldest = next(owner for owner in self._pages if self._networks[owner] == most)
        del self._pages[oldest], self._networks[oldest]

    def recall(self, token: Json, owner: str | None) -> tuple[Any, ...]:
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
