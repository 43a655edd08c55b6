"""Asking an app what to do with a call, as Twilio does, and reading its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

import httpx

from gradio_webrtc.errors import TelephoneError
from gradio_webrtc.transports.telephone.twilio_library import make_validator

ANSWER_SECONDS = 15.0
"""Twilio's own limit for an answer."""

MAX_ANSWER = 64 * 1024
"""Twilio's own limit for TwiML, in bytes."""


@dataclass(frozen=True)
class Verb:
    """One thing an app wants done with a call.

    Attributes:
        name: ``"Say"``, ``"Stream"`` (of a ``<Connect>``), ``"Hangup"`` or another.
        text: the words of ``Say``, the address of ``Stream``.
        parameters: of ``Stream``.
    """

    name: str
    text: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


async def ask(url: str, form: dict[str, str], auth_token: str = "") -> Sequence[Verb]:
    """Post ``form`` to ``url`` and return what the app wants done, in order.

    Args:
        url: of the app's ``/telephone/incoming``.
        form: what Twilio tells of a call.
        auth_token: signs the request; empty: it is not signed.

    Raises:
        TelephoneError: the app does not answer, refuses, or answers no TwiML.
    """
    headers = {}
    if auth_token:
        headers["X-Twilio-Signature"] = make_validator(auth_token).compute_signature(url, form)
    try:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as client:
            answer = await client.post(url, data=form, headers=headers)
    except httpx.HTTPError as error:
        raise TelephoneError(f"{url} does not answer: {error or type(error).__name__}") from error
    if answer.status_code != 200:
        raise TelephoneError(f"{url} answers HTTP {answer.status_code}: {answer.text[:200]}")
    return read(answer.content)


def read(twiml: bytes) -> Sequence[Verb]:
    """Return the verbs of an answer.

    Raises:
        TelephoneError: it is no TwiML, or larger than Twilio takes.
    """
    # Entities are refused: expat expands them without a limit that would be worth much.
    if len(twiml) > MAX_ANSWER or b"<!" in twiml:
        raise TelephoneError("The answer is no TwiML that Twilio would take.")
    try:
        response = ElementTree.fromstring(twiml)
    except ElementTree.ParseError as error:
        raise TelephoneError(f"The answer is no TwiML: {error}") from None
    if response.tag != "Response":
        raise TelephoneError(f"The answer is no TwiML: it is a <{response.tag}>.")
    return [_verb(element) for element in response]


def _verb(element: ElementTree.Element) -> Verb:
    stream = element.find("Stream") if element.tag == "Connect" else None
    if stream is not None:
        given = stream.findall("Parameter")
        parameters = {each.get("name", ""): each.get("value", "") for each in given}
        return Verb("Stream", stream.get("url", ""), parameters)
    return Verb(element.tag, (element.text or "").strip())
