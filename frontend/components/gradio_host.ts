/** Gradio's side of the component, which also hears how the events go that it set off. */

import { Gradio } from "@gradio/utils";
import type { WebRTCEvents, WebRTCProps } from "../index";
import type { CallProgress } from "../lib/additional_outputs";

export class GradioHost extends Gradio<WebRTCEvents, WebRTCProps> {
  /**
   * Told of each step, in order. Following the property instead would miss steps: what changes
   * twice between two renderings is seen once.
   */
  progressed: ((progress: CallProgress) => void) | null = null;

  override set_data(data: Parameters<Gradio<WebRTCEvents, WebRTCProps>["set_data"]>[0]): void {
    super.set_data(data);
    const progress = data.loading_status as CallProgress | undefined;
    if (progress) this.progressed?.(progress);
  }
}
