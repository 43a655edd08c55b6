"""Credentials are asked for once, for however many callers, and kept until shortly before they end.

The request runs on a thread of its own with an event loop of its own: whoever asked may be a
thread or an event loop, may be cancelled, and may be gone before the answer comes.
"""

from __future__ import annotations

import asyncio
import copy
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradio_webrtc.concurrency.background_tasks import BackgroundTasks
from gradio_webrtc.credentials.credential_request import CredentialRequest
from gradio_webrtc.credentials.http_client import ANSWER_SECONDS, ask
from gradio_webrtc.credentials.provider_answer import Credentials, too_slow

if TYPE_CHECKING:
    import httpx

MAX_KEPT = 64
"""Answers kept at once; an app has one or two."""

MAX_MARGIN_S = 60.0
MARGIN = 0.1
"""They are asked for anew a minute before they end, or when a tenth of their time is left."""

WAIT_SECONDS = ANSWER_SECONDS + 2
"""How long somebody waits for a request, which ends by itself before."""

Configuration = dict[str, Any]


@dataclass(frozen=True)
class _Kept:
    credentials: Credentials
    until: float


@dataclass(frozen=True)
class _Asking:
    answer: Future[Credentials]
    since: float


class CredentialCache:
    """Answers by their request. Usable from any thread and any event loop.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[CredentialRequest, _Kept] = {}
        self._asking: dict[CredentialRequest, _Asking] = {}
        self._tasks = BackgroundTasks("a request for TURN credentials")

    def get(self, request: CredentialRequest) -> Configuration:
        """Return the configuration, the caller's own; blocks while it is asked for.

        Raises:
            TurnCredentialsError: there is none.
        """
        try:
            answer = self._begin(request).result(WAIT_SECONDS)
        except FutureTimeoutError:
            raise too_slow(request, WAIT_SECONDS) from None
        return copy.deepcopy(answer.configuration)

    async def aget(
        self,
        request: CredentialRequest,
        client: httpx.AsyncClient | None = None,
        *,
        least_s: float | None = None,
        seconds: float = WAIT_SECONDS,
    ) -> Configuration:
        """Do the same without blocking.

        Args:
            request: what is asked if it is not known.
            client: asks, if nobody has asked yet.
            least_s: for how many seconds what is known must be valid yet; by default for a tenth
                of its time, and no more than a minute.
            seconds: how long to wait. The request goes on, for whoever comes next.

        Raises:
            TurnCredentialsError: there is none, or not yet.
        """
        answer = asyncio.wrap_future(self._begin(request, client, least_s))
        try:
            await asyncio.wait({answer}, timeout=seconds)
            if not answer.done():
                raise too_slow(request, seconds)
            return copy.deepcopy(answer.result().configuration)
        finally:
            answer.cancel()

    def knows(self, request: CredentialRequest, least_s: float | None = None) -> bool:
        """Return whether nothing has to be asked."""
        with self._lock:
            return self._fresh(request, least_s) is not None

    def forget(self) -> None:
        """Forget every answer; the next caller asks."""
        with self._lock:
            self._kept.clear()

    def _fresh(self, request: CredentialRequest, least_s: float | None) -> Credentials | None:
        found = self._kept.get(request)
        if found is None:
            return None
        valid_s = found.credentials.valid_s
        least_s = min(MAX_MARGIN_S, valid_s * MARGIN) if least_s is None else least_s
        # A provider that gives less than that is not asked all the time.
        fresh = self._clock() < found.until - min(least_s, valid_s / 2)
        return found.credentials if fresh else None

    def _begin(
        self,
        request: CredentialRequest,
        client: httpx.AsyncClient | None = None,
        least_s: float | None = None,
    ) -> Future[Credentials]:
        """Return the answer that is known or under way; a ``client`` is of the running loop."""
        answer: Future[Credentials] = Future()
        with self._lock:
            known = self._fresh(request, least_s)
            if known is not None:
                answer.set_result(known)
                return answer
            now = self._clock()
            asking = self._asking.get(request)
            # One whose event loop was stopped never ends.
            if asking is not None and now - asking.since < WAIT_SECONDS:
                return asking.answer
            answer.set_running_or_notify_cancel()  # who waits for it cannot cancel it for others
            self._asking[request] = _Asking(answer, now)
        work = self._settle(request, client, answer)
        if client is None:
            name = "gradio_webrtc TURN credentials"
            threading.Thread(target=_run, args=(work,), name=name, daemon=True).start()
        else:
            self._tasks.spawn(work)
        return answer

    async def _settle(
        self,
        request: CredentialRequest,
        client: httpx.AsyncClient | None,
        answer: Future[Credentials],
    ) -> None:
        try:
            credentials = await ask(request, client)
        except BaseException as error:
            self._finish(request, answer, None)
            if isinstance(error, Exception):
                answer.set_exception(error)
                return
            answer.set_exception(too_slow(request, ANSWER_SECONDS))  # its event loop ended
            raise
        self._finish(request, answer, credentials)
        answer.set_result(credentials)

    def _finish(
        self, request: CredentialRequest, answer: Future[Credentials], came: Credentials | None
    ) -> None:
        with self._lock:
            asking = self._asking.get(request)
            if asking is not None and asking.answer is answer:
                del self._asking[request]
            if came is None:
                return
            # From when it was asked for: the provider began to count before the answer was here.
            since = self._clock() if asking is None else asking.since
            self._kept.pop(request, None)
            self._kept[request] = _Kept(came, since + came.valid_s)
            while len(self._kept) > MAX_KEPT:
                del self._kept[next(iter(self._kept))]


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


CACHE = CredentialCache()
"""The one of this process."""
