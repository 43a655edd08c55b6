"""``POST {path}/telephone/incoming`` and ``WS {path}/telephone/handler``: calls by Twilio."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Enum
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from gradio_webrtc.errors import InvalidSignatureError, MissingTwilioError, UnsupportedModalityError
from gradio_webrtc.routes.requests import check_request, read_body
from gradio_webrtc.routes.websocket import check_websocket
from gradio_webrtc.server.sockets.phone_call import serve_call
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.transports.telephone import twiml
from gradio_webrtc.transports.telephone.options import AUTH_TOKEN_VARIABLE, TelephoneOptions
from gradio_webrtc.transports.telephone.phone_call import stream_parameters
from gradio_webrtc.transports.telephone.public_address import Arrival, signed_urls, stream_url
from gradio_webrtc.transports.telephone.signature import HEADER, check_signature

logger = logging.getLogger(__name__)

INCOMING = "/telephone/incoming"
HANDLER = "/telephone/handler"

MAX_FORM_BYTES = 16 * 1024
"""Twilio's form has some 30 fields and 1 kB."""

MAX_FIELDS = 200

FORM_SECONDS = 10.0


class Telephone:
    """How one stream answers calls.

    Args:
        host: the stream's sessions.
        options: what its author says about calls.

    Attributes:
        path: where the stream was mounted last, to which own routes of an app send calls.
    """

    def __init__(self, host: StreamHost, options: TelephoneOptions) -> None:
        self.path: str | None = None
        self._host = host
        self._options = options
        self._warned = False

    async def answer(self, request: Request) -> Response:
        """Return the TwiML that connects a call, or says that every place is taken.

        Raises:
            HTTPException: 403, it is not Twilio who asks; 400 and 501, it cannot be answered.
        """
        check_request(self._host, request)
        arrival = _arrival(request)
        form = await _read_form(request)
        try:
            self._check_signature(arrival, request, form)
            if self._host.settings.modality != "audio":
                raise HTTPException(
                    400, str(UnsupportedModalityError(self._host.settings.modality))
                )
            text = self._twiml(arrival, form)
        except InvalidSignatureError as refusal:
            self._host.answering.refused(refusal)
            raise HTTPException(403, refusal.message) from None
        except MissingTwilioError as error:
            logger.error("a call was not answered: %s", error)
            raise HTTPException(501, str(error)) from None
        return Response(text, media_type=twiml.MEDIA_TYPE)

    async def serve(self, websocket: WebSocket) -> None:
        """Serve the websocket of a call until it is over, if it is Twilio who opened it."""
        asking = await check_websocket(self._host, websocket)
        if asking is None:
            return
        try:
            self._check_signature(_arrival(websocket), websocket, {})
        except InvalidSignatureError as refusal:
            self._host.answering.refused(refusal)
            await websocket.close(1008)  # before it is accepted that is a 403
        except MissingTwilioError as error:
            logger.error("a call was not served: %s", error)
            await websocket.close(1011)
        else:
            await serve_call(self._host, websocket, asking)

    def _twiml(self, arrival: Arrival, form: Mapping[str, str]) -> str:
        if self._host.registry.full:
            logger.info("a call was told that every place is taken")
            return twiml.busy(self._options)
        path = arrival.outer_path
        if path.endswith(INCOMING):
            path = path.removesuffix(INCOMING)
        elif self.path is not None:
            path = arrival.root_path.rstrip("/") + self.path
        else:
            raise HTTPException(
                500, "Mount the stream, or let the path of this route end with " + INCOMING
            )
        url = stream_url(arrival, path + HANDLER, self._options.public_url)
        query = dict(parse_qsl(arrival.query)[:MAX_FIELDS])
        return twiml.connecting(url, self._options, stream_parameters(form, query))

    def _check_signature(
        self, arrival: Arrival, connection: HTTPConnection, form: dict[str, str]
    ) -> None:
        token = self._options.token()
        if not token and self._options.auth_token is None and not self._warned:
            self._warned = True
            logger.warning(
                "calls are taken from anybody: set %s, and only those that Twilio signs are",
                AUTH_TOKEN_VARIABLE,
            )
        urls = signed_urls(arrival, self._options.public_url)
        check_signature(token, urls, connection.headers.get(HEADER), form)


def add_telephone(router: APIRouter, telephone: Telephone, tags: list[str | Enum] | None) -> None:
    """Add the routes to ``router``."""

    @router.post(INCOMING, tags=tags, response_class=Response)
    async def incoming(request: Request) -> Response:
        """Answer a call with TwiML; Twilio posts to this address."""
        return await telephone.answer(request)

    @router.websocket(HANDLER)
    async def handler(websocket: WebSocket) -> None:
        await telephone.serve(websocket)


def _arrival(connection: HTTPConnection) -> Arrival:
    url = connection.url
    root = connection.scope.get("root_path", "")
    return Arrival(url.scheme, connection.headers, url.path, root, url.query)


async def _read_form(request: Request) -> dict[str, str]:
    try:
        text = (await read_body(request, "form", MAX_FORM_BYTES, FORM_SECONDS)).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        raise HTTPException(422, "The body must be a form, as Twilio posts it.") from None
    except RuntimeError:  # an app's own route has read the form, which the request has kept
        form = await request.form()
        return {name: value for name, value in form.items() if isinstance(value, str)}
