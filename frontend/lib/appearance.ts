/** How the author wants it to look; `null` means the component's own choice. */

import type { Button, ButtonLabels, TurnLabels, Variant } from "./types";

/** What the page calls each turn. */
export type TurnWords = Readonly<Required<TurnLabels>>;

export interface Appearance {
  readonly icon: string | null;
  readonly iconButtonColor: string | null;
  readonly pulseColor: string | null;
  /** Corner radius of the icon, percent. */
  readonly iconRadius: number | null;
  readonly labels: ButtonLabels;
  readonly mirror: boolean;
  readonly fullScreen: boolean;
  readonly variant: Variant;
  /** Further buttons the author wants. */
  readonly buttons: readonly Button[];
  readonly statistics: boolean;
  /** What the empty field of the composer says. */
  readonly placeholder: string | null;
  /** `null` when the page does not show whose turn it is. */
  readonly turnWords: TurnWords | null;
  /** Whether the person talks by a button they hold. */
  readonly pushToTalk: boolean;
}

const TURN_WORDS: TurnWords = {
  listening: "Listening",
  speaking: "Hearing you",
  thinking: "Thinking",
  replying: "Speaking",
};

/** Nobody is listened to while a button waits to be held. */
const READY = { listening: "Ready" };

/** The author's words in place of the usual ones; none at all where they said `False`. */
export function turnWords(
  labels: TurnLabels | false | null | undefined,
  pushToTalk = false,
): TurnWords | null {
  if (labels === false) return null;
  return { ...TURN_WORDS, ...(pushToTalk && READY), ...labels };
}
