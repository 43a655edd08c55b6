/** When what happened in a turn: what the server's `turn_timings` says, and how that is shown. */

import type { Message } from "../connection/messages";
import type { Statistics } from "../playback/statistics";

/** Seconds since the person stopped speaking, in the server's names; `null` for what was not. */
export interface TurnTimings {
  readonly decided_s: number | null;
  readonly transcribed_s: number | null;
  readonly first_token_s: number | null;
  readonly first_audio_s: number | null;
  readonly first_heard_s: number | null;
  readonly interrupted: boolean;
  readonly speculative: boolean;
}

/** Reads a message; `null` when it is not about a turn. */
export function timingsOf(message: Message): TurnTimings | null {
  const { type, data } = message;
  if (type !== "turn_timings" || typeof data !== "object" || data === null) return null;
  const fields = data as Readonly<Record<string, unknown>>;
  const seconds = (name: string): number | null => {
    const value = fields[name];
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  };
  return {
    decided_s: seconds("decided_s"),
    transcribed_s: seconds("transcribed_s"),
    first_token_s: seconds("first_token_s"),
    first_audio_s: seconds("first_audio_s"),
    first_heard_s: seconds("first_heard_s"),
    interrupted: fields.interrupted === true,
    speculative: fields.speculative === true,
  };
}

export interface TurnRow {
  readonly name: string;
  readonly text: string;
}

/** Half a round trip, and what waits in this browser: ms, as far as they are known. */
function wayMs({ roundTrip, in: received }: Statistics): number {
  return (roundTrip ?? 0) / 2 + (received.audio?.playout ?? 0);
}

/** The lines of the overlay; the last one is what the person experiences. */
export function turnRows(turn: TurnTimings, statistics: Statistics): TurnRow[] {
  const heard = turn.first_heard_s === null ? null : turn.first_heard_s + wayMs(statistics) / 1000;
  const all: [string, number | null][] = [
    ["Decided", turn.decided_s],
    ["Transcribed", turn.transcribed_s],
    ["First token", turn.first_token_s],
    ["First audio", turn.first_audio_s],
    ["Heard", heard],
  ];
  return all.flatMap(([name, seconds]) =>
    seconds === null ? [] : [{ name, text: `${seconds.toFixed(2)} s` }],
  );
}

/** What was special about it, in words; empty when nothing was. */
export function turnNote({ interrupted, speculative }: TurnTimings): string {
  return [speculative && "begun early", interrupted && "interrupted"].filter(Boolean).join(", ");
}
