import { expect, it } from "vitest";
import { startToken } from "./start_command";

it("finds the token in a command to start", () => {
  expect(startToken("start:abc")).toBe("abc");
  expect(startToken("start:")).toBe("");
});

it.each([null, undefined, "", "id-1", "restart:abc", { webrtc_id: "start:abc" }, 7])(
  "takes %j for no command",
  (value) => {
    expect(startToken(value)).toBeNull();
  },
);
