import { render, type TemplateResult } from 'lit';

/** Shows a dialog over the page until it is closed; what had the focus before has it again after. */
export function openDialog(
  label: string,
  content: (close: () => void) => TemplateResult,
  closed: () => void = () => undefined,
): () => void {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', label);
  const close = () => dialog.close();
  dialog.addEventListener('close', () => {
    dialog.remove();
    closed();
  });
  // A click beside the dialog closes it; one that began inside, e.g. while selecting text, does not.
  dialog.addEventListener('mousedown', (event) => {
    if (event.target === dialog) close();
  });
  render(content(close), dialog);
  document.body.append(dialog);
  dialog.showModal();
  return close;
}
