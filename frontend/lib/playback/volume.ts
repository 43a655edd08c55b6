/** How loud the stream is played: the person's choice, kept for next time. */

export interface Volume {
  /** 0 to 1. */
  readonly level: number;
  readonly muted: boolean;
}

export const FULL: Volume = { level: 1, muted: false };
const KEY = "gradio_webrtc.volume";

/** Moving the slider up from silence means wanting to hear; moving it to 0 means silence. */
export function withLevel(level: number): Volume {
  const bounded = Math.min(1, Math.max(0, level));
  return { level: bounded, muted: bounded === 0 };
}

/** Unmuting a slider that stands at 0 would change nothing, so it goes up. */
export function toggled({ level, muted }: Volume): Volume {
  return { level: muted && level === 0 ? 0.5 : level, muted: !muted };
}

/** Storage may be full, forbidden or absent; then the choice holds for this page only. */
export function rememberVolume(storage: Storage | null, volume: Volume): void {
  try {
    storage?.setItem(KEY, JSON.stringify(volume));
  } catch {
    // See above: not being able to remember is no error.
  }
}

export function recallVolume(storage: Storage | null): Volume {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(KEY) ?? "null");
    const { level, muted } = (stored ?? {}) as Record<string, unknown>;
    if (typeof level !== "number" || !(level >= 0 && level <= 1)) return FULL;
    return { level, muted: muted === true };
  } catch {
    return FULL;
  }
}
