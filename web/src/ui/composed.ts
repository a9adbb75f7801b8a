// Whether a key is an input method's. Some browsers say so by its code alone: of the key by which a word is ended,
// and of those that a method takes before it has begun one.
const TAKEN = 229;

export const isComposed = (event: KeyboardEvent): boolean =>
  event.isComposing || event.keyCode === TAKEN;
