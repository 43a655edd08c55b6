"""What the three server programs share: arguments, the CPU route, and telling their port."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time

import uvicorn
from fastapi import FastAPI


def handler_names() -> list[str]:
    """Return the handlers to mount, from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--handlers", required=True, help="names, separated by commas")
    return str(parser.parse_args().handlers).split(",")


def serve(app: FastAPI) -> None:
    """Serve ``app`` on a free port, telling it in the first line on standard output."""

    @app.get("/bench/cpu")
    async def cpu() -> dict[str, float]:
        """Answer this process's CPU seconds, all threads, and the time they were read."""
        return {"cpu": time.process_time(), "wall": time.perf_counter()}

    @app.get("/bench/memory")
    def memory() -> dict[str, int]:
        """Answer how many bytes of this process are in memory; 0 where nothing tells."""
        try:
            with open("/proc/self/statm", encoding="ascii") as pages:
                resident = int(pages.read().split()[1])
        except FileNotFoundError:
            return {"bytes": 0}
        return {"bytes": resident * os.sysconf("SC_PAGE_SIZE")}

    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"port {listener.getsockname()[1]}\n")
    sys.stdout.flush()
    # The same event loop for all: uvloop would be there for some only.
    loop = os.environ.get("BENCH_LOOP", "asyncio")
    config = uvicorn.Config(app, loop=loop, log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])
