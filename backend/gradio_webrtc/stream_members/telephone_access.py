"""Telephone calls to a ``Stream``, for apps that bring their own routes."""

from __future__ import annotations

from typing import NoReturn

from fastapi import Request, Response, WebSocket

from gradio_webrtc.errors import TelephoneError
from gradio_webrtc.routes.telephone import Telephone


class TelephoneAccess:
    """The stream's telephone."""

    _telephone: Telephone

    async def handle_incoming_call(self, request: Request) -> Response:
        """Answer Twilio's question what to do with a call.

        The mounted route is ``POST {path}/telephone/incoming``. The call is connected with the
        ``/telephone/handler`` beside this route if its path ends like that one's, and else with the
        one where the stream is mounted.

        Args:
            request: as the route got it.

        Raises:
            HTTPException: 403, it is not Twilio who asks; others, it cannot be answered.
        """
        return await self._telephone.answer(request)

    async def telephone_handler(self, websocket: WebSocket) -> None:
        """Serve a call by Twilio's Media Streams; returns when it is over.

        The mounted route is ``{path}/telephone/handler``.

        Args:
            websocket: as the route got it, accepted or not.
        """
        await self._telephone.serve(websocket)

    def fastphone(
        self, token: str | None = None, host: str = "127.0.0.1", port: int = 8000, **_: object
    ) -> NoReturn:
        """Refuse: this asks somebody else's service for a temporary number.

        Raises:
            TelephoneError: always; it says how to have a number of your own.
        """
        raise TelephoneError(
            "fastphone() lends a number of a service that serves another package only. Use a "
            "number of your own: mount the stream on a FastAPI app, make it reachable with a "
            'tunnel such as "cloudflared tunnel --url http://localhost:8000", and let the Voice '
            "URL of your Twilio number be https://<the tunnel's host>/telephone/incoming. The "
            'guide "Telephone" goes through it; without an account, '
            "gradio_webrtc.simulated_calls calls your app."
        )
