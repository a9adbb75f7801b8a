// A made-up company for looking at the page without a server. Deterministic, in memory.
import { randomUUID } from 'node:crypto';

let counter = 0;
const id = () => {
  counter++;
  return `0192aaaa-0000-7000-8000-${counter.toString(16).padStart(12, '0')}`;
};
const HOUR = 3_600_000;
const ago = (hours) => new Date(Date.now() - hours * HOUR).toISOString();

export function makeWorld({ many = 0, language = 'en' } = {}) {
  const company = { id: id(), name: 'Nordlicht Robotics' };
  const user = (name, email, role, all_jobs = false) => ({
    id: id(),
    name,
    email,
    role,
    all_jobs,
    language: 'en',
    time_zone: 'Europe/Paris',
    active: true,
  });
  const users = [
    user('Anna Keller', 'anna.keller@nordlicht.example', 'admin', true),
    user('Hugo Lefèvre', 'hugo.lefevre@nordlicht.example', 'manager', true),
    user('Mira Osei', 'mira.osei@nordlicht.example', 'manager'),
    user('Jonas Brandt', 'jonas.brandt@nordlicht.example', 'evaluator'),
    user('Sofia Marchetti', 'sofia.marchetti@nordlicht.example', 'evaluator'),
  ];
  users[0].language = language;
  users[0].signature_html =
    '<p>Anna Keller<br>Talent Acquisition · Nordlicht Robotics<br><a href="https://nordlicht.example/jobs">nordlicht.example/jobs</a></p>';
  const job = (title, kind, open, team) => ({ id: id(), title, kind, open, team, candidates: 0 });
  const jobs = [
    job('Embedded Software Engineer', 'offer', true, [users[0].id, users[2].id, users[3].id]),
    job('Technicien de maintenance (H/F)', 'offer', true, [users[1].id, users[4].id]),
    job('Produktdesigner:in', 'offer', true, [users[0].id, users[2].id]),
    job(
      'Graduate programme 2027',
      'campaign',
      true,
      users.map((one) => one.id),
    ),
    job('Robotics talent pool', 'talent_pool', true, [users[0].id]),
    job('Office Manager Hamburg', 'offer', false, [users[1].id]),
  ];
  const candidates = [];
  const threads = [];
  const bodies = new Map();

  const addCandidate = (name, addresses, applied) => {
    const one = {
      id: id(),
      name,
      created: ago(24 * 20),
      addresses: addresses.map((address) =>
        typeof address === 'string'
          ? { address, synced: true, why_not: '', since: ago(24 * 20) }
          : address,
      ),
      applications: applied.map(([which, phase, status]) => ({
        id: id(),
        job: jobs[which].id,
        job_title: jobs[which].title,
        phase,
        status,
      })),
      seen_by: users.slice(0, 4).map(({ id, name }) => ({ id, name })),
    };
    for (const [which] of applied) jobs[which].candidates++;
    candidates.push(one);
    return one;
  };
  const me = { name: users[0].name, address: users[0].email };
  const message = (hours, from, to, subject, body, more = {}) => {
    const one = {
      id: id(),
      from: [from],
      to: Array.isArray(to) ? to : [to],
      cc: [],
      subject,
      date: ago(hours),
      kind: 'human',
      direction: from.address.endsWith('nordlicht.example') ? 'outgoing' : 'incoming',
      snippet: (body.fresh ?? body.text ?? '').replace(/\s+/g, ' ').slice(0, 160),
      attachments: [],
      why: { by: 'address', detail: from.address },
      outbox: null,
      ...more,
    };
    bodies.set(one.id, {
      text: '',
      fresh: body.fresh ?? body.text ?? '',
      quoted: '',
      signature: '',
      html: '',
      defects: [],
      ...body,
    });
    return one;
  };
  const addThread = (candidate, subject, messages, kind = 'conversation') => {
    const one = {
      id: id(),
      candidate: candidate.id,
      candidate_name: candidate.name,
      subject,
      kind,
      messages,
    };
    for (const each of messages) {
      if (each.outbox)
        Object.assign(each.outbox, { thread: one.id, candidate: candidate.id, message: each.id });
    }
    threads.push(one);
    return one;
  };
  const outbox = (state, more = {}) => ({
    id: id(),
    state,
    thread: '',
    candidate: '',
    message: '',
    created: ago(0.4),
    sent: null,
    attempts: 1,
    next_try: null,
    copy_filed: false,
    why: '',
    answer: '',
    ...more,
  });
  const file = (index, filename, type, octets, more = {}) => ({
    index,
    filename,
    type,
    octets,
    content_id: '',
    inline: false,
    ...more,
  });

  const lea = addCandidate(
    'Léa Fontaine',
    ['lea.fontaine@courriel.example', 'lea@fontaine.example'],
    [
      [0, 'Interview', 'In progress'],
      [4, 'application', 'new'],
    ],
  );
  const leaP = { name: 'Léa Fontaine', address: 'lea.fontaine@courriel.example' };
  addThread(lea, 'Application: Embedded Software Engineer', [
    message(
      96,
      leaP,
      me,
      'Application: Embedded Software Engineer',
      {
        text: 'Dear Ms Keller,\n\nplease find my CV attached. I have spent six years on motor control firmware and would love to bring that to Nordlicht.\n\nKind regards\nLéa Fontaine',
        fresh:
          'Dear Ms Keller,\n\nplease find my CV attached. I have spent six years on motor control firmware and would love to bring that to Nordlicht.\n\nKind regards',
        signature: 'Léa Fontaine',
      },
      {
        attachments: [
          file(0, 'CV Léa Fontaine.pdf', 'application/pdf', 284_112),
          file(1, 'Certificates.zip', 'application/zip', 3_411_020),
        ],
      },
    ),
    message(
      92,
      { name: 'Hearback', address: 'noreply@nordlicht.example' },
      leaP,
      'We received your application',
      {
        text: 'Dear Léa, thank you for your application. We will come back to you within a week.',
      },
      { kind: 'automatic' },
    ),
    message(
      50,
      me,
      leaP,
      'Re: Application: Embedded Software Engineer',
      {
        text: 'Dear Léa,\n\nthank you, this reads very well. Could you meet us on Thursday at 10:00, by video?\n\nBest regards\nAnna',
      },
      {
        why: { by: 'sent_here', detail: '' },
        outbox: outbox('seen_in_sent', { copy_filed: true, sent: ago(50) }),
      },
    ),
    message(
      2.2,
      leaP,
      [me, { name: 'Mira Osei', address: 'mira.osei@nordlicht.example' }],
      'Re: Application: Embedded Software Engineer',
      {
        text: '',
        fresh: 'Thursday at 10:00 suits me well. Two questions before that…',
        html: `<div dir="ltr"><p>Dear Anna,</p><p>Thursday at 10:00 suits me <b>very well</b>. Two questions before that:</p><ul><li>Who will be there besides you?</li><li>Shall I prepare something on the <i>motor controller</i> task?</li></ul><p>I attached the drawing we spoke about. More of my work is at <a href="https://fontaine.example/work">fontaine.example/work</a>.</p><p><img src="cid:drawing1" alt="Drawing" width="320"></p><p>Best<br>Léa</p><img src="https://tracker.example/pixel.gif" width="1" height="1"></div><div class="gmail_quote"><div>On Tue, Anna Keller wrote:</div><blockquote type="cite" class="gmail_quote"><p>Dear Léa,</p><p>thank you, this reads very well. Could you meet us on Thursday at 10:00, by video?</p></blockquote></div>`,
      },
      {
        why: { by: 'reply_to', detail: '<x@nordlicht.example>' },
        attachments: [
          file(0, 'drawing.png', 'image/png', 8_120, { content_id: 'drawing1', inline: true }),
          file(
            1,
            'Motor controller – notes.docx',
            'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
            48_300,
          ),
        ],
      },
    ),
  ]);
  addThread(
    lea,
    'Fwd: Application: Embedded Software Engineer',
    [
      message(
        48,
        me,
        [{ name: 'Jonas Brandt', address: 'jonas.brandt@nordlicht.example' }],
        'Fwd: Application: Embedded Software Engineer',
        {
          text: 'Jonas, what do you think of her control loop work? I would like you in the interview.',
        },
        { why: { by: 'reply_to', detail: '' } },
      ),
      message(
        46,
        { name: 'Jonas Brandt', address: 'jonas.brandt@nordlicht.example' },
        me,
        'Re: Fwd: Application: Embedded Software Engineer',
        {
          text: 'Strong. Happy to join on Thursday.',
        },
        { why: { by: 'reply_to', detail: '' } },
      ),
    ],
    'internal_forward',
  );

  const deniz = addCandidate(
    'Deniz Aydın',
    ['deniz.aydin@posta.example'],
    [[2, 'Portfolio', 'Waiting']],
  );
  const denizP = { name: 'Deniz Aydın', address: 'deniz.aydin@posta.example' };
  addThread(deniz, 'Portfolio und Rückfrage zum Gehalt', [
    message(
      30,
      denizP,
      me,
      'Portfolio und Rückfrage zum Gehalt',
      {
        text: 'Guten Tag Frau Keller,\n\nanbei mein Portfolio. Darf ich fragen, in welchem Rahmen das Gehalt liegt?\n\nViele Grüße\nDeniz Aydın',
      },
      { attachments: [file(0, 'Portfolio_Aydin_2026.pdf', 'application/pdf', 12_400_221)] },
    ),
    message(
      0.5,
      me,
      denizP,
      'Re: Portfolio und Rückfrage zum Gehalt',
      {
        text: 'Guten Tag Deniz,\n\nvielen Dank. Der Rahmen liegt bei 62.000 bis 70.000 Euro. Passt Ihnen ein Gespräch am Mittwoch?\n\nViele Grüße\nAnna Keller',
      },
      {
        why: { by: 'sent_here', detail: '' },
        outbox: outbox('uncertain', {
          why: 'smtp.closed',
          attempts: 1,
          next_try: new Date(Date.now() + 4 * 60_000).toISOString(),
          answer: '354 End data with <CR><LF>.<CR><LF>',
        }),
      },
    ),
  ]);

  const camille = addCandidate(
    'Camille Roux',
    ['camille.roux@example.fr'],
    [[1, 'Entretien', 'À confirmer']],
  );
  const camilleP = { name: 'Camille Roux', address: 'camille.roux@example.fr' };
  addThread(camille, 'Candidature technicienne de maintenance', [
    message(
      5,
      camilleP,
      { name: 'Hugo Lefèvre', address: 'hugo.lefevre@nordlicht.example' },
      'Candidature technicienne de maintenance',
      {
        text: 'Bonjour Monsieur Lefèvre,\n\nje vous confirme ma disponibilité mardi à 14 h 30. Faut-il apporter mes habilitations électriques ?\n\nCordialement,\nCamille Roux',
      },
    ),
  ]);
  const omar = addCandidate('عمر الحداد', ['omar.haddad@barid.example'], [[0, 'Screening', 'new']]);
  addThread(omar, 'طلب توظيف: مهندس برمجيات', [
    message(
      7,
      { name: 'عمر الحداد', address: 'omar.haddad@barid.example' },
      me,
      'طلب توظيف: مهندس برمجيات',
      {
        html: '<p>السيدة كيلر المحترمة،</p><p>أود التقدم لوظيفة مهندس البرمجيات. أرفقت سيرتي الذاتية.</p><p>مع أطيب التحيات<br>عمر</p>',
        fresh: 'أود التقدم لوظيفة مهندس البرمجيات. أرفقت سيرتي الذاتية.',
      },
      { attachments: [file(0, 'السيرة الذاتية.pdf', 'application/pdf', 190_400)] },
    ),
  ]);
  const tom = addCandidate('Tom Whitfield', ['tom@whitfield.example'], [[3, 'application', 'new']]);
  const tomP = { name: 'Tom Whitfield', address: 'tom@whitfield.example' };
  addThread(tom, 'Interview slot', [
    message(
      52,
      me,
      tomP,
      'Interview slot',
      { text: 'Hi Tom, would Monday 9:30 work for you?' },
      { outbox: outbox('sent', { sent: ago(52) }), why: { by: 'sent_here', detail: '' } },
    ),
    message(
      26,
      tomP,
      me,
      'Automatic reply: Interview slot',
      { text: 'I am travelling until Monday and will answer then.' },
      { kind: 'automatic', why: { by: 'reply_to', detail: '' } },
    ),
  ]);
  const grace = addCandidate(
    'Grace Nakamura',
    [
      'grace.nakamura@mail.example',
      {
        address: 'mira.osei@nordlicht.example',
        synced: false,
        why_not: 'internal-user',
        since: ago(70),
      },
    ],
    [[0, 'Offer', 'Sent']],
  );
  const graceP = { name: 'Grace Nakamura', address: 'grace.nakamura@mail.example' };
  addThread(grace, 'Your offer', [
    message(
      100,
      me,
      graceP,
      'Your offer',
      { text: 'Dear Grace, we are delighted to offer you the position.' },
      {
        outbox: outbox('failed', {
          why: 'smtp.recipient-refused',
          answer: '550 5.1.1 User unknown',
          attempts: 2,
        }),
        why: { by: 'sent_here', detail: '' },
      },
    ),
    message(
      99,
      { name: 'Mail Delivery System', address: 'mailer-daemon@mx.mail.example' },
      me,
      'Undelivered Mail Returned to Sender',
      { text: 'The address could not be found: grace.nakamura@mail.example' },
      { kind: 'bounce', why: { by: 'reply_to', detail: '' } },
    ),
  ]);
  const nils = addCandidate(
    'Nils Petersen-Grauwinkel von der Hohen Linde',
    ['nils.petersen-grauwinkel@sehr-langer-domainname.example'],
    [[2, 'Erstgespräch', 'Eingeladen']],
  );
  addThread(
    nils,
    'Re: Re: Einladung zum Erstgespräch am kommenden Donnerstag in der Speicherstadt – Anfahrt und Unterlagen',
    [
      message(
        28,
        { name: nils.name, address: nils.addresses[0].address },
        me,
        'Re: Re: Einladung',
        {
          html: '<div style="background:#fff3c4;color:#333;padding:16px;font-family:Georgia"><h2 style="color:#8a1c1c">Bestätigung</h2><p>Ich komme gern. <a href="https://phish.example/login">www.nordlicht.example/login</a></p><table border="1" cellpadding="6"><tr><td>Datum</td><td>Donnerstag</td></tr><tr><td>Uhrzeit</td><td>15:00</td></tr></table></div>',
          fresh: 'Ich komme gern.',
        },
      ),
    ],
  );
  const names = [
    'Amara Diallo',
    'Bence Kovács',
    'Chiara Romano',
    'Elif Demir',
    'Finn Sørensen',
    'Giulia Conti',
    'Hana Novák',
    'Ivo Marinov',
    'Jana Weiß',
    'Kofi Mensah',
    'Lucía Ortega',
    'Marek Zieliński',
    'Noor de Vries',
    'Oskar Lindqvist',
    'Priya Raman',
    'Quentin Moreau',
    'Rosa Almeida',
    'Sven Åkesson',
  ];
  const subjects = [
    'Application',
    'Interview next week',
    'Question about the role',
    'Unterlagen',
    'Disponibilités',
    'Thank you',
    'References',
  ];
  const words = [
    'Thank you for the quick answer. I would be available from March on.',
    'Vielen Dank für das Gespräch, die Unterlagen schicke ich heute Abend.',
    'Merci pour votre retour, je reste à votre disposition.',
    'One more question: is remote work possible two days a week?',
    'Attached you find the references you asked for.',
  ];
  for (let index = 0; index < Math.max(names.length, many); index++) {
    const name = many
      ? `${names[index % names.length]} ${Math.floor(index / names.length) || ''}`.trim()
      : names[index];
    const address = `${name
      .normalize('NFD')
      .replace(/[^a-zA-Z0-9]+/g, '.')
      .toLowerCase()}@mail.example`;
    const one = addCandidate(name, [address], [[index % 5, 'application', 'new']]);
    const incoming = index % 3 !== 1;
    const person = { name, address };
    addThread(one, subjects[index % subjects.length], [
      message(
        31 + index * 9,
        incoming ? person : me,
        incoming ? me : person,
        subjects[index % subjects.length],
        { text: words[index % words.length] },
        {
          attachments:
            index % 5 === 4 ? [file(0, 'references.pdf', 'application/pdf', 80_000)] : [],
        },
      ),
    ]);
  }

  const mailbox = (address, more = {}) => ({
    id: id(),
    address,
    kind: 'personal',
    state: 'active',
    imap: { host: 'imap.nordlicht.example', port: 993, security: 'tls', user: address },
    smtp: { host: 'smtp.nordlicht.example', port: 587, security: 'starttls', user: address },
    window_since: ago(24 * 14),
    connected: ago(24 * 6),
    consent_at: ago(24 * 6),
    last_success: ago(0.02),
    last_error: '',
    next_try: null,
    importing: false,
    headers_seen: 18_442,
    bodies_fetched: 117,
    quarantined: 0,
    ...more,
  });
  const mailboxes = [
    mailbox('anna.keller@nordlicht.example', { quarantined: 1 }),
    mailbox('jobs-hamburg@nordlicht.example', {
      last_error: 'net.timeout',
      last_success: ago(3),
      next_try: new Date(Date.now() + 7 * 60_000).toISOString(),
    }),
    mailbox('a.keller@privat.example', {
      state: 'needs_sign_in',
      last_error: 'imap.login-refused',
      last_success: ago(60),
      imap: { host: 'imap.privat.example', port: 993, security: 'tls', user: 'a.keller' },
    }),
  ];
  const folders = [
    ['INBOX', 'incoming', '', 88],
    ['Gesendet', 'outgoing', '\\Sent', 29],
    ['Bewerbungen', 'incoming', '', 12],
    ['Entwürfe', 'ignored', '\\Drafts', 0],
    ['Spam', 'ignored', '\\Junk', 0],
    ['Papierkorb', 'ignored', '\\Trash', 0],
  ].map(([name, role, special_use, imported]) => ({
    id: id(),
    name,
    role,
    role_by_user: name === 'Bewerbungen',
    imported,
    special_use,
  }));
  const ledger = Array.from({ length: 12 }, (_, index) => ({
    at: ago(1 + index * 5),
    folder: index % 3 ? 'INBOX' : 'Gesendet',
    uid: 20_411 - index * 13,
    rule: index % 4 ? 'candidate-address' : 'reply-to-stored',
    octets: 4000 + ((index * 7919) % 90_000),
  }));
  const quarantine = [
    {
      folder: 'INBOX',
      folder_id: folders[0].id,
      uid: 19_020,
      reason: 'mail.too-large',
      attempts: 3,
      since: ago(60),
      given_up: true,
    },
  ];
  const tokens = [
    { id: id(), name: 'Careers site', created: ago(24 * 40), last_used: ago(1) },
    { id: id(), name: 'HR export', created: ago(24 * 3), last_used: null },
  ];
  return {
    company,
    users,
    jobs,
    candidates,
    threads,
    bodies,
    mailboxes,
    folders,
    ledger,
    quarantine,
    tokens,
    invitations: [],
    make: { id, message, addThread, outbox, ago, randomUUID },
  };
}

export function rowOf(world, thread) {
  const last = thread.messages.at(-1);
  world.byId ??= new Map(world.candidates.map((one) => [one.id, one]));
  const candidate = world.byId.get(thread.candidate);
  return {
    id: thread.id,
    candidate: thread.candidate,
    candidate_name: thread.candidate_name,
    jobs: candidate?.applications.map((one) => one.job_title) ?? [],
    subject: thread.subject,
    kind: thread.kind,
    messages: thread.messages.length,
    last_at: last.date,
    last_from: last.from[0]?.name ?? '',
    last_direction: last.direction,
    last_kind: last.kind,
    last_snippet: last.snippet,
    has_attachments: thread.messages.some((one) => one.attachments.some((part) => !part.inline)),
    last_outbox_state: last.outbox?.state ?? null,
  };
}
