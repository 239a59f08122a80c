import { svg, html, type TemplateResult } from 'lit';

const paths = {
  chat: 'M4 5h16v11H9l-5 4z',
  operate:
    'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M18.400 5.600l-2.100 2.100M7.700 16.300l-2.100 2.100',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5',
  plus: 'M12 5v14M5 12h14',
  folder: 'M3 6.500h6l2 2.500h10v10H3z',
  folderPlus: 'M3 6.500h6l2 2.500h10v10H3zM12 11.500v5M9.500 14h5',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  picture: 'M4 5h16v14H4zM4 16l4.500-4.500 4 4 3-3L20 17M15.500 8.500v.1',
  film: 'M4 5h16v14H4zM10 9l5 3-5 3z',
  sound:
    'M9 18V6l10-2v12M6.500 15.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5M16.500 13.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5',
  upload: 'M12 16V5M7 10l5-5 5 5M4 20h16',
  download: 'M12 4v11M7 10l5 5 5-5M4 20h16',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.500 4.500',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M15 5l-7 7 7 7',
  send: 'M4 12 20 4l-5 16-3.500-6.500z',
  bold: 'M7 5h6a3.500 3.500 0 0 1 0 7H7zM7 12h7a3.500 3.500 0 0 1 0 7H7z',
  italic: 'M10 5h8M6 19h8M14 5l-4 14',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  emoji: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.500 14.500c1.800 2.300 5.200 2.300 7 0M9 9.500v.1M15 9.500v.1',
  mention: 'M16 12a4 4 0 1 0-8 0 4 4 0 0 0 8 0v1.500a2.500 2.500 0 0 0 5 0V12a9 9 0 1 0-4 7.500',
  attach:
    'M20 11l-8.500 8.500a5 5 0 0 1-7-7L13 4a3.400 3.400 0 0 1 5 5l-8.500 8.500a1.800 1.800 0 0 1-2.500-2.500L15 7',
  reply: 'M9 6 4 11l5 5M4 11h9a6 6 0 0 1 6 6v1',
  thread: 'M5 5h14v9H10l-5 4zM9 8.500h6M9 11h4',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5',
  people:
    'M9 5.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M3 19c.6-3.200 3-5 6-5s5.400 1.800 6 5M16 6a3 3 0 0 1 0 6M18 15c1.700.6 2.700 2 3 4',
  check: 'M5 13l4 4L19 7',
  down: 'M6 9l6 6 6-6',
  warning: 'M12 4 2.500 20h19zM12 10v4M12 17v.1',
  offline: 'M3 3l18 18M8.500 8.700A9 9 0 0 0 4 11.500M12 7a12 12 0 0 1 8 4.500M8 15.200a5 5 0 0 1 5-1.200M12 19v.1',
  lock: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  out: 'M14 5H5v14h9M11 12h10M17 8l4 4-4 4',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  pause: 'M8 5v14M16 5v14',
  menu: 'M4 7h16M4 12h16M4 17h16',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 8v.1',
  play: 'M8 5l11 7-11 7z',
  undo: 'M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12l8-8M16 7l3 3',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.500 2',
  gauge: 'M4 17a8 8 0 1 1 16 0M12 17l4-5M4 20h16',
  blocks: 'M4 4h7v7H4zM13 13h7v7h-7zM4 14h7v6H4zM13 4h7v6h-7z',
  swap: 'M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 20c.8-4 4-6 8-6s7.200 2 8 6',
  list: 'M9 6h11M9 12h11M9 18h11M4 6h.1M4 12h.1M4 18h.1',
  grid: 'M4 4h6.500v6.500H4zM13.500 4H20v6.500h-6.500zM4 13.500h6.500V20H4zM13.500 13.500H20V20h-6.500z',
  next: 'M9 5l7 7-7 7',
  minus: 'M5 12h14',
  page: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  sheet: 'M4 4h16v16H4zM4 9.500h16M4 15h16M10 4v16',
  slides: 'M3 5h18v11H3zM12 16v4M8 20h8',
  archive: 'M4 4h16v4H4zM5 8v12h14V8M10 12h4',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18',
  database: 'M5 6c0-4 14-4 14 0s-14 4-14 0v12c0 4 14 4 14 0V6M5 12c0 4 14 4 14 0',
} as const;

/** Name of an icon. */
export type IconName = keyof typeof paths;

/** An icon; what it stands for is said by the element around it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${paths[name]}></path>`}</svg>`;
}
