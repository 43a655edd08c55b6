/**
 * The connection's states, decided without a clock, a network or a page: `step` takes a state, an
 * event and the time, and returns the next state with what is to be done. `wakeAt` is when it wants
 * a `wake` event; there is never more than one such moment, and at rest there is none.
 *
 * Every result of earlier work names the `attempt` it belongs to. A transition that abandons work
 * counts `attempt` up, so a late answer can disturb nothing. An event that a state has no use for
 * changes nothing: the network may deliver anything at any time.
 */

import { BACKOFF_MS, DISCONNECT_MS, isActive, mayFallBack, retryMs } from "./state_model";
import type { Draining, Machine, MachineEvent, StateName, Step } from "./state_model";
import {
  LOST,
  answered,
  close,
  connect,
  connected,
  ended,
  fail,
  fallBack,
  drain,
  duringOutage,
  lose,
  reconnect,
  rest,
  restart,
  start,
  stay,
  wait,
} from "./transitions";
import type { Problem } from "./problems";

const FINISHED = "handler_finished";
/** The server or the browser cannot do it: there is nothing to fall back to. */
const USELESS = new Set(["websocket_unavailable", "setup_failed"]);

function atRest(machine: Machine, event: MachineEvent, now: number): Step {
  if (event.type === "restart") return restart(machine, now, event.fallbackMs);
  if (event.type !== "start") return stay(machine);
  return start(machine, event, now);
}

function acquiring(machine: Machine, event: MachineEvent, now: number): Step {
  switch (event.type) {
    case "media_ready":
      return connect(machine, "fresh", now);
    case "media_failed":
      return fail(machine, event.problem, false);
    case "stop":
      return rest(machine, { name: "idle" }, [{ type: "release_media" }]);
    default:
      return stay(machine);
  }
}

