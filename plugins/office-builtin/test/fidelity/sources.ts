import {
  cellStyle,
  flatOdt,
  type FlatOdt,
  h,
  list,
  listStyle,
  p,
  paragraphStyle,
  span,
  table,
  textStyle,
} from './flat-odt.ts';

const TEXT = [
  'Kommunstyrelsen beslutar att ge förvaltningen i uppdrag att utreda frågan om gemensam ärendehantering.',
  'Äldreboendet på Ångströmsgatan öppnar den 1 mars; då flyttar de första fyrtio hyresgästerna in.',
  'Ärendet har beretts tillsammans med räddningstjänsten, skolan och de fackliga organisationerna.',
  'Kostnaden ryms inom ramen för årets budget och följs upp i delårsrapporten efter augusti.',
];
const FIRST = p('Först ett stycke.');
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGPkzo5lwAaYsIoOWgkAHIgAyZ1SOAAAAAAASUVORK5CYII=';

const picture = (anchor: string, more = '') =>
  `<draw:frame text:anchor-type="${anchor}" svg:width="3cm" svg:height="2cm" ${more}><draw:image><office:binary-data>${DOT}</office:binary-data></draw:image></draw:frame>`;

const note = (id: string, kind: 'footnote' | 'endnote', text: string) =>
  `<text:note text:id="${id}" text:note-class="${kind}"><text:note-citation>${id.slice(-1)}</text:note-citation><text:note-body>${p(text)}</text:note-body></text:note>`;

const changes = `<text:tracked-changes>
<text:changed-region text:id="c1"><text:insertion><office:change-info><dc:creator>Anna</dc:creator><dc:date>2026-03-01T10:00:00</dc:date></office:change-info></text:insertion></text:changed-region>
<text:changed-region text:id="c2"><text:deletion><office:change-info><dc:creator>Bo</dc:creator><dc:date>2026-03-02T10:00:00</dc:date></office:change-info>${p('struket ')}</text:deletion></text:changed-region></text:tracked-changes>`;

const comment = (text: string) =>
  `<office:annotation office:name="k1"><dc:creator>Anna</dc:creator><dc:date>2026-03-01T10:00:00</dc:date>${p(text)}</office:annotation>`;

const bullets = listStyle('L', 'bullet');
const numbers = listStyle('N', 'number');
const columns = '<style:columns fo:column-count="2" fo:column-gap="0.8cm"/>';
const breakBefore = paragraphStyle('break', 'fo:break-before="page"');

