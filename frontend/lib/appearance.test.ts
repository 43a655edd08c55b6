import { expect, it } from "vitest";
import { turnWords } from "./appearance";

it("puts the author's words in place of the usual ones", () => {
  expect(turnWords({ thinking: "Hm" })).toEqual({
    listening: "Listening",
    speaking: "Hearing you",
    thinking: "Hm",
    replying: "Speaking",
  });
});

it("takes the usual ones where the author gave none", () => {
  expect(turnWords(null)).toEqual(turnWords({}));
  expect(turnWords(undefined)).toEqual(turnWords({}));
});

it("has none where the author said False", () => {
  expect(turnWords(false)).toBeNull();
});

it("says that it listens only where it does: not while a button waits to be held", () => {
  expect(turnWords(null, true)?.listening).toBe("Ready");
  expect(turnWords({ listening: "Hold it" }, true)?.listening).toBe("Hold it");
});
