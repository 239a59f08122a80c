/** What a document is made of; see {@link flatOdt}. */
export interface FlatOdt {
  readonly body: string;
  /** Automatic styles. */
  readonly styles?: string;
  /** What each page has above and below the text. */
  readonly header?: string;
  readonly footer?: string;
  /** Properties of the page. */
  readonly page?: string;
  /** Of the page: inside its properties, e.g. columns. */
  readonly pageInside?: string;
  /** Further page layouts and master pages. */
  readonly layouts?: string;
  readonly masters?: string;
}

const NAMES = [
  'office:1.0',
  'style:1.0',
  'text:1.0',
  'table:1.0',
  'drawing:1.0',
  'xsl-fo-compatible:1.0',
  'svg-compatible:1.0',
].map((name) => `urn:oasis:names:tc:opendocument:xmlns:${name}`);

/**
 * A document of one file, as LibreOffice reads it.
 * @see https://docs.oasis-open.org/office/OpenDocument/v1.3/ section 3.1.2
 */
export function flatOdt({
  body,
  styles = '',
  header,
  footer,
  page = '',
  pageInside = '',
  layouts = '',
  masters = '',
}: FlatOdt): string {
  const [office, style, text, table, draw, fo, svg] = NAMES;
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="${office}" xmlns:style="${style}" xmlns:text="${text}" xmlns:table="${table}" xmlns:draw="${draw}"
 xmlns:fo="${fo}" xmlns:svg="${svg}" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:math="http://www.w3.org/1998/Math/MathML" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:font-face-decls><style:font-face style:name="Liberation Serif" svg:font-family="'Liberation Serif'"/><style:font-face style:name="Liberation Sans" svg:font-family="'Liberation Sans'"/><style:font-face style:name="Carlito" svg:font-family="Carlito"/></office:font-face-decls>
<office:styles>
<style:default-style style:family="paragraph"><style:text-properties style:font-name="Liberation Serif" fo:font-size="12pt" fo:language="sv" fo:country="SE"/></style:default-style>
<style:style style:name="Standard" style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.2cm"/></style:style>
<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="1"><style:paragraph-properties fo:margin-top="0.4cm"/><style:text-properties style:font-name="Liberation Sans" fo:font-size="18pt" fo:font-weight="bold"/></style:style>
<style:style style:name="Heading_20_2" style:display-name="Heading 2" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="2"><style:text-properties style:font-name="Liberation Sans" fo:font-size="14pt" fo:font-weight="bold" fo:color="#0b6b5d"/></style:style>
<style:style style:name="Quote" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-left="1cm" fo:margin-right="1cm"/><style:text-properties fo:font-style="italic"/></style:style>
</office:styles>
<office:automatic-styles>${styles}
<style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-bottom="2cm" fo:margin-left="2.5cm" fo:margin-right="2.5cm" ${page}>${pageInside}</style:page-layout-properties>
${header === undefined ? '' : '<style:header-style><style:header-footer-properties fo:min-height="1cm" fo:margin-bottom="0.3cm"/></style:header-style>'}
${footer === undefined ? '' : '<style:footer-style><style:header-footer-properties fo:min-height="1cm" fo:margin-top="0.3cm"/></style:footer-style>'}</style:page-layout>${layouts}
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm">
${header === undefined ? '' : `<style:header>${header}</style:header>`}${footer === undefined ? '' : `<style:footer>${footer}</style:footer>`}</style:master-page>${masters}</office:master-styles>
<office:body><office:text>${body}</office:text></office:body></office:document>`;
}

/** A paragraph, of an automatic or named style. */
export function p(content: string, style = 'Standard'): string {
  return `<text:p text:style-name="${style}">${content}</text:p>`;
}

export function h(content: string, level = 1): string {
  return `<text:h text:style-name="Heading_20_${level}" text:outline-level="${level}">${content}</text:h>`;
}

export function span(content: string, style: string): string {
  return `<text:span text:style-name="${style}">${content}</text:span>`;
}

/** An automatic style of text. */
export function textStyle(name: string, properties: string): string {
  return `<style:style style:name="${name}" style:family="text"><style:text-properties ${properties}/></style:style>`;
}

/** An automatic style of a paragraph. */
export function paragraphStyle(name: string, properties: string, inside = '', outside = ''): string {
  return `<style:style style:name="${name}" style:family="paragraph" style:parent-style-name="Standard" ${outside}><style:paragraph-properties ${properties}>${inside}</style:paragraph-properties></style:style>`;
}

/** A list style, of bullets or numbers on each level. */
export function listStyle(name: string, kind: 'bullet' | 'number'): string {
  const levels = [1, 2, 3].map((level) => {
    const place = `<style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.6cm" fo:margin-left="${level * 1.2}cm"/></style:list-level-properties>`;
    return kind === 'bullet'
      ? `<text:list-level-style-bullet text:level="${level}" text:bullet-char="•">${place}</text:list-level-style-bullet>`
      : `<text:list-level-style-number text:level="${level}" style:num-format="${level === 1 ? '1' : 'a'}" style:num-suffix=".">${place}</text:list-level-style-number>`;
  });
  return `<text:list-style style:name="${name}">${levels.join('')}</text:list-style>`;
}

export function list(style: string, items: readonly string[]): string {
  return `<text:list text:style-name="${style}">${items.map((item) => `<text:list-item>${item}</text:list-item>`).join('')}</text:list>`;
}

/** A table of rows of cells; a cell is its paragraphs, or a whole element where it begins with one. */
export function table(name: string, rows: readonly (readonly string[])[], columns = rows[0]!.length): string {
  const cell = (content: string) =>
    content.startsWith('<table:')
      ? content
      : `<table:table-cell table:style-name="cell">${p(content)}</table:table-cell>`;
  return `<table:table table:name="${name}"><table:table-column table:number-columns-repeated="${columns}"/>${rows
    .map((row) => `<table:table-row>${row.map(cell).join('')}</table:table-row>`)
    .join('')}</table:table>`;
}

export const cellStyle =
  '<style:style style:name="cell" style:family="table-cell"><style:table-cell-properties fo:padding="0.1cm" fo:border="0.5pt solid #000000"/></style:style>';
