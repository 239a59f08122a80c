import { expect, test } from 'vitest';
import { geometryOf, inSight, scrolledTo, stepOf, styleOf, wholeHeight } from './geometry.ts';

test('tiles fill the width, and a list has one entry a row', () => {
  expect(geometryOf('list', 800)).toEqual({ columns: 1, height: 46 });
  const { columns, width } = geometryOf('tiles', 800);
  expect(columns).toBe(5);
  expect(width! * columns).toBeLessThanOrEqual(800 - 24);
  expect(geometryOf('tiles', 0).columns).toBe(1);
  expect(styleOf(geometryOf('tiles', 800), 6)).toBe('top:188px;left:167px;width:155px');
});

test('what is in sight is whole rows', () => {
  const tiles = geometryOf('tiles', 800);
  expect(inSight(tiles, { top: 0, room: 352, more: 1 })).toEqual([0, 15]);
  expect(inSight(tiles, { top: 1_760, room: 352, more: 1 })).toEqual([45, 65]);
  expect(wholeHeight(tiles, 11)).toBe(3 * 176 + 24);
});

test('one scrolls no farther than it takes', () => {
  const list = geometryOf('list', 800);
  expect(scrolledTo(list, 0, { top: 100, room: 460 })).toBe(0);
  expect(scrolledTo(list, 5, { top: 100, room: 460 })).toBe(100);
  expect(scrolledTo(list, 20, { top: 100, room: 460 })).toBe(21 * 46 - 460);
});

test('arrows lead in two dimensions among tiles, and in one down a list', () => {
  const tiles = { columns: 4, total: 10, page: 2 };
  expect(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp'].map((key) => stepOf(key, 5, tiles))).toEqual([6, 4, 9, 1]);
  expect(stepOf('ArrowDown', 7, tiles)).toBe(9);
  expect(stepOf('ArrowUp', 2, tiles)).toBe(2);
  expect([stepOf('Home', 5, tiles), stepOf('End', 5, tiles), stepOf('PageDown', 1, tiles)]).toEqual([0, 9, 9]);
  const list = { columns: 1, total: 10, page: 4 };
  expect(['ArrowRight', 'ArrowDown', 'PageUp', 'x'].map((key) => stepOf(key, 5, list))).toEqual([
    undefined,
    6,
    1,
    undefined,
  ]);
});
