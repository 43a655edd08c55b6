/**
 * What Gradio's own client leaves to luck where calls follow each other quickly. It is mended in the
 * client, because nothing is told of a call before it has begun, nor of one that nobody listens to:
 *
 * - Each call is a request of its own, and one may overtake another: a listener with a state would
 *   then take the second event for the first, and of two presses the first would count. Here the
 *   calls of one listener keep their order, if they go into the queue or tell the component something.
 * - What is read of a call before the answer to its request is kept, and shown with that answer at once;
 *   everything else is shown by a timer of its own. Where the results of two calls are read together, the
 *   second was shown first, and the first in its place. Here the answer is given when all has been shown
 *   that was read before.
 * - Results come over one stream of events. The server closes it when no call is left, and the client
 *   opens it for the answer to the next. Where that answer arrives before the news of the closing,
 *   the stream seems open and nobody reads on: a result is shown only when some other call is made,
 *   if ever. Here the stream is opened again for a call that has not ended.
 * - The client aborts a stream that is over. Where the next one is asked for right then, Chromium, whose
 *   cache knows both by one address, may ask the server twice. The server gives each message to one of
 *   the two, and what nobody reads is lost: a result, or the value that the next change belongs to,
 *   which is then shown as it is ("append,,"). Here each stream has an address of its own.
 */

import type { Clock } from "./types";

/** The part of the browser that decides when Gradio shows what it reads. */
export interface ShownPage {
  readonly clock: Clock;
  /** Whether nobody sees the page: then timers take a second, and Gradio shows everything without. */
  hidden(): boolean;
}

/** The part of Gradio's client that calls go through. */
export interface GradioCalls {
  post_data(url: string, body: unknown, headers?: unknown): Promise<unknown>;
  readonly stream_status: { open: boolean };
  /** The ids of the calls that are in the queue and whose end has not arrived. */
  readonly unclosed_events: ReadonlySet<string>;
  /** What was read of calls whose ids are not known yet, by id. */
  readonly pending_stream_messages: Readonly<Record<string, readonly unknown[]>>;
  open_stream(): Promise<void>;
  /** Asks for a stream of events. */
  stream(url: URL): unknown;
  /** The app's listeners. */
  readonly config?: { readonly dependencies: readonly Listener[] };
}

interface Listener {
  readonly id: number;
  readonly outputs: readonly number[];
}

const JOIN = /\/queue\/join(\?|$)/;
const RUN = /\/run\//;

/** The components of each page. */
const mended = new WeakMap<object, Set<number>>();

/** Mends a page's client for the component with this id. One of another shape is left alone. */
export function mendCalls(client: object, component: number, page: ShownPage): void {
  const known = mended.get(client);
  known?.add(component);
  if (known !== undefined || !isKnown(client)) return;
  const components = new Set([component]);
  mended.set(client, components);
  keepTime(client, page);
  keepOrder(client, components);
  keepReading(client);
  keepApart(client);
}

function isKnown(client: object): client is GradioCalls {
  const { post_data, stream_status, unclosed_events, pending_stream_messages, open_stream, stream } =
    client as Partial<GradioCalls>;
  return (
    typeof post_data === "function" &&
    typeof stream_status?.open === "boolean" &&
    unclosed_events instanceof Set &&
    typeof pending_stream_messages === "object" &&
    typeof open_stream === "function" &&
    typeof stream === "function"
  );
}

function keepTime(client: GradioCalls, page: ShownPage): void {
  const post = client.post_data.bind(client);
  client.post_data = async (url, body, ...rest) => {
    const answer = await post(url, body, ...rest);
    const event = JOIN.test(url) ? eventOf(answer) : undefined;
    if (event !== undefined) await shownBefore(client, event, page);
    return answer;
  };
}

/** The id in the answer to a call's request, if it was taken. */
function eventOf(answer: unknown): string | undefined {
  const [body] = Array.isArray(answer) ? (answer as unknown[]) : [];
  return (body as { event_id?: string } | undefined)?.event_id;
}

/** Waits until everything is shown that was read before what is kept of this call. */
async function shownBefore(client: GradioCalls, event: string, page: ShownPage): Promise<void> {
  const kept = (): number => client.pending_stream_messages[event]?.length ?? 0;
  for (let before = -1; before !== kept() && !page.hidden();) {
    before = kept();
    // Timers keep their order: this one runs after those of all that was read so far.
    await new Promise<void>((resolve) => page.clock.set(resolve, 0));
  }
}

function keepOrder(client: GradioCalls, components: ReadonlySet<number>): void {
  const tellsUs = (listener: unknown): boolean => {
    const found = client.config?.dependencies.find(({ id }) => id === listener);
    return found?.outputs.some((id) => components.has(id)) ?? false;
  };
  const post = client.post_data.bind(client);
  /** The last call of each listener whose request is not answered yet. */
  const last = new Map<unknown, Promise<unknown>>();
  client.post_data = async (url, body, ...rest) => {
    const listener = (body as { fn_index?: unknown } | undefined)?.fn_index;
    if (!JOIN.test(url) && !(RUN.test(url) && tellsUs(listener))) return post(url, body, ...rest);
    const before = last.get(listener);
    const send = (): Promise<unknown> => post(url, body, ...rest);
    const answer = before === undefined ? send() : before.then(send, send);
    last.set(listener, answer);
    try {
      return await answer;
    } finally {
      if (last.get(listener) === answer) last.delete(listener);
    }
  };
}

function keepReading(client: GradioCalls): void {
  const status = client.stream_status;
  let open = status.open;
  /** Opened again for these: once is enough, and Gradio forgets to strike out some that ended. */
  let missed = new Set<string>();
  const reopen = (): void => {
    const left = [...client.unclosed_events];
    const wanted = left.some((id) => !missed.has(id));
    missed = new Set(left);
    if (wanted && !open) void client.open_stream();
  };
  Object.defineProperty(status, "open", {
    enumerable: true,
    configurable: true,
    get: () => open,
    set: (value: boolean) => {
      const closes = open && !value;
      open = value;
      // Gradio gives the closed stream up right after this.
      if (closes) queueMicrotask(reopen);
    },
  });
}

function keepApart(client: GradioCalls): void {
  const stream = client.stream.bind(client);
  let count = 0;
  client.stream = (url) => {
    const own = new URL(url);
    own.searchParams.set("stream", String((count += 1)));
    return stream(own);
  };
}
