// The demo company and the people around it. All of them are invented.
export const password = 'demo-demo-demo';
export const domain = 'lindenhof.example';
export const company = 'Lindenhof Instruments';

export const users = [
  { key: 'ada', name: 'Ada Moreau', role: 'admin', all_jobs: true, language: 'en', connected: true, windowDays: 60 },
  { key: 'clara', name: 'Clara Weiss', role: 'manager', all_jobs: false, language: 'de', connected: true, windowDays: 60 },
  { key: 'theo', name: 'Théo Martin', role: 'evaluator', all_jobs: false, language: 'fr', connected: true, windowDays: 60 },
  { key: 'ben', name: 'Ben Hughes', role: 'evaluator', all_jobs: false, language: 'en', connected: false },
].map((user) => ({ ...user, email: `${user.key}@${domain}` }));

export const jobs = [
  { key: 'optics', title: 'Optical Engineer', kind: 'offer', team: ['clara', 'theo'] },
  { key: 'sales', title: 'Sales Manager France', kind: 'offer', team: ['theo'] },
  { key: 'grant', title: 'Young Researchers 2026', kind: 'campaign', team: ['clara', 'ben'] },
];

// `with`: whose mailbox the conversation lives in.
export const candidates = [
  { name: 'Amélie Laurent', address: 'amelie.laurent@posteo.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Interview', status: 'Invited' },
  { name: 'Jonas Brandt', address: 'jonas.brandt@webmail.example', language: 'de', job: 'optics', with: 'clara', phase: 'Interview', status: 'Invited' },
  { name: 'Priya Natarajan', address: 'priya.n@webmail.example', language: 'en', job: 'optics', with: 'clara', phase: 'Application', status: 'New' },
  { name: 'Samuel Okafor', address: 'sam.okafor@inbox.example', language: 'en', job: 'grant', with: 'ada', phase: 'Review', status: 'In review' },
  { name: 'Lucie Fontaine', address: 'lucie.fontaine@posteo.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Application', status: 'New' },
  { name: 'Katharina Vogel', address: 'k.vogel@webmail.example', language: 'de', job: 'optics', with: 'clara', phase: 'Offer', status: 'Offer sent' },
  { name: 'Owen Pritchard', address: 'owen.pritchard@inbox.example', language: 'en', job: 'grant', with: 'ada', phase: 'Application', status: 'New' },
  { name: 'Noémie Garnier', address: 'noemie.garnier@inbox.example', language: 'fr', job: 'grant', with: 'ada', phase: 'Review', status: 'In review' },
  { name: 'Emre Yıldız', address: 'emre.yildiz@webmail.example', language: 'de', job: 'optics', with: 'clara', phase: 'Application', status: 'Rejected' },
  { name: 'Hannah Lindqvist', address: 'hannah.lindqvist@posteo.example', language: 'en', job: 'sales', with: 'theo', phase: 'Interview', status: 'Invited' },
  { name: 'Matthias Krüger', address: 'matthias.krueger@inbox.example', language: 'de', job: 'grant', with: 'ada', phase: 'Application', status: 'New' },
  { name: 'Chloé Bertrand', address: 'chloe.bertrand@webmail.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Application', status: 'Withdrawn' },
];

export const candidateDomains = [...new Set(candidates.map((c) => c.address.split('@')[1]))];
// Mail that has nothing to do with candidates.
export const outsideDomain = 'elsewhere.example';
