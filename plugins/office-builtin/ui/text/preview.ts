import DOMPurify from 'dompurify';
import { Marked } from 'marked';

/** HTML within Markdown is shown as it is written: none of it becomes part of the page. */
const markdown = new Marked({
  renderer: {
    html: ({ text }) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  },
});

const ALLOWED = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ['style', 'form', 'button'],
  FORBID_ATTR: ['style'],
  RETURN_DOM_FRAGMENT: true as const,
};

/** Shows Markdown as it reads, with nothing that runs, asks anybody or leads the frame away. */
export function drawPreview(place: HTMLElement, text: string): void {
  const fragment = DOMPurify.sanitize(markdown.parse(text, { async: false }), ALLOWED);
  for (const link of fragment.querySelectorAll('a')) {
    link.title = link.getAttribute('href') ?? '';
    link.removeAttribute('href');
  }
  for (const image of fragment.querySelectorAll('img'))
    if (!image.src.startsWith('data:image/')) image.replaceWith(image.alt || image.getAttribute('src') || '');
  place.replaceChildren(fragment);
}
