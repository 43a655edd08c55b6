/**
 * The moves of the connection machine: each takes the machine to one state and says what that
 * orders. `state_machine.ts` decides which move an event makes.
 */

import {
  BACKOFF_MS,
  CONNECT_MS,
  INITIAL,
  LEAVE_MS,
  DRAIN_MS,
  OUTAGE_MS,
  PROBE_MS,
  REFUSALS,
  RETRY_MS,
  RETURN_MS,
  STABLE_MS,
  WAIT_MS,
  mayFallBack,
  type Effect,
  type Machine,
  type MachineEvent,
  type Outage,
  type Reached,
  type Step,
} from "./state_model";
import type { Problem } from "./problems";

/** What a connection that is not there any more is called. */
export const LOST: Problem = { code: "connection_lost" };
const STOPPED: Effect = { type: "announce", what: "stopped" };

export function stay(machine: Machine): Step {
  return { machine, effects: [] };
}

/** A state at rest, keeping only the attempt count: nothing of the old stream is left. */
export function rest(machine: Machine, patch: Partial<Machine>, effects: readonly Effect[]): Step {
  const stopped = machine.connectedAt === null ? [] : [STOPPED];
  return {
    machine: { ...INITIAL, attempt: machine.attempt + 1, ...patch },
    effects: [...effects, ...stopped],
  };
}

export function fail(machine: Machine, problem: Problem, leave = true): Step {
  const effects: Effect[] = [
    { type: "close_peer", polite: false },
    { type: "release_media" },
  ];
  if (leave) effects.push({ type: "leave" });
  return rest(machine, { name: "failed", problem }, effects);
}

export function close(machine: Machine, now: number): Step {
  return rest(machine, { name: "closing", wakeAt: now + LEAVE_MS }, [
    { type: "close_peer", polite: true },
    { type: "release_media" },
    { type: "leave" },
  ]);
}

export function connect(machine: Machine, id: "fresh" | "reserved", now: number): Step {
  return {
    machine: {
      ...machine,
      name: "connecting",
      answered: false,
      wakeAt: now + CONNECT_MS,
      position: null,
    },
    effects: [{ type: "connect", id, replaces: false, way: machine.way }],
  };
}

export function start(machine: Machine, event: MachineEvent & { type: "start" }, now: number): Step {
  const { media, fallbackMs = null, way = "webrtc" } = event;
  const fresh: Machine = { ...INITIAL, attempt: machine.attempt + 1, fallbackMs, way };
  if (!media) return connect(fresh, "fresh", now);
  return { machine: { ...fresh, name: "acquiring" }, effects: [{ type: "acquire" }] };
}

/**
 * Start in place of what is under way. The old session goes on until the server has the new one in
 * its place, so that nobody who waits in line, this page included, gets between the two.
 */
export function restart(machine: Machine, now: number, fallbackMs: number | null = null): Step {
  const stopped = machine.connectedAt === null ? [] : [STOPPED];
  const fresh: Machine = { ...INITIAL, attempt: machine.attempt + 1, fallbackMs };
  return {
    machine: { ...fresh, name: "connecting", wakeAt: now + CONNECT_MS },
    effects: [
      ...stopped,
      { type: "retire_peer" },
      { type: "connect", id: "fresh", replaces: true, way: fresh.way },
    ],
  };
}

/** The server has taken the attempt: from now on it is only a path to it that is looked for. */
export function answered(machine: Machine, now: number): Step {
  const known = { ...machine, answered: true };
  if (!mayFallBack(known)) return stay(known);
  return stay({ ...known, wakeAt: Math.min(known.wakeAt ?? Infinity, now + known.fallbackMs!) });
}

/**
 * ICE found no path: the websocket instead, for as long as this stream lasts. The session that
 * waits for ICE keeps its place until the new one has it.
 */
export function fallBack(machine: Machine, now: number): Step {
  return {
    machine: {
      ...machine,
      attempt: machine.attempt + 1,
      way: "websocket",
      answered: false,
      trying: true,
      wakeAt: now + RETRY_MS,
    },
    effects: [
      { type: "retire_peer" },
      { type: "connect", id: "fresh", replaces: true, way: "websocket" },
    ],
  };
}

