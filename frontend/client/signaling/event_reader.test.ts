import { describe, expect, it } from "vitest";
import { EventReader } from "./event_reader";

const TEXT = 'data: {"a": 1}\n\nevent: x\ndata:two\ndata:  lines\n\n: nothing\n\ndata: last\n\n';

describe("a server's events", () => {
  it.each([1, 2, 3, 7, 1_000])("are read from pieces of %s characters", (size) => {
    for (const text of [TEXT, TEXT.replaceAll("\n", "\r\n")]) {
      const reader = new EventReader();
      const events: string[] = [];
      for (let at = 0; at < text.length; at += size) events.push(...reader.take(text.slice(at, at + size)));
      expect(events).toEqual(['{"a": 1}', "two\n lines", "last"]);
    }
  });

  it("have a longest: what does not end is given up, in one line and in many", () => {
    for (const piece of ["data: xxxxxx", "data: xxxxx\n", "data:\ndata:\n"]) {
      const reader = new EventReader();
      const takeMuch = (): void => {
        for (let times = 0; times < 200; times += 1) reader.take(piece, 1_000);
      };
      expect(takeMuch).toThrow(RangeError);
    }
    const reader = new EventReader();
    for (let times = 0; times < 100; times += 1) {
      expect(reader.take(`: still here\n\ndata: ${"x".repeat(50)}\n\n: still here\n`, 100)).toHaveLength(1);
    }
  });
});
