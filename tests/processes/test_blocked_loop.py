"""A coroutine of one session blocks the event loop: the others go on afterwards."""

from __future__ import annotations

from pathlib import Path

from tests.processes.serving import running
from tests.support.sessions import until


async def test_the_neighbours_of_blocking_code_stay_connected(tmp_path: Path) -> None:
    async with running(tmp_path, "blocked") as program:
        neighbour = await program.connect(page=True)
        blocking = await program.connect(page=True)
        # The block takes seven seconds; silence is three.
        before = neighbour.heard
        await until(lambda: neighbour.heard > before + 2.0, 40)
        assert not neighbour.closed
        assert not [each for each in neighbour.messages if each["type"] == "end_stream"]
        output = program.output()
        [report] = [line for line in output.splitlines() if "has been blocked" in line]
        assert "start_up() (" in report
        assert "program.py" in report
        assert f"in the task session-{blocking.webrtc_id}" in report
        assert "asyncio.to_thread" in output
        await blocking.close()
        await neighbour.close()
