// What candidates and recruiters write, in three languages. {first}, {job}, {day}, {team} are filled in.
export const phrases = {
  en: {
    subject: 'Application: {job}',
    application: 'Dear team,\n\nI would like to apply for the position of {job}. My CV is attached. For the last four years I have worked in a small lab where I was responsible for everything from the first sketch to the handover, and I would enjoy doing that in a team again.\n\nI could start in three months.\n\nKind regards,\n{name}',
    answer: 'Dear {first},\n\nThank you for your application for {job}. It arrived safely, and we will read it this week. You will hear from us by {day}, whatever the outcome.\n\nBest wishes,\n{team}',
    invite: 'Dear {first},\n\nWe liked what we read and would be glad to talk with you. Would {day} at 10:00 suit you? It takes about an hour, by video or at our office, as you prefer.\n\nBest wishes,\n{team}',
    accept: 'Dear {team},\n\nthank you, {day} at 10:00 is perfect. I would prefer to come by in person, if that is possible.\n\nKind regards,\n{name}',
    forward: 'Hi {colleague}, what do you think of this one? The part about calibration is unusual. See below.',
    opinion: 'I would talk to them. Ask about the second project.',
    replies: [
      'Dear {team},\n\nthank you for your message! I have noted it and will answer in detail tomorrow.\n\nKind regards,\n{name}',
      'Hello {team},\n\nthat sounds good to me. Is there anything I should prepare?\n\nBest,\n{name}',
      'Dear {team},\n\nmany thanks for the quick answer. Yes, that works for me.\n\nKind regards,\n{name}',
    ],
    away: { subject: 'Automatic reply: {subject}', text: 'I am travelling until Monday with little access to e-mail.' },
    wrote: 'On {date}, {who} wrote:',
  },
  fr: {
    subject: 'Candidature : {job}',
    application: 'Madame, Monsieur,\n\nJe vous adresse ma candidature au poste de {job}. Vous trouverez mon CV en pièce jointe. Depuis quatre ans, j’accompagne des laboratoires et des industriels dans le choix de leurs instruments, et je souhaite aujourd’hui le faire pour une équipe plus proche du produit.\n\nJe suis disponible dans trois mois.\n\nBien cordialement,\n{name}',
    answer: 'Bonjour {first},\n\nNous avons bien reçu votre candidature au poste de {job} et vous en remercions. Nous la lirons cette semaine. Vous aurez de nos nouvelles d’ici {day}, quelle que soit notre décision.\n\nBien à vous,\n{team}',
    invite: 'Bonjour {first},\n\nVotre parcours nous a plu et nous aimerions vous rencontrer. Seriez-vous disponible {day} à 10 h ? L’entretien dure environ une heure, en visio ou dans nos bureaux.\n\nBien à vous,\n{team}',
    accept: 'Bonjour {team},\n\nMerci beaucoup, {day} à 10 h me convient parfaitement. Je préférerais venir sur place si c’est possible.\n\nBien cordialement,\n{name}',
    forward: 'Salut {colleague}, que penses-tu de cette candidature ? Le passage sur l’étalonnage est original. Voir ci-dessous.',
    opinion: 'À rencontrer, je pense. Demande-lui des détails sur le second projet.',
    replies: [
      'Bonjour {team},\n\nMerci pour votre message ! J’en prends note et vous réponds en détail demain.\n\nBien cordialement,\n{name}',
      'Bonjour {team},\n\nCela me convient très bien. Dois-je préparer quelque chose ?\n\nCordialement,\n{name}',
      'Bonjour {team},\n\nMerci pour cette réponse rapide. Oui, c’est parfait pour moi.\n\nBien cordialement,\n{name}',
    ],
    away: { subject: 'Réponse automatique : {subject}', text: 'Je suis en déplacement jusqu’à lundi et consulte peu mes e-mails.' },
    wrote: 'Le {date}, {who} a écrit :',
  },
  de: {
    subject: 'Bewerbung: {job}',
    application: 'Sehr geehrte Damen und Herren,\n\nhiermit bewerbe ich mich um die Stelle „{job}“. Meinen Lebenslauf finden Sie im Anhang. In den letzten vier Jahren habe ich Messgeräte von der ersten Skizze bis zur Übergabe betreut und möchte das gern wieder in einem größeren Team tun.\n\nIch könnte in drei Monaten anfangen.\n\nMit freundlichen Grüßen\n{name}',
    answer: 'Guten Tag {first},\n\nvielen Dank für Ihre Bewerbung um die Stelle „{job}“. Sie ist gut bei uns angekommen, und wir lesen sie in dieser Woche. Bis {day} hören Sie in jedem Fall von uns.\n\nFreundliche Grüße\n{team}',
    invite: 'Guten Tag {first},\n\nIhre Unterlagen haben uns gefallen, und wir würden Sie gern kennenlernen. Passt Ihnen {day} um 10 Uhr? Das Gespräch dauert etwa eine Stunde, per Video oder bei uns.\n\nFreundliche Grüße\n{team}',
    accept: 'Guten Tag {team},\n\nvielen Dank, {day} um 10 Uhr passt sehr gut. Wenn möglich, komme ich gern persönlich vorbei.\n\nMit freundlichen Grüßen\n{name}',
    forward: 'Hallo {colleague}, was hältst du von dieser Bewerbung? Der Teil über die Kalibrierung ist ungewöhnlich. Siehe unten.',
    opinion: 'Ich würde mit der Person sprechen. Frag nach dem zweiten Projekt.',
    replies: [
      'Guten Tag {team},\n\nvielen Dank für Ihre Nachricht! Ich habe sie notiert und antworte morgen ausführlich.\n\nMit freundlichen Grüßen\n{name}',
      'Hallo {team},\n\ndas klingt gut. Soll ich etwas vorbereiten?\n\nViele Grüße\n{name}',
      'Guten Tag {team},\n\nherzlichen Dank für die schnelle Antwort. Ja, das passt mir gut.\n\nMit freundlichen Grüßen\n{name}',
    ],
    away: { subject: 'Automatische Antwort: {subject}', text: 'Ich bin bis Montag unterwegs und lese nur selten E-Mails.' },
    wrote: 'Am {date} schrieb {who}:',
  },
};

