"""Stands in for Firefox's program towards Playwright, which drives it over WebDriver BiDi.

Playwright sets a page's colour scheme by a command that Firefox ESR does not know yet, for every
context and with no way to leave it out. This runs Firefox with the arguments it was given, passes
all messages on, and answers that one itself. ``python -m tests.support.bidi_relay FIREFOX
ARGUMENTS...``; Playwright ends it as it would end Firefox.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

UNKNOWN = "emulation.setMediaFeaturesOverride"
"""Firefox 153 calls it an unknown command. Tests choose the scheme by Gradio's ``__theme``."""

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


async def _pass_events(firefox: ClientConnection, playwright: ServerConnection) -> None:
    async for message in firefox:
        await playwright.send(message)


async def _pass_commands(playwright: ServerConnection, firefox: ClientConnection) -> None:
    async for message in playwright:
        command = json.loads(message)
        if command["method"] == UNKNOWN:
            answer = {"type": "success", "id": command["id"], "result": {}}
            await playwright.send(json.dumps(answer))
        else:
            await firefox.send(message)


async def _relay(playwright: ServerConnection, address: str) -> None:
    path = playwright.request.path if playwright.request else ""
    # Screenshots are long messages; nothing here comes from outside this machine.
    async with connect(address + path, max_size=None, proxy=None) as firefox:
        ways = [
            asyncio.ensure_future(_pass_events(firefox, playwright)),
            asyncio.ensure_future(_pass_commands(playwright, firefox)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await way


async def run(command: list[str]) -> int:
    """Run Firefox by ``command`` and return its status; what it says goes to standard error."""
    firefox = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert firefox.stderr is not None
    address = ""
    async with serve(
        lambda playwright: _relay(playwright, address), "127.0.0.1", 0, max_size=None
    ) as server:
        port = server.sockets[0].getsockname()[1]
        async for line in firefox.stderr:
            text = line.decode(errors="replace")
            if found := LISTENING.search(text):
                address = found[1]
                text = text.replace(address, f"ws://127.0.0.1:{port}")
            sys.stderr.write(text)
            sys.stderr.flush()
        return await firefox.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(run(sys.argv[1:])))
