/** The browser's own parts as a client wants them. */

import { browserClock, browserEnvironment } from "../components/browser_environment";
import { newId } from "../lib/connection/connection_id";
import type { Browser } from "./connect";
import { StreamError } from "./errors";

/** Throws a `StreamError` where this is no page of a browser. */
export function ownBrowser(): Browser {
  if (typeof document === "undefined") {
    const remedy = "Connect from a page; programs on servers take the client in Python, gradio_webrtc.client.";
    throw new StreamError("unsupported_browser", "This is no page of a browser.", remedy);
  }
  return {
    address: document.baseURI,
    fetch: (...request) => fetch(...request),
    clock: browserClock,
    newId: () => newId(window.crypto),
    environment: (server, root, sessionHash) =>
      browserEnvironment(server, () => ({ session_hash: sessionHash, config: { root } })),
    newEventSource: (url) => new EventSource(url),
    onPageHide: (callback) => {
      window.addEventListener("pagehide", callback);
      return () => window.removeEventListener("pagehide", callback);
    },
  };
}
