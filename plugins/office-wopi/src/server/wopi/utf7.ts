/**
 * A name out of a header, where WOPI writes names in UTF-7 (RFC 2152). What is no UTF-7 stays as it is.
 * @throws where what it stands for is no text.
 */
export function fromUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (whole, encoded: string) => {
    if (encoded === '') return whole === '+-' ? '+' : whole;
    const bytes = Buffer.from(encoded, 'base64');
    const units = Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readUInt16BE(i * 2));
    return String.fromCharCode(...units);
  });
}

/** A name as a header has it. */
export function toUtf7(text: string): string {
  return text.replace(/[^A-Za-z0-9'(),\-./:? _]+/g, (run) => {
    if (run === '+') return '+-';
    const bytes = Buffer.alloc(run.length * 2);
    for (let i = 0; i < run.length; i++) bytes.writeUInt16BE(run.charCodeAt(i), i * 2);
    return `+${bytes.toString('base64').replace(/=+$/, '')}-`;
  });
}
