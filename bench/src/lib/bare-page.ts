import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const html = `<!doctype html>
<html lang="sv">
<head><meta charset="utf-8" /><title>Chat</title><script type="module" src="/assets/bare.js"></script></head>
<body><main></main><!--bootstrap--></body>
</html>
`;

const script = `const { history, people } = JSON.parse(document.getElementById('bootstrap').textContent);
const names = new Map(people.map(({ id, name }) => [id, name]));
const main = document.querySelector('main');
for (const { id, author, sentAt, text } of history.messages) {
  const article = document.createElement('article');
  article.dataset.key = id;
  const heading = document.createElement('h3');
  heading.textContent = names.get(author) + ' ' + new Date(sentAt).toLocaleTimeString('sv');
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  article.append(heading, paragraph);
  main.append(article);
}
main.lastElementChild.scrollIntoView();
`;

/** Writes the least that shows the messages of a room: static HTML and one script under 2 kB. */
export function writeBarePage(directory: string): void {
  mkdirSync(join(directory, 'assets'), { recursive: true });
  writeFileSync(join(directory, 'index.html'), html);
  writeFileSync(join(directory, 'assets/bare.js'), script);
  writeFileSync(join(directory, 'assets/bare.js.br'), brotliCompressSync(script));
}
