/** What stands in for a camera: pictures, and films in files. */

import { blobOf, unreadable } from "./audio_line";

export type VideoToSend = Blob | URL | ImageData | CanvasImageSource;

export interface VideoSize {
  readonly width: number;
  readonly height: number;
  /** Frames per second, 30 by default. */
  readonly fps?: number;
}

/** What is shown at the moment. */
interface Shown {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
  end(): void;
}

export class VideoLine {
  readonly track: MediaStreamTrack;
  readonly #canvas = document.createElement("canvas");
  readonly #timer: number;
  #shown: Shown | null = null;
  /** How often something was to be shown: the newest wins, however long it takes to read. */
  #asked = 0;

  constructor({ width, height, fps = 30 }: VideoSize) {
    Object.assign(this.#canvas, { width, height });
    [this.track] = this.#canvas.captureStream(fps).getVideoTracks() as [MediaStreamTrack];
    // Also what does not move is drawn again: whoever connects later sees it.
    this.#timer = window.setInterval(() => this.#draw(), 1_000 / fps);
    this.#draw();
  }

  /**
   * Shows a picture from now on, or a film to its end, for which this waits, in place of what was shown.
   * It fills the frame as far as its shape allows. Rejects with a `StreamError` where it cannot be read.
   */
  async show(video: VideoToSend): Promise<void> {
    const asked = (this.#asked += 1);
    const file = video instanceof Blob || video instanceof URL ? video : null;
    try {
      const image = file === null ? await pictureOf(video as ImageData | CanvasImageSource) : await this.#open(file);
      if (!this.#isNewest(asked)) return;
      if (image instanceof HTMLVideoElement && file !== null) await this.#play(image, asked);
      else this.#replace(image, () => undefined);
    } catch (error) {
      if (file === null) throw error;
      throw unreadable(file, error, "Use a file that browsers show, such as PNG, JPEG, MP4 or WebM.");
    }
  }

  /** Ends the track. */
  close(): void {
    this.#asked += 1;
    window.clearInterval(this.#timer);
    this.#shown?.end();
    this.track.stop();
  }

  async #open(file: Blob | URL): Promise<CanvasImageSource> {
    const blob = await blobOf(file);
    if (!blob.type.startsWith("video/")) return createImageBitmap(blob);
    const film = document.createElement("video");
    Object.assign(film, { muted: true, playsInline: true, src: URL.createObjectURL(blob) });
    return film;
  }

  async #play(film: HTMLVideoElement, asked: number): Promise<void> {
    try {
      const over = new Promise<void>((resolve, reject) => {
        film.onended = () => resolve();
        film.onerror = () => reject(new Error(film.error?.message ?? "no film"));
        film.onloadeddata = () => (this.#isNewest(asked) ? this.#replace(film, resolve) : resolve());
      });
      await Promise.all([film.play(), over]);
    } finally {
      film.pause();
      URL.revokeObjectURL(film.src);
    }
  }

  #isNewest(asked: number): boolean {
    return asked === this.#asked;
  }

  #replace(image: CanvasImageSource, end: () => void): void {
    this.#shown?.end();
    this.#shown = { image, ...sizeOf(image), end };
    this.#draw();
  }

  #draw(): void {
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext("2d")!;
    context.fillRect(0, 0, width, height);
    if (this.#shown === null) return;
    const [x, y, wide, high] = fitted(this.#shown, { width, height });
    context.drawImage(this.#shown.image, x, y, wide, high);
  }
}

/** Where something of one size is drawn in the middle of another, as large as fits: x, y, width, height. */
export function fitted(shown: VideoSize, frame: VideoSize): [number, number, number, number] {
  const scale = Math.min(frame.width / shown.width, frame.height / shown.height);
  const [width, height] = [shown.width * scale, shown.height * scale];
  return [(frame.width - width) / 2, (frame.height - height) / 2, width, height];
}

async function pictureOf(image: ImageData | CanvasImageSource): Promise<CanvasImageSource> {
  return image instanceof ImageData ? createImageBitmap(image) : image;
}

function sizeOf(image: CanvasImageSource): { width: number; height: number } {
  if (image instanceof HTMLVideoElement) return { width: image.videoWidth, height: image.videoHeight };
  if ("displayWidth" in image) return { width: image.displayWidth, height: image.displayHeight };
  if (image instanceof SVGImageElement) {
    return { width: image.width.baseVal.value, height: image.height.baseVal.value };
  }
  if (image instanceof HTMLImageElement) return { width: image.naturalWidth, height: image.naturalHeight };
  return { width: image.width, height: image.height };
}
