"""``GET {path}/webrtc/client.js``: the client for web pages, as the module that they import."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

SCRIPT = Path(__file__).resolve().parents[1] / "templates" / "client" / "index.js"

HEADERS = {
    # It is the same for everybody; whether a page may connect is decided where it asks to.
    "Access-Control-Allow-Origin": "*",
    # It belongs to this version of the server.
    "Cache-Control": "no-cache",
}


def add_client_script(router: APIRouter) -> None:
    """Add the route to ``router``."""

    @router.get("/webrtc/client.js", include_in_schema=False)
    def client_script() -> FileResponse:
        """Serve the client; ``docs/guides/clients.md`` tells what it does."""
        if not SCRIPT.is_file():
            raise HTTPException(
                404, "The client was not built with this installation: install the package anew."
            )
        return FileResponse(SCRIPT, media_type="text/javascript", headers=HEADERS)
