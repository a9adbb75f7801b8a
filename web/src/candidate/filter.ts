// What the list of candidates is narrowed to: it stays so on the way to a profile, to its conversations, and back.
type Narrowed = { q?: string; job?: string };

export const sameFilter = ({ q, job }: Narrowed): Narrowed => ({
  ...(q ? { q } : {}),
  ...(job ? { job } : {}),
});
