/** A connection in a world of fakes. */

import { expect } from "vitest";
import { Connection } from "../connection/connection";
import type { Environment, Settings, View } from "../connection/environment";
import type { Message } from "../connection/messages";
import { settle } from "./clock";
import { FakeBrowser } from "./fake_browser";
import { FakeServer } from "./peers";

export { CAMERA, MICROPHONES } from "./fake_browser";

export class World extends FakeBrowser {
  readonly server = new FakeServer();
  readonly events: string[] = [];
  readonly messages: Message[] = [];
  readonly states: string[] = [];
  /** How often the server had let go of a stream. */
  released = 0;
  readonly connection: Connection;
  settings: Settings = {
    mode: "send-receive",
    modality: "audio",
    rtcConfiguration: null,
    dynamicRtcConfiguration: false,
    trackConstraints: null,
    rtpParams: null,
    videoSources: ["camera"],
    videoCodec: null,
    maxBitrate: {},
    fallback: null,
    pushToTalk: false,
  };

  constructor(env: Partial<Environment> = {}) {
    super();
    const full: Environment = { ...this.environment(this.server), ...env };
    this.connection = new Connection(full, () => this.settings, {
      changed: (view) => this.#note(view.machine.name),
      identified: (id) => this.events.push(`identified ${id}`),
      started: () => this.events.push("started"),
      stopped: () => this.events.push("stopped"),
      released: () => this.released++,
      message: (message) => this.messages.push(message),
      text: (text) => this.events.push(`text ${text}`),
      warning: (text) => this.events.push(`warning ${text}`),
    });
  }

  get view(): View {
    return this.connection.view;
  }

  get name(): string {
    return this.view.machine.name;
  }

  async start(): Promise<void> {
    this.connection.start();
    await settle();
  }

  async connect(): Promise<void> {
    await this.start();
    this.peer.connect();
    await settle();
  }

  #note(name: string): void {
    if (this.states.at(-1) !== name) this.states.push(name);
  }
}

/** Nothing of a stream may be left: no device, no peer, no timer. */
export function expectClean(world: World): void {
  expect(world.open).toEqual([]);
  expect(world.clock.armed).toBe(0);
}
