"""Tells the server to let nobody new in, and waits until the last person has left.

``python drain.py [PROCESS_ID]``, by default 1, which is the server in a container.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request

URL = f"http://127.0.0.1:{os.environ.get('PORT', '7860')}/webrtc/health"
EVERY_SECONDS = 1.0


def health() -> dict[str, dict[str, int]]:
    """Return what the server says of itself; with status 503 while it lets nobody in."""
    try:
        with urllib.request.urlopen(URL, timeout=10) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as draining:
        found = json.load(draining)
    return dict(found)


os.kill(int(sys.argv[1]) if len(sys.argv) > 1 else 1, signal.SIGUSR1)
while health()["status"] != "draining" or any(health()["sessions"].values()):
    time.sleep(EVERY_SECONDS)
