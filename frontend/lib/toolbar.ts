/** Which tools there are, and which stay in the bar or move into its panel by how wide that is. */

import type { Button, Kind, VideoSource } from "./types";

/** In the order in which they keep their place in a bar that becomes narrow. */
export const TOOL_IDS = [
  "microphone",
  "camera",
  "recording",
  "source",
  "snapshot",
  "flip",
  "fullscreen",
  "volume",
  "picture-in-picture",
  "statistics",
] as const;
export type ToolId = (typeof TOOL_IDS)[number];

/** What decides which tools there are. */
export interface ToolbarState {
  /** In a stream or on the way to one. */
  readonly active: boolean;
  /** Whether a composer leads the bar, which has a microphone's button of its own. */
  readonly composing: boolean;
  /** Kinds that are captured now, and those that are played. */
  readonly capturing: readonly Kind[];
  readonly playing: readonly Kind[];
  readonly receiving: boolean;
  readonly source: VideoSource;
  readonly sources: number;
  readonly cameras: number;
  readonly recorded: boolean;
  readonly buttons: readonly Button[];
  readonly statistics: boolean;
  readonly fullScreen: boolean;
  readonly pictureInPicture: boolean;
}

/** The tools that make sense now. */
export function availableTools(now: ToolbarState): Set<ToolId> {
  const camera = now.capturing.includes("video");
  const seen = now.playing.includes("video");
  const available: Record<ToolId, boolean> = {
    microphone: now.capturing.includes("audio") && !now.composing,
    camera,
    source: now.sources > 1 && (camera || !now.active),
    flip: camera && now.source === "camera" && now.cameras > 1,
    snapshot: now.buttons.includes("snapshot") && seen,
    recording: now.buttons.includes("recording") && (now.playing.length > 0 || now.recorded),
    volume: now.receiving && now.active,
    "picture-in-picture": seen && now.pictureInPicture,
    statistics: now.statistics && now.active,
    fullscreen: now.fullScreen,
  };
  return new Set(TOOL_IDS.filter((id) => available[id]));
}

export interface ToolbarLayout {
  /** Whether the start button has a line of its own. */
  readonly stacked: boolean;
  readonly before: readonly ToolId[];
  readonly after: readonly ToolId[];
  readonly panel: readonly ToolId[];
}

export const BUTTON_PX = 44;
const GAP_PX = 8;
/** What the start button takes with a short word in it. */
const START_PX = 150;
const STACKED_BELOW_PX = 360;
/** Below this the bar has no gaps: three buttons side by side in Gradio's narrowest column. */
const NARROW_PX = 200;
const PADDING_PX = 24;

const WIDTHS: Partial<Record<ToolId, number>> = { volume: 140 };
/** On the left of the start button: what concerns the person's own sending. */
const BEFORE: readonly ToolId[] = ["microphone", "camera", "source", "flip"];

/**
 * Lays out the available tools. `button` says whether the panel's own button is there anyway, as it is
 * for the choice of devices; it takes a place, and is there whenever something is in the panel.
 */
export function layOut(width: number, tools: ReadonlySet<ToolId>, button: boolean): ToolbarLayout {
  const stacked = width <= STACKED_BELOW_PX;
  const gap = width <= NARROW_PX ? 0 : GAP_PX;
  const room = width - (width <= NARROW_PX ? PADDING_PX / 2 : PADDING_PX);
  const wanted = TOOL_IDS.filter((id) => tools.has(id));
  const take = (space: number): ToolId[] => {
    const taken: ToolId[] = [];
    for (const id of wanted) {
      const need = (WIDTHS[id] ?? BUTTON_PX) + gap;
      if (need > space) continue;
      space -= need;
      taken.push(id);
    }
    return taken;
  };
  const whole = stacked ? room + gap : room - START_PX;
  const withPanelButton = whole - BUTTON_PX - gap;
  const all = button ? take(withPanelButton) : take(whole);
  const bar = all.length === wanted.length ? all : take(withPanelButton);
  return {
    stacked,
    before: bar.filter((id) => BEFORE.includes(id)),
    after: bar.filter((id) => !BEFORE.includes(id)),
    panel: wanted.filter((id) => !bar.includes(id)),
  };
}
