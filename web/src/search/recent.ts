// What was searched for last in this tab. It stays here: the server isn't told, and it ends with the session.
const KEPT = 'hearback.searched';
const MOST = 5;

function read(): Record<string, string[]> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
    return kept && typeof kept === 'object' ? (kept as Record<string, string[]>) : {};
  } catch {
    return {};
  }
}

export function recentOf(user: string): string[] {
  const own = read()[user];
  return Array.isArray(own) ? own.filter((one) => typeof one === 'string') : [];
}

export function remember(user: string, query: string): void {
  const asked = query.trim();
  if (!asked) return;
  const others = recentOf(user).filter((one) => one !== asked);
  try {
    // Of this user alone: whoever used the tab before has left.
    sessionStorage.setItem(KEPT, JSON.stringify({ [user]: [asked, ...others].slice(0, MOST) }));
  } catch {
    // Full or forbidden: then it isn't remembered.
  }
}

export function forgetRecent(): void {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Forbidden: nothing was remembered.
  }
}
