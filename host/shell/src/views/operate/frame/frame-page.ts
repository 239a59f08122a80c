import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { isNews, loadAnew } from '../../../frame/framed-origins.ts';
import { language, text } from '../../../text/text.ts';
import { findProvider, functions, providerTitle } from '../data.ts';
import { functionCrumbs } from '../functions/function-crumbs.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, pageHead, waiting, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { noDomain } from './page-links.ts';
import './plugin-frame.ts';

/** A page that a provider brings, under a title of the shell's. */
@customElement('vf-frame-page')
export class FramePageElement extends PageElement {
  @property() instance = '';
  @property() page = '';

  override connectedCallback(): void {
    super.connectedCallback();
    void functions.refresh();
  }

  private get found() {
    const known = findProvider(functions.value ?? [], this.instance);
    return known && { ...known, page: known.provider.pages.find(({ id }) => id === this.page) };
  }

  protected override get heading(): string {
    return this.found?.page?.title[language.value] ?? this.page;
  }

  override render(): TemplateResult {
    const { found } = this;
    const above = found ? [[paths.provider(this.instance), providerTitle(found.provider)] as const] : [];
    const crumbs = [...functionCrumbs(found?.fn.id), ...above];
    return html`${pageHead({ title: this.heading, crumbs })} ${whenRead(functions, () => this.body())}`;
  }

  protected override updated(): void {
    super.updated();
    const url = this.found?.page?.url;
    if (url !== undefined && isNews(url)) loadAnew();
  }

  private body(): TemplateResult {
    const page = this.found?.page;
    if (!page) return emptyPlace(text.value.notFoundTitle, text.value.notFoundHint);
    if (page.url === undefined) return noDomain();
    if (isNews(page.url)) return waiting();
    return html`<vf-plugin-frame
      .instance=${this.instance}
      .page=${this.page}
      .url=${page.url}
      .name=${this.heading}
    ></vf-plugin-frame>`;
  }
}
