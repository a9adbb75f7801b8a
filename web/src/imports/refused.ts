// The lines of a file that were refused, as they stand in it, with the reason beside: a file that can be mended and
// imported again.
import type { Line, Lines } from './send';

// As the server reads it (src/api/csv.cpp).
export function textOf(octets: Uint8Array): string {
  const [first, second] = octets;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(octets);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(octets);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return new TextDecoder('windows-1252').decode(octets);
  }
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

export function refusedLines(
  text: string,
  answer: Pick<Lines, 'separator'>,
  lines: readonly Line[],
  reasonOf: (line: Line) => string,
  title: string,
): string {
  const rows = text.split(/\r\n|\r|\n/);
  // From where one begins up to the next one, without the empty lines between them.
  const from = (line: number, next: number) =>
    rows
      .slice(line - 1, next - 1)
      .join('\n')
      .trimEnd();
  const ends = lines.map((_, i) => lines[i + 1]?.line ?? rows.length + 1);
  const header = from(1, lines[0]?.line ?? 2)
    .replace(/^sep=.\n/i, '')
    .replace(/^\s+/, '');
  const out = [`${header}${answer.separator}${quoted(title)}`];
  lines.forEach((line, i) => {
    if (line.outcome !== 'refused') return;
    out.push(`${from(line.line, ends[i]!)}${answer.separator}${quoted(reasonOf(line))}`);
  });
  return `\uFEFF${out.join('\r\n')}\r\n`;
}

export function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