function connecting(machine: Machine, event: MachineEvent, now: number): Step {
  switch (event.type) {
    case "answered":
      return answered(machine, now);
    case "peer":
      if (event.peer === "failed") return noPath(machine, "ice_failed", now);
      return event.peer === "connected" ? connected(machine, now) : stay(machine);
    case "refused":
      return refused(machine, event.problem, now);
    case "unreachable":
    case "channel_closed":
      return failFirst(machine, "server_unreachable");
    case "ended":
      return event.reason === FINISHED
        ? drainAtOnce(machine, event.text, now)
        : ended(machine, event.reason, event.text, now);
    case "restart":
      return restart(machine, now, event.fallbackMs);
    case "wake":
      return noPath(machine, "connect_timeout", now);
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
}

/** Without a websocket either, what has to be mended is still the path for WebRTC. */
function failFirst(machine: Machine, code: string): Step {
  const fellBack = machine.way === "websocket" && machine.fallbackMs !== null;
  return fail(machine, { code: fellBack ? "ice_failed" : code });
}

function noPath(machine: Machine, code: string, now: number): Step {
  return mayFallBack(machine) ? fallBack(machine, now) : failFirst(machine, code);
}

function refused(machine: Machine, problem: Problem, now: number): Step {
  if (problem.code === "concurrency_limit_reached") return wait(machine, now, true);
  if (machine.way === "webrtc") return fail(machine, problem, false);
  // The session that waited for ICE still has its place, which is given back.
  return USELESS.has(problem.code) ? failFirst(machine, problem.code) : fail(machine, problem);
}

/** A handler that had next to nothing to say can be heard to the end before we notice it began. */
function drainAtOnce(machine: Machine, text: string, now: number): Step {
  const begun = connected(machine, now);
  const over = drain(begun.machine, { code: FINISHED, message: text }, now);
  return { ...over, effects: [...begun.effects, ...over.effects] };
}

function waiting(machine: Machine, event: MachineEvent, now: number): Step {
  switch (event.type) {
    case "queued":
      return wait({ ...machine, position: event.position }, now, false);
    case "admitted":
      return connect({ ...machine, tries: 0, trying: false }, "reserved", now);
    case "refused":
      if (event.problem.code === "too_many_requests") return pollFailed(machine, now);
      return fail(machine, event.problem, false);
    case "wake":
      return machine.trying ? pollFailed(machine, now) : pollAgain(machine, now);
    case "unreachable":
      return pollFailed(machine, now);
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
}

function pollFailed(machine: Machine, now: number): Step {
  const tries = machine.tries + 1;
  const pause = BACKOFF_MS[tries];
  if (pause === undefined) return fail(machine, { code: "server_unreachable" });
  return stay({
    ...machine,
    attempt: machine.attempt + 1,
    tries,
    trying: false,
    wakeAt: now + pause,
  });
}

function pollAgain(machine: Machine, now: number): Step {
  const next = wait(machine, now, false);
  return { ...next, machine: { ...next.machine, tries: machine.tries } };
}

/** What has been received plays on, whatever becomes of the connection it came by. */
function drainingPlayback(machine: Machine, draining: Draining, event: MachineEvent, now: number): Step {
  const { ending, deadline } = draining;
  switch (event.type) {
    case "remaining":
      return stay({
        ...machine,
        draining: { ...draining, over: event.over },
        wakeAt: Math.min(deadline, now + event.ms),
      });
    case "wake":
      if (!draining.over && now < deadline) {
        return { machine: { ...machine, wakeAt: deadline }, effects: [{ type: "drain_playback" }] };
      }
      return rest(machine, { name: "idle", ending }, [
        { type: "close_peer", polite: false },
        { type: "release_media" },
      ]);
    case "restart":
      return restart(machine, now, event.fallbackMs);
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
}

function live(machine: Machine, event: MachineEvent, now: number): Step {
  if (machine.draining !== null) return drainingPlayback(machine, machine.draining, event, now);
  switch (event.type) {
    case "peer":
      if (event.peer === "connected") return stay({ ...machine, wakeAt: null });
      if (event.peer === "failed") return lose(machine, now);
      return stay({ ...machine, wakeAt: machine.wakeAt ?? now + DISCONNECT_MS });
    case "wake":
      return lose(machine, now);
    case "channel_closed":
      return reconnect(machine, LOST, now);
    case "ended":
      return event.reason === FINISHED
        ? drain(machine, { code: FINISHED, message: event.text }, now)
        : ended(machine, event.reason, event.text, now);
    case "restart":
      return restart(machine, now, event.fallbackMs);
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
}

function reconnecting(machine: Machine, event: MachineEvent, now: number): Step {
  const waitedOut = duringOutage(machine, event, now);
  if (waitedOut !== null) return waitedOut;
  switch (event.type) {
    case "wake":
      if (machine.trying) return tryFailed(machine, now);
      return {
        machine: { ...machine, trying: true, wakeAt: now + retryMs(machine.tries) },
        effects: [{ type: "connect", id: "fresh", replaces: true, way: machine.way }],
      };
    case "answered":
      return answered(machine, now);
    case "peer":
      if (event.peer === "failed") return tryFailed(machine, now);
      return event.peer === "connected" ? connected(machine, now) : stay(machine);
    case "unreachable":
    case "channel_closed":
      return reconnect(machine, LOST, now);
    case "refused":
      return refusedAgain(machine, event.problem, now);
    case "ended":
      return ended(machine, event.reason, event.text, now);
    case "restart":
      return restart(machine, now, event.fallbackMs);
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
}

function refusedAgain(machine: Machine, problem: Problem, now: number): Step {
  switch (problem.code) {
    // The old place has lapsed and somebody else has it: stand in line rather than fail.
    case "concurrency_limit_reached":
      return wait(machine, now, true);
    // Everybody at this address connects anew: it is this page's turn a little later.
    case "too_many_requests":
      return reconnect(machine, problem, now);
    default:
      return fail(machine, USELESS.has(problem.code) ? LOST : problem, false);
  }
}

/** The network may be another one by now, with no path through it. */
function tryFailed(machine: Machine, now: number): Step {
  if (mayFallBack(machine)) return fallBack(machine, now);
  return reconnect(machine, LOST, now);
}

function closing(machine: Machine, event: MachineEvent, now: number): Step {
  if (event.type === "restart") {
    return stay({ ...machine, again: true, fallbackMs: event.fallbackMs ?? null });
  }
  if (event.type !== "left" && event.type !== "wake") return stay(machine);
  if (machine.again) return restart(machine, now, machine.fallbackMs);
  return stay({ ...machine, name: "idle", wakeAt: null });
}

const TRANSITIONS: Record<StateName, (m: Machine, e: MachineEvent, now: number) => Step> = {
  idle: atRest,
  failed: atRest,
  acquiring,
  connecting,
  waiting,
  connected: live,
  reconnecting,
  closing,
};

/** The page goes away: end everything at once and wait for nothing. */
function dispose(machine: Machine): Step {
  if (!isActive(machine.name)) return rest(machine, { name: "idle" }, []);
  return rest(machine, { name: "idle" }, [
    { type: "close_peer", polite: true },
    { type: "release_media" },
    { type: "leave" },
  ]);
}

/** Decides what an event at `now` (ms) means. A wake that comes early changes nothing. */
export function step(machine: Machine, event: MachineEvent, now: number): Step {
  if ("attempt" in event && event.attempt !== machine.attempt) return stay(machine);
  if (event.type === "dispose") return dispose(machine);
  if (event.type === "wake" && (machine.wakeAt === null || now < machine.wakeAt)) {
    return stay(machine);
  }
  return TRANSITIONS[machine.name](machine, event, now);
}
