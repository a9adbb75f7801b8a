// What a link of an admin carries behind its '#': a secret. It leaves the address bar at once, where it
// would stand in the history and in every picture of the screen.
let taken = '';

export function takeLink(): string {
  const { hash, pathname } = window.location;
  if (hash.length > 1) {
    taken = hash.slice(1);
    window.history.replaceState(window.history.state, '', pathname);
  }
  return taken;
}
