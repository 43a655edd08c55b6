"""Published as ``fastrtc.reply_on_stopwords``."""

from __future__ import annotations

from gradio_webrtc.turns.app_state import ReplyOnStopWordsState
from gradio_webrtc.turns.stop_words.reply_on_stop_words import ReplyOnStopWords

__all__ = ["ReplyOnStopWords", "ReplyOnStopWordsState"]
