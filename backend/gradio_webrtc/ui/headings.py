"""The title and the subtitle of a stream's page."""

from __future__ import annotations

import html
import re

import gradio as gr

from gradio_webrtc.handlers.protocol import Modality
from gradio_webrtc.ui.ui_args import UIArgs

TITLES: dict[Modality, str] = {
    "audio": "Audio stream",
    "video": "Video stream",
    "audio-video": "Audio and video stream",
}

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def place_heading(modality: Modality, args: UIArgs) -> None:
    """Put the heading where the layout is now, unless the author hides it."""
    if args.get("hide_title"):
        return
    title = args.get("title", TITLES[modality])
    # Words of HTML are taken as they are: who writes a page may write its heading.
    heading = title if _TAG.search(title) else f"<h1>{html.escape(title, quote=False)}</h1>"
    gr.HTML(heading, elem_classes=["webrtc-title"], padding=False)
    if args.get("subtitle"):
        gr.Markdown(args["subtitle"], elem_classes=["webrtc-subtitle"])


def plain_title(modality: Modality, args: UIArgs) -> str:
    """Return the title without markup, for the browser's tab."""
    return html.unescape(_TAG.sub("", args.get("title", TITLES[modality]))).strip()
