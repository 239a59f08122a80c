/** A part of a text that is replaced. */
export interface TextChange {
  /** Where, in UTF-16 units of the old text. */
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** Beyond this many steps whole stretches are replaced instead. */
const STEPS = 500;

/** What makes one text of another, line by line, from the end to the beginning, so that each can be applied as it stands. */
export function changesBetween(before: string, after: string): readonly TextChange[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const offsets = [0];
  for (const line of old) offsets.push(offsets.at(-1)! + line.length);
  const changes: TextChange[] = [];
  let [i, j] = [0, 0];
  for (const [oldAt, newAt] of [...pairsOfEqual(old, now), [old.length, now.length] as const]) {
    const [removed, added] = [old.slice(i, oldAt).join(''), now.slice(j, newAt).join('')];
    if (removed !== added) changes.push(narrowed({ at: offsets[i]!, remove: removed.length, insert: added }, removed));
    [i, j] = [oldAt + 1, newAt + 1];
  }
  return changes.reverse();
}

/** Pairs of places at which two lists have the same, in order. */
export function pairsOfEqual(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly [number, number])[] {
  const head = lengthOfHead(before, after);
  const tail = lengthOfTail(before, after, head);
  const between = commonLines(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  return [
    ...Array.from({ length: head }, (_, i) => [i, i] as const),
    ...between.map(([a, b]) => [a + head, b + head] as const),
    ...Array.from({ length: tail }, (_, i) => [before.length - tail + i, after.length - tail + i] as const),
  ];
}

function lengthOfHead(before: readonly string[], after: readonly string[]): number {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  return head;
}

function lengthOfTail(before: readonly string[], after: readonly string[], head: number): number {
  const most = Math.min(before.length, after.length) - head;
  let tail = 0;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return tail;
}

/** Only what differs within the lines, so that what others write beside it stays where it is. */
function narrowed({ at, insert }: TextChange, removed: string): TextChange {
  let head = 0;
  while (head < removed.length && head < insert.length && removed[head] === insert[head]) head += 1;
  if (head > 0 && isHigh(removed, head - 1)) head -= 1;
  let tail = 0;
  const most = Math.min(removed.length, insert.length) - head;
  while (tail < most && removed.at(-1 - tail) === insert.at(-1 - tail)) tail += 1;
  if (tail > 0 && isHigh(removed, removed.length - tail - 1)) tail -= 1;
  return { at: at + head, remove: removed.length - head - tail, insert: insert.slice(head, insert.length - tail) };
}

/** Whether a pair of surrogates would be cut behind this place. */
function isHigh(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff;
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * Pairs of lines that both have, in order: Myers' algorithm, given up after so many steps.
 * @see Myers, An O(ND) Difference Algorithm and Its Variations (1986)
 */
function commonLines(old: readonly string[], now: readonly string[]): readonly (readonly [number, number])[] {
  const most = Math.min(old.length + now.length, STEPS);
  const reach = new Map<number, number>([[1, 0]]);
  const trail: Map<number, number>[] = [];
  for (let steps = 0; steps <= most; steps++) {
    trail.push(new Map(reach));
    for (let k = -steps; k <= steps; k += 2) {
      const down = k === -steps || (k !== steps && reach.get(k - 1)! < reach.get(k + 1)!);
      let x = down ? reach.get(k + 1)! : reach.get(k - 1)! + 1;
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x += 1;
      reach.set(k, x);
      if (x >= old.length && x - k >= now.length) return pairsOf(trail, old.length, now.length);
    }
  }
  return [];
}

function pairsOf(trail: readonly Map<number, number>[], oldEnd: number, newEnd: number): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = [oldEnd, newEnd];
  for (let steps = trail.length - 1; steps >= 0; steps--) {
    const reach = trail[steps]!;
    const k = x - y;
    const down = k === -steps || (k !== steps && reach.get(k - 1)! < reach.get(k + 1)!);
    const from = down ? k + 1 : k - 1;
    const fromX = reach.get(from)!;
    const fromY = fromX - from;
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      if (x === fromX + (down ? 0 : 1) && y === fromY + (down ? 1 : 0)) break;
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}
