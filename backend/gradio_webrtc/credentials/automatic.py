"""``rtc_configuration="auto"``: the TURN servers that this machine's environment has the keys for.

Whatever goes wrong costs a connection a few seconds at most, once in a while, and its TURN servers:
where it can be made without them it is.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from gradio_webrtc.credentials.credential_cache import CACHE, CredentialCache
from gradio_webrtc.credentials.credential_request import automatic_request
from gradio_webrtc.errors import ConfigurationError, TurnCredentialsError

logger = logging.getLogger(__name__)

TTL_SECONDS = 14_400
"""What is asked for: a conversation of two hours keeps its relay, whenever it began."""

LEAST_SECONDS = 7_200

PATIENCE_SECONDS = 3.0
"""How long a connection waits for a provider, which answers within one second as a rule."""

PAUSE_SECONDS = 30.0
"""How long nobody is asked after a failure, so that the next connections do not wait as well."""

MAX_PAUSE_SECONDS = 300.0


class AutomaticConfiguration:
    """A source of configurations that never fails: ``await automatic()`` for each connection.

    Args:
        environment: where the keys are.
        cache: asks and keeps.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        environment: Mapping[str, str] = os.environ,
        cache: CredentialCache = CACHE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environment = environment
        self._cache = cache
        self._clock = clock
        self._lock = threading.Lock()
        self._resume = 0.0
        self._told: str | None = None

    async def __call__(self) -> dict[str, Any] | None:
        """Return a configuration, or ``None`` when there is no provider or it gives none."""
        try:
            request = automatic_request(self._environment, TTL_SECONDS)
            if request is None:
                return None
            paused = self._clock() < self._resume
            if paused and not self._cache.knows(request, LEAST_SECONDS):
                return None
            found = await self._cache.aget(request, least_s=LEAST_SECONDS, seconds=PATIENCE_SECONDS)
        except (ConfigurationError, TurnCredentialsError) as error:
            self._failed(error)
            return None
        self._worked()
        return found

    def _failed(self, error: ConfigurationError | TurnCredentialsError) -> None:
        after = error.retry_after if isinstance(error, TurnCredentialsError) else None
        pause = PAUSE_SECONDS if after is None else min(after, MAX_PAUSE_SECONDS)
        with self._lock:
            self._resume = self._clock() + pause
            if str(error) == self._told:
                return
            self._told = str(error)
        logger.warning("rtc_configuration='auto' goes on without TURN servers. %s", error)

    def _worked(self) -> None:
        with self._lock:
            if self._told is None:
                return
            self._told = None
        logger.info("rtc_configuration='auto' has TURN servers again.")


AUTOMATIC = AutomaticConfiguration()
"""The one of this process: all streams share what is known of a provider."""
