"""Which process has a session: what its answer says, and what requests about it should go to."""

from __future__ import annotations

import os
import secrets

from gradio_webrtc.json_values import Json

COOKIE = "gradio_webrtc_process"
"""Set with an answer, so that browsers tell the process that a later request was meant for."""

_ids: dict[int, str] = {}


def process_id() -> str:
    """Return what this process is called: random, and another one after a fork."""
    return _ids.setdefault(os.getpid(), secrets.token_hex(4))


def is_elsewhere(told: Json) -> bool:
    """Whether ``told``, by a client, names another process than this one."""
    return isinstance(told, str) and bool(told) and told != process_id()
