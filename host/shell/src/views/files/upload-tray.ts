import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { numberedName } from '@valfri/sdk/documents';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { sizeOf } from '../../format/numbers.ts';
import { explain, type Failure } from '../../state/api.ts';
import { dismissUpload, pause, resume, type Upload, uploads } from '../../state/files/uploads.ts';
import { text } from '../../text/text.ts';
import { words } from './words.ts';

/** Files on their way, with what can be done about each. */
@customElement('vf-upload-tray')
export class UploadTrayElement extends ShellElement {
  override render(): TemplateResult | typeof nothing {
    const all = uploads.value;
    if (all.length === 0) return nothing;
    const clear = () => all.filter(({ state }) => state === 'done').forEach(({ id }) => dismissUpload(id));
    return html`<section class="tray" aria-label=${words.value.uploads}>
      <header>
        <h2 role="status">${this.summary(all)}</h2>
        ${all.some(({ state }) => state === 'done') ? html`<button class="icon-btn small" aria-label=${text.value.close} @click=${clear}>${icon('close')}</button>` : nothing}
      </header>
      <ul>
        ${all.map((upload) => this.row(upload))}
      </ul>
    </section>`;
  }

  private summary(all: readonly Upload[]): string {
    const number = (...states: readonly Upload['state'][]) => all.filter(({ state }) => states.includes(state)).length;
    if (number('waiting', 'sending') > 0) return words.value.uploading(number('waiting', 'sending'));
    if (number('failed') > 0) return words.value.failed(number('failed'));
    return number('paused') > 0 ? words.value.paused : words.value.uploaded(number('done'));
  }

  private row(upload: Upload): TemplateResult {
    const { id, name, size, sent, state } = upload;
    const goesOn = state === 'paused' || (state === 'failed' && !FINAL.has(upload.failure?.reason ?? ''));
    return html`<li class=${state}>
      <span class="name" title=${name}>${name}</span>
      ${state === 'failed' && upload.failure?.reason === 'NAME_TAKEN' ? html`<button class="link" @click=${() => resume(id, numberedName(name, 2))}>${words.value.keepBoth}</button>` : nothing}
      ${state === 'sending' ? html`<button class="icon-btn small" aria-label=${words.value.pause(name)} @click=${() => pause(id)}>${icon('pause')}</button>` : nothing}
      ${goesOn ? html`<button class="icon-btn small" aria-label=${words.value.resume(name)} @click=${() => resume(id)}>${icon('play')}</button>` : nothing}
      <button class="icon-btn small" aria-label=${words.value.dismiss(name)} @click=${() => dismissUpload(id)}>
        ${icon('close')}
      </button>
      <progress
        max=${Math.max(1, size)}
        .value=${state === 'done' ? Math.max(1, size) : sent}
        aria-label=${name}
      ></progress>
      <small>${this.said(upload)}</small>
    </li>`;
  }

  private said({ state, sent, size, failure }: Upload): string {
    if (state === 'done') return words.value.done;
    if (state === 'failed') return whyNot(failure!);
    const { waiting, paused } = words.value;
    const how = { waiting, paused, sending: '' }[state];
    return [how, `${sizeOf(sent)} / ${sizeOf(size)}`].filter(Boolean).join(' · ');
  }
}

/** What does not go better by itself the next time. */
const FINAL: ReadonlySet<string> = new Set(['NAME_TAKEN', 'MALWARE', 'TOO_LARGE_TO_SCAN']);

function whyNot(failure: Failure): string {
  if (failure.reason === 'NAME_TAKEN') return words.value.nameTaken;
  if (failure.reason === 'DISK_FULL') return words.value.diskFull;
  if (failure.reason === 'MALWARE') return words.value.malware;
  if (failure.reason === 'SCANNER') return words.value.notScanned;
  if (failure.reason === 'TOO_LARGE_TO_SCAN') return words.value.tooLargeToScan;
  return failure.field === 'name' ? words.value.nameFault : explain(failure);
}
