import { describe, expect, it } from "vitest";
import { settle } from "./testing/clock";
import { World } from "./testing/setup";

describe("when the server has let go of a stream", () => {
  it("tells so when the server ends it, and once more after a place was given back", async () => {
    const world = new World();
    await world.connect();
    world.peer.hear({ type: "end_stream", data: "", reason: "time_limit" });
    expect(world.overs).toBe(1);
    await world.connect();
    world.connection.stop();
    await settle();
    expect(world.overs).toBe(3);
  });

  it("does not tell so while a connection is only replaced", async () => {
    const world = new World();
    await world.connect();
    world.peer.hear({ type: "end_stream", data: "", reason: "transport_failed" });
    await settle();
    expect(world.overs).toBe(0);
  });
});
