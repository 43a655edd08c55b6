/** The whole screen, by the means that a browser has for it. */

/** What WebKit calls it where it shows nothing but videos on the whole screen, as on an iPhone. */
interface ScreenFillingVideo extends HTMLVideoElement {
  webkitEnterFullscreen(): void;
}

/** Other browsers have that name too, and forbid it in the same frames as the standard one. */
function fillsScreen(video: HTMLVideoElement | null): video is ScreenFillingVideo {
  const standard: boolean = "requestFullscreen" in document.documentElement;
  return !standard && video !== null && "webkitEnterFullscreen" in video;
}

/** Whether something can be shown on the whole screen: the component, or at least its video. */
export function canFillScreen(video: HTMLVideoElement | null): boolean {
  return document.fullscreenEnabled || fillsScreen(video);
}

/** Shows `target` on the whole screen, or else `video`. Throws where the browser forbids it. */
export async function fillScreen(target: HTMLElement, video: HTMLVideoElement | null): Promise<void> {
  if (fillsScreen(video)) video.webkitEnterFullscreen();
  else await target.requestFullscreen();
}
