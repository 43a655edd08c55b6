/** Where a stream and its routes are. */

const ROUTES = ["/webrtc/offer", "/websocket/offer"];
const SCHEMES: Record<string, string> = { "ws:": "http:", "wss:": "https:" };

/**
 * Where the stream is mounted, without a slash at its end. `url` is that, or one of its routes, below
 * `page`. Throws a `TypeError` where it is no such address.
 */
export function baseAddress(url: string, page: string): string {
  const parts = new URL(url, page);
  const scheme = SCHEMES[parts.protocol] ?? parts.protocol;
  if (scheme !== "http:" && scheme !== "https:") {
    throw new TypeError(`connect() takes the address of a mounted stream, such as "/stream", not "${url}".`);
  }
  let path = parts.pathname.replace(/\/+$/, "");
  for (const route of ROUTES) if (path.endsWith(route)) path = path.slice(0, -route.length);
  return `${scheme}//${parts.host}${path}`;
}

/** The origin of `page` where that of `base` is another; `null` otherwise. */
export function foreignTo(base: string, page: string): string | null {
  const { origin } = new URL(page);
  return origin === new URL(base).origin ? null : origin;
}

/** A path of the app's own: below the stream without a leading slash, else of its server. */
export function joined(base: string, path: string): string {
  return new URL(path, `${base.replace(/\/+$/, "")}/`).href;
}
