/** What saved pictures and recordings are called, and what they are made of. */

/** Letters, digits and a few signs of any language; the rest is not safe in every file system. */
function safe(label: string): string {
  const words = label.normalize("NFC").replace(/[^\p{L}\p{N}\p{M}._-]+/gu, "-");
  return words.replace(/^[-.]+|[-.]+$/g, "").slice(0, 60) || "stream";
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A file's name from the component's label and the local time, such as `Camera-2026-01-31-140509.png`. */
export function fileName(label: string, at: Date, extension: string, part = 1): string {
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const suffix = part > 1 ? `-part${part}` : "";
  return `${safe(label)}-${day}-${time}${suffix}.${extension}`;
}

/**
 * What a recording may be made of, best first. VP8 costs a page that already sends and receives
 * least; Safari has MP4 only. Where sound is named and there is none, Firefox waits for it and
 * writes nothing.
 */
const FILM_TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
const SILENT_FILM_TYPES = ["video/webm;codecs=vp8", "video/webm", "video/mp4"];
const AUDIO_TYPES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg;codecs=opus"];

/** The MIME type to record what there is of both, `""` to leave it to the browser. */
export function recordingType(
  { video, audio }: { readonly video: boolean; readonly audio: boolean },
  supported: (type: string) => boolean,
): string {
  const types = !video ? AUDIO_TYPES : audio ? FILM_TYPES : SILENT_FILM_TYPES;
  return types.find(supported) ?? "";
}

export function extensionOf(type: string): string {
  const container = /^\w+\/([\w-]+)/.exec(type)?.[1] ?? "webm";
  return container === "mp4" && type.startsWith("audio/") ? "m4a" : container;
}

/** Minutes and seconds, `1:05`; with hours from one on, `1:00:05`. */
export function elapsedText(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const end = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${end}` : `${minutes}:${end}`;
}
