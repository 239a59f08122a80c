import type { OfficeAction } from '@valfri/sdk';
import { type Claims, signToken } from './jwt.ts';
import { documentTypeOf, extensionOf } from './formats.ts';

/** A day, in seconds: an editor that reconnects shows the configuration again. */
const LASTS = 24 * 3_600;

/** What an editor is told of the file and the person. */
export interface EditorConfigOptions {
  readonly key: string;
  readonly name: string;
  readonly action: OfficeAction;
  readonly person: { readonly id: string; readonly name: string };
  readonly language: 'sv' | 'en';
  readonly theme: 'light' | 'dark' | 'contrast';
  /** Where the document server reads the file. */
  readonly downloadUrl: string;
  /** Where the document server tells what became of it. */
  readonly callbackUrl: string;
  readonly secret: string;
}

const THEMES = { light: 'theme-light', dark: 'theme-dark', contrast: 'theme-contrast-dark' } as const;

/** What looks outwards, or is the shell's, is off. */
const CUSTOMIZATION = {
  autosave: true,
  forcesave: true,
  anonymous: { request: false },
  close: { visible: false },
  compactHeader: true,
  feedback: false,
  help: false,
  plugins: false,
  submitForm: false,
} as const;

/**
 * The configuration of an editor, signed as a whole.
 * @see https://api.onlyoffice.com/docs/docs-api/usage-api/config/
 */
export function editorConfig(options: EditorConfigOptions): Claims {
  const { key, name, action, person, language, theme, downloadUrl, callbackUrl, secret } = options;
  const edits = action === 'edit';
  const config = {
    documentType: documentTypeOf(extensionOf(name)),
    document: {
      fileType: extensionOf(name),
      key,
      title: name,
      url: downloadUrl,
      permissions: {
        edit: edits,
        review: edits || action === 'review',
        comment: action !== 'view',
        chat: false,
        copy: true,
        download: true,
        print: true,
        fillForms: edits,
        modifyContentControl: edits,
        modifyFilter: edits,
        editCommentAuthorOnly: true,
        deleteCommentAuthorOnly: true,
      },
    },
    editorConfig: {
      mode: action === 'view' ? 'view' : 'edit',
      lang: language,
      region: language === 'sv' ? 'sv-SE' : 'en-GB',
      callbackUrl,
      user: person,
      coEditing: { mode: 'fast', change: true },
      customization: { ...CUSTOMIZATION, uiTheme: THEMES[theme] },
    },
    type: 'desktop',
    width: '100%',
    height: '100%',
  };
  return { ...config, token: signToken(config, secret, LASTS) };
}
