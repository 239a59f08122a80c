/** Opened by its address, content is nobody's page: it runs nothing, fetches nothing, and has no origin. */
export const CONTENT_POLICY = `sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; frame-ancestors 'self'`;

/** What browsers show as it is, without ever running any of it. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/plain|application\/pdf)$/;

/** Content that is sent out. */
export interface SentContent {
  readonly name: string;
  readonly mediaType: string;
  /** Whether a browser may show it, where it is of a kind that it can. */
  readonly shown: boolean;
}

/** The headers that say what content is, and what a browser may do with it. */
export function contentHeaders({ name, mediaType, shown }: SentContent): Readonly<Record<string, string>> {
  const inline = shown && SHOWN.test(mediaType);
  return {
    'content-security-policy': CONTENT_POLICY,
    'content-type': mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType,
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`,
  };
}

/** A part of some content, in bytes: from `start` up to, not including, `end`. */
export interface AskedRange {
  readonly start: number;
  readonly end?: number;
}

/**
 * The part that a `Range` header asks for; several at once are answered with all of it, as is allowed.
 * @param size of all of it, in bytes: then the last bytes can be asked for, too, and `none` says that there are none such.
 * @see RFC 9110, section 14
 */
export function rangeOf(header: string | undefined, size: number): AskedRange | 'none' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  const [start, end] =
    first === '' ? [Math.max(0, size - Number(last)), size] : [Number(first), last ? Number(last) + 1 : size];
  if (last !== '' && first !== '' && Number(last) < Number(first)) return undefined;
  return start >= size || end <= start ? 'none' : { start, end: Math.min(end, size) };
}
