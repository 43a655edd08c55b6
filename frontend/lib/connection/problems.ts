/**
 * What can go wrong, as data, and the words for it: what happened and what to try. The machine
 * carries only the data; the components ask for the words when they show it.
 */

import { ScreenError } from "../capture/screen_capture";
import type { Kind } from "../types";
import type { Machine } from "./state_model";

export interface Problem {
  /** One of ours, a server's refusal code, or the reason of an `end_stream`. */
  readonly code: string;
  /** The server's own words, shown when there are some. */
  readonly message?: string;
  readonly limit?: number;
}

export interface Words {
  readonly title: string;
  readonly remedy: string;
}

/** Translates what `getUserMedia` threw. Names: Media Capture and Streams, section 10.2. */
export function problemOfMediaError(error: unknown): Problem {
  const { name = "", message = "" } = (error ?? {}) as { name?: string; message?: string };
  if (error instanceof ScreenError) return { code: "screen_failed", message };
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      // Chromium says "dismissed" when the person closed the question without an answer.
      return { code: /dismissed/i.test(message) ? "permission_dismissed" : "permission_denied" };
    case "NotFoundError":
      return { code: "no_device" };
    case "NotReadableError":
    case "AbortError":
      return { code: "device_busy" };
    case "OverconstrainedError":
      return { code: "overconstrained" };
    default:
      return { code: "media_failed", message };
  }
}

function deviceName(kinds: readonly Kind[]): string {
  if (kinds.length > 1) return "camera or microphone";
  return kinds[0] === "video" ? "camera" : "microphone";
}

const FIXED: Record<string, Words> = {
  insecure_origin: {
    title: "This page is not on a secure address",
    remedy:
      "Browsers share a microphone or camera only with pages on https:// or on localhost. " +
      "Open this page at such an address, or start the app with share=True.",
  },
  unsupported_browser: {
    title: "This browser cannot make calls",
    remedy: "Use a current version of Chrome, Edge, Firefox or Safari.",
  },
  no_screen_sharing: {
    title: "This browser cannot share a screen",
    remedy: "Phones and tablets have no way to do it. Open this page on a computer.",
  },
  screen_failed: {
    title: "The screen could not be shared",
    remedy:
      "Your system may forbid it: allow the browser to record the screen in its privacy " +
      "settings, restart the browser and try again. Or share a single tab.",
  },
  server_unreachable: {
    title: "The server did not answer",
    remedy:
      "Check that the app is still running and that you are online, then try again. If it keeps " +
      "happening, its author finds the reason in the server's log.",
  },
  ice_failed: {
    title: "No way was found to the server",
    remedy:
      "A firewall may be in between. When the app runs remotely it needs a TURN server: " +
      "its author sets one in rtc_configuration.",
  },
  connect_timeout: {
    title: "Connecting took too long",
    remedy:
      "Try again. If it happens every time the app may need a TURN server, which its author " +
      "sets in rtc_configuration.",
  },
  connection_lost: {
    title: "The connection was lost",
    remedy: "Several tries to get it back did not work. Check your network, then start again.",
  },
  handler_error: {
    title: "The app stopped with an error",
    remedy: "You can start again. If it keeps happening, tell the app's author.",
  },
  unexpected_track: {
    title: "The app does not take this kind of media",
    remedy: "Reload the page. If it stays, its author set mode or modality differently.",
  },
  unknown_start: {
    title: "This start is out of date",
    remedy: "Start again from the app.",
  },
  no_stream: {
    title: "Nothing is connected to this yet",
    remedy: "Its author must call the component's stream() with a handler or a function.",
  },
  loaded_from_elsewhere: {
    title: "This part of the app runs elsewhere",
    remedy: "It cannot be reached through this page. Open the app that it was loaded from.",
  },
  configuration_error: {
    title: "The app is not set up correctly",
    remedy: "Its author finds the details in the server's log.",
  },
  server_error: {
    title: "The server could not do this",
    remedy: "Its author finds the details in the server's log.",
  },
  origin_not_allowed: {
    title: "This site may not use the app",
    remedy: "The app's author can allow it with allowed_origins. Or open the app at its own address.",
  },
  too_many_requests: {
    title: "The app is asked too much at once",
    remedy: "Wait some seconds, then try again.",
  },
};

const SAYS_MORE = new Set(["configuration_error", "server_error", "too_many_requests"]);

function deviceWords(code: string, device: string): Words | undefined {
  switch (code) {
    case "permission_denied":
      return {
        title: `The ${device} is blocked`,
        remedy: `Allow the ${device} for this page beside the address bar, then try again.`,
      };
    case "permission_dismissed":
      return {
        title: `The ${device} was not allowed`,
        remedy: "Start again and choose “Allow” when the browser asks.",
      };
    case "no_device":
      return { title: `No ${device} was found`, remedy: "Plug one in, then try again." };
    case "device_busy":
      return {
        title: `The ${device} cannot be used`,
        remedy: "Another program may be using it. Close that program, then try again.",
      };
    case "overconstrained":
      return {
        title: `No ${device} fits what the app asks for`,
        remedy: "Choose or plug in another one, or ask the author to relax track_constraints.",
      };
    case "media_failed":
      return { title: `The ${device} could not be opened`, remedy: "Try again, or use another." };
    default:
      return undefined;
  }
}

/** The words for a problem. `kinds` says which devices the component uses. */
export function describe(problem: Problem, kinds: readonly Kind[]): Words {
  const words = deviceWords(problem.code, deviceName(kinds)) ?? FIXED[problem.code];
  if (problem.code === "handler_error" && problem.message) {
    return { title: problem.message, remedy: FIXED.handler_error!.remedy };
  }
  // The server's own words for these say more: which error it is in the log, what there is too much of.
  if (words && problem.message && SAYS_MORE.has(problem.code)) {
    return { title: words.title, remedy: problem.message };
  }
  if (words) return words;
  return {
    title: problem.message || "The connection could not be made",
    remedy: "Try again. If it keeps happening, reload the page.",
  };
}

/** The words for a connection that is not what it should be, though it works. */
export function describeWay({ name, way }: Pick<Machine, "name" | "way">): string | null {
  if (name !== "connected" || way === "webrtc") return null;
  return (
    "No direct connection could be made, so the sound takes a slower way. " +
    "It may come late or falter."
  );
}

/**
 * The words for a stream that ended though nothing is wrong; `null` when there is nothing to say:
 * the end of what somebody only listens to or looks at speaks for itself.
 */
export function describeEnding(ending: Problem, sending: boolean): string | null {
  if (ending.message) return ending.message;
  switch (ending.code) {
    case "handler_finished":
      return sending ? "The app ended the conversation." : null;
    case "time_limit":
      return "The time for this conversation is over.";
    case "server_shutdown":
      return "The server is shutting down.";
    case "replaced":
      return "This conversation goes on in another connection.";
    default:
      return "The app ended the conversation.";
  }
}
