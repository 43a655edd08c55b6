"""What a client may use as an id, and who may act on the session it names."""

from __future__ import annotations

import re

from gradio_webrtc.errors import InvalidIdError
from gradio_webrtc.json_values import Json

_ID = re.compile(r"[A-Za-z0-9._~:@!$&'()*+,;=-]{1,128}")
"""What may stand for itself in a segment of a URL's path (RFC 3986, ``pchar``)."""


def check_id(value: Json) -> str:
    """Return ``value`` as a session id.

    Our page makes 122 random bits; clients written for the published Stream API make short ones,
    so only the alphabet and the length are enforced.

    Raises:
        InvalidIdError: not a string of 1 to 128 characters that are safe in a URL.
    """
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidIdError(
            'A "webrtc_id" must be 1 to 128 characters out of letters, digits and '
            '"._~:@!$&\'()*+,;=-".'
        )
    return value


def may_act(page: str | None, owner: str | None) -> bool:
    """Whether ``page`` may act on a session of ``owner``.

    ``None`` for ``page`` is the app itself, which may act on all. A session that no page owns
    belongs to whoever knows its id.
    """
    return page is None or owner is None or owner == page
