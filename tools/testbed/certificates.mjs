// A throw-away authority and server certificates signed by it, made with the openssl command.
import fs from 'node:fs';
import path from 'node:path';
import { run } from './process.mjs';

export function makeAuthority(folder) {
  fs.mkdirSync(folder, { recursive: true });
  const file = (name) => path.join(folder, name);
  run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
    '-subj', '/CN=Hearback test authority', '-addext', 'basicConstraints=critical,CA:TRUE',
    '-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-keyout', file('ca.key'), '-out', file('ca.crt')]);
  return {
    certificate: file('ca.crt'),
    /** → {crt, key}: valid for exactly these names. */
    issue(name, hosts) {
      const san = hosts.map((h) => (/^[0-9.]+$/.test(h) ? `IP:${h}` : `DNS:${h}`)).join(',');
      fs.writeFileSync(file(`${name}.ext`),
        `subjectAltName=${san}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`);
      run('openssl', ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`,
        '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`)]);
      run('openssl', ['x509', '-req', '-in', file(`${name}.csr`), '-CA', file('ca.crt'), '-CAkey', file('ca.key'),
        '-CAcreateserial', '-days', '30', '-extfile', file(`${name}.ext`), '-out', file(`${name}.crt`)]);
      for (const end of ['crt', 'key']) fs.chmodSync(file(`${name}.${end}`), 0o644);
      return { crt: file(`${name}.crt`), key: file(`${name}.key`) };
    },
  };
}
