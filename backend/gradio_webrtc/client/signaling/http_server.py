"""Requests to a server, whose failures are errors that say what to do."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping

import httpx

from gradio_webrtc.client.errors import (
    AccessDeniedError,
    ServerFailedError,
    ServerUnreachableError,
    StreamNotFoundError,
    refusal,
)
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.json_values import Json, JsonObject

QUOTED = 200
"""Characters of a server's answer that an error quotes."""


class HttpServer:
    """One server.

    Args:
        http: carries the requests; is not closed here.
        headers: of every request, for a server that wants a token.
    """

    def __init__(self, http: httpx.AsyncClient, headers: Mapping[str, str]) -> None:
        self._http = http
        self._headers = dict(headers)

    @property
    def socket_headers(self) -> dict[str, str]:
        """The headers with which a websocket has to be opened, cookies among them."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies.jar)
        return {**self._headers, **({"Cookie": cookies} if cookies else {})}

    async def ask(self, url: str, body: Json = None) -> JsonObject:
        """Post JSON, or get without any; return the JSON object that is answered.

        Raises:
            RefusedError: the answer is a refusal.
            ClientError: there is no answer, or it is none.
        """
        answer = await self._request("GET" if body is None else "POST", url, json=body)
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise StreamNotFoundError(
                f"What answers at {url} is no stream: {answer.text[:QUOTED]!r}. Is this the "
                "address where it is mounted?"
            )
        if found.get("status") == "failed":
            raise refusal(found)
        return found

    async def log_in(self, url: str, user: tuple[str, str]) -> None:
        """Log in to a Gradio app with ``auth``; its cookie is kept.

        Raises:
            AccessDeniedError: it does not know this name and password.
            ClientError: there is no answer.
        """
        form = {"username": user[0], "password": user[1]}
        try:
            await self._request("POST", url, data=form)
        except ServerFailedError as error:
            if error.status != 400:
                raise
            raise AccessDeniedError(f"{url} does not take this name and password.") from error

    async def events(self, url: str) -> AsyncGenerator[str, None]:
        """Go through the data of a server's events, as ``text/event-stream`` has them.

        Raises:
            ClientError: there is no such stream.
        """
        try:
            # None: the next event may take as long as it wants.
            timeout = httpx.Timeout(30, read=None)
            async with self._http.stream(
                "GET", url, headers=self._headers, timeout=timeout
            ) as answer:
                if answer.status_code >= 400:
                    await answer.aread()
                _check(answer, url)
                data: list[str] = []
                async for line in answer.aiter_lines():
                    if line.startswith("data:"):
                        data.append(line[5:].removeprefix(" "))
                    elif not line and data:
                        yield "\n".join(data)
                        data = []
        except httpx.HTTPError as error:
            raise _unreachable(error, url) from error

    async def _request(
        self, method: str, url: str, *, json: Json = None, data: Mapping[str, str] | None = None
    ) -> httpx.Response:
        async def once() -> httpx.Response:
            return await self._http.request(
                method, url, json=json, data=data, headers=self._headers, follow_redirects=True
            )

        try:
            try:
                answer = await once()
            except (httpx.ReadError, httpx.RemoteProtocolError):
                # A server closes what was idle for seconds, perhaps while this was on its way. What
                # is asked may be asked twice: an offer replaces the one before of the same call.
                answer = await once()
        except httpx.HTTPError as error:
            raise _unreachable(error, url) from error
        except httpx.InvalidURL as error:
            raise ConfigurationError(f"{url!r} is no address: {error}") from error
        _check(answer, url)
        return answer


def _unreachable(error: httpx.HTTPError, url: str) -> ServerUnreachableError:
    if isinstance(error, httpx.TimeoutException):
        return ServerUnreachableError(f"{url} does not answer in time. Is the server overloaded?")
    why = str(error) or type(error).__name__
    return ServerUnreachableError(
        f"{url} cannot be reached: {why}. Is the server running, and are host and port right?"
    )


def _check(answer: httpx.Response, url: str) -> None:
    status = answer.status_code
    if status < 400:
        return
    said = _told(answer.text)
    if status in (401, 403):
        raise AccessDeniedError(
            f"{url} wants credentials, or others (HTTP {status}: {said}). Pass auth=(name, "
            "password) or headers with a token to connect()."
        )
    if status in (404, 405):
        raise StreamNotFoundError(
            f"There is no stream at {url} (HTTP {status}). Pass the path of stream.mount(path=...) "
            "with the address, or the address of a Gradio app as a browser shows it."
        )
    raise ServerFailedError(f"{url} failed with HTTP {status}: {said}.", status)


def _told(text: str) -> str:
    try:
        body = json.loads(text)
    except ValueError:
        return text[:QUOTED]
    return str(body.get("detail", body) if isinstance(body, dict) else body)[:QUOTED]
