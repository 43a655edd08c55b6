import { describe, expect, it } from "vitest";
import { holdsAnywhere, holdsFocused, PushToTalk, type KeyPress } from "./push_to_talk";

function button(): { talk: PushToTalk; told: boolean[] } {
  const told: boolean[] = [];
  const talk = new PushToTalk((pressed) => told.push(pressed));
  talk.follow(true);
  return { talk, told };
}

describe("a button that is held", () => {
  it("is held until everything has let go of it", () => {
    const { talk, told } = button();
    talk.hold("pointer");
    talk.hold("key");
    talk.hold("key"); // keys repeat
    talk.release("pointer");
    expect(talk.pressed).toBe(true);
    talk.release("key");
    talk.release("key");
    expect(told).toEqual([true, false]);
  });

  it("is let go when the window loses the focus, and the late release is nothing", () => {
    const { talk, told } = button();
    talk.hold("key");
    talk.releaseAll();
    talk.release("key");
    expect(told).toEqual([true, false]);
  });

  it("cannot be held while there is nobody to talk to, and is let go with the connection", () => {
    const { talk, told } = button();
    talk.hold("pointer");
    talk.follow(true);
    talk.follow(false);
    talk.hold("pointer");
    talk.follow(true);
    expect(told).toEqual([true, false]);
    expect(talk.pressed).toBe(false);
  });

  it("begins with one press and ends with the next where a press cannot last", () => {
    const { talk, told } = button();
    talk.toggle();
    talk.toggle();
    talk.hold("key");
    talk.toggle();
    expect(told).toEqual([true, false, true, false]);
  });
});

function key(of: Partial<KeyPress>): KeyPress {
  const modifiers = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
  return { code: "", key: "", defaultPrevented: false, ...modifiers, ...of };
}

const SPACE = key({ code: "Space", key: " " });

/** An element that has such ancestors, or is such a one. */
function within(...matching: string[]): Element {
  const closest = (selectors: string): unknown =>
    selectors.split(", ").some((selector) => matching.includes(selector)) ? {} : null;
  return { closest } as unknown as Element;
}

describe("keys", () => {
  it("hold the focused button: space and Enter", () => {
    expect(holdsFocused(SPACE)).toBe(true);
    expect(holdsFocused(key({ key: "Enter" }))).toBe(true);
    expect(holdsFocused(key({ key: "a" }))).toBe(false);
    expect(holdsFocused(key({ ...SPACE, ctrlKey: true }))).toBe(false);
  });

  it("hold it from anywhere: the space bar, where it means nothing else", () => {
    expect(holdsAnywhere(SPACE, null)).toBe(true);
    expect(holdsAnywhere(SPACE, within())).toBe(true);
    for (const taken of ["input", "textarea", "button", "video", "[role='slider']"]) {
      expect(holdsAnywhere(SPACE, within(taken))).toBe(false);
    }
    expect(holdsAnywhere(SPACE, within("[contenteditable]:not([contenteditable='false'])"))).toBe(false);
    expect(holdsAnywhere(key({ key: "Enter" }), null)).toBe(false);
    expect(holdsAnywhere(key({ ...SPACE, shiftKey: true }), null)).toBe(false);
    expect(holdsAnywhere(key({ ...SPACE, defaultPrevented: true }), null)).toBe(false);
  });
});
