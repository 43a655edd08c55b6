import { expect, it } from "vitest";
import type { View } from "../connection/environment";
import { INITIAL } from "../connection/state_model";
import { FakeClock } from "../testing/clock";
import { TurnTaking } from "./turn_taking";
import { REPLY_MUTE_MS, NO_TURNS, STOPWORD_MS, type Turns } from "./turn_machine";

class Call {
  readonly clock = new FakeClock();
  readonly track = { enabled: true };
  readonly video = { enabled: true };
  shown: Turns = NO_TURNS;
  changes = 0;
  readonly taking = new TurnTaking(this.clock, (turns) => {
    this.shown = turns;
    this.changes += 1;
  });

  follow(name: View["machine"]["name"]): void {
    const remote = { getAudioTracks: () => [this.track], getVideoTracks: () => [this.video] };
    this.taking.follow({ machine: { ...INITIAL, name }, remote } as unknown as View);
  }

  receive(type: "log" | "stopword", data: unknown): void {
    this.taking.receive({ type, data, reason: null });
  }
}

it("silences the audio of an interrupted reply, not its video, and gives it back", async () => {
  const call = new Call();
  call.follow("connected");
  call.receive("log", "response_starting");
  call.receive("log", "interrupted");
  expect([call.track.enabled, call.video.enabled]).toEqual([false, true]);
  await call.clock.pass(REPLY_MUTE_MS);
  expect(call.track.enabled).toBe(true);
  expect(call.shown.turn).toBe("speaking");
  expect(call.clock.armed).toBe(0);
});

it("lets the next reply be heard at once", () => {
  const call = new Call();
  call.follow("connected");
  call.receive("log", "response_starting");
  call.receive("log", "interrupted");
  call.receive("log", "response_starting");
  expect(call.track.enabled).toBe(true);
});

it("tells of changes only", () => {
  const call = new Call();
  call.follow("connecting");
  call.follow("connected");
  call.receive("log", 7);
  expect(call.changes).toBe(0);
  call.receive("log", "started_talking");
  expect(call.changes).toBe(1);
});

it("shows a stop word for a while", async () => {
  const call = new Call();
  call.follow("connected");
  call.receive("stopword", " hello computer ");
  expect(call.shown.stopword).toBe("hello computer");
  await call.clock.pass(STOPWORD_MS);
  expect(call.shown.stopword).toBeNull();
});

it("leaves no timer when it is closed", () => {
  const call = new Call();
  call.follow("connected");
  call.receive("stopword", "");
  call.taking.close();
  expect(call.clock.armed).toBe(0);
});
