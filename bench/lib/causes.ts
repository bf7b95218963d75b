import { basename } from 'node:path';
import type { Profiler } from 'node:inspector/promises';
import type { Gap } from './stalls.js';

/** What the profiler calls what is no function. */
const NAMES: Readonly<Record<string, string>> = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'Node itself',
  '(idle)': 'the machine was busy elsewhere',
};
/** Less CPU than this share of the time: the process was not running. */
const RUNNING = 0.5;

/** What stopped the event loop, as well as it can be told. */
export function causeOf(gap: Gap, profile: Profiler.Profile | null): string {
  const ms = gap.to - gap.from;
  if (gap.cpu < ms * RUNNING) return 'the machine was busy elsewhere';
  if (gap.collecting > ms / 2) return 'garbage collection';
  return (profile && heaviestIn(gap, profile)) ?? 'our own code';
}

/** The function of ours, or else of Node, that most samples of this time fell into. */
function heaviestIn({ from, to }: Gap, profile: Profiler.Profile): string | null {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const ownerOf = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const { functionName, url } = nodes.get(at)?.callFrame ?? { functionName: '', url: '' };
      if (url.includes('/dist/') && !url.includes('/node_modules/'))
        return `${functionName || 'a function'} of ${basename(url, '.js')}.ts`;
    }
    const { functionName = '' } = nodes.get(id)?.callFrame ?? {};
    return NAMES[functionName] ?? (functionName || 'Node itself');
  };
  // The profiler counts microseconds of the clock that hrtime reads.
  const offset = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;
  const counts = new Map<string, number>();
  let at = profile.startTime - offset;
  for (const [i, id] of (profile.samples ?? []).entries()) {
    at += profile.timeDeltas?.[i] ?? 0;
    if (at < from * 1000 || at > to * 1000) continue;
    const owner = ownerOf(id);
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const [heaviest] = [...counts].toSorted(([, one], [, other]) => other - one);
  return heaviest?.[0] ?? null;
}
