"""A process that has more to do than it can: what is heard stays near to what is being said."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.processes.serving import running
from tests.support.recognisable_tracks import FRAME, VoiceTrack, tone
from tests.support.sessions import until

OVERLOADED_PACKETS = 600
"""Twelve seconds, of which a third is worked on: who drops nothing is eight seconds late then."""


async def test_sound_that_is_too_old_is_dropped_and_told_of(tmp_path: Path) -> None:
    async with running(tmp_path, "overloaded") as program:
        microphone = VoiceTrack()
        client = await program.connect(page=True, microphone=microphone)
        await until(lambda: microphone.sent > OVERLOADED_PACKETS, 40)
        began = asyncio.get_running_loop().time()
        microphone.say(tone(440.0, 8000.0, 0, 400 * FRAME)[0])
        await until(lambda: client.last_loud > began, 40)
        assert asyncio.get_running_loop().time() - began < 5.5
        assert "more to do than it can" in program.output()
        await client.close()
