import { describe, expect, it } from "vitest";
import { settle } from "../testing/clock";
import { expectClean, World } from "../testing/setup";

describe("a stream that the app closes", () => {
  it("stops politely when told that the connection is closed", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "update_connection", data: "closed" });
    await settle();
    expect(world.name).toBe("idle");
    expect(world.server.bodies("leave")).toHaveLength(1);
    expectClean(world);
  });

  it("goes on when told anything else about the connection", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "update_connection", data: "" });
    expect(world.name).toBe("connected");
  });

  it("shows the app's words and no error", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "end_stream", data: "Until tomorrow.", reason: "app_closed" });
    expect(world.view.machine).toMatchObject({
      name: "idle",
      problem: null,
      ending: { code: "app_closed", message: "Until tomorrow." },
    });
  });
});

describe("when the server has let go of a stream", () => {
  it("tells so when the server ends it, and once more after a place was given back", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "end_stream", data: "", reason: "time_limit" });
    expect(world.released).toBe(1);
    await world.connect();
    world.connection.stop();
    await settle();
    expect(world.released).toBe(3);
  });

  it("does not tell so while a connection is only replaced", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "end_stream", data: "", reason: "transport_failed" });
    await settle();
    expect(world.released).toBe(0);
  });
});