/** The handler has finished: what has been received is played to its end, then it is over. */
export function drain(machine: Machine, ending: Problem, now: number): Step {
  const deadline = now + DRAIN_MS;
  return {
    machine: { ...machine, draining: { ending, over: false, deadline }, wakeAt: deadline },
    effects: [{ type: "drain_playback" }],
  };
}

export function wait(machine: Machine, now: number, closePeer: boolean): Step {
  return {
    machine: {
      ...machine,
      name: "waiting",
      attempt: machine.attempt + 1,
      tries: 0,
      trying: true,
      wakeAt: now + WAIT_MS,
    },
    effects: closePeer
      ? [{ type: "close_peer", polite: false }, { type: "wait_for_place" }]
      : [{ type: "wait_for_place" }],
  };
}

export function reconnect(machine: Machine, problem: Problem, now: number): Step {
  const { connectedAt } = machine;
  const wasStable =
    machine.name === "connected" && connectedAt !== null && now - connectedAt >= STABLE_MS;
  const tries = wasStable ? 1 : machine.tries + 1;
  const pause = BACKOFF_MS[tries - 1];
  if (pause === undefined) return fail(machine, problem);
  return {
    machine: {
      ...machine,
      name: "reconnecting",
      attempt: machine.attempt + 1,
      tries,
      trying: false,
      answered: false,
      outage: null,
      wakeAt: now + pause,
    },
    effects: [{ type: "close_peer", polite: false }],
  };
}

/**
 * The connection is lost. If the server answers, a new one takes its place; if not, it is the network
 * that is gone, and the connection is left as it is for a while.
 */
export function lose(machine: Machine, now: number): Step {
  if (machine.way !== "webrtc") return reconnect(machine, LOST, now);
  const outage = { until: now + OUTAGE_MS, everything: false, over: false, refused: 0 };
  return probe({ ...machine, name: "reconnecting", trying: false }, outage, now);
}

function probe(machine: Machine, outage: Outage, now: number): Step {
  return {
    machine: { ...machine, outage, wakeAt: now + PROBE_MS },
    effects: [{ type: "probe" }],
  };
}

/** The machine as it was before the connection was lost. */
function back(machine: Machine): Machine {
  return { ...machine, name: "connected", outage: null, wakeAt: null };
}

function probed(machine: Machine, outage: Outage, found: Reached, now: number): Step {
  const refused = found === "refused" ? outage.refused + 1 : 0;
  const known: Machine = { ...machine, outage: { ...outage, refused, everything: true } };
  if (refused >= REFUSALS) return reconnect(back(machine), LOST, now);
  if (found !== "server") return stay(known);
  if (!outage.everything) return reconnect(back(machine), LOST, now);
  if (outage.over) return stay(machine);
  return stay({ ...known, outage: { ...outage, refused, over: true }, wakeAt: now + RETURN_MS });
}

/** What an event means while a lost connection may come back; `null` where it means what it always does. */
export function duringOutage(machine: Machine, event: MachineEvent, now: number): Step | null {
  const { outage } = machine;
  if (outage === null) return null;
  const found = back(machine);
  switch (event.type) {
    case "peer":
      return stay(event.peer === "connected" ? found : machine);
    case "probed":
      return probed(machine, outage, event.found, now);
    case "wake":
      if (outage.over || now >= outage.until) return reconnect(found, LOST, now);
      return probe(machine, { ...outage, everything: true }, now);
    case "channel_closed":
      return reconnect(found, LOST, now);
    default:
      return null;
  }
}

export function connected(machine: Machine, now: number): Step {
  const first = machine.connectedAt === null;
  return {
    machine: { ...machine, name: "connected", trying: false, connectedAt: now, wakeAt: null },
    effects: first ? [{ type: "announce", what: "started" }] : [],
  };
}

/** The server ended the stream and said why. Its place is free already: nothing to leave. */
export function ended(machine: Machine, reason: string, text: string, now: number): Step {
  switch (reason) {
    case "handler_error":
    case "connect_timeout":
      return fail(machine, { code: reason, message: text }, false);
    case "peer_lost":
    case "transport_failed":
      return reconnect(machine, { code: "connection_lost", message: text }, now);
    default: {
      const effects: Effect[] = [{ type: "close_peer", polite: false }, { type: "release_media" }];
      const ending = reason === "client_closed" ? null : { code: reason, message: text };
      return rest(machine, { name: "idle", ending }, effects);
    }
  }
}
