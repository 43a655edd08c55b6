"""Any endpoint that speaks OpenAI's chat completions, and cutting its words into sentences."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator

import httpx

BASE_URL = os.environ.get("OPENAI_BASE_URL", "").rstrip("/")
API_KEY = os.environ.get("OPENAI_API_KEY", "")
MODEL = os.environ.get("OPENAI_MODEL", "gpt-4o-mini")
CONFIGURED = bool(BASE_URL or API_KEY)
URL = f"{BASE_URL or 'https://api.openai.com/v1'}/chat/completions"
TIMEOUT = httpx.Timeout(60, connect=10)

HOW_TO = (
    "No language model is configured. Set `OPENAI_API_KEY`, or `OPENAI_BASE_URL` to any endpoint "
    "that speaks the same protocol, such as `http://localhost:11434/v1`, and `OPENAI_MODEL` to the "
    "name of a model; then start the app again."
)
SENTENCE = re.compile(r"\s*(?=\S)(.+?(?:[.!?…]+[\"'”’)]*(?=\s)|[。！？]|\n))", re.DOTALL)  # noqa: RUF001

Message = dict[str, str]
"""``{"role": "system" | "user" | "assistant", "content": text}``"""


class EndpointError(Exception):
    """The endpoint does not answer as it should; the text is for the person."""


async def complete(messages: list[Message]) -> AsyncIterator[str]:
    """Yield the model's answer piece by piece, as it comes.

    Raises:
        EndpointError: it is not configured, cannot be reached, refuses, or says what is no stream.
    """
    if not CONFIGURED:
        raise EndpointError(HOW_TO)
    headers = {"Authorization": f"Bearer {API_KEY}"} if API_KEY else {}
    body = {"model": MODEL, "messages": messages, "stream": True}
    try:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT) as client,
            client.stream("POST", URL, json=body, headers=headers) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise EndpointError(refusal(response.status_code, await response.aread()))
            async for line in response.aiter_lines():
                if line.startswith("data:") and line != "data: [DONE]":
                    yield piece(line.removeprefix("data:"))
    except httpx.HTTPError as error:
        why = str(error) or type(error).__name__
        raise EndpointError(f"The language model at {URL} cannot be reached: {why}") from error


def piece(data: str) -> str:
    """Return the text in one event of the stream."""
    try:
        event = json.loads(data)
        if "error" in event:
            raise EndpointError(f"The language model stopped: {event['error']}")
        choices = event.get("choices")
        return (choices[0].get("delta", {}).get("content") or "") if choices else ""
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise EndpointError(f"{URL} sent something else than a stream of completions.") from error


def refusal(status: int, body: bytes) -> str:
    """Say why the endpoint refused."""
    try:
        why = json.loads(body)["error"]
        why = why["message"] if isinstance(why, dict) else why
    except (ValueError, KeyError, TypeError):
        why = body.decode("utf-8", "replace")[:200]
    return f"The language model refused (HTTP {status}): {why}"


async def sentences(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """Yield each sentence as soon as it is complete, and at the end what is left."""
    waiting = ""
    async for text in pieces:
        waiting += text
        while found := SENTENCE.match(waiting):
            waiting = waiting[found.end() :]
            yield found[1].strip()
    if waiting.strip():
        yield waiting.strip()
