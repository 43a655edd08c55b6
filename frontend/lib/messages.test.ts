import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decode, encode, textOf } from "./messages";

interface Contract {
  valid: { wire: string; message: { type: string; data: unknown; reason: string | null } }[];
  invalid: string[];
}

const file = new URL("../../tests/contract/messages.json", import.meta.url);
const contract = JSON.parse(readFileSync(file, "utf-8")) as Contract;

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
  });
});

it("takes only text as words to show", () => {
  expect(textOf({ type: "error", data: "Größe?", reason: null })).toBe("Größe?");
  expect(textOf({ type: "error", data: { a: 1 }, reason: null })).toBe("");
});
