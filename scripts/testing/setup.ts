import { startTestServer } from '@valfri/sdk/testing';
import { findBrowser } from './find-browser.ts';

/**
 * Once for the whole run: a browser is found, or installed, before two tests would install it at a time; and one
 * PostgreSQL is started, in which each test makes a database of its own.
 */
export default async function setup(): Promise<() => Promise<void>> {
  process.env['VALFRI_BROWSER'] = findBrowser();
  const server = await startTestServer();
  process.env['VALFRI_TEST_DATABASE'] = server.url;
  return () => server.stop();
}
