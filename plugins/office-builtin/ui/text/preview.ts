import DOMPurify from 'dompurify';
import { marked } from 'marked';

const ALLOWED = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ['style', 'form', 'input', 'button'],
  FORBID_ATTR: ['style'],
};

/** Shows Markdown as it reads, with nothing that runs, asks anybody or leads the frame away. */
export function drawPreview(place: HTMLElement, text: string): void {
  const fragment = DOMPurify.sanitize(marked.parse(text, { async: false }), { ...ALLOWED, RETURN_DOM_FRAGMENT: true });
  for (const link of fragment.querySelectorAll('a')) {
    link.title = link.getAttribute('href') ?? '';
    link.removeAttribute('href');
  }
  for (const image of fragment.querySelectorAll('img'))
    if (!image.src.startsWith('data:image/')) image.replaceWith(image.alt || image.getAttribute('src') || '');
  place.replaceChildren(fragment);
}
