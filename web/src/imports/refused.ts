// The lines of a file that were refused, as they stand in it, with the reason before: a file that can be mended and
// imported again.
import type { Line, Lines } from './send';

// As the server reads it (src/api/csv.cpp).
export function textOf(octets: Uint8Array): string {
  const [first, second, third] = octets;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(octets);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(octets);
  // It says that it is UTF-8: one broken letter in it doesn't make another form of it.
  const says = first === 0xef && second === 0xbb && third === 0xbf;
  try {
    return new TextDecoder('utf-8', { fatal: !says }).decode(octets);
  } catch {
    return new TextDecoder('windows-1252').decode(octets);
  }
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const isOpen = (text: string) => (text.match(/"/g)?.length ?? 0) % 2 === 1;

// The reason stands first: a row may be shorter than the header. `begins`: all lines of the file that are known, in
// their order; more than those of `lines`, where the import was stopped.
export function refusedLines(
  text: string,
  answer: Pick<Lines, 'separator'>,
  lines: readonly Line[],
  begins: readonly number[],
  reasonOf: (line: Line) => string,
  title: string,
): string {
  const rows = text.split(/\r\n|\r|\n/);
  // From where one begins up to the next one, without the empty lines between them. Where none is known the row ends
  // with its quotation marks.
  const from = (line: number) => {
    const next = begins.find((one) => one > line);
    let end = (next ?? line + 1) - 1;
    let open = next === undefined && isOpen(rows[line - 1] ?? '');
    while (open && end < rows.length) open = isOpen(rows[end++]!) !== open;
    return rows
      .slice(line - 1, end)
      .join('\n')
      .trimEnd();
  };
  const says = /^sep=.\s*$/i.test(rows[0] ?? '');
  const header = rows.findIndex((row, i) => (i > 0 || !says) && row.trim() !== '') + 1;
  const out = says ? [rows[0]!] : [];
  out.push(`${quoted(title)}${answer.separator}${from(header)}`);
  for (const line of lines)
    if (line.outcome === 'refused')
      out.push(`${quoted(reasonOf(line))}${answer.separator}${from(line.line)}`);
  return `\uFEFF${out.join('\r\n')}\r\n`;
}

export function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
