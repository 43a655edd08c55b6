/**
 * Tells the server how much later than it arrives the person hears its audio, so that it knows what
 * they have heard of a reply that they spoke into. Only in conversations, and while a reply is played:
 * nothing is measured otherwise.
 */

import { encodePlayout, textOf, type Message } from "../connection/messages";
import { compare, type Report } from "../playback/statistics";
import { WakeTimer } from "../wake_timer";
import type { Clock } from "../types";

/** What waits in the browser has settled by then, and few people interrupt so soon. */
export const SETTLED_MS = 700;

export class PlayoutReport {
  readonly #wakeTimer: WakeTimer;
  #announced = false;
  #before: Report | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly measure: () => Promise<Report | null>,
    private readonly send: (text: string) => void,
  ) {
    this.#wakeTimer = new WakeTimer(clock, () => void this.#report());
  }

  /** The server said something. */
  receive(message: Message): void {
    if (message.type !== "log") return;
    // That this page speaks of playout at all, so that it is told of the turns' timings.
    if (!this.#announced) this.send(encodePlayout(null));
    this.#announced = true;
    const replying = textOf(message) === "response_starting";
    this.#wakeTimer.set(replying ? this.clock.now() + SETTLED_MS : null);
  }

  close(): void {
    this.#wakeTimer.set(null);
  }

  async #report(): Promise<void> {
    const report = await this.measure().catch(() => null);
    if (report === null) return;
    const delay = compare(report, this.#before).in.audio?.playout ?? null;
    this.#before = report;
    if (delay !== null) this.send(encodePlayout(delay));
  }
}
