"""What an app's own routes do with the websockets of a ``Stream``."""

from __future__ import annotations

from fastapi import WebSocket

from gradio_webrtc.routes.websocket import answer_websocket
from gradio_webrtc.server.stream_host import StreamHost


class SocketAccess:
    """Clients over websockets."""

    host: StreamHost

    async def websocket_offer(self, websocket: WebSocket) -> None:
        """Serve a client of the published websocket API, for apps that bring their own route.

        Returns when its session has ended. The mounted route is ``{path}/websocket/offer``.

        Args:
            websocket: as the route got it, accepted or not. Pages of other sites are refused.
        """
        await answer_websocket(self.host, websocket)
