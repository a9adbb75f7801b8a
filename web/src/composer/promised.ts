// Whether a letter says that a file comes with it, in any of our languages, whichever the page is in. Told from
// those that only speak of a file, which letters to candidates do all the time ("your attached CV").
const SAID = [
  /\b(?:I|we)(?:['’]ve| have)? (?:also )?attach(?:ed)?(?: (?:an?|the|our|my|your|it|them|some|two|three|here|below)\b|[.,:!]|$)/i,
  /\b(?:I|we)(?:['’](?:m|re)| am| are) attaching\b/i,
  /\b(?:see|find)(?: [\w-]+){0,4} (?:attached|enclosed)\b|\battached(?: please)? find\b/i,
  /\bsee (?:the|our|my) (?:attachment|attached)/i,
  /\b(?:is|are) (?:attached|enclosed)\b(?! to (?!this))|\battached (?:is|are)\b/i,
  /\banbei\b|\bim Anhang (?:finde|erh[aä]lt|ist|sind|send|schick|liegt)/i,
  /\b(?:finde|erh[aä]lt|send|schick)[^.!?\n]{0,60} im Anhang\b|\bhabe[^.!?\n]{0,60} angehängt/i,
  /\bci-joint(?:es?|s)?\b/i,
  /\btrouve[rz][^.!?\n]{0,60} (?:en pièces? jointes?|en annexe)|\ben pièce jointe (?:le|la|les|un|une|notre|nos)\b/i,
];

export const tellsOfFile = (text: string): boolean => SAID.some((said) => said.test(text));
