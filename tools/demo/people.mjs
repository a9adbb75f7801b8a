// The demo company and the people around it. All of them are invented.
export const password = 'demo-demo-demo';
export const domain = 'lindenhof.example';
export const company = 'Lindenhof Instruments';

// `follows`: candidates by name, jobs by key.
export const users = [
  { key: 'ada', name: 'Ada Moreau', role: 'admin', all_jobs: true, language: 'en', connected: true, windowDays: 60, follows: ['Katharina Vogel', 'Grace Adeyemi', 'Yuki Tanabe', 'sales', 'grant'] },
  { key: 'clara', name: 'Clara Weiss', role: 'manager', all_jobs: false, language: 'de', connected: true, windowDays: 60, follows: ['Katharina Vogel', 'Henrik Aasen', 'laser'] },
  { key: 'theo', name: 'Théo Martin', role: 'evaluator', all_jobs: false, language: 'fr', connected: true, windowDays: 60, follows: ['Yuki Tanabe', 'Katharina Vogel', 'Amélie Laurent', 'sales'] },
  { key: 'ben', name: 'Ben Hughes', role: 'evaluator', all_jobs: false, language: 'en', connected: false, follows: ['Grace Adeyemi', 'software'] },
].map((user) => ({ ...user, email: `${user.key}@${domain}` }));

export const jobs = [
  { key: 'optics', title: 'Optical Engineer', kind: 'offer', team: ['clara', 'theo'] },
  { key: 'sales', title: 'Sales Manager France', kind: 'offer', team: ['theo'] },
  { key: 'grant', title: 'Young Researchers 2026', kind: 'campaign', team: ['clara', 'ben'] },
  { key: 'laser', title: 'Laser Technician', kind: 'offer', team: ['clara', 'ben'] },
  { key: 'software', title: 'Software people', kind: 'talent_pool', team: ['theo', 'ben'] },
  { key: 'assembly', title: 'Assembly Lead', kind: 'offer', team: ['clara'], archived: true },
];

