/** What the page offers beside the conversation: volume, statistics, snapshots and recordings. */

import { receives } from "../lib/capture/constraints";
import type { Environment, Settings, View } from "../lib/connection/environment";
import { isActive } from "../lib/connection/state_model";
import { PageRecorder, recordedTracks } from "../lib/recording/page_recorder";
import { fileName } from "../lib/recording/file_names";
import type { Message } from "../lib/connection/messages";
import { timingsOf, type TurnTimings } from "../lib/turns/turn_timings";
import { compare, type Report, type Statistics } from "../lib/playback/statistics";
import { recallVolume, rememberVolume, toggled, withLevel, type Volume } from "../lib/playback/volume";
import { browserRecorderEnvironment, videoFrameOf, saveBlob, today } from "./browser_environment";

const POLL_MS = 1_000;

export class MediaToolsStore {
  readonly #recorder: PageRecorder;
  #volume: Volume;
  #elapsed: number | null = $state(null);
  #notice: string | null = $state(null);
  #statistics: Statistics | null = $state.raw(null);
  #turn: TurnTimings | null = $state.raw(null);
  #shown = $state(false);
  #before: Report | null = null;
  #timer: number | null = null;
  /** Counts polls that were given up, so that a late report is not taken for a new one. */
  #polls = 0;
  #view: View | null = null;

  constructor(
    private readonly env: Environment,
    private readonly settings: () => Settings,
    private readonly measure: () => Promise<Report | null>,
  ) {
    this.#volume = $state.raw(recallVolume(env.storage));
    this.#recorder = new PageRecorder(browserRecorderEnvironment(env.clock), {
      elapsed: (ms) => (this.#elapsed = ms),
      notice: (text) => (this.#notice = text),
    });
  }

  get volume(): Volume {
    return this.#volume;
  }

  /** Milliseconds recorded so far, `null` when nothing is recorded. */
  get elapsed(): number | null {
    return this.#elapsed;
  }

  /** What went wrong with a recording or snapshot, in words. */
  get notice(): string | null {
    return this.#notice;
  }

  get statisticsShown(): boolean {
    return this.#shown;
  }

  get statistics(): Statistics | null {
    return this.#statistics;
  }

  /** The turn that was answered last on this connection. */
  get turn(): TurnTimings | null {
    return this.#turn;
  }

  /** The server said something. */
  receive(message: Message): void {
    this.#turn = timingsOf(message) ?? this.#turn;
  }

  setLevel(level: number): void {
    this.#setVolume(withLevel(level));
  }

  toggleMuted(): void {
    this.#setVolume(toggled(this.#volume));
  }

  toggleStatistics(): void {
    this.#shown = !this.#shown;
    this.#poll();
  }

  /** Saves the frame that a video element shows, as it was sent and not as a mirror shows it. */
  async snapshot(video: HTMLVideoElement, label: string): Promise<void> {
    this.#notice = null;
    const frame = await videoFrameOf(video);
    if (frame === null) this.#notice = "There is no picture to save yet.";
    else saveBlob(this.env.clock, frame, fileName(label, today(), "png"));
  }

  toggleRecording(label: string): void {
    this.#notice = null;
    if (this.#recorder.running) this.#recorder.stop();
    else if (this.#view) {
      this.#recorder.start(label, recordedTracks(this.#view, receives(this.settings().mode)));
    }
  }

  /** The connection changed: recordings end with it, and statistics are of the current one. */
  follow(view: View): void {
    this.#view = view;
    if (isActive(view.machine.name)) {
      this.#recorder.follow(recordedTracks(view, receives(this.settings().mode)));
    } else {
      this.#recorder.stop();
      this.#turn = null;
    }
    this.#poll();
  }

  close(): void {
    this.#recorder.stop();
    this.#rest();
  }

  #setVolume(volume: Volume): void {
    this.#volume = volume;
    rememberVolume(this.env.storage, volume);
  }

  /** Measures while somebody looks, and costs nothing otherwise. */
  #poll(): void {
    if (!this.#shown || this.#view?.machine.name !== "connected") this.#rest();
    else if (this.#timer === null) this.#measure();
  }

  #measure(): void {
    const poll = this.#polls;
    this.#timer = this.env.clock.set(() => this.#measure(), POLL_MS);
    void this.measure().then((report) => {
      if (report === null || poll !== this.#polls) return;
      this.#statistics = compare(report, this.#before);
      this.#before = report;
    });
  }

  #rest(): void {
    if (this.#timer !== null) this.env.clock.clear(this.#timer);
    this.#timer = null;
    this.#polls += 1;
    this.#before = null;
    if (this.#statistics !== null) this.#statistics = null;
  }
}
