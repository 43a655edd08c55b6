/** Devices that are opened and closed while a connection goes on, as a composer's microphone. */

import { kindsOf } from "./constraints";
import type { Settings } from "../connection/environment";
import type { Problem } from "../connection/problems";
import type { OutgoingMedia } from "./outgoing_media";
import type { Kind } from "../types";

export interface LateCaptureEvents {
  /** The track to send is another one now, or none. */
  replaced(kind: Kind, track: MediaStreamTrack | null): void;
  changed(): void;
}

export class LateCapture {
  #asking = false;
  #problem: Problem | null = null;
  /** Counts what was asked for, so that an answer that comes too late changes nothing. */
  #turn = 0;

  constructor(
    private readonly sending: OutgoingMedia,
    private readonly settings: () => Settings,
    private readonly events: LateCaptureEvents,
  ) {}

  /** The person is being asked. */
  get asking(): boolean {
    return this.#asking;
  }

  /** Why the devices are not open though they were asked for. */
  get problem(): Problem | null {
    return this.#problem;
  }

  /** Asks for the devices, and sends what they give. */
  async open(): Promise<void> {
    if (this.#asking) return;
    const turn = this.#reset();
    this.#asking = true;
    this.events.changed();
    const wanted = (): boolean => turn === this.#turn;
    const problem = await this.sending.open(wanted);
    if (!wanted()) return;
    this.#asking = false;
    if (problem === null) {
      this.sending.begin();
      return this.#replace();
    }
    if (problem !== "cancelled") this.#problem = problem;
    this.events.changed();
  }

  /** Lets go of the devices, also of those still asked for; the connection goes on. */
  close(): void {
    this.release();
    this.#replace();
  }

  /** Lets go of the devices because the connection is over. */
  release(): void {
    this.#reset();
    this.sending.release();
  }

  /** Forgets what stood in the way. */
  forget(): void {
    if (this.#problem === null) return;
    this.#problem = null;
    this.events.changed();
  }

  #reset(): number {
    this.#asking = false;
    this.#problem = null;
    this.#turn += 1;
    return this.#turn;
  }

  #replace(): void {
    for (const kind of kindsOf(this.settings().modality)) {
      this.events.replaced(kind, this.sending.tracks.get(kind) ?? null);
    }
  }
}
