/** A connection in a world of fakes. */

import { expect } from "vitest";
import { Connection } from "../connection/connection";
import type { Environment, Settings, View } from "../connection/environment";
import type { Message } from "../connection/messages";
import { FakeMediaDevices, FakeStorage, FakeStream, type FakeDevice, type FakeTrack } from "./browser";
import { FakeClock, settle } from "./clock";
import { FakePeer, FakeServer } from "./peers";
import { FakeAudioLine, FakeSocket } from "./sockets";

export const MICROPHONES: FakeDevice[] = [
  { kind: "audioinput", deviceId: "headset", label: "Headset" },
  { kind: "audioinput", deviceId: "built-in", label: "Built-in" },
];
export const CAMERA: FakeDevice = { kind: "videoinput", deviceId: "cam", label: "Camera" };

export class World {
  readonly clock = new FakeClock();
  readonly devices = new FakeMediaDevices([...MICROPHONES, CAMERA]);
  readonly storage = new FakeStorage();
  readonly server = new FakeServer();
  readonly peers: FakePeer[] = [];
  readonly sockets: FakeSocket[] = [];
  readonly lines: FakeAudioLine[] = [];
  readonly events: string[] = [];
  readonly messages: Message[] = [];
  readonly states: string[] = [];
  /** How often the server had let go of a stream. */
  released = 0;
  readonly connection: Connection;
  codecs: RTCRtpCodec[] = [];
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
    let ids = 0;
    const full: Environment = {
      secure: true,
      mediaDevices: this.devices as unknown as MediaDevices,
      storage: this.storage,
      clock: this.clock,
      server: this.server,
      sessionHash: () => "page",
      newId: () => `id-${++ids}`,
      newPeer: (configuration) => {
        this.peers.push(new FakePeer(configuration));
        return this.peer as unknown as RTCPeerConnection;
      },
      videoCodecs: () => this.codecs,
      newStream: (tracks) =>
        new FakeStream(tracks as unknown as FakeTrack[]) as unknown as MediaStream,
      newSocket: (path) => {
        this.sockets.push(new FakeSocket(path));
        return this.socket as unknown as WebSocket;
      },
      openAudioLine: (options) => {
        this.lines.push(new FakeAudioLine(options));
        return Promise.resolve(this.line);
      },
      webCodecs: null,
      ...env,
    };
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

  get peer(): FakePeer {
    return this.peers.at(-1)!;
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  get line(): FakeAudioLine {
    return this.lines.at(-1)!;
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
  expect(world.devices.live).toEqual([]);
  expect(world.peers.filter((peer) => !peer.closed)).toEqual([]);
  expect(world.sockets.filter((socket) => !socket.closed)).toEqual([]);
  expect(world.lines.filter((line) => !line.closed)).toEqual([]);
  expect(world.clock.armed).toBe(0);
}
