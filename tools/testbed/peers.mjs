// The independent peers in one place, so that tests and demo need not know where they are installed.
export { ImapFlow } from 'imapflow';
export { default as nodemailer } from 'nodemailer';
export { default as MailComposer } from 'nodemailer/lib/mail-composer/index.js';
export { chromium } from 'playwright-core';
export { default as Ajv } from 'ajv/dist/2020.js';
export { default as addFormats } from 'ajv-formats';
export { default as yaml } from 'yaml';
export const axeSource = () => import.meta.resolve('axe-core/axe.min.js');
