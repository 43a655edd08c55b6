/** A script for the audio thread as text, see `gradio.config.js`. */
declare module "*?worklet" {
  const text: string;
  export default text;
}
