// What the list of candidates is narrowed to, and how a profile is shown: it stays so on the way to a profile, to
// its conversations, and back.
export type ProfileView = 'conversations'; // else the timeline
type Kept = { q?: string; job?: string; view?: ProfileView };

export const sameFilter = ({ q, job, view }: Kept): Kept => ({
  ...(q ? { q } : {}),
  ...(job ? { job } : {}),
  ...(view ? { view } : {}),
});
