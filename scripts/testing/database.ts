import { startTestServer } from '@valfri/sdk/testing';

/** One PostgreSQL for the whole run; each test makes a database of its own in it. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startTestServer();
  process.env['VALFRI_TEST_DATABASE'] = server.url;
  return () => server.stop();
}