/** Thirty documents, each with what its name says. */
export const sources: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    '01-stycken': { body: TEXT.map((text) => p(text)).join('') },
    '02-rubriker': { body: h('Rubrik') + p(TEXT[0]!) + h('Underrubrik', 2) + p(TEXT[1]!) + p(TEXT[2]!, 'Quote') },
    '03-tecken': {
      styles:
        textStyle('b', 'fo:font-weight="bold"') +
        textStyle('i', 'fo:font-style="italic"') +
        textStyle('u', 'style:text-underline-style="solid" style:text-underline-width="auto"') +
        textStyle('c', 'fo:color="#b3261e"') +
        textStyle('m', 'fo:background-color="#ffff00"') +
        textStyle('s', 'style:text-line-through-style="solid"'),
      body:
        p(
          `${span('fet', 'b')}, ${span('kursiv', 'i')}, ${span('understruken', 'u')}, ${span('röd', 'c')}, ${span('märkt', 'm')} och ${span('överstruken', 's')}.`,
        ) + p(TEXT[0]!),
    },
    '04-typsnitt': {
      styles:
        textStyle('sans', 'style:font-name="Liberation Sans" fo:font-size="16pt"') +
        textStyle('car', 'style:font-name="Carlito" fo:font-size="9pt"'),
      body: p(span(TEXT[0]!, 'sans')) + p(span(TEXT[1]!, 'car')) + p(TEXT[2]!),
    },
    '05-justering': {
      styles:
        ['center', 'end', 'justify'].map((way) => paragraphStyle(way, `fo:text-align="${way}"`)).join('') +
        paragraphStyle('in', 'fo:margin-left="2cm" fo:text-indent="-1cm" fo:line-height="150%"'),
      body: FIRST + ['center', 'end', 'justify', 'in'].map((way) => p(TEXT.join(' '), way)).join(''),
    },
    '06-punktlista': {
      styles: bullets,
      body:
        FIRST +
        list(
          'L',
          TEXT.map((text) => p(text)),
        ),
    },
    '07-numrerad': {
      styles: numbers,
      body:
        FIRST +
        list(
          'N',
          TEXT.map((text) => p(text)),
        ),
    },
    '08-inre-listor': {
      styles: bullets + numbers,
      body:
        FIRST +
        list('N', [p('ett') + list('N', [p('inre ett'), p('inre två')]), p('två') + list('L', [p('punkt')]), p('tre')]),
    },
    '09-tabell': {
      styles: cellStyle,
      body:
        FIRST +
        table('T', [
          ['Namn', 'Antal'],
          ['Åsa', '12'],
          ['Örjan', '7'],
        ]) +
        p(TEXT[0]!),
    },
    '10-sammanfogade': {
      styles: cellStyle,
      body:
        FIRST +
        table(
          'T',
          [
            [
              `<table:table-cell table:style-name="cell" table:number-columns-spanned="2">${p('Bred')}</table:table-cell>`,
              '<table:covered-table-cell/>',
              'C',
            ],
            [
              'A',
              `<table:table-cell table:style-name="cell" table:number-rows-spanned="2">${p('Hög')}</table:table-cell>`,
              'C',
            ],
            ['A', '<table:covered-table-cell/>', 'C'],
          ],
          3,
        ) +
        p('Efter.'),
    },
    '11-tabell-i-tabell': {
      styles: cellStyle,
      body:
        FIRST +
        table('T', [
          ['A', `<table:table-cell table:style-name="cell">${table('U', [['x', 'y']])}${p('')}</table:table-cell>`],
        ]) +
        p('Efter.'),
    },
    '12-sidhuvud': {
      header: p('Diarienummer KS 2026/17'),
      footer: p(
        'Sida <text:page-number text:select-page="current">1</text:page-number> av <text:page-count>1</text:page-count>',
      ),
      body: FIRST + TEXT.map((text) => p(text)).join(''),
    },
    '13-fotnoter': {
      body:
        p(
          `Ett stycke med fotnot${note('fn1', 'footnote', 'Se lag (2025:400).')} och en till${note('fn2', 'footnote', 'Proposition 2025/26:1.')}.`,
        ) + p(TEXT[0]!),
    },
    '14-slutnoter': { body: p(`Ett stycke med slutnot${note('en1', 'endnote', 'Bilaga 1.')}.`) + p(TEXT[0]!) },
    '15-bild-i-text': { body: FIRST + p(`En bild ${picture('as-char')} i texten.`) + p(TEXT[0]!) },
    '16-bild-i-stycke': {
      styles:
        '<style:style style:name="fr" style:family="graphic"><style:graphic-properties style:wrap="parallel" style:horizontal-pos="left" style:horizontal-rel="paragraph" style:vertical-pos="top" style:vertical-rel="paragraph"/></style:style>',
      body: FIRST + p(picture('paragraph', 'draw:style-name="fr"') + TEXT.join(' ')),
    },
    '17-andringar': {
      body:
        changes +
        FIRST +
        p(
          'Detta är <text:change-start text:change-id="c1"/>infogat<text:change-end text:change-id="c1"/> och <text:change text:change-id="c2"/>resten.',
        ),
    },
    '18-kommentarer': {
      body:
        FIRST + p(`Här ${comment('Stämmer det?')}står något<office:annotation-end office:name="k1"/> att kommentera.`),
    },
    '19-lankar': {
      body:
        FIRST +
        p(
          '<text:bookmark-start text:name="mal"/>Målet<text:bookmark-end text:name="mal"/> och en <text:a xlink:type="simple" xlink:href="https://example.org/">länk</text:a>.',
        ) +
        p('<text:a xlink:type="simple" xlink:href="#mal">Till målet</text:a>'),
    },
    '20-sidbrytning': { styles: breakBefore, body: FIRST + p(TEXT[0]!, 'break') + p(TEXT[1]!, 'break') },
    '21-spalter': { pageInside: columns, body: FIRST + Array.from({ length: 12 }, (_, i) => p(TEXT[i % 4]!)).join('') },
    '22-liggande': { page: 'style:print-orientation="landscape"', body: FIRST + p(TEXT.join(' ')) },
    '23-avsnitt': {
      styles: paragraphStyle('turn', '', '', 'style:master-page-name="Liggande"'),
      layouts:
        '<style:page-layout style:name="pl"><style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin-top="2cm" fo:margin-bottom="2cm" fo:margin-left="2cm" fo:margin-right="2cm"/></style:page-layout>',
      masters: '<style:master-page style:name="Liggande" style:page-layout-name="pl"/>',
      body: FIRST + p(TEXT[0]!) + p(TEXT[1]!, 'turn') + p(TEXT[2]!),
    },
    '24-tabbar': {
      styles: paragraphStyle(
        'tabs',
        '',
        '<style:tab-stops><style:tab-stop style:position="6cm"/><style:tab-stop style:position="14cm" style:type="right" style:leader-style="dotted" style:leader-text="."/></style:tab-stops>',
      ),
      body: FIRST + p('Namn<text:tab/>Enhet<text:tab/>12', 'tabs') + p('Åsa<text:tab/>Skolan<text:tab/>7', 'tabs'),
    },
    '25-innehall': {
      body:
        FIRST +
        `<text:table-of-content text:name="I"><text:table-of-content-source text:outline-level="2"/><text:index-body>${p('Rubrik<text:tab/>1')}${p('Andra rubriken<text:tab/>1')}</text:index-body></text:table-of-content>` +
        h('Rubrik') +
        p(TEXT[0]!) +
        h('Andra rubriken') +
        p(TEXT[1]!),
    },
    '26-textruta': {
      body:
        FIRST +
        p(
          `<draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="2cm" svg:x="8cm" svg:y="0.5cm"><draw:text-box>${p('I rutan.')}</draw:text-box></draw:frame>${TEXT[0]!}`,
        ),
    },
    '27-formel': {
      body:
        FIRST +
        p(
          'Formeln <draw:frame text:anchor-type="as-char" svg:width="2cm" svg:height="1cm"><draw:object><math:math><math:mfrac><math:mi>a</math:mi><math:mi>b</math:mi></math:mfrac></math:math></draw:object></draw:frame> i texten.',
        ),
    },
    '28-falt': {
      body:
        FIRST +
        p(
          '<text:title>Titel</text:title>, <text:date text:date-value="2026-03-01" text:fixed="true">2026-03-01</text:date>, sida <text:page-number>1</text:page-number>',
        ) +
        p(TEXT[0]!),
    },
    '29-lang': {
      styles: bullets + cellStyle,
      header: p('Lång rapport'),
      body:
        FIRST +
        Array.from(
          { length: 40 },
          (_, i) =>
            h(`Avsnitt ${i + 1}`, (i % 2) + 1) +
            TEXT.map((text) => p(`${text} ${text}`)).join('') +
            (i % 4 === 0
              ? table(`T${i}`, [
                  ['a', 'b'],
                  ['1', '2'],
                ])
              : list('L', [p('ett'), p('två')])),
        ).join(''),
    },
    '30-skrift': {
      styles:
        textStyle('up', 'style:text-position="super 58%"') +
        textStyle('down', 'style:text-position="sub 58%"') +
        textStyle('caps', 'fo:font-variant="small-caps"') +
        paragraphStyle('box', 'fo:border="1pt solid #0b6b5d" fo:padding="0.2cm" fo:background-color="#eef6f4"'),
      body:
        FIRST +
        p(
          `H${span('2', 'down')}O, x${span('2', 'up')}, ${span('Kapitäler', 'caps')}, 10\u00a0000\u00a0kr, mjukt\u00adbindestreck, ”citat”, – och €; Ελληνικά, Кириллица.`,
        ) +
        p(TEXT[3]!, 'box') +
        p('rad<text:line-break/>brytning'),
    },
  } satisfies Record<string, FlatOdt>).map(([name, document]) => [name, flatOdt(document)]),
);
