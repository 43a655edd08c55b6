/** The browser's own parts as the connection wants them: the one place that reads globals. */

import type { Environment } from "../lib/environment";
import { newId } from "../lib/identity";
import type { Clock, Server } from "../lib/types";

export const browserClock: Clock = {
  now: () => performance.now(),
  set: (callback, ms) => window.setTimeout(callback, ms),
  clear: (timer) => window.clearTimeout(timer),
};

/** Reading `localStorage` throws where storage is forbidden, as in sandboxed frames. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function browserEnvironment(server: Server, sessionHash: () => string): Environment {
  return {
    secure: window.isSecureContext,
    // Missing on insecure origins, though the type says otherwise.
    mediaDevices: navigator.mediaDevices,
    storage: browserStorage(),
    clock: browserClock,
    server,
    sessionHash,
    newId: () => newId(window.crypto),
    newPeer: (configuration) => new RTCPeerConnection(configuration),
    newStream: (tracks) => new MediaStream([...tracks]),
  };
}
