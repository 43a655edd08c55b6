/**
 * The connection's states, decided without a clock, a network or a page: `step` takes a state, an
 * event and the time, and returns the next state with what is to be done. `wakeAt` is when it wants
 * a `wake` event; there is never more than one such moment, and at rest there is none.
 *
 * Every result of earlier work names the `attempt` it belongs to. A transition that abandons work
 * counts `attempt` up, so a late answer can disturb nothing. An event that a state has no use for
 * changes nothing: the network may deliver anything at any time.
 */

import { BACKOFF_MS, DISCONNECT_MS, isActive, retryMs } from "./state_model";
import type { Draining, Machine, MachineEvent, StateName, Step } from "./state_model";
import {
  close,
  connect,
  connected,
  ended,
  fail,
  drain,
  reconnect,
  rest,
  restart,
  start,
  stay,
  wait,
} from "./transitions";
import type { Problem } from "./problems";

const FINISHED = "handler_finished";

function atRest(machine: Machine, event: MachineEvent, now: number): Step {
  if (event.type === "restart") return restart(machine, now);
  return event.type === "start" ? start(machine, event.media, now) : stay(machine);
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
    case "peer":
      if (event.peer === "connected") return connected(machine, now);
      return event.peer === "failed" ? fail(machine, { code: "ice_failed" }) : stay(machine);
    case "refused":
      if (event.problem.code === "concurrency_limit_reached") return wait(machine, now, true);
      return fail(machine, event.problem, false);
    case "unreachable":
    case "channel_closed":
      return fail(machine, { code: "server_unreachable" });
    case "ended":
      return event.reason === FINISHED
        ? drainAtOnce(machine, event.text, now)
        : ended(machine, event.reason, event.text, now);
    case "restart":
      return restart(machine, now);
    case "wake":
      return fail(machine, { code: "connect_timeout" });
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
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
      return restart(machine, now);
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
}

function live(machine: Machine, event: MachineEvent, now: number): Step {
  if (machine.draining !== null) return drainingPlayback(machine, machine.draining, event, now);
  const lost: Problem = { code: "connection_lost" };
  switch (event.type) {
    case "peer":
      if (event.peer === "connected") return stay({ ...machine, wakeAt: null });
      if (event.peer === "failed") return reconnect(machine, lost, now);
      return stay({ ...machine, wakeAt: machine.wakeAt ?? now + DISCONNECT_MS });
    case "channel_closed":
    case "wake":
      return reconnect(machine, lost, now);
    case "ended":
      return event.reason === FINISHED
        ? drain(machine, { code: FINISHED, message: event.text }, now)
        : ended(machine, event.reason, event.text, now);
    case "restart":
      return restart(machine, now);
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
}

function reconnecting(machine: Machine, event: MachineEvent, now: number): Step {
  const lost: Problem = { code: "connection_lost" };
  switch (event.type) {
    case "wake":
      if (machine.trying) return reconnect(machine, lost, now);
      return {
        machine: { ...machine, trying: true, wakeAt: now + retryMs(machine.tries) },
        effects: [{ type: "connect", id: "fresh", replaces: true }],
      };
    case "peer":
      if (event.peer === "connected") return connected(machine, now);
      return event.peer === "failed" ? reconnect(machine, lost, now) : stay(machine);
    case "unreachable":
    case "channel_closed":
      return reconnect(machine, lost, now);
    case "refused":
      // The old place has lapsed and somebody else has it: stand in line rather than fail.
      if (event.problem.code === "concurrency_limit_reached") return wait(machine, now, true);
      // Everybody at this address connects anew: it is this page's turn a little later.
      if (event.problem.code === "too_many_requests") return reconnect(machine, event.problem, now);
      return fail(machine, event.problem, false);
    case "ended":
      return ended(machine, event.reason, event.text, now);
    case "restart":
      return restart(machine, now);
    case "stop":
      return close(machine, now);
    default:
      return stay(machine);
  }
}

function closing(machine: Machine, event: MachineEvent, now: number): Step {
  if (event.type === "restart") return stay({ ...machine, again: true });
  if (event.type !== "left" && event.type !== "wake") return stay(machine);
  return machine.again ? restart(machine, now) : stay({ ...machine, name: "idle", wakeAt: null });
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
