import { describe, expect, it } from "vitest";
import contract from "../../../tests/contract/messages.json";
import { decode, encode, encodePlayout, textOf } from "./messages";


describe("the contract shared with the server", () => {
  it.each(contract.valid)("decodes $wire", ({ wire, message }) => {
    expect(decode(wire)).toEqual(message);
  });

  it.each(contract.invalid)("ignores %j", (wire) => {
    expect(decode(wire)).toBeNull();
  });

  it("covers every message the page sends", () => {
    for (const type of ["ping", "end_stream"] as const) {
      expect(decode(encode(type))).toEqual({ type, data: "", reason: null });
    }
    for (const [ms, data] of [[null, null], [84.6, 85]] as const) {
      expect(decode(encodePlayout(ms))).toEqual({ type: "playout", data, reason: null });
    }
  });
});

it("takes only text as words to show", () => {
  expect(textOf({ type: "error", data: "Größe?", reason: null })).toBe("Größe?");
  expect(textOf({ type: "error", data: { a: 1 }, reason: null })).toBe("");
});
