import { createTestWorkspace, memoryWorkspace, type TestPerson, type TestWorkspace } from '../../testing/index.ts';
import { type RawAnswer, rawRequest } from '../../testing/raw-request.ts';
import { storedDocumentsPlugin } from '../../testing/stored-documents-plugin.ts';
import type { Workspace } from '../../workspace.ts';

/** What the built-in provider has, or some of it. */
export function documentsWorkspace(...given: Parameters<typeof storedDocumentsPlugin>): Workspace {
  const plugin = storedDocumentsPlugin(...given);
  return {
    name: 'Prov',
    plugins: [...memoryWorkspace.plugins, plugin],
    instances: [{ id: 'documents', plugin: plugin.manifest.id }],
    bindings: [{ capability: 'documents', instance: 'documents' }],
  };
}

/** Somebody who speaks WebDAV. */
export interface DavPerson extends TestPerson {
  readonly appPassword: string;
  readonly authorization: string;
  /** Sends a request; the path is what comes after `/dav`, encoded. */
  dav(
    method: string,
    path: string,
    given?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer },
  ): Promise<RawAnswer>;
}

/** Gives a person an app password. */
export async function davPerson(workspace: TestWorkspace, person: TestPerson): Promise<DavPerson> {
  const { password } = await person.api.appPasswords.make.mutate({ name: 'Prov', scopes: ['webdav'] });
  const authorization = basic(person.email, password);
  return {
    ...person,
    appPassword: password,
    authorization,
    dav: (method, path, { headers = {}, body } = {}) =>
      rawRequest(workspace.url, {
        method,
        path: `/dav${path}`,
        headers: { authorization, ...headers },
        ...(body === undefined ? {} : { body }),
      }),
  };
}

/** The header that signs in. */
export function basic(email: string, password: string): string {
  return `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`;
}

/** A workspace with somebody who speaks WebDAV. */
export async function createDavWorkspace(
  ...given: Parameters<typeof storedDocumentsPlugin>
): Promise<{ readonly workspace: TestWorkspace; readonly ann: DavPerson }> {
  const workspace = await createTestWorkspace({ workspace: documentsWorkspace(...given) });
  return { workspace, ann: await davPerson(workspace, await workspace.person('Ann')) };
}
