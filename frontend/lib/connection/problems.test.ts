import { describe, expect, it } from "vitest";
import { describe as words, describeEnding, describeWay, problemOfMediaError } from "./problems";
import { named } from "../testing/browser";

describe("what getUserMedia throws", () => {
  it.each([
    ["NotAllowedError", "Permission denied", "permission_denied"],
    ["NotAllowedError", "Permission dismissed", "permission_dismissed"],
    ["SecurityError", "", "permission_denied"],
    ["NotFoundError", "", "no_device"],
    ["NotReadableError", "", "device_busy"],
    ["OverconstrainedError", "", "overconstrained"],
    ["TypeError", "odd", "media_failed"],
  ])("%s (%s) is %s", (name, message, code) => {
    expect(problemOfMediaError(named(name, message)).code).toBe(code);
  });

  it("may be anything", () => {
    expect(problemOfMediaError(undefined).code).toBe("media_failed");
  });
});

describe("the words", () => {
  const codes = [
    "insecure_origin",
    "unsupported_browser",
    "permission_denied",
    "permission_dismissed",
    "no_device",
    "device_busy",
    "overconstrained",
    "media_failed",
    "server_unreachable",
    "ice_failed",
    "connect_timeout",
    "connection_lost",
    "handler_error",
    "unexpected_track",
    "configuration_error",
    "server_error",
    "origin_not_allowed",
    "too_many_requests",
    "something the page does not know",
  ];

  it.each(codes)("for %s say what happened and what to try", (code) => {
    const { title, remedy } = words({ code }, ["audio"]);
    expect(title.length).toBeGreaterThan(8);
    expect(remedy.length).toBeGreaterThan(8);
  });

  it("name the device in question", () => {
    const problem = { code: "no_device" };
    expect(words(problem, ["audio"]).title).toContain("microphone");
    expect(words(problem, ["video"]).title).toContain("camera");
    expect(words(problem, ["audio", "video"]).title).toContain("camera or microphone");
  });

  it("are a handler's own where it has some", () => {
    const problem = { code: "handler_error", message: "Please say your name first." };
    expect(words(problem, ["audio"]).title).toBe("Please say your name first.");
  });

  it("are the server's where the page has none", () => {
    expect(words({ code: "newer", message: "Not today." }, ["audio"]).title).toBe("Not today.");
  });

  it.each(["configuration_error", "server_error", "too_many_requests"])(
    "for %s give the server's as the remedy, with the error's id in the log",
    (code) => {
      const message = "Something in the app failed (error 1a2b3c4d).";
      expect(words({ code, message }, ["audio"])).toMatchObject({ remedy: message });
    },
  );

  it("mention a TURN server where that is what is missing", () => {
    expect(words({ code: "ice_failed" }, ["audio"]).remedy).toContain("TURN");
  });

  it("say that the sound takes another way, while it does", () => {
    expect(describeWay({ name: "connected", way: "websocket" })).toContain("slower way");
    expect(describeWay({ name: "connected", way: "webrtc" })).toBeNull();
    expect(describeWay({ name: "reconnecting", way: "websocket" })).toBeNull();
  });

  it("tell why a stream ended", () => {
    expect(describeEnding({ code: "time_limit", message: "15 s are over." }, true)).toBe("15 s are over.");
    for (const code of ["time_limit", "server_shutdown", "replaced", "handler_finished"]) {
      expect(describeEnding({ code, message: "" }, true)).toBeTruthy();
    }
    expect(describeEnding({ code: "handler_finished", message: "" }, false)).toBeNull();
    expect(describeEnding({ code: "time_limit", message: "" }, false)).toBeTruthy();
  });
});