// `with`: whose mailbox the conversation lives in; `story`: what happened (letters.mjs), beginning `ago` days
// before the demo.
export const candidates = [
  { name: 'Amélie Laurent', address: 'amelie.laurent@posteo.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Interview', status: 'Invited', story: 'accepted', ago: 3 },
  { name: 'Jonas Brandt', address: 'jonas.brandt@webmail.example', language: 'de', job: 'optics', with: 'clara', phase: 'Interview', status: 'Invited', story: 'invited and shared', ago: 5.2 },
  { name: 'Priya Natarajan', address: 'priya.n@webmail.example', language: 'en', job: 'optics', with: 'clara', phase: 'Application', status: 'New', story: 'answered', ago: 7.4 },
  { name: 'Samuel Okafor', address: 'sam.okafor@inbox.example', language: 'en', job: 'grant', with: 'ada', phase: 'Review', status: 'In review', story: 'accepted', ago: 9.6 },
  { name: 'Lucie Fontaine', address: 'lucie.fontaine@posteo.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Application', status: 'New', story: 'invited', ago: 11.8 },
  { name: 'Katharina Vogel', address: 'k.vogel@webmail.example', language: 'de', job: 'optics', with: 'clara', phase: 'Offer', status: 'Offer sent', story: 'answered and shared', ago: 14 },
  { name: 'Owen Pritchard', address: 'owen.pritchard@inbox.example', language: 'en', job: 'grant', with: 'ada', phase: 'Application', status: 'New', story: 'accepted', ago: 16.2 },
  { name: 'Noémie Garnier', address: 'noemie.garnier@inbox.example', language: 'fr', job: 'grant', with: 'ada', phase: 'Review', status: 'In review', story: 'invited', ago: 18.4 },
  { name: 'Emre Yıldız', address: 'emre.yildiz@webmail.example', language: 'de', job: 'optics', with: 'clara', phase: 'Application', status: 'Rejected', story: 'answered', ago: 20.6 },
  { name: 'Hannah Lindqvist', address: 'hannah.lindqvist@posteo.example', language: 'en', job: 'sales', with: 'theo', phase: 'Interview', status: 'Invited', story: 'accepted and shared', ago: 22.8 },
  { name: 'Matthias Krüger', address: 'matthias.krueger@inbox.example', language: 'de', job: 'grant', with: 'ada', phase: 'Application', status: 'New', story: 'invited', ago: 25 },
  { name: 'Chloé Bertrand', address: 'chloe.bertrand@webmail.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Application', status: 'Withdrawn', story: 'answered', ago: 27.2 },
  { name: 'Ines Carvalho', address: 'ines.carvalho@inbox.example', language: 'en', job: 'optics', with: 'clara', phase: 'Application', status: 'New', story: 'unanswered', ago: 0.3 },
  { name: 'Bastian Holm', address: 'bastian.holm@webmail.example', language: 'de', job: 'laser', with: 'ben', phase: 'Application', status: 'New', story: 'unanswered', ago: 0.6 },
  { name: 'Solène Marchetti', address: 'solene.marchetti@posteo.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Application', status: 'New', story: 'unanswered', ago: 0.8 },
  { name: 'Tomasz Zieliński', address: 'tomasz.zielinski@webmail.example', language: 'en', job: 'software', with: 'theo', phase: 'Application', status: 'New', story: 'unanswered', ago: 1.4 },
  { name: 'Ada Moreno', address: 'ada.moreno@inbox.example', language: 'en', job: 'grant', with: 'ada', phase: 'Application', status: 'New', story: 'unanswered', ago: 1.9 },
  { name: 'Leni Hoffmann', address: 'leni.hoffmann@posteo.example', language: 'de', job: 'optics', with: 'clara', phase: 'Interview', status: 'Invited', story: 'asking', ago: 6.2 },
  { name: 'Farid Benali', address: 'farid.benali@webmail.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Interview', status: 'Invited', story: 'asking', ago: 5.1 },
  { name: 'Grace Adeyemi', address: 'grace.adeyemi@inbox.example', language: 'en', job: 'grant', with: 'ada', phase: 'Review', status: 'In review', story: 'asking', ago: 8.4 },
  { name: 'Mikael Sjöberg', address: 'mikael.sjoberg@webmail.example', language: 'en', job: 'software', with: 'theo', phase: 'Application', status: 'New', story: 'asking', ago: 4.6 },
  { name: 'Ruben Aydın', address: 'ruben.aydin@posteo.example', language: 'de', job: 'laser', with: 'ben', phase: 'Interview', status: 'Invited', story: 'asking', ago: 9.8 },
  { name: 'Clémence Rousseau', address: 'clemence.rousseau@inbox.example', language: 'fr', job: 'grant', with: 'ada', phase: 'Application', status: 'New', story: 'asking', ago: 11.3 },
  { name: 'Yuki Tanabe', address: 'yuki.tanabe@webmail.example', language: 'en', job: 'optics', with: 'clara', phase: 'Interview', status: 'Invited', story: 'long', ago: 21.5 },
  { name: 'Pauline Girard', address: 'pauline.girard@posteo.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Offer', status: 'Offer sent', story: 'long', ago: 24.2 },
  { name: 'Henrik Aasen', address: 'henrik.aasen@inbox.example', language: 'en', job: 'laser', with: 'clara', phase: 'Offer', status: 'Offer sent', story: 'long', ago: 27.1 },
  { name: 'Sofia Petrova', address: 'sofia.petrova@webmail.example', language: 'de', job: 'software', with: 'theo', phase: 'Interview', status: 'Invited', story: 'long and shared', ago: 19.3 },
  { name: 'Dominik Wächter', address: 'dominik.waechter@inbox.example', language: 'de', job: 'assembly', with: 'clara', phase: 'Application', status: 'Rejected', story: 'declined', ago: 33.6 },
  { name: 'Élodie Chevalier', address: 'elodie.chevalier@webmail.example', language: 'fr', job: 'sales', with: 'theo', phase: 'Application', status: 'Rejected', story: 'declined', ago: 38.2 },
  { name: 'Marcus Bell', address: 'marcus.bell@posteo.example', language: 'en', job: 'grant', with: 'ada', phase: 'Application', status: 'Rejected', story: 'declined', ago: 41.7 },
  { name: 'Nadia Rahman', address: 'nadia.rahman@inbox.example', language: 'en', job: 'optics', with: 'clara', phase: 'Application', status: 'Rejected', story: 'declined', ago: 44.9 },
  { name: 'Antoine Lefèvre', address: 'antoine.lefevre@webmail.example', language: 'fr', job: 'software', with: 'theo', phase: 'Application', status: 'Rejected', story: 'declined', ago: 47.3 },
  { name: 'Greta Lindner', address: 'greta.lindner@posteo.example', language: 'de', job: 'optics', with: 'clara', phase: 'Interview', status: 'Withdrawn', story: 'withdrawn', ago: 30.4 },
  { name: 'Oliver Stone-Hayes', address: 'oliver.stone-hayes@inbox.example', language: 'en', job: 'sales', with: 'theo', phase: 'Interview', status: 'Withdrawn', story: 'withdrawn', ago: 36.8 },
  { name: 'Valérie Morin', address: 'valerie.morin@posteo.example', language: 'fr', job: 'assembly', with: 'clara', phase: 'Application', status: 'Withdrawn', story: 'withdrawn', ago: 28.7 },
  { name: 'Jakub Horák', address: 'jakub.horak@webmail.example', language: 'en', job: 'software', with: 'ben', phase: 'Application', status: 'New', story: 'answered', ago: 12.6 },
  { name: 'Fenna de Vries', address: 'fenna.devries@inbox.example', language: 'en', job: 'laser', with: 'clara', phase: 'Review', status: 'In review', story: 'answered and later', ago: 35.2 },
  { name: 'Théodora Lambert', address: 'theodora.lambert@webmail.example', language: 'fr', job: 'grant', with: 'ada', phase: 'Review', status: 'In review', story: 'invited and later', ago: 42.5 },
  { name: 'Niklas Brandt', address: 'niklas.brandt@posteo.example', language: 'de', job: 'software', with: 'theo', phase: 'Application', status: 'New', story: 'invited', ago: 14.9 },
  { name: 'Imogen Whitfield', address: 'imogen.whitfield@inbox.example', language: 'en', job: 'grant', with: 'ada', phase: 'Interview', status: 'Invited', story: 'accepted and later', ago: 39.4 },
];

// Where somebody put them since, by hand.
export const moves = [{ name: 'Leni Hoffmann', phase: 'Offer' }, { name: 'Grace Adeyemi', phase: 'Interview' }, { name: 'Mikael Sjöberg', phase: 'Interview' }];

export const candidateDomains = [...new Set(candidates.map((c) => c.address.split('@')[1]))];
// Mail that has nothing to do with candidates.
export const outsideDomain = 'elsewhere.example';
// Somebody who is no candidate, and is written to from Hearback.
export const stranger = { address: `fair@${outsideDomain}`, subject: 'Your jobs fair in March', text: 'Hello,\n\nis there still a stand to be had? We would come with three of us.\n\nAda' };
