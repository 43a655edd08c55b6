"""The few requests the client makes, without an HTTP library of anyone's."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any

from bench.results import BenchError


class RefusedError(BenchError):
    """The server answered, and with another status than 200.

    Attributes:
        status: the number.
    """

    def __init__(self, what: str, status: int) -> None:
        super().__init__(what)
        self.status = status


async def request_json(
    port: int, method: str, path: str, body: object = None, timeout: float = 15
) -> dict[str, Any]:
    """Send ``body`` as JSON to a server on this machine and return the JSON object it answers.

    Raises:
        RefusedError: the answer's status is not 200.
        BenchError: no answer came within ``timeout`` seconds, or it is no JSON object.
    """
    return await asyncio.to_thread(_request, port, method, path, body, timeout)


def _request(port: int, method: str, path: str, body: object, timeout: float) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        payload = None if body is None else json.dumps(body)
        connection.request(method, path, payload, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
    except OSError as error:
        raise BenchError(f"{method} {path}: {error}") from error
    finally:
        connection.close()
    if response.status != 200:
        what = f"{method} {path}: HTTP {response.status}: {text[:200]!r}"
        raise RefusedError(what, response.status)
    answer = json.loads(text)
    if not isinstance(answer, dict):
        raise BenchError(f"{method} {path}: not a JSON object: {text[:200]!r}")
    return answer
