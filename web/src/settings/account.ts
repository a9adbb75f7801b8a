// The fields of a mailbox and of its two servers, as the form holds them.
import type { Schemas } from '../api/client';

export type Security = Schemas['ServerLogin']['security'];
export type ServerFields = { host: string; port: string; security: Security; ownPort: boolean };
export type Account = {
  address: string;
  user: string;
  password: string;
  ownSmtp: boolean;
  smtpUser: string;
  smtpPassword: string;
};

const PORTS: Record<'imap' | 'smtp', Record<Security, number>> = {
  imap: { tls: 993, starttls: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, none: 25 },
};

function usualPort(server: 'imap' | 'smtp', security: Security): string {
  return String(PORTS[server][security]);
}

export const emptyAccount: Account = {
  address: '',
  user: '',
  password: '',
  ownSmtp: false,
  smtpUser: '',
  smtpPassword: '',
};

export function withoutPasswords({
  password: _,
  smtpPassword: __,
  ...kept
}: Partial<Account>): Partial<Account> {
  return kept;
}

export const noServers: Record<'imap' | 'smtp', ServerFields> = {
  imap: { host: '', port: '993', security: 'tls', ownPort: false },
  smtp: { host: '', port: '587', security: 'starttls', ownPort: false },
};

// The port follows the security until someone has typed one.
export function withSecurity(
  server: 'imap' | 'smtp',
  fields: ServerFields,
  security: Security,
): ServerFields {
  return {
    ...fields,
    security,
    port: fields.ownPort ? fields.port : usualPort(server, security),
  };
}

// A usual port says which security goes with it.
export function withPort(
  server: 'imap' | 'smtp',
  fields: ServerFields,
  port: string,
): ServerFields {
  const usual = (['tls', 'starttls'] as const).find((one) => usualPort(server, one) === port);
  return { ...fields, port, ownPort: true, security: usual ?? fields.security };
}

export type Fault =
  | 'address'
  | 'user'
  | 'password'
  | 'never_synced'
  | 'imap.host'
  | 'imap.port'
  | 'imap.security'
  | 'smtp.host'
  | 'smtp.port'
  | 'smtp.security'
  | 'smtp.user'
  | 'smtp.password';

// Where to look first when a server refused: the field that most likely holds the cause.
export function faultOf(server: 'imap' | 'smtp', code: string, ownSmtp: boolean): Fault {
  if (/login-refused$/.test(code)) {
    return server === 'smtp' && ownSmtp ? 'smtp.password' : 'password';
  }
  if (/host-not-found|name-mismatch|untrusted|expired|forbidden-address|unreachable/.test(code)) {
    return `${server}.host`;
  }
  if (
    /starttls|not-tls|login-disabled|login-missing|tls\.|(?:imap|smtp)\.(?:timeout|closed)$/.test(
      code,
    )
  )
    return `${server}.security`;
  return `${server}.port`;
}

export function serverOf(fields: ServerFields): Schemas['ServerLogin'] {
  return { host: fields.host.trim(), port: Number(fields.port), security: fields.security };
}

export function fieldsOf(server: Schemas['OfferedServer']): ServerFields {
  return { ...server, port: String(server.port), ownPort: true };
}

export function validPort(port: string): boolean {
  return /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535;
}
