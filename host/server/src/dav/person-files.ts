import { type AnswerOf, type CallerInputOf, type Content, isCapabilityError } from '@valfri/core';
import { type DocumentNode, documents, homeFolderId } from '@valfri/sdk';
import type { Standing } from '../people/people.ts';
import { callOperation } from '../router/call-operation.ts';
import type { HostServices } from '../services.ts';

type Operations = (typeof documents)['operations'];

/** How many are asked for at once of what is in a folder. */
const PAGE = 1_000;

/** How long a provider may take with content, or with all that is in a folder, in milliseconds. */
const LONG = 10 * 60_000;

const TAKES_LONG: ReadonlySet<string> = new Set(['createFile', 'saveFile', 'copy', 'delete']);

/** The documents of a person, whoever provides them. */
export class PersonFiles {
  readonly standing: Standing;
  readonly #services: HostServices;

  constructor(services: HostServices, standing: Standing) {
    this.#services = services;
    this.standing = standing;
  }

  /** Calls an operation in the person's name. */
  async ask<K extends keyof Operations & string>(
    name: K,
    input: CallerInputOf<Operations[K]>,
    content?: Content,
  ): Promise<AnswerOf<Operations[K]>> {
    const answer = await callOperation({
      ...{ capability: documents, name, operation: documents.operations[name], input },
      ...{ services: this.#services, standing: this.standing },
      ...(content ? { content } : {}),
      ...(TAKES_LONG.has(name) ? { timeout: LONG } : {}),
    });
    return answer as AnswerOf<Operations[K]>;
  }

  /** The person's home folder. It is made once, and only read from then on. */
  async home(): Promise<DocumentNode> {
    try {
      return (await this.ask('get', { node: await homeFolderId(this.standing.id) })).node;
    } catch (error) {
      if (!isCapabilityError(error) || error.code !== 'NOT_FOUND') throw error;
      return (await this.ask('getHome', {})).node;
    }
  }

  /** What has a name in a folder; `undefined` where nothing has. */
  async find(folder: string, name: string): Promise<DocumentNode | undefined> {
    try {
      return (await this.ask('find', { folder, name })).node;
    } catch (error) {
      if (isCapabilityError(error) && (error.code === 'NOT_FOUND' || error.field === 'folder')) return undefined;
      throw error;
    }
  }

  /** All that is in a folder, a page at a time. */
  async *listed(folder: string): AsyncIterable<readonly DocumentNode[]> {
    let after: string | undefined;
    do {
      const page = await this.ask('list', { folder, limit: PAGE, ...(after === undefined ? {} : { after }) });
      yield page.nodes;
      after = page.next;
    } while (after !== undefined);
  }

  /** Whether who serves the person has a feature. */
  has(feature: string): boolean {
    const { organisation, groups } = this.standing;
    const bound = this.#services.kernel.features(documents.id, { organisation, groups });
    return bound !== undefined && feature in bound.features;
  }
}
