"""Gradio's events, which a component's page calls beside its stream: values in, outputs out."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

from gradio_webrtc.client.errors import ClientError, ServerFailedError
from gradio_webrtc.client.received import Received, ReceivedOutput
from gradio_webrtc.client.signaling.addresses import joined
from gradio_webrtc.client.signaling.http_server import HttpServer
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.server.start_tokens import START_COMMAND

logger = logging.getLogger(__name__)


class GradioEvents:
    """The events of one component, for one page.

    Args:
        server, api: where the app's events are called.
        config: the app's configuration.
        component: the component's number.
        session_hash: names the page.
        inputs: the values of the component's other inputs; those of the page where left out.
    """

    def __init__(
        self,
        server: HttpServer,
        api: str,
        config: JsonObject,
        component: int,
        session_hash: str,
        inputs: Sequence[Json] | None,
    ) -> None:
        self._server = server
        self._api = api
        self._component = component
        self._hash = session_hash
        self._inputs = inputs
        self._functions = _objects(config.get("dependencies"))
        self._values = {each["id"]: _value_of(each) for each in _objects(config.get("components"))}
        self._values[component] = None
        # Of two streams of events of one page each would get half of the messages.
        self._one_at_a_time = asyncio.Lock()

    async def start(self) -> str | None:
        """Press the button that starts a stream of mode ``"receive"``; return what names it."""
        for function in self._functions:
            if function.get("outputs") == [self._component]:
                async with aclosing(self._results(function, self._inputs)) as results:
                    async for values in results:
                        value = str(values[0] if values else "")
                        if value.startswith(START_COMMAND):
                            return value.removeprefix(START_COMMAND)
        return None

    async def send_inputs(self, webrtc_id: str, values: Sequence[Json] | None) -> bool:
        """Send the values of the other inputs; return whether the component has an event for it."""
        listening = self._listening("tick")
        self._values[self._component] = webrtc_id
        for function in listening:
            given = None if values is None else [webrtc_id, *values]
            async for _ in self._results(function, given):
                pass
        return bool(listening)

    async def serve(self, webrtc_id: str, received: Received) -> None:
        """Do what the page does until cancelled: give values, and fetch outputs."""
        self._values[self._component] = webrtc_id
        if any(len(each.get("inputs") or ()) > 1 for each in self._listening("tick")):
            await self._quietly(self.send_inputs(webrtc_id, self._inputs))
        number = fetched = 0
        async for message in received.messages:
            number += 1
            if message.type == "send_input":
                await self._quietly(self.send_inputs(webrtc_id, self._inputs))
            elif message.type == "fetch_output" and number > fetched:
                fetched = received.messages.count  # one call takes all that wait
                await self._quietly(self._fetch(received))

    async def _quietly(self, work: Coroutine[object, object, object]) -> None:
        try:
            await work
        except ClientError as error:
            logger.warning("an event of the app failed: %s", error)

    async def _fetch(self, received: Received) -> None:
        loop = asyncio.get_running_loop()
        for function in self._listening("state_change"):
            targets = function.get("outputs") or []
            async for values in self._results(function, None):
                for target, value in zip(targets, values, strict=False):
                    if not _is_update(value):
                        self._values[target] = value
                if not all(_is_update(value) for value in values):
                    received.outputs.put(ReceivedOutput(values, loop.time()))

    def _listening(self, event: str) -> list[dict[str, Any]]:
        wanted = [self._component, event]
        return [each for each in self._functions if wanted in (each.get("targets") or [])]

    async def _results(
        self, function: dict[str, Any], values: Sequence[Json] | None
    ) -> AsyncGenerator[list[Any], None]:
        """Call a function of the app; go through what it returns, once for each ``yield``."""
        if values is None:
            values = [self._values.get(each) for each in function.get("inputs") or []]
        body: JsonObject = {
            "data": list(values),
            "event_data": None,
            "fn_index": function.get("id"),
            "trigger_id": self._component,
            "session_hash": self._hash,
        }
        async with self._one_at_a_time, aclosing(self._called(body)) as results:
            async for result in results:
                yield result

    async def _called(self, body: JsonObject) -> AsyncGenerator[list[Any], None]:
        event = (await self._server.ask(joined(self._api, "queue/join"), body)).get("event_id")
        current: list[Json] | None = None
        url = joined(self._api, f"queue/data?session_hash={self._hash}")
        async with aclosing(self._server.events(url)) as events:
            async for text in events:
                message = json.loads(text)
                kind = message.get("msg")
                if kind == "unexpected_error" or message.get("success") is False:
                    raise ServerFailedError(f"The app's event failed: {_error(message)}")
                if message.get("event_id") != event:
                    continue
                data = (message.get("output") or {}).get("data") or []
                if kind == "process_generating":
                    current = data if current is None else changed(current, data)
                    yield copy.deepcopy(current)
                elif kind == "process_completed":
                    if current is None:
                        yield data
                    return


def changed(values: list[Json], edits: Sequence[Sequence[Any]]) -> list[Json]:
    """Return ``values`` after the edits of each, as Gradio sends what changed of them. Pure.

    Raises:
        ServerFailedError: they do not fit; Gradio 6.31 makes such of lists in lists that shrink.
    """
    new: list[Any] = copy.deepcopy(values)
    new += [None] * (len(edits) - len(new))
    try:
        for place, each in enumerate(edits):
            for action, path, value in each:
                _edit(new, [place, *path], action, value)
    except (LookupError, TypeError, ValueError) as error:
        raise ServerFailedError(f"Gradio sent a change that fits no value: {error}") from None
    return new


def _edit(root: Any, path: Sequence[str | int], action: str, value: Any) -> None:
    for step in path[:-1]:
        root = root[step]
    last = path[-1]
    if action == "append":
        root[last] += value
    elif action == "add" and isinstance(root, list):
        root.insert(int(last), value)
    elif action == "delete":
        del root[last]
    else:
        root[last] = value


def _is_update(value: Json) -> bool:
    return isinstance(value, dict) and value.get("__type__") == "update"


def _value_of(component: JsonObject) -> Json:
    props = component.get("props")
    return props.get("value") if isinstance(props, dict) else None


def _objects(listed: Json) -> list[Any]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _error(message: JsonObject) -> str:
    output = message.get("output")
    told = output.get("error") if isinstance(output, dict) else None
    return str(told or message.get("message") or "without words")
