"""The conversation as a language model is told of it."""

from __future__ import annotations

from chat_endpoint import Message


def alternating(messages: list[Message]) -> list[Message]:
    """Join what one side said in a row: many models insist that the sides take turns."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1]["role"] == message["role"]:
            text = f"{joined[-1]['content']} {message['content']}"
            joined[-1] = {"role": message["role"], "content": text}
        else:
            joined.append(message)
    return joined