// Private and everyday mail, which Hearback must never read.
export const everyday = [
  ['Mira', 'mira', 'Dinner on Thursday?', 'Are you free on Thursday? I found a place by the canal. Bring Leo, and the book.'],
  ['Papa', 'papa', 'Photos du week-end', 'Voilà les photos du jardin. Les tomates ont bien poussé. Tu passes dimanche ?'],
  ['Volleyball', 'volleyball', 'Training fällt aus', 'Am Dienstag ist die Halle zu. Nächste Woche wieder wie gewohnt um acht.'],
  ['Dr. Santos', 'praxis', 'Your appointment', 'This is a reminder of your appointment next week at 8:15.'],
  ['Rail tickets', 'tickets', 'Your booking', 'Coach 11, seat 46. The platform is shown half an hour before departure.'],
  ['Bookshop', 'orders', 'Order confirmation', 'Your two books are on their way and should arrive by Friday.'],
  ['The Daily Digest', 'digest', 'This morning in five minutes', 'Markets, weather, and one good story about lighthouses.'],
  ['Vermieter', 'hausverwaltung', 'Ablesung der Heizung', 'Die Ablesung findet am Mittwoch zwischen 9 und 11 Uhr statt.'],
  ['Assurance', 'contrats', 'Votre échéance annuelle', 'Votre contrat sera renouvelé à la même date que l’an passé.'],
  ['Choir', 'choir', 'Programme for the concert', 'Please learn the alto line of the second movement until Friday.'],
];
