import { describe, expect, it } from "vitest";
import { isUnsteady, LEAVE_MS, DRAIN_MS, type Effect } from "./state_model";
import { connected, connecting, FULL, LOST, Run, UP, type Told } from "../testing/run";

describe("a handler that has finished", () => {
  const over: Told = { type: "ended", reason: "handler_finished", text: "Bye." };

  it("is played to its end before the stream is over", () => {
    const run = connected().tell(over);
    expect(run.machine.name).toBe("connected");
    expect(isUnsteady(run.machine)).toBe(false);
    expect(run.did).toEqual(["drain_playback"]);
    run.tell({ type: "remaining", ms: 60, over: false }).pass(60);
    expect(run.did).toEqual(["drain_playback"]);
    run.tell({ type: "remaining", ms: 150, over: true }).pass(149);
    expect(run.machine.name).toBe("connected");
    run.pass(1);
    expect(run.machine).toMatchObject({
      name: "idle",
      ending: { code: "handler_finished", message: "Bye." },
      draining: null,
      wakeAt: null,
    });
    expect(run.did).toEqual(["close_peer", "release_media", "announce"]);
  });

  it.each<Told>([LOST, { type: "channel_closed" }, { type: "peer", peer: "disconnected" }, over])(
    "plays on whatever becomes of the connection: %j",
    (event) => {
      const run = connected().tell(over);
      const before = run.machine;
      expect(run.tell(event).machine).toBe(before);
    },
  );

  it("does not play for ever", () => {
    const endless = connected().tell(over);
    const deadline = endless.now + DRAIN_MS;
    while (endless.now < deadline) endless.tell({ type: "remaining", ms: 60, over: false }).pass(60);
    expect(endless.machine.name).toBe("idle");
    expect(connected().tell(over).pass(DRAIN_MS).machine.name).toBe("idle");
  });

  it("is heard also when it was over before we noticed that it began", () => {
    const run = connecting().tell(over);
    expect(run.machine.name).toBe("connected");
    expect(run.did).toEqual(["announce", "drain_playback"]);
    run.tell({ type: "remaining", ms: 0, over: true }).pass(0);
    expect(run.did).toEqual(["close_peer", "release_media", "announce"]);
  });

  it("can be cut short", () => {
    expect(connected().tell(over).tell({ type: "stop" }).machine.name).toBe("closing");
  });
});

describe("a restart", () => {
  const again: Told = { type: "restart" };
  const IN_PLACE: Effect[] = [
    { type: "retire_peer" },
    { type: "connect", id: "fresh", replaces: true, way: "webrtc" },
  ];
  const STOPPED: Effect = { type: "announce", what: "stopped" };

  it.each<[string, () => Run, Effect[]]>([
    ["at rest", () => new Run(), IN_PLACE],
    ["after a failure", () => connecting().tell(LOST), IN_PLACE],
    ["while connecting", connecting, IN_PLACE],
    ["while connected", connected, [STOPPED, ...IN_PLACE]],
    ["while reconnecting", () => connected().tell(LOST), [STOPPED, ...IN_PLACE]],
    [
      "while the end is played",
      () => connected().tell({ type: "ended", reason: "handler_finished", text: "" }),
      [STOPPED, ...IN_PLACE],
    ],
  ])("%s takes the place of what was before", (_, make, effects) => {
    const run = make();
    const { attempt } = run.machine;
    run.tell(again);
    expect(run.machine).toMatchObject({ name: "connecting", problem: null, draining: null });
    expect(run.machine.attempt).toBe(attempt + 1);
    expect(run.effects).toEqual(effects);
    run.tell(UP);
    expect(run.effects).toEqual([{ type: "announce", what: "started" }]);
  });

  it("keeps its place in the line", () => {
    const run = connecting().tell(FULL).tell({ type: "queued", position: 2 });
    const before = run.machine;
    expect(run.tell(again).machine).toBe(before);
  });

  it.each<[string, (run: Run) => Run]>([
    ["the place is free", (run) => run.tell({ type: "left" })],
    ["the server is silent", (run) => run.pass(LEAVE_MS)],
  ])("while closing waits until %s", (_, over) => {
    const run = connected().tell({ type: "stop" }).tell(again);
    expect(run.machine.name).toBe("closing");
    expect(run.did).toEqual([]);
    over(run);
    expect(run.machine).toMatchObject({ name: "connecting", again: false });
    expect(run.effects).toEqual(IN_PLACE);
  });
});
