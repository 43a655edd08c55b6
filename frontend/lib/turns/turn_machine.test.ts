import { describe, expect, it } from "vitest";
import contract from "../../../tests/contract/messages.json";
import { decode } from "../connection/messages";
import { REPLY_MUTE_MS, LONG_MS, NO_TURNS, step, STOPWORD_MS, type TurnEvent, type Turns } from "./turn_machine";

function log(event: string): TurnEvent {
  return { type: "log", event };
}

/** What is known after `events` at moment 0. */
function after(...events: TurnEvent[]): Turns {
  return events.reduce((known, event) => step(known, event, 0), NO_TURNS);
}

const TALK = ["started_talking", "pause_detected", "response_starting"].map(log);
const CONNECTED: TurnEvent = { type: "connection", name: "connected" };

describe("the turn", () => {
  it("is nobody's before the first message, also once connected", () => {
    expect(after(CONNECTED)).toBe(NO_TURNS);
    expect(NO_TURNS.wakeAt).toBeNull();
  });

  it("goes through a conversation", () => {
    const events = [...TALK, log("interrupted"), ...TALK.slice(1)];
    let known = NO_TURNS;
    const turns = [...events, log("response_ended")].map((event) => {
      known = step(known, event, 0);
      return known.turn;
    });
    expect(turns).toEqual([
      ...["speaking", "thinking", "replying", "speaking", "thinking", "replying", "listening"],
    ]);
  });

  it("is the app's first when the app speaks first", () => {
    expect(after(log("response_starting")).turn).toBe("replying");
  });

  it("is the same reply's again when it goes on after a noise", () => {
    const noise = after(...TALK, log("started_talking"));
    expect(noise.turn).toBe("speaking");
    expect(step(noise, log("response_starting"), 0).turn).toBe("replying");
  });

  it("stays with the person when the reply that they speak into has ended", () => {
    expect(after(...TALK, log("started_talking"), log("response_ended")).turn).toBe("speaking");
  });

  it("stays with what is not known here", () => {
    const known = after(log("started_talking"));
    expect(step(known, log("humming"), 0)).toBe(known);
  });

  it.each(["reconnecting", "closing", "idle", "failed"] as const)("is forgotten in %s", (name) => {
    const known = after(...TALK, { type: "stopword", word: "computer" });
    expect(step(known, { type: "connection", name }, 0)).toEqual(NO_TURNS);
  });

  it("knows every event of the contract", () => {
    const told = contract.valid.map(({ wire }) => decode(wire)!).filter(({ type }) => type === "log");
    expect(told.length).toBeGreaterThan(1);
    for (const { data } of told) expect(after(log(String(data))).turn).not.toBe("");
  });
});

describe("a stop word", () => {
  const heard = after({ type: "stopword", word: "hello computer" });

  it("is shown for a while and changes no turn", () => {
    expect(heard).toMatchObject({ stopword: "hello computer", turn: "", wakeAt: STOPWORD_MS });
    expect(step(heard, { type: "wake" }, STOPWORD_MS - 1).stopword).toBe("hello computer");
    expect(step(heard, { type: "wake" }, STOPWORD_MS)).toMatchObject({ stopword: null, wakeAt: null });
  });

  it("may come without the word", () => {
    expect(after({ type: "stopword", word: "" }).stopword).toBe("");
  });

  it("is shown anew when it is said again", () => {
    const again = step(heard, { type: "stopword", word: "computer" }, 1_000);
    expect(again).toMatchObject({ stopword: "computer", wakeAt: STOPWORD_MS + 1_000 });
  });
});

describe("an interrupted reply", () => {
  const cut = after(...TALK, log("interrupted"));

  it("is replyMuted, and only for as long as the browser may have some of it", () => {
    expect(cut).toMatchObject({ replyMuted: true, wakeAt: REPLY_MUTE_MS });
    expect(step(cut, { type: "wake" }, REPLY_MUTE_MS)).toMatchObject({ replyMuted: false, wakeAt: null });
  });

  it("is replyMuted once: the words that follow do not begin it anew", () => {
    const interrupted = after(...TALK, log("started_talking"));
    expect(interrupted).toMatchObject({ replyMuted: true, wakeAt: REPLY_MUTE_MS });
    expect(step(interrupted, log("interrupted"), 200).wakeAt).toBe(REPLY_MUTE_MS);
  });

  it("does not keep the next one from being heard", () => {
    expect(step(cut, log("response_starting"), 1).replyMuted).toBe(false);
  });

  it("is not replyMuted any longer on a new connection", () => {
    expect(step(cut, { type: "connection", name: "reconnecting" }, 1).replyMuted).toBe(false);
  });

  it("is the only thing that is replyMuted", () => {
    expect(after(...TALK, log("response_ended")).replyMuted).toBe(false);
    expect(after(log("started_talking")).replyMuted).toBe(false);
    expect(after(log("started_talking"), log("interrupted")).replyMuted).toBe(false);
  });
});

describe("what is read aloud", () => {
  it("is that the app listens, the first time", () => {
    expect(after(log("response_ended")).announcement).toBe("listening");
    expect(after(...TALK, log("response_ended")).announcement).toBe("");
  });

  it("is that it thinks, when that takes long", () => {
    const thinking = after(log("started_talking"), log("pause_detected"));
    expect(thinking).toMatchObject({ announcement: "", wakeAt: LONG_MS });
    const long = step(thinking, { type: "wake" }, LONG_MS);
    expect(long).toMatchObject({ announcement: "thinking", wakeAt: null });
    expect(step(long, log("response_starting"), LONG_MS).announcement).toBe("");
  });

  it("is nothing when the answer comes soon", () => {
    expect(after(...TALK)).toMatchObject({ announcement: "", wakeAt: null });
  });
});

it("wakes at the first of several moments and keeps the others", () => {
  const both = after(...TALK, { type: "stopword", word: "x" }, log("interrupted"));
  expect(both.wakeAt).toBe(REPLY_MUTE_MS);
  expect(step(both, { type: "wake" }, REPLY_MUTE_MS).wakeAt).toBe(STOPWORD_MS);
});
