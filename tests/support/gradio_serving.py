"""A Gradio app that is really served, with clients that signal as its pages do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any

import gradio as gr
import httpx
from gradio_client import Client

from gradio_webrtc import WebRTC
from tests.support.client import LoopbackClient
from tests.support.serving import Clients

SESSION = "someone"


class GradioServed:
    """``async with GradioServed(demo) as server``: launched, and closed at the end.

    Args:
        demo: the app.
        options: further arguments of ``launch``.

    Attributes:
        url: where it is served.
    """

    def __init__(self, demo: gr.Blocks, **options: Any) -> None:
        self.demo = demo
        self._options = options
        self.url = ""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> GradioServed:
        _, self.url, _ = self.demo.launch(
            prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", **self._options
        )
        self._stack.push_async_callback(asyncio.to_thread, self.demo.close, verbose=False)
        self._http = await self._stack.enter_async_context(
            httpx.AsyncClient(base_url=self.url, timeout=60)
        )
        self._clients = await self._stack.enter_async_context(Clients())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def client(self, component: WebRTC, **options: Any) -> LoopbackClient:
        """Return a client of a component's stream that is not connected yet."""

        async def signal(body: dict[str, Any]) -> dict[str, Any]:
            request = {
                "session_hash": SESSION,
                "component_id": component._id,
                "fn_name": "offer",
                "data": {**body, "session_hash": SESSION},
            }
            answer = await self._http.post("gradio_api/component_server/", json=request)
            result: dict[str, Any] = answer.json()
            return result

        return self._clients.add(signal, **options)

    async def calls(self, *calls: tuple[str, Sequence[Any]]) -> list[Any]:
        """Run functions of the app one after the other, as one person with Gradio's own client.

        Args:
            calls: the functions' names and what they are given.
        """

        def ask() -> list[Any]:
            client = Client(self.url, verbose=False)
            try:
                return [client.predict(*values, api_name=f"/{name}") for name, values in calls]
            finally:
                client.close()

        return await asyncio.to_thread(ask)
