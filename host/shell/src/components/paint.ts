import { Directive, directive, type ElementPart } from 'lit/directive.js';

class Paint extends Directive {
  override render(_: Readonly<Record<string, string>>): void {
    // Drawn in update: the policy allows no style attributes, only the properties of an element's style.
  }

  override update(part: ElementPart, [properties]: [Readonly<Record<string, string>>]): void {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(properties)) {
      if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
    }
  }
}

/** Sets properties of an element's style: `<div ${paint({ height: '20px' })}>`. */
export const paint = directive(Paint);
