// Whether a subject says no more than the job that stands above it: "Re: Welder", "Your application:
// Welder". Then the row has more room for what was written.
const PREFIX = /^(?:\s*(?:re|aw|antw|wg|fwd?|tr|sv|r|i)\s*(?:\[\d+\])?\s*:)+/i;
const ABOUT =
  /^(?:(?:your|my|ihre|deine|meine|votre|ma)\s+)?(?:application|bewerbung|candidature|job|stelle|poste|offre)\b[\s:–-]*(?:(?:for|as|als|für|um|auf|au|pour|de|d’|the|die|der|das|den|le|la|position|stelle|poste|a|an|eine?n?)\b[\s:–-]*)*/i;

const plain = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();

export function repeatsJob(subject: string, jobs: readonly string[]): boolean {
  const said = subject.slice(0, 200).replace(PREFIX, '').trim();
  const left = [said, said.replace(ABOUT, '')].map(plain);
  return jobs.some((job) => plain(job) !== '' && left.includes(plain(job)));
}

// "Hello Ada, " says nothing of what was written, and stands in every row. Behind the greeting a few names, or
// words for everybody; a sentence that goes on without a mark is none of it.
const GREETING =
  /^(?:hello|hi|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|moin|servus|grüß (?:gott|dich)|grüezi|bonjour|bonsoir|salut|ch(?:er|ère)s?|madame|monsieur)(?![\p{L}\p{N}])/iu;
const WHOM =
  /^(?:\s+(?:\p{Lu}[\p{L}.'’-]{0,40}|and|und|et|or|ou|oder|von|van|de|du|der|la|le|à|all|alle|tous|toutes|there|everyone|everybody|zusammen|hiring|recruiting|team|sir|madam)(?![\p{L}\p{N}])){0,5}\s?[,!](?:\s+|$)/u;

/** What was written, from behind the salutation on ("Madame, Monsieur," has two); all of it where nothing else was. */
export function withoutSalutation(words: string): string {
  for (let left = words; ; ) {
    const greeting = GREETING.exec(left)?.[0];
    const whom = greeting && WHOM.exec(left.slice(greeting.length))?.[0];
    if (!whom) return left || words;
    left = left.slice(greeting.length + whom.length);
  }
}
