import { describe, expect, it } from "vitest";
import { connected, GONE, LOST, REACHED, REFUSED, Run, UNREACHED, UP, type Told } from "../testing/run";
import { World } from "../testing/setup";
import { BACKOFF_MS, DISCONNECT_MS, OUTAGE_MS, PROBE_MS, REFUSALS, RETURN_MS } from "./state_model";

describe("a network that is gone", () => {
  const away = (): Run => connected().tell(LOST).tell(UNREACHED);

  it("is asked for again and again, with the connection left as it is", () => {
    const run = connected().tell(LOST);
    expect(run.machine).toMatchObject({ name: "reconnecting", tries: 0 });
    expect(run.did).toEqual(["probe"]);
    for (let second = 0; second < 5; second += 1) {
      run.tell(UNREACHED);
      expect(run.did).toEqual([]);
      run.pass(PROBE_MS);
      expect(run.did).toEqual(["probe"]);
    }
  });

  it("gives the connection back when it is back, with nothing made anew", () => {
    const run = away().pass(PROBE_MS).tell(UP);
    expect(run.machine).toEqual(connected().machine);
    expect(run.did).toEqual([]);
    // What was asked meanwhile and is answered late says nothing any more.
    expect(run.tell(REACHED).machine).toEqual(connected().machine);
  });

  it("leaves the connection a moment once the server answers, and then makes another", () => {
    const run = away().pass(PROBE_MS).tell(REACHED).tell(REACHED);
    expect(run.machine).toMatchObject({ name: "reconnecting", wakeAt: run.now + RETURN_MS });
    expect(away().tell(REACHED).pass(RETURN_MS - 1).tell(UP).machine.name).toBe("connected");
    run.pass(RETURN_MS);
    expect(run.did).toEqual(["close_peer"]);
    run.pass(BACKOFF_MS[0]!);
    expect(run.effects).toEqual([{ type: "connect", id: "fresh", replaces: true, way: "webrtc" }]);
  });

  it("is waited for until the server has given up too, also where requests never end", () => {
    const run = connected().tell(LOST);
    for (let ms = 0; ms < OUTAGE_MS; ms += PROBE_MS) {
      expect(run.machine).toMatchObject({ name: "reconnecting", tries: 0 });
      run.pass(PROBE_MS);
    }
    expect(run.did).toEqual(["close_peer"]);
    expect(run.machine).toMatchObject({ name: "reconnecting", tries: 1, outage: null });
  });

  it("is told from a server that is gone, by its machine that refuses again and again", () => {
    const run = connected().tell(LOST);
    for (let refusal = 1; refusal < REFUSALS; refusal += 1) {
      expect(run.tell(REFUSED).machine).toMatchObject({ name: "reconnecting", tries: 0 });
      run.pass(PROBE_MS);
    }
    expect(connected().tell(LOST).tell(REFUSED).tell(REACHED).machine.outage).toMatchObject({ over: true });
    run.tell(REFUSED);
    expect(run.did).toEqual(["close_peer"]);
    expect(run.machine).toMatchObject({ name: "reconnecting", tries: 1, outage: null });
    // Refusals between which a request hung are none of a machine that is there.
    const broken = connected().tell(LOST);
    for (const told of [REFUSED, REFUSED, REFUSED, UNREACHED, REFUSED]) broken.tell(told);
    expect(broken.machine).toMatchObject({ tries: 0, outage: { refused: 1 } });
  });

  it("can be stopped, ended and replaced meanwhile, and a websocket is never waited for", () => {
    expect(away().tell({ type: "stop" }).machine).toMatchObject({ name: "closing", outage: null });
    expect(away().tell(GONE).did).toEqual(["close_peer"]);
    expect(away().tell({ type: "restart" }).did).toContain("connect");
    const ended: Told = { type: "ended", reason: "time_limit", text: "" };
    expect(away().tell(ended).machine).toMatchObject({ name: "idle", outage: null });
    const socket: Told = { type: "start", media: false, way: "websocket" };
    expect(new Run().tell(socket).tell(UP).tell(LOST).did).toEqual(["close_peer"]);
  });
});

describe("the page", () => {
  it("keeps its connection while nothing gets through, and goes on with it", async () => {
    const world = new World();
    await world.connect();
    const never = new Promise(() => undefined);
    world.server.answers.reach = [never, never, never];
    world.peer.become("disconnected");
    await world.clock.pass(DISCONNECT_MS);
    expect(world.name).toBe("reconnecting");
    await world.clock.pass(2 * PROBE_MS);
    world.peer.become("failed"); // as browsers say after some 15 s, and it is not for ever
    expect(world.server.bodies("reach")).toHaveLength(3);
    expect(world.server.bodies("offer", "offer")).toHaveLength(1);
    expect(world.peer.closed).toBe(false);
    world.peer.become("connected");
    expect(world.name).toBe("connected");
    await world.clock.pass(30_000);
    expect(world.server.bodies("offer", "offer")).toHaveLength(1);
  });

  it("that has a network and finds no server gives up after four requests and three tries", async () => {
    const world = new World();
    await world.connect();
    const offline = (): Promise<never> => Promise.reject(new Error("refused"));
    world.server.answers.reach = Array.from({ length: REFUSALS }, offline);
    world.server.answers.offer = [undefined, "a proxy", undefined];
    world.peer.become("disconnected");
    await world.clock.pass(DISCONNECT_MS + (REFUSALS - 1) * PROBE_MS);
    expect(world.peer.closed).toBe(true);
    await world.clock.pass(1_000);
    await world.clock.pass(3_000);
    expect(world.name).toBe("failed");
    expect(world.server.bodies("offer", "offer")).toHaveLength(4);
  });
});
