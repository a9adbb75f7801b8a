// How far a timeline was scrolled on each page of the browser's history, for whoever comes back to it.
const MOST = 50;
const left = new Map<string, number>();
const entry = (): string => window.history.state?.__TSR_key ?? '';

export const placeLeft = (): number | undefined => left.get(entry());

export function leavePlace(top: number): void {
  left.delete(entry());
  left.set(entry(), top);
  for (const oldest of left.keys()) if (left.size > MOST) left.delete(oldest);
}
