import { beforeEach, describe, expect, it } from "vitest";
import { Composer, isSubmit, TAKE_MS, type ComposerView, type Entry } from "./composer";
import type { StateName } from "./connection/state_model";
import { FakeClock } from "./testing/clock";

/** A composer whose connection does what the test says. */
class Desk {
  readonly clock = new FakeClock();
  readonly sent: Entry[] = [];
  connects = 0;
  shown: ComposerView | null = null;
  /** What the connection becomes when it is asked for. */
  answers: StateName | null = "connecting";
  readonly composer: Composer = new Composer(this.clock, {
    connect: () => {
      this.connects += 1;
      if (this.answers !== null) this.composer.follow(this.answers);
    },
    send: (entry) => this.sent.push(entry),
    changed: (view) => (this.shown = view),
  });

  get view(): ComposerView {
    return this.composer.view;
  }

  get texts(): string[] {
    return this.sent.map((entry) => entry.text);
  }

  submit(text: string, talking = false): void {
    this.composer.write(text);
    this.composer.submit(talking);
  }

  become(...names: StateName[]): void {
    for (const name of names) this.composer.follow(name);
  }
}

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

describe("submitting", () => {
  it("connects by itself, sends when connected, and lets go when it is taken", () => {
    desk.submit("  hello\n");
    expect(desk.connects).toBe(1);
    expect(desk.view).toMatchObject({ draft: "", outbox: [{ number: 1, text: "hello" }] });
    expect(desk.sent).toEqual([]);
    desk.become("connected");
    expect(desk.sent).toEqual([{ number: 1, text: "hello" }]);
    expect(desk.view.outbox).toHaveLength(1);
    desk.composer.taken(1);
    expect(desk.view).toEqual({ draft: "", outbox: [], notice: null });
    expect(desk.shown).toEqual(desk.view);
    expect(desk.clock.armed).toBe(0);
  });

  it("sends what was typed while waiting in order, each after the one before was taken", () => {
    desk.submit("one");
    desk.become("waiting");
    desk.submit("two");
    desk.become("connecting", "connected");
    desk.submit("three");
    expect(desk.connects).toBe(1);
    expect(desk.texts).toEqual(["one"]);
    desk.composer.taken(1);
    expect(desk.texts).toEqual(["one", "two"]);
    desk.composer.taken(1); // said again: two is still under way
    expect(desk.texts).toEqual(["one", "two"]);
    desk.composer.taken(2);
    desk.composer.taken(3);
    expect(desk.texts).toEqual(["one", "two", "three"]);
    expect(desk.sent.map((entry) => entry.number)).toEqual([1, 2, 3]);
  });

  it("sends nothing for an empty field, unless the person talks", () => {
    desk.submit("  ");
    desk.submit("", true);
    expect(desk.connects).toBe(0);
    desk.become("connecting", "connected");
    desk.submit("");
    expect(desk.sent).toEqual([]);
    desk.submit("", true);
    expect(desk.texts).toEqual([""]);
  });

  it("connects again once the last stream has ended", () => {
    desk.become("connected", "closing");
    desk.submit("again");
    expect(desk.connects).toBe(0);
    desk.become("idle", "connected");
    expect(desk.connects).toBe(1);
    expect(desk.texts).toEqual(["again"]);
  });

  it("does not pile up without end", () => {
    desk.answers = "waiting";
    for (let count = 0; count < 25; count += 1) desk.submit(`${count}`);
    expect(desk.view.outbox).toHaveLength(20);
    expect(desk.view.draft).toBe("24");
    expect(desk.view.notice).toMatch(/Too many/);
  });
});

describe("nothing typed is lost", () => {
  it.each<StateName>(["failed", "idle"])("when connecting ends in %s", (name) => {
    desk.submit("one");
    desk.submit("two");
    desk.composer.write("half a thought");
    desk.become(name);
    expect(desk.view).toMatchObject({ draft: "one\ntwo\nhalf a thought", outbox: [] });
    desk.become("connecting", "connected");
    expect(desk.sent).toEqual([]); // it is up to the person now
  });

  it("when the connection is lost before the server took it", () => {
    desk.submit("one");
    desk.become("connected", "reconnecting");
    expect(desk.clock.armed).toBe(0);
    desk.composer.taken(1); // cannot be about the new connection
    desk.become("connected");
    expect(desk.texts).toEqual(["one", "one"]);
    desk.composer.taken(1);
    expect(desk.view.outbox).toEqual([]);
  });

  it("when the person stops", () => {
    desk.submit("one");
    desk.become("connected", "closing", "idle");
    expect(desk.view).toMatchObject({ draft: "one", outbox: [], notice: null });
    expect(desk.connects).toBe(1);
  });

  it("when the app does not take it in time", async () => {
    desk.submit("one");
    desk.submit("two");
    desk.become("connected");
    await desk.clock.pass(TAKE_MS);
    expect(desk.view).toMatchObject({ draft: "one\ntwo", outbox: [] });
    expect(desk.view.notice).toMatch(/did not take/);
    desk.submit(desk.view.draft);
    expect(desk.view.notice).toBeNull();
    expect(desk.sent.at(-1)).toEqual({ number: 3, text: "one\ntwo" });
  });
});

describe("the key that submits", () => {
  const enter = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13 };

  it.each([
    [{}, true],
    [{ shiftKey: true }, false],
    [{ isComposing: true }, false],
    [{ keyCode: 229 }, false],
    [{ key: "a", keyCode: 65 }, false],
  ])("%j: %s", (change, expected) => {
    expect(isSubmit({ ...enter, ...change })).toBe(expected);
  });
});

it("leaves no timer behind", () => {
  desk.submit("one");
  desk.become("connected");
  desk.composer.close();
  expect(desk.clock.armed).toBe(0);
});
