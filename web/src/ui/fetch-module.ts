// A browser may remember under its address that a module didn't come (Chromium does) and never ask for
// it again: then it is asked for under another one. The error says which; where it doesn't, nothing helps
// but to load the page anew.
let others = 0;
export async function fetchModule<M>(load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (error) {
    const address = /https?:\/\/[^\s?]+\.js/.exec(String(error))?.[0];
    if (!address) throw error;
    return (await import(/* @vite-ignore */ `${address}?${++others}`)) as M;
  }
}
