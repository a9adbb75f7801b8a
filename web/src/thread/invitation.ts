// The first event of a calendar part (RFC 5545): what, when, where and who. One pass, nothing else is understood.
import { instantIn, zoneOf } from './zones';

export const MOST_CALENDAR = 200_000; // octets that are worth reading for a card

export type Invitation = {
  method: string; // REQUEST, CANCEL, REPLY, … upper case; empty when it isn't said
  summary: string;
  uid: string; // what names it in every calendar
  start: string; // ISO; an instant with Z, else a wall time, else a day alone
  end: string; // the same, of days the last one; empty when it isn't said
  zone: string; // of `start`, if that is a wall time: in its sender's words, where nobody here knows it
  location: string;
  organizer: { name: string; address: string };
  invited: number; // but for the organizer
};

const LONGEST = 300;

export function readInvitation(text: string): Invitation | undefined {
  const found: Invitation = {
    method: '',
    summary: '',
    uid: '',
    start: '',
    end: '',
    zone: '',
    location: '',
    organizer: { name: '', address: '' },
    invited: 0,
  };
  const attendees = new Set<string>();
  let inEvent = false;
  let other = 0; // components within the event, like alarms
  for (const line of unfolded(text)) {
    const colon = valueAt(line);
    if (colon < 0) continue;
    const [name, ...parameters] = parted(line.slice(0, colon));
    const value = line.slice(colon + 1).trim();
    if (name === 'METHOD' && !inEvent) found.method = value.toUpperCase().slice(0, 20);
    if (name === 'BEGIN') {
      if (inEvent) other++;
      else if (value.toUpperCase() === 'VEVENT') inEvent = true;
    } else if (name === 'END' && inEvent) {
      if (other > 0) other--;
      else break;
    } else if (inEvent && other === 0) {
      take(found, attendees, name!, parameters, value);
    }
  }
  if (!inEvent) return undefined;
  attendees.delete(found.organizer.address);
  return { ...found, invited: attendees.size };
}

function take(
  found: Invitation,
  attendees: Set<string>,
  name: string,
  parameters: string[],
  value: string,
) {
  if (name === 'SUMMARY') found.summary = unescaped(value);
  if (name === 'UID') found.uid = value.slice(0, LONGEST);
  if (name === 'LOCATION') found.location = unescaped(value);
  if (name === 'ORGANIZER')
    found.organizer = { name: unescaped(parameterOf(parameters, 'CN')), address: addressIn(value) };
  if (name === 'ATTENDEE') attendees.add(addressIn(value));
  if ((name === 'DTSTART' && !found.start) || (name === 'DTEND' && !found.end)) {
    const { at, zone } = timeOf(value, parameterOf(parameters, 'TZID'));
    if (name === 'DTSTART') [found.start, found.zone] = [at, zone.slice(0, 60)];
    else found.end = at.includes('T') || !at ? at : dayBefore(at); // the day on which it is over
  }
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

// The name in upper case, then its parameters.
function parted(words: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at <= words.length; at++) {
    if (words[at] === '"') quoted = !quoted;
    if (at < words.length && (words[at] !== ';' || quoted)) continue;
    parts.push(words.slice(from, at));
    from = at + 1;
  }
  return [parts[0]!.toUpperCase(), ...parts.slice(1)];
}

function parameterOf(parameters: string[], name: string): string {
  const one = parameters.find((part) => part.toUpperCase().startsWith(`${name}=`)) ?? '';
  return one.slice(name.length + 1).replaceAll('"', '');
}

const unescaped = (value: string) =>
  value
    .replace(/\\([nN,;\\])/g, (_all, sign: string) => (/n/i.test(sign) ? ' ' : sign))
    .trim()
    .slice(0, LONGEST);

const addressIn = (value: string) =>
  value
    .replace(/^mailto:/i, '')
    .slice(0, LONGEST)
    .toLowerCase();

function timeOf(value: string, named: string): { at: string; zone: string } {
  const parts = /^((?:19|20|21)\d\d)(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?$/.exec(value);
  if (!parts) return { at: '', zone: '' };
  const [, year, month, day, hour, minute, zulu] = parts;
  const at = `${year}-${month}-${day}${hour ? `T${hour}:${minute}${zulu}` : ''}`;
  if (Number.isNaN(Date.parse(at))) return { at: '', zone: '' };
  if (!hour || zulu || !named) return { at, zone: '' };
  const zone = zoneOf(named);
  return zone ? { at: instantIn(at, zone), zone: '' } : { at, zone: named };
}

const dayBefore = (day: string) =>
  new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
