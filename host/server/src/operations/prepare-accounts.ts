import { openAccounts } from '../accounts/accounts.ts';
import { AuditTrail } from '../audit/audit-trail.ts';
import type { Database } from '../database/database.ts';
import { People } from '../people/people.ts';

/** Makes the tables of the accounts in a database that has none, so that they can be filled. */
export async function prepareAccounts({ url, db }: Database): Promise<void> {
  const accounts = await openAccounts({
    url,
    admin: db,
    publicUrl: 'http://localhost',
    secret: 'only tables are made with it, and nobody is signed in',
    people: new People(db),
    audit: new AuditTrail(db),
    organisation: '',
    oidc: [],
    onError: () => undefined,
  });
  await accounts.close();
}
