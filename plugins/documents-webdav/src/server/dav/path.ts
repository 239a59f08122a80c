/** A place below the folder of the settings: names as the server has them, decoded. The folder itself is `[]`. */
export type Path = readonly string[];

/** The address of a place. */
export function addressOf(root: URL, path: Path, kind: 'folder' | 'file' = 'file'): string {
  const below = path.map(encodeURIComponent).join('/');
  return new URL(below + (kind === 'folder' && below !== '' ? '/' : ''), root).href;
}

/**
 * The place that an `href` of the server names; `undefined` where it is none below the folder, whatever it is spelled
 * like. Scheme and host are left out of account: behind a proxy they are often wrong.
 */
export function pathOf(root: URL, href: string): Path | undefined {
  if (!/^(\/|https?:\/\/)/.test(href) || !URL.canParse(href, root)) return undefined;
  const { pathname } = new URL(href, root);
  const [above, below] = [decoded(root.pathname), decoded(pathname)];
  if (!above || !below || !above.every((segment, i) => below[i] === segment)) return undefined;
  return below.slice(above.length);
}

function decoded(pathname: string): string[] | undefined {
  try {
    const segments = pathname.split('/').filter(Boolean).map(decodeURIComponent);
    // A segment that holds a slash once it is decoded, or leads upwards, is no name.
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    return segments.some((segment) => /[/\u0000]/.test(segment) || segment === '..' || segment === '.')
      ? undefined
      : segments;
  } catch {
    return undefined;
  }
}
