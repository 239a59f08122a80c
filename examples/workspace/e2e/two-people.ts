import { newId } from '@valfri/sdk';
import type { Workspace } from '@valfri/server';
import { createTestWorkspace, type TestPerson, type TestWorkspace } from '@valfri/server/testing';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, type OpenOptions, type Watched } from '../../../scripts/testing/browser.ts';
import { workspace } from '../src/workspace.ts';

/** A workspace with two people in one room, and a browser. */
export interface TwoPeople extends AsyncDisposable {
  readonly host: TestWorkspace;
  readonly browser: Browser;
  readonly anna: TestPerson;
  readonly bo: TestPerson;
  readonly room: string;
  /** Opens a page as a person; what it did wrong is thrown when all is over. */
  open(person: TestPerson | undefined, path?: string, options?: Partial<OpenOptions>): Promise<Watched>;
}

/** The workspace without an editor: every file is looked at where it is opened. */
export const withoutOffice: Workspace = {
  ...workspace,
  bindings: workspace.bindings.filter(({ capability }) => capability !== 'office'),
};

/** Starts the workspace as `npm start` runs it, with two people who share a room. */
export async function twoPeople(composition: Workspace = workspace): Promise<TwoPeople> {
  const host = await createTestWorkspace({ workspace: composition });
  const [anna, bo] = [await host.person('Anna Ek'), await host.person('Bo Alm')];
  const room = newId();
  await anna.api.chat.createRoom.mutate({
    id: room,
    kind: 'group',
    name: 'Samråd',
    topic: 'Om remissen',
    people: [bo.id],
  });
  const browser = await launchBrowser();
  const opened: Watched[] = [];
  return {
    ...{ host, browser, anna, bo, room },
    async open(person, path = `/chat/${room}`, options = {}) {
      const watched = await openPage(browser, {
        url: host.url,
        ...(person ? { cookie: person.cookie } : {}),
        ...options,
      });
      opened.push(watched);
      await watched.page.goto(host.url + path);
      return watched;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await host[Symbol.asyncDispose]();
      const faults = opened.flatMap((watched) => watched.faults);
      if (faults.length > 0) throw new Error(`pages did what they must not:\n${faults.join('\n')}`);
    },
  };
}
