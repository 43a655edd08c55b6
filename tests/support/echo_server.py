"""The voice echo that negotiation is tried on, and what is asked of it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest

from gradio_webrtc import Stream
from tests.support.client import LoopbackClient, RefusedError
from tests.support.echo_handlers import EchoHandler
from tests.support.serving import Served
from tests.support.sessions import until


def echo(**options: Any) -> Served:
    """Return a server of the guide's echo; ``options`` are those of ``Stream``."""
    return Served(Stream(EchoHandler(), modality="audio", **options))


async def refusal(work: Awaitable[object]) -> dict[str, Any]:
    """Return what the refusal of ``work`` says."""
    with pytest.raises(RefusedError) as caught:
        await work
    return caught.value.meta


async def heard(client: LoopbackClient) -> None:
    """Wait until sound comes back to ``client``."""
    await until(lambda: client.heard > 0.2)
