/** The browser's own parts as a client wants them. */

import { browserClock, browserEnvironment } from "../components/browser_environment";
import type { Browser } from "./connect";

export function ownBrowser(): Browser {
  return {
    address: document.baseURI,
    fetch: (...request) => fetch(...request),
    clock: browserClock,
    environment: (server, root) => browserEnvironment(server, () => ({ session_hash: "", config: { root } })),
    newEventSource: (url) => new EventSource(url),
    onPageHide: (callback) => {
      window.addEventListener("pagehide", callback);
      return () => window.removeEventListener("pagehide", callback);
    },
  };
}
