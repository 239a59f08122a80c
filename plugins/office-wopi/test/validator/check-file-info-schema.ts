/** What CheckFileInfo must have, and of what kind what it has must be, as WOPI’s documentation says. */
const REQUIRED = ['BaseFileName', 'OwnerId', 'Size', 'UserId', 'Version'];
const TEXTS = new Set([
  ...['BaseFileName', 'OwnerId', 'UserId', 'Version', 'BreadcrumbBrandName', 'BreadcrumbDocName', 'FileExtension'],
  ...['BreadcrumbFolderName', 'SHA256', 'UserFriendlyName', 'UserInfo', 'UserPrincipalName', 'TenantId'],
]);
const TIMES = new Set(['LastModifiedTime']);
const NUMBERS = new Set(['Size', 'FileNameMaxLength']);
const ADDRESSES = new Set([
  ...['BreadcrumbBrandUrl', 'BreadcrumbDocUrl', 'BreadcrumbFolderUrl', 'CloseUrl', 'DownloadUrl', 'FileSharingUrl'],
  ...['FileUrl', 'FileVersionUrl', 'HostEditUrl', 'HostEmbeddedViewUrl', 'HostViewUrl', 'PostMessageOrigin'],
  ...['SignInUrl', 'SignoutUrl', 'WorkflowUrl'],
]);
/** Of another protocol, that of editing together through the host; who has these is no host of this one. */
const FOREIGN = new Set([
  'SupportsCoauth',
  'SequenceNumber',
  'RealTimeChannelEndpointUrl',
  'AccessTokenExpiry',
  'SharingStatus',
]);
const FLAGS = /^(Supports|UserCan|Allow|Disable|Is|Web)|PostMessage$|^(ReadOnly|RestrictedWebViewOnly)$/;

/** What is wrong with an answer of CheckFileInfo; `undefined` where nothing is. */
export function checkFileInfoFault(info: Readonly<Record<string, unknown>>): string | undefined {
  const missing = REQUIRED.find((name) => info[name] === undefined);
  if (missing) return `no ${missing}`;
  const wrong = Object.entries(info).find(([name, value]) => !kindOf(name)(value));
  return wrong ? `${wrong[0]} is ${JSON.stringify(wrong[1])}` : undefined;
}

function kindOf(name: string): (value: unknown) => boolean {
  if (FOREIGN.has(name)) return () => false;
  if (TEXTS.has(name)) return (value) => typeof value === 'string';
  if (NUMBERS.has(name)) return Number.isSafeInteger;
  if (TIMES.has(name)) return (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
  if (ADDRESSES.has(name)) return (value) => typeof value === 'string' && URL.canParse(value);
  if (FLAGS.test(name)) return (value) => typeof value === 'boolean';
  return () => false;
}
