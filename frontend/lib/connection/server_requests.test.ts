import { beforeEach, describe, expect, it } from "vitest";
import { World } from "../testing/setup";
import { ServerRequests } from "./server_requests";
import { PROBE_MS } from "./state_model";

let world: World;
let requests: ServerRequests;
beforeEach(() => {
  world = new World();
  requests = new ServerRequests(world.environment(world.server));
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

describe("reaching the server", () => {
  const failed = (): Promise<never> => Promise.reject(new Error("failed"));

  it("is any answer of ours, a refusal too", async () => {
    world.server.answers.reach = [{ status: "failed", meta: {} }];
    expect(await requests.reach()).toBe("server");
    expect(await requests.reach()).toBe("server");
    expect(world.server.bodies("reach")[0]).toEqual({ session_hash: "page" });
  });

  it("is refused where the request fails at once, or a proxy answers", async () => {
    world.server.answers.reach = [failed(), undefined, "<html>"];
    for (let time = 0; time < 3; time += 1) expect(await requests.reach()).toBe("refused");
  });

  it("says nothing of the server where the device has no network, or the request hung", async () => {
    world.online = false;
    world.server.answers.reach = [failed()];
    expect(await requests.reach()).toBe("nothing");
    world.online = true;
    let fail: (error: Error) => void = () => undefined;
    world.server.answers.reach = [new Promise((_, no) => (fail = no))];
    const hung = requests.reach();
    await world.clock.pass(PROBE_MS);
    fail(new Error("timed out"));
    expect(await hung).toBe("nothing");
  });
});
