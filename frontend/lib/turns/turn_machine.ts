/**
 * Whose turn it is in a conversation, decided without a clock or a page: `step` takes what is known,
 * an event and the time, and returns what is known next. `wakeAt` is when it wants a `wake` event.
 *
 * The server tells of turns with `log` and `stopword` messages. A stream whose handler takes none
 * sends none, and its page shows nothing of all this.
 */

import type { StateName } from "../connection/state_model";

/** `""` while nothing is known of turns. */
export type Turn = "" | "listening" | "speaking" | "thinking" | "replying";

export interface Turns {
  readonly turn: Turn;
  /** The stop word that was heard a moment ago, perhaps without saying which; `null` at all times else. */
  readonly stopword: string | null;
  /** What the browser still has of a reply is not to be heard. */
  readonly replyMuted: boolean;
  /** What a screen reader says: only what can neither be heard nor guessed. */
  readonly announcement: Turn;
  readonly wakeAt: number | null;
  readonly until: Readonly<Deadlines>;
}

/** When each of the passing things ends or begins, ms; missing when it does not. */
interface Deadlines {
  stopword?: number;
  replyMuted?: number;
  announcement?: number;
}

export type TurnEvent =
  | { type: "log"; event: string }
  | { type: "stopword"; word: string }
  | { type: "connection"; name: StateName }
  | { type: "wake" };

/** Long enough to be read at a glance, over by the time a reply has begun to say something. */
export const STOPWORD_MS = 4_000;
/**
 * A reply that is spoken into is silenced here for this long. The server sends no more of it; what is
 * left is what the browser keeps against the unevenness of the network, 50 to 200 ms, and more where
 * it is too busy to play in time. The next reply says that it begins, and does not wait for this.
 */
export const REPLY_MUTE_MS = 1_000;
/** A pause that lasts longer than this is worth a word to who cannot see that there is an answer
 * in the making; a shorter one would only be talked into. */
export const LONG_MS = 3_000;

export const NO_TURNS: Turns = {
  turn: "",
  stopword: null,
  replyMuted: false,
  announcement: "",
  wakeAt: null,
  until: {},
};

/** What each event of a `log` message makes of the turn; others are left to later versions. */
const AFTER: Partial<Record<string, Turn>> = {
  listening: "listening",
  started_talking: "speaking",
  pause_detected: "thinking",
  response_starting: "replying",
  interrupted: "speaking",
  response_ended: "listening",
};

function afterLog(known: Turns, event: string, now: number): Turns {
  const turn = AFTER[event];
  // A reply that ends while somebody speaks, since they speak, leaves it their turn.
  const interrupted = event === "response_ended" && known.turn === "speaking";
  if (turn === undefined || interrupted) return known;
  const until: Deadlines = { ...known.until };
  if (turn !== known.turn) delete until.announcement;
  if (turn === "thinking") until.announcement ??= now + LONG_MS;
  // Spoken into, a reply is held on the server or dropped already: which of the two, words will tell.
  if (turn === "speaking" && known.turn === "replying") until.replyMuted = now + REPLY_MUTE_MS;
  // The next reply, or the same one that goes on, is to be heard from its beginning.
  if (event === "response_starting") delete until.replyMuted;
  const first = known.turn === "" && turn === "listening";
  const announcement = first ? "listening" : turn === known.turn ? known.announcement : "";
  return { ...known, turn, announcement, replyMuted: until.replyMuted !== undefined, until };
}

/** Ends and begins what has its moment at `now`. */
function expire(known: Turns, now: number): Turns {
  const until: Deadlines = { ...known.until };
  let { stopword, announcement } = known;
  if (until.stopword !== undefined && until.stopword <= now) {
    stopword = null;
    delete until.stopword;
  }
  if (until.replyMuted !== undefined && until.replyMuted <= now) delete until.replyMuted;
  if (until.announcement !== undefined && until.announcement <= now) {
    announcement = known.turn;
    delete until.announcement;
  }
  return { ...known, stopword, announcement, replyMuted: until.replyMuted !== undefined, until };
}

function decide(known: Turns, event: TurnEvent, now: number): Turns {
  switch (event.type) {
    case "log":
      return afterLog(known, event.event, now);
    case "stopword":
      return {
        ...known,
        stopword: event.word,
        until: { ...known.until, stopword: now + STOPWORD_MS },
      };
    case "connection":
      // A connection that is lost takes its turn with it: the next one begins anew.
      return event.name === "connected" ? known : NO_TURNS;
    case "wake":
      return expire(known, now);
  }
}

/** Decides what an event at `now` (ms) means. */
export function step(known: Turns, event: TurnEvent, now: number): Turns {
  const next = decide(known, event, now);
  if (next === known) return known;
  const moments = Object.values(next.until);
  return { ...next, wakeAt: moments.length === 0 ? null : Math.min(...moments) };
}
