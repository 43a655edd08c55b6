"""Two processes of one app behind nginx: the limit they share, and what the wrong one says."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from gradio_webrtc.server.operation.process_id import COOKIE
from gradio_webrtc.server.places.shared_places import VARIABLE
from tests.processes.several_processes import Person, process
from tests.support.client import RefusedError
from tests.support.nginx import nginx
from tests.support.redis_server import redis_server
from tests.support.sessions import until


@pytest.mark.timeout(300)
async def test_a_client_stays_at_its_process_and_the_other_one_says_what_is_wrong(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as stack:
        redis = {VARIABLE: stack.enter_context(redis_server(tmp_path)).url}
        ports = [
            (await stack.enter_async_context(process(tmp_path, name, **redis)))[0]
            for name in ("a", "b")
        ]
        door = stack.enter_context(nginx(tmp_path, ports))
        direct = [await stack.enter_async_context(Person(port)) for port in ports]
        names = [await each.process() for each in direct]
        assert len(set(names)) == 2

        people: dict[str, Person] = {}
        for number in range(1, 60):  # by nginx's hash some address leads to either
            person = await stack.enter_async_context(Person(door, f"127.0.0.{number}"))
            people.setdefault(await person.process(), person)
            if len(people) == 2:
                break
        assert set(people) == set(names)

        for name, person in people.items():
            client = person.client()
            await client.connect()
            await until(lambda client=client: client.heard > 0.2, 30)
            assert person.http.cookies[COOKIE] == name
            health = await person.health()
            assert (health["process"], health["sessions"]["open"]) == (name, 1)

        # The limit of two is that of both processes together.
        for each in direct:
            third = each.client()
            offer = await third.make_offer()
            with pytest.raises(RefusedError) as caught:
                await third.offer(offer)
            assert caught.value.meta["error"] == "concurrency_limit_reached"

        # Without sticky routing some requests of a client reach the other process.
        person = people[names[0]]
        lost = {"type": "ice-candidate", "webrtc_id": person.clients[0].webrtc_id}
        lost["candidate"] = None  # type: ignore[assignment]
        wrong = direct[1]
        meta = (await wrong.signal({**lost, "process": names[0]}))["meta"]
        assert (meta["error"], meta["process"]) == ("wrong_process", names[1])
        meta = (await wrong.signal(lost))["meta"]
        assert meta["error"] == "unknown_connection", "nobody said where it is"
        wrong.http.cookies.set(COOKIE, names[0])
        assert (await wrong.signal(lost))["meta"]["error"] == "wrong_process"
        outputs = {"webrtc_id": str(lost["webrtc_id"])}
        answer = await wrong.http.get("/outputs", params=outputs)
        assert (answer.status_code, answer.json()["detail"]["error"]) == (421, "wrong_process")
        assert (await direct[0].signal(lost)) == {"status": "success"}
