import type { Translations } from '@eigenpal/docx-editor-i18n';

export const swedish: Translations = {} as Translations;
