#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { renderRegistration } from './server/matrix/registration.ts';

const USAGE = `Prints a registration for the administrator of a Matrix homeserver, with tokens of its own.

  node registration-file.ts <inbound URL> [--id valfri] [--prefix valfri_] > registration.yaml

The inbound URL is <address of the workspace>/plugins/<id of the instance>, as the homeserver reaches it.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { id: { type: 'string', default: 'valfri' }, prefix: { type: 'string', default: 'valfri_' } },
});
const [url] = positionals;

if (url === undefined || !URL.canParse(url)) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const token = () => randomBytes(32).toString('base64url');
  const { id, prefix } = values;
  process.stdout.write(
    renderRegistration({ id, prefix, url: url.replace(/\/$/, ''), asToken: token(), hsToken: token() }),
  );
}
