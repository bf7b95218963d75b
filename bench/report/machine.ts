import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What the figures were measured on, without its name. */
export function machineRows(): string[][] {
  const [{ model } = { model: 'unknown' }] = cpus();
  return [
    ['what', 'value'],
    ['date', new Date().toISOString().slice(0, 10)],
    ['CPU', `${model.trim()}, ${availableParallelism()} cores`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['system', `${type()} ${release()}`],
    ['Node', process.version],
  ];
}
