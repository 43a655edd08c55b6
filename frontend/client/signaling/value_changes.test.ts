import { describe, expect, it } from "vitest";
import { StreamError } from "../errors";
import { changed, type Edits } from "./value_changes";

describe("values that change step by step", () => {
  it.each<[string, unknown[], Edits[], unknown[]]>([
    ["whole", [1], [[["replace", [], "new"]]], ["new"]],
    ["a text that grows", ["He"], [[["append", [], "llo"]]], ["Hello"]],
    ["nothing", ["a", "b"], [[], []], ["a", "b"]],
    ["a further one", ["a"], [[], [["replace", [], 2]]], ["a", 2]],
    ["an entry", [{ a: [1, 2] }], [[["replace", ["a", 1], 3]]], [{ a: [1, 3] }]],
    ["one more", [[{ text: "x" }]], [[["add", [1], { text: "y" }]]], [[{ text: "x" }, { text: "y" }]]],
    ["one fewer", [{ a: 1, b: [1, 2] }], [[["delete", ["a"], null], ["delete", ["b", 0], null]]], [{ b: [2] }]],
    ["a new name", [{}], [[["add", ["mood"], "fine"]]], [{ mood: "fine" }]],
  ])("%s", (_, before, edits, after) => {
    const kept = structuredClone(before);
    expect(changed(before, edits)).toEqual(after);
    expect(before).toEqual(kept);
  });

  it.each<[string, Edits[]]>([
    ["beyond the end", [[["delete", [3], null]]]],
    ["no list", [[["replace", ["a", 1], 0]]]],
    ["text onto a number", [[["append", [0], "x"]]]],
    ["what all objects share", [[["replace", ["__proto__", "polluted"], true]]]],
    ["that itself", [[["replace", [0, "__proto__"], {}]]]],
    ["its methods", [[["replace", ["constructor", "prototype"], {}]]]],
  ])("that do not fit are told: %s", (_, edits) => {
    expect(() => changed([[1]], edits)).toThrow(StreamError);
    expect({}).not.toHaveProperty("polluted");
  });
});
