import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { ShellElement } from '../../../components/element.ts';
import { api } from '../../../state/api.ts';
import { text, texts } from '../../../text/text.ts';
import { callout, waiting } from '../page-parts.ts';
import { FramePort } from '../../../frame/frame-port.ts';
import '../../../styles/plugin-frame.css';

const words = texts({
  sv: {
    silent: 'Sidan svarar inte.',
    silentTodo: 'Den hör till insticksprogrammet. Försök igen, eller se efter om sidans adress går att nå härifrån:',
  },
  en: {
    silent: 'The page does not answer.',
    silentTodo: 'It belongs to the plugin. Try again, or see whether the page’s address can be reached from here:',
  },
});

/** How long a page may take until it is connected, in milliseconds. */
const PATIENCE = 5_000;
const [LEAST, MOST] = [120, 4_000]; // px

/** A page of a plugin in a frame that holds it: it has no origin, and all it can do is ask its own server half. */
@customElement('vf-plugin-frame')
export class PluginFrameElement extends ShellElement {
  @property() instance = '';
  @property() page = '';
  @property() url = '';
  /** What the page is called. */
  @property() name = '';
  @state() private stage: 'waiting' | 'connected' | 'silent' = 'waiting';
  @state() private attempt = 1;
  #port: FramePort | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end('waiting');
  }

  override render(): TemplateResult {
    if (this.stage === 'silent') return this.silent();
    // Hidden until it is connected, for a page that does not answer has nothing to show.
    return html`${this.stage === 'waiting' ? waiting() : nothing}
    ${keyed(
      this.attempt,
      html`<iframe
        class="plugin-frame"
        sandbox="allow-scripts"
        referrerpolicy="no-referrer"
        allow=""
        title=${this.name}
        src=${this.url}
        ?hidden=${this.stage === 'waiting'}
        @load=${this.loaded}
      ></iframe>`,
    )}`;
  }

  private silent(): TemplateResult {
    const body = html`<p><strong>${words.value.silent}</strong> ${words.value.silentTodo}</p>
      <p><code>${this.url}</code></p>`;
    const again = html`<button class="btn" @click=${this.begin}>${text.value.tryAgain}</button>`;
    return html`<div role="alert">${callout('bad', 'warning', body, again)}</div>`;
  }

  private readonly begin = (): void => {
    this.end('waiting');
    this.attempt += 1;
    this.#late = setTimeout(() => this.end('silent'), PATIENCE);
  };

  private end(stage: 'waiting' | 'silent'): void {
    clearTimeout(this.#late);
    this.#port?.close();
    this.#port = undefined;
    this.stage = stage;
  }

  /** A page that goes elsewhere is not the one that was opened: it is given no other port. */
  private readonly loaded = ({ target }: Event): void => {
    const frame = target as HTMLIFrameElement;
    if (this.#port) return this.end('silent');
    this.#port = new FramePort(
      { window: frame.contentWindow! },
      {
        connected: () => {
          clearTimeout(this.#late);
          this.stage = 'connected';
        },
        resize: (height) => {
          frame.style.height = `${Math.min(Math.max(height, LEAST), MOST)}px`;
        },
        ask: async (name, data) => {
          const { instance, page } = this;
          return (await api.functions.ask.mutate({ instance, page, name, data })).answer;
        },
      },
    );
  };
}
