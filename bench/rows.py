"""The rows of the table and their budgets (docs/benchmark.md says where the budgets come from)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        id: what ``--only`` and the JSON call it.
        title: what it says in the table.
        unit: of the samples: ``"ms"``, ``"%"`` of one core, ``"MB"`` or ``"/s"``, so many a second.
        budget: what the median must not exceed, in ``unit``; ``None`` when there is no budget.
        complete: whether none may be lost.
    """

    id: str
    title: str
    unit: str
    budget: float | None = None
    complete: bool = False

    def verdict(self, median: float, lost: float = 0) -> str:
        """Return ``ok`` or ``over``, or nothing for a row without a budget."""
        if self.budget is None:
            return ""
        within = median <= self.budget and not (self.complete and lost)
        return "ok" if within else "over"


ROWS: tuple[Row, ...] = (
    Row("connect", "offer to connected", "ms", 60),
    Row("first-audio", "offer to first audio frame", "ms", 180),
    Row("click-audio", "click to first sound, in Chromium", "ms", 400),
    Row("click-video", "click to first picture, in Chromium", "ms", 800),
    Row("lip-sync", "flash and beep apart in Chromium, median", "ms", 80),
    Row("lip-sync-max", "the same: furthest apart of the whole clip", "ms", 80),
    Row("audio-1", "audio echo round trip, 1 session", "ms", 110),
    Row("audio-1-cpu", "CPU of one echoing audio session", "%", 4.5),
    Row("audio-10", "audio echo round trip, 10 sessions", "ms"),
    Row("audio-10-cpu", "CPU per echoing session, 10 sessions", "%"),
    Row("audio-async", "audio echo round trip, async handler", "ms"),
    Row("audio-async-cpu", "CPU of one echoing session, async handler", "%"),
    Row("websocket", "audio echo round trip over a websocket", "ms"),
    Row("websocket-cpu", "CPU of one echoing session over a websocket", "%"),
    Row("websocket-opus", "audio echo round trip over a websocket, Opus", "ms"),
    Row("websocket-opus-cpu", "CPU of one echoing session over a websocket, Opus", "%"),
    Row("first-video", "offer to first video frame", "ms"),
    Row("video-instant", "video round trip, instant handler", "ms"),
    Row("video-instant-cpu", "CPU of the same", "%"),
    Row("video-480", "video round trip, 640x480", "ms"),
    Row("video-480-cpu", "CPU of the same", "%"),
    Row("video-720", "video round trip, 1280x720", "ms"),
    Row("video-720-cpu", "CPU of the same", "%"),
    Row("video-100ms", "video round trip, 100 ms handler, after 8 s", "ms", 300),
    Row("video-100ms-growth", "the same: growth since the third second", "ms", 50),
    Row("video-busy", "video round trip, 2 sessions, 30 ms busy each, after 8 s", "ms", 250),
    Row("video-busy-growth", "the same: growth since the third second", "ms"),
    *(
        row
        for id, who, cpu, missed, join in (
            ("viewers-1", "1 viewer of a shared 720p stream", None, None, None),
            ("viewers-50", "50 viewers of a shared 720p stream", 90, 5, 150),
            ("viewers-apart-4", "4 viewers of 720p, not shared", None, None, None),
        )
        for row in (
            Row(f"{id}-cpu", f"CPU of the server, {who}", "%", cpu),
            Row(f"{id}-missed", f"frames missed by the worst, {who}", "%", missed),
            Row(f"{id}-join", f"connected to first frame, {who}", "ms", join),
        )
    ),
    Row("video-eight-threads", "video round trip, 8 sessions, 30 ms busy each, on threads", "ms"),
    Row("video-eight-threads-rate", "the same: pictures a second of one session", "/s"),
    Row("video-eight-pool", "the same 8 sessions on a pool of two processes", "ms"),
    Row("video-eight-pool-rate", "the same: pictures a second of one session", "/s"),
    Row("turn", "last word to first reply audio, by silence alone", "ms", 700, complete=True),
    Row("turn-spread", "the same: slowest less fastest", "ms", 60),
    Row("turn-decided", "of a turn, told by the server: last word to decided", "ms", 600),
    Row("turn-first-audio", "the same: last word to the reply's first audio", "ms", 620),
    Row("turn-heard", "the same: last word to first audio sent", "ms", 640),
    Row("turn-300", "last word to first reply audio, silence_ms=300", "ms", 500, complete=True),
    Row("turn-300-spread", "the same: slowest less fastest", "ms", 60),
    Row("interrupt", "interrupting speech to silence", "ms", 450, complete=True),
    Row("interrupt-max", "the same: slowest", "ms", 600),
    Row("ball", "last word to first sound of the Magic 8 Ball", "ms"),
    Row("phone-turn", "telephone: last word to first reply audio", "ms", 700, complete=True),
    Row("phone-turn-spread", "the same: slowest less fastest", "ms", 80),
    Row("phone-clear", "telephone: interrupting speech to clear", "ms", 300, complete=True),
    Row("phone-clear-max", "the same: slowest", "ms", 400),
    Row("reply-idle", "CPU of one idle ReplyOnPause session", "%", 3),
    Row("reply-idle-room", "the same in a quiet room instead of silence", "%", 3),
    Row("idle", "CPU of one idle session, emit blocks", "%", 3),
    Row("idle-none", "CPU of one idle session, emit returns None", "%", 3),
    Row("memory", "memory of one idle session, 20 beside 5", "MB", 1),
    Row("import-gradio", "import of Gradio alone", "ms"),
    Row("import", "import of the package, beyond Gradio", "ms", 1000),
    Row("install-wheel", "size of the wheel", "MB"),
    Row("install-added", "installed size of what it needs beyond Gradio", "MB"),
)

QUICK_NOTE = (
    "quick: few samples; slow and busy handlers after 4 s instead of 8, growth since the second "
    "second; rows without a budget left out."
)

ROW_BY_ID: dict[str, Row] = {row.id: row for row in ROWS}
