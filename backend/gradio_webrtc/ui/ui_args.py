"""``UIArgs``: what an author says of the looks of a stream's page."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypedDict, cast

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.options import Variant

SendInputOn = Literal["submit", "change"]


class UIArgs(TypedDict, total=False):
    """How the page of a ``Stream`` looks; every key may be left out.

    Attributes:
        title: the heading, plain text or HTML.
        subtitle: a line below it, Markdown or HTML.
        hide_title: leaves out both.
        icon: path or URL of an image for the start button, instead of the built-in one.
        icon_button_color: CSS colour of that button; by default the theme's accent colour.
        pulse_color: CSS colour of the ring that shows who is speaking; by default the same.
        icon_radius: corner radius of the button in percent; 50, a circle, by default.
        send_input_on: whether the values of the additional inputs are sent when one of them
            changes, ``"change"``, or when it is submitted, ``"submit"``.
        full_screen: ``False`` puts everything in line, in one column of a comfortable width, and
            offers no full-screen button. Else the stream has the middle of the page, with the
            inputs in a sidebar on its left and the outputs in one on its right.
        variant: ``"textbox"``, for audio: a composer to type or talk in. ``"wave"`` otherwise.
        button_labels: texts of the buttons, a dict with any of ``start``, ``stop``, ``waiting``,
            ``talk``.
        placeholder: what the empty field of ``variant="textbox"`` says.
        push_to_talk: whether the person talks by a button they hold.
    """

    title: str
    subtitle: str
    hide_title: bool
    icon: str
    icon_button_color: str
    pulse_color: str
    icon_radius: int
    send_input_on: SendInputOn
    full_screen: bool
    variant: Variant
    button_labels: dict[str, str]
    placeholder: str
    push_to_talk: bool


def check_ui_args(given: UIArgs | Mapping[str, Any] | None) -> UIArgs:
    """Return ``given`` as a dict of its own, without what is ``None``.

    Raises:
        ConfigurationError: it is no dict, or has a key that means nothing.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ConfigurationError(
            f'ui_args must be a dict such as {{"title": "..."}}; got {type(given).__name__}.'
        )
    known = UIArgs.__annotations__
    for key in given:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            meant = f' Did you mean "{near[0]}"?' if near else ""
            raise ConfigurationError(
                f"ui_args has no key {key!r}.{meant} It takes {', '.join(known)}."
            )
    return cast(UIArgs, {key: value for key, value in given.items() if value is not None})
