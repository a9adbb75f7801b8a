// What a link of an admin, or of the server, carries behind its '#': a secret. It leaves the address bar at
// once, where it would stand in the history and in every picture of the screen.
const taken = new Map<string, string>(); // by the page that it leads to

export function takeLink(): string {
  const { hash, pathname } = window.location;
  if (hash.length > 1) {
    taken.set(pathname, hash.slice(1));
    window.history.replaceState(window.history.state, '', pathname);
  }
  return taken.get(pathname) ?? '';
}

/** It is used up. */
export function dropLink(): void {
  taken.delete(window.location.pathname);
}
