import { beforeEach, describe, expect, it } from "vitest";
import { World } from "../testing/setup";
import type { Environment } from "./environment";
import { ServerRequests } from "./server_requests";

let world: World;
let requests: ServerRequests;
beforeEach(() => {
  world = new World();
  const { server } = world;
  requests = new ServerRequests({ server, sessionHash: () => "page" } as unknown as Environment);
});

describe("the configuration", () => {
  it("is the author's, without asking, unless it is made anew for each connection", async () => {
    const rtcConfiguration = { iceServers: [{ urls: "stun:example.org" }] };
    const fixed = await requests.configuration({ ...world.settings, rtcConfiguration });
    expect(fixed).toEqual({ kind: "ok", value: rtcConfiguration });
    expect(await requests.configuration(world.settings)).toEqual({ kind: "ok", value: {} });
    expect(world.server.asked).toEqual([]);
  });

  it("that is made anew is asked for", async () => {
    const dynamic = { ...world.settings, dynamicRtcConfiguration: true };
    const configuration = { iceServers: [] };
    world.server.answers.ice_configuration = [{ rtc_configuration: configuration }];
    expect(await requests.configuration(dynamic)).toEqual({ kind: "ok", value: configuration });
    expect(await requests.configuration(dynamic)).toEqual({ kind: "ok", value: {} });
    expect(world.server.bodies("ice_configuration")[0]).toEqual({ session_hash: "page" });
  });

  it("that does not come is no configuration", async () => {
    const dynamic = { ...world.settings, dynamicRtcConfiguration: true };
    world.server.answers.ice_configuration = [Promise.reject(new Error("offline"))];
    expect(await requests.configuration(dynamic)).toEqual({ kind: "unreachable" });
  });
});

describe("a place", () => {
  it("is asked for under the id it is reserved for", async () => {
    world.server.answers.wait_for_place = [{ status: "waiting", position: 2 }];
    const reply = await requests.place("id-1");
    expect(reply).toEqual({ kind: "ok", value: { status: "waiting", position: 2 } });
    const body = { webrtc_id: "id-1", session_hash: "page" };
    expect(world.server.bodies("wait_for_place")).toEqual([body]);
  });

  it("is not to be had from a server that does not answer", async () => {
    world.server.answers.wait_for_place = [Promise.reject(new Error("offline"))];
    expect(await requests.place("id-1")).toEqual({ kind: "unreachable" });
  });
});

describe("leaving", () => {
  it("names each id once and passes over none", async () => {
    await requests.leave(["id-1", null, "id-2", "id-1"]);
    expect(world.server.bodies("leave").map((body) => body.webrtc_id)).toEqual(["id-1", "id-2"]);
  });

  it("is over also when the server cannot be reached", async () => {
    world.server.answers.leave = [Promise.reject(new Error("offline"))];
    await expect(requests.leave(["id-1"])).resolves.toBeUndefined();
  });
});
