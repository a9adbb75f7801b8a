// The first event of a calendar part (RFC 5545), as much as names it: one pass, nothing else is understood.
export const MOST_CALENDAR = 200_000; // octets that are worth reading for a name

export type Invitation = {
  method: string; // REQUEST, CANCEL, REPLY, … upper case; empty when it isn't said
  summary: string;
  uid: string; // what names it in every calendar
  start: string; // ISO; an instant with Z, else a wall time, else a day alone
};

export function readInvitation(text: string): Invitation | undefined {
  const found: Invitation = { method: '', summary: '', uid: '', start: '' };
  let inEvent = false;
  let other = 0; // components within the event, like alarms
  for (const line of unfolded(text)) {
    const colon = valueAt(line);
    if (colon < 0) continue;
    const name = line.slice(0, colon).split(';', 1)[0]!.toUpperCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'METHOD' && !inEvent) found.method = value.toUpperCase().slice(0, 20);
    if (name === 'BEGIN') {
      if (inEvent) other++;
      else if (value.toUpperCase() === 'VEVENT') inEvent = true;
    } else if (name === 'END' && inEvent) {
      if (other > 0) other--;
      else return found;
    } else if (inEvent && other === 0) {
      if (name === 'SUMMARY') found.summary = unescaped(value).slice(0, 300);
      if (name === 'UID') found.uid = value.slice(0, 300);
      if (name === 'DTSTART') found.start = isoOf(value);
    }
  }
  return inEvent ? found : undefined;
}

function unfolded(text: string): string[] {
  const lines: string[] = [];
  let parts: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith(' ') || line.startsWith('\t')) parts.push(line.slice(1));
    else {
      lines.push(parts.join(''));
      parts = [line];
    }
  }
  lines.push(parts.join(''));
  return lines;
}

// The colon before the value: one within a quoted parameter isn't it.
function valueAt(line: string): number {
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') quoted = !quoted;
    if (line[at] === ':' && !quoted) return at;
  }
  return -1;
}

const unescaped = (value: string) =>
  value.replace(/\\([nN,;\\])/g, (_all, sign: string) => (/n/i.test(sign) ? ' ' : sign)).trim();

function isoOf(value: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?$/.exec(value);
  if (!parts) return '';
  const [, year, month, day, hour, minute, zulu] = parts;
  const iso = `${year}-${month}-${day}${hour ? `T${hour}:${minute}${zulu}` : ''}`;
  return Number.isNaN(Date.parse(iso)) ? '' : iso;
}
