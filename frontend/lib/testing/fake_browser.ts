/** A browser's parts as a connection wants them, all fakes, and what was opened of them. */

import type { Environment } from "../connection/environment";
import { FakeMediaDevices, FakeStorage, FakeStream, type FakeDevice, type FakeTrack } from "./browser";
import { FakeClock } from "./clock";
import { FakePeer } from "./peers";
import { FakeAudioLine, FakeSocket } from "./sockets";

export const MICROPHONES: FakeDevice[] = [
  { kind: "audioinput", deviceId: "headset", label: "Headset" },
  { kind: "audioinput", deviceId: "built-in", label: "Built-in" },
];
export const CAMERA: FakeDevice = { kind: "videoinput", deviceId: "cam", label: "Camera" };

export class FakeBrowser {
  readonly clock = new FakeClock();
  readonly devices = new FakeMediaDevices([...MICROPHONES, CAMERA]);
  readonly storage = new FakeStorage();
  readonly peers: FakePeer[] = [];
  readonly sockets: FakeSocket[] = [];
  readonly lines: FakeAudioLine[] = [];
  codecs: RTCRtpCodec[] = [];
  online = true;

  get peer(): FakePeer {
    return this.peers.at(-1)!;
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  get line(): FakeAudioLine {
    return this.lines.at(-1)!;
  }

  /** Devices, connections and sound that are still open. */
  get open(): unknown[] {
    return [
      ...this.devices.live,
      ...[...this.peers, ...this.sockets, ...this.lines].filter((each) => !each.closed),
    ];
  }

  /** What a connection to `server` needs, with websockets below `root`. */
  environment(server: Environment["server"], root = ""): Environment {
    let ids = 0;
    return {
      secure: true,
      mediaDevices: this.devices as unknown as MediaDevices,
      storage: this.storage,
      clock: this.clock,
      server,
      sessionHash: () => "page",
      newId: () => `id-${++ids}`,
      webrtc: true,
      newPeer: (configuration) => {
        this.peers.push(new FakePeer(configuration));
        return this.peer as unknown as RTCPeerConnection;
      },
      online: () => this.online,
      videoCodecs: () => this.codecs,
      newStream: (tracks) =>
        new FakeStream(tracks as unknown as FakeTrack[]) as unknown as MediaStream,
      drawn: () => Promise.resolve(),
      newSocket: (path) => {
        this.sockets.push(new FakeSocket(root + path));
        return this.socket as unknown as WebSocket;
      },
      openAudioLine: (options) => {
        this.lines.push(new FakeAudioLine(options));
        return Promise.resolve(this.line);
      },
      webCodecs: null,
    };
  }
}
