"""Answering one request: counted, and whatever goes wrong told to whoever can act on it."""

from __future__ import annotations

import logging
import time
from collections.abc import Coroutine
from typing import Any

from gradio_webrtc.concurrency.token_bucket import TokenBucket
from gradio_webrtc.error_words import fixed_words, new_error_id
from gradio_webrtc.errors import ConfigurationError, SignalingError, TurnCredentialsError
from gradio_webrtc.server.operation.tally import Tally
from gradio_webrtc.server.quotas import REQUESTS, InFlight, Requester

logger = logging.getLogger(__name__)

Answer = dict[str, Any]

LOGGED_AT_ONCE = 20
LOGGED_PER_SECOND = 0.2
"""Refusals and tracebacks in the log: a stranger's requests must not be able to fill a disk."""


class Answering:
    """Turns what a request comes to into an answer, for one stream.

    What went wrong in the app's own code may hold its secrets, such as the address of a TURN
    provider with its key. So the client gets fixed words and the id under which the log has all.

    Attributes:
        in_flight: requests that are being answered.
        tally: where refusals and failures are counted, and whatever else is of this stream.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self.in_flight = InFlight(REQUESTS)
        self._logged = TokenBucket(LOGGED_AT_ONCE, LOGGED_PER_SECOND)
        self._unlogged = 0

    async def answer(self, asking: Requester, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Return what ``work`` returns, or the refusal that its error stands for."""
        try:
            with self.in_flight.request(asking):
                return await work
        except SignalingError as refusal:
            return self.refused(refusal)
        except ConfigurationError as error:
            error_id = new_error_id()
            logger.error("this stream is misconfigured (error %s): %s", error_id, error)
            return self._failed("configuration_error", error_id)
        except TurnCredentialsError as error:  # whose text says all there is to say
            error_id = new_error_id()
            logger.error("a connection could not be made (error %s): %s", error_id, error)
            return self._failed("server_error", error_id)
        except Exception as error:
            # the page must be told, since an HTTP 500 would reach it as nothing at all.
            error_id = new_error_id()
            traceback = error if self._may_log() else None
            text = "a request failed (error %s): %s"
            logger.error(text, error_id, type(error).__name__, exc_info=traceback)
            return self._failed("server_error", error_id)
        finally:
            work.close()  # it never began when there were too many

    def refused(self, refusal: SignalingError) -> Answer:
        """Log a refusal, unless there are too many, and return it as an answer."""
        if self._may_log():
            logger.info("refused a request: %s: %s", refusal.code, refusal)
        self.tally.error(refusal.code)
        return refusal.refusal()

    def _failed(self, code: str, error_id: str) -> Answer:
        self.tally.error(code)
        return failure(code, fixed_words(error_id))

    def _may_log(self) -> bool:
        if not self._logged.take(1, time.monotonic()):
            self._unlogged += 1
            return False
        if self._unlogged:
            logger.info("%d more requests were refused or failed", self._unlogged)
            self._unlogged = 0
        return True


def failure(code: str, text: str) -> Answer:
    """Return a refusal for what is no client's fault."""
    return {"status": "failed", "meta": {"error": code, "message": text}}
