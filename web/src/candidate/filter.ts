// What the list of candidates is narrowed to, and how a profile is shown: it stays so on the way to a profile, to
// its conversations, and back.
export type ProfileView = 'conversations'; // else the timeline
// A phase and a status are those of the job.
type Kept = { q?: string; job?: string; phase?: string; status?: string; view?: ProfileView };

export const sameFilter = ({ q, job, phase, status, view }: Kept): Kept => ({
  ...(q ? { q } : {}),
  ...(job ? { job } : {}),
  ...(job && phase ? { phase } : {}),
  ...(job && status ? { status } : {}),
  ...(view ? { view } : {}),
});

/** What is no id, in an address that somebody wrote, narrows nothing. */
export const asId = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)
    ? value
    : undefined;
