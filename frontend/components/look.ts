/** How the author wants it to look; `null` means the component's own choice. */

import type { Button, ButtonLabels, Variant } from "../lib/types";

export interface Look {
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
}
