import { describe, expect, test } from 'vitest';
import { readMultistatus } from './multistatus.ts';

const root = new URL('https://files.example.se/dav/valfri/');

async function* inPieces(text: string, length = 7): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i < bytes.length; i += length) yield bytes.subarray(i, i + length);
}

const read = (text: string) => readMultistatus(inPieces(text), root);
const multistatus = (responses: string) =>
  `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">${responses}</d:multistatus>`;
const response = (href: string, props = '<d:getetag>"1"</d:getetag><d:getcontentlength>3</d:getcontentlength>') =>
  `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
   <d:propstat><d:prop><oc:fileid>99</oc:fileid></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>`;

describe('a multistatus', () => {
  test('is read however it is cut, with whatever prefix and address', async () => {
    const folder = response(
      '/dav/valfri/',
      '<d:resourcetype><d:collection/></d:resourcetype><d:getetag>W/"f"</d:getetag>',
    );
    const entries = await read(
      multistatus(
        folder + response('http://inside:81/dav/valfri/%C3%A5%20%25%23%3F.txt') + response('/dav/valfri/a/😀'),
      ),
    );
    expect(entries).toEqual([
      { path: [], kind: 'folder', etag: '"f"' },
      { path: ['å %#?.txt'], kind: 'file', etag: '"1"', size: 3 },
      { path: ['a', '😀'], kind: 'file', etag: '"1"', size: 3 },
    ]);
  });

  test('has no place outside of the folder, however it is spelled', async () => {
    const outside = [
      '/dav/other/a',
      '/dav/valfri/../other/a',
      '/dav/valfri/%2e%2e/other/a',
      '/dav/valfri/..%2Fa',
      '/dav/valfri/a%2Fb',
      '/dav/valfri/%ZZ',
      '/dav/valfri-2/a',
      '//evil.example/a',
      'http://[',
      '',
      '/dav/valfri/a%00b',
    ];
    expect(await read(multistatus(outside.map((href) => response(href)).join('')))).toEqual([]);
  });

  test.for([
    ['a DOCTYPE', '<!DOCTYPE d [<!ENTITY a "aaaa">]><d:multistatus xmlns:d="DAV:">&a;</d:multistatus>'],
    ['a foreign entity', multistatus(response('&xxe;'))],
    ['no end', '<d:multistatus xmlns:d="DAV:"><d:response>'],
    ['too many levels', multistatus('<d:x>'.repeat(40) + '</d:x>'.repeat(40))],
    ['a text without end', multistatus(response('a'.repeat(10_000)))],
    ['another root', '<html xmlns="DAV:"></html>'],
    ['nothing', ''],
    ['no XML', '{"multistatus": []}'],
  ])('with %s is refused', async ([, text]) => {
    await expect(read(text!)).rejects.toMatchObject({ name: 'XmlFault' });
  });

  test('that does not end is refused', async () => {
    const piece = new TextEncoder().encode(' '.repeat(2 ** 20));
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('<d:multistatus xmlns:d="DAV:">');
      for (;;) yield piece;
    }
    await expect(readMultistatus(endless(), root)).rejects.toMatchObject({ name: 'XmlFault' });
  });

  test('that is not UTF-8 is refused', async () => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(0xff, 0xfe, 0x3c);
    }
    await expect(readMultistatus(bytes(), root)).rejects.toMatchObject({ name: 'XmlFault' });
  });
});
