/** What the library's markup leaves out for those who hear the page or use it by keyboard: put right as it is drawn. */
export function keepAccessible(place: HTMLElement, label: () => string): () => void {
  // Sets nothing that is set already: each change is heard again.
  const mend = () => {
    for (const button of place.querySelectorAll('[role=menubar] button:not([role])'))
      button.setAttribute('role', 'menuitem');
    // The pages are a picture of the text, which itself is what is focused and read out.
    for (const within of place.querySelectorAll(
      '[aria-hidden=true] :is(a[href], button, [tabindex="0"]):not([tabindex="-1"])',
    ))
      within.setAttribute('tabindex', '-1');
    for (const text of document.querySelectorAll('.paged-editor__hidden-pm')) name(text, label());
    for (const shown of place.querySelectorAll(
      '[role=toolbar] :is(button, [role=button], [role=combobox])[aria-label]',
    )) {
      const words = shown.textContent?.trim();
      const said = shown.getAttribute('aria-label')!;
      if (words && !said.includes(words)) shown.setAttribute('aria-label', `${said} ${words}`);
    }
  };
  const observer = new MutationObserver(mend);
  observer.observe(place, { childList: true, subtree: true, attributeFilter: ['aria-label', 'tabindex'] });
  mend();
  return () => observer.disconnect();
}

function name(element: Element, label: string): void {
  if (element.getAttribute('aria-label') === label) return;
  element.setAttribute('role', 'region');
  element.setAttribute('aria-label', label);
}
