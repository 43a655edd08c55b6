"""What a conversation is made of: who said what, and how much of it was heard."""

from __future__ import annotations

from dataclasses import dataclass, field

from chat_endpoint import Message

from gradio_webrtc import Reply


@dataclass
class Spoken:
    """One reply: its sentences with the seconds that each takes, and how much was played."""

    reply: Reply
    sentences: list[tuple[str, float]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it, heard or not."""
        return " ".join(sentence for sentence, _ in self.sentences)

    @property
    def heard(self) -> str:
        """The words that were played before somebody spoke into it; all of them if nobody did."""
        return (
            words_heard(self.sentences, self.reply.heard_s) if self.reply.interrupted else self.text
        )


def words_heard(sentences: list[tuple[str, float]], seconds: float) -> str:
    """Return the words that fit into ``seconds``, as if each took the same part of its sentence."""
    heard = []
    for sentence, length in sentences:
        if seconds < length:
            words = sentence.split()
            if begun := words[: int(len(words) * seconds / length)]:
                heard.append(" ".join(begun) + "…")
            break
        heard.append(sentence)
        seconds -= length
    return " ".join(heard)


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
