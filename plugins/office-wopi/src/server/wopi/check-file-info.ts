import type { OpenFile } from '@valfri/sdk';
import { answer } from './answers.ts';
import type { WopiCall } from './call.ts';
import { timeOf } from './contents.ts';

/** Says what the file is, what the person may do with it, and what this host can. */
export async function checkFileInfo(call: WopiCall): Promise<Response> {
  const { file, people, db } = call;
  const { name, owner, version } = await file.stat();
  const [ownerId, userId, userName, page, remembered] = await Promise.all([
    people.pseudonym(owner),
    people.pseudonym(file.person),
    people.displayName(file.person),
    db.selectFrom('pages').select('origin').where('session', '=', file.session).executeTakeFirst(),
    db.selectFrom('user_info').select('info').where('person', '=', file.person).executeTakeFirst(),
  ]);
  return answer(
    200,
    {},
    {
      BaseFileName: name,
      FileExtension: extensionOf(name),
      OwnerId: ownerId,
      Size: version!.size,
      Version: version!.id,
      LastModifiedTime: timeOf(version!.savedAt),
      SHA256: Buffer.from(version!.sha256, 'hex').toString('base64'),
      UserId: userId,
      UserFriendlyName: userName ?? userId,
      ...(remembered ? { UserInfo: remembered.info } : {}),
      ...(page ? { PostMessageOrigin: page.origin, ClosePostMessage: true } : {}),
      BreadcrumbDocName: name,
      HostViewUrl: file.address,
      HostEditUrl: file.address,
      ...rightsOf(file),
      ...ABILITIES,
    },
  );
}

/** The ending of a name, with its dot; empty where it has none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : '';
}

function rightsOf({ action }: OpenFile): Readonly<Record<string, boolean>> {
  const writes = action !== 'view';
  return {
    UserCanWrite: writes,
    ReadOnly: !writes,
    UserCanOnlyComment: action === 'comment',
    UserCanRename: action === 'edit',
    UserCanNotWriteRelative: action !== 'edit',
    RestrictedWebViewOnly: false,
  };
}

const ABILITIES = {
  SupportsLocks: true,
  SupportsGetLock: true,
  SupportsExtendedLockLength: true,
  SupportsUpdate: true,
  SupportsRename: true,
  SupportsDeleteFile: true,
  SupportsUserInfo: true,
  SupportsContainers: false,
  SupportsEcosystem: false,
  SupportsFolders: false,
  FileNameMaxLength: 200,
};
