import type { ComponentChildren, VNode } from 'preact';
import { UNKNOWN_DEVICE } from '../../services/devices.js';
import type { View } from '../view.js';

/** A time that programs can read too. */
export function Time({ view, date }: { readonly view: View; readonly date: Date }): VNode {
  return <time dateTime={date.toISOString().slice(0, 19) + 'Z'}>{view.time(date)}</time>;
}

/** The name of a device, which is stored in English. */
export function deviceName({ text }: View, device: string | null): string {
  if (device === null || device === UNKNOWN_DEVICE) return text.unknownDevice;
  const [browser = '', system] = device.split(' on ', 2);
  return system === undefined ? browser : text.device(browser, system);
}

export interface FactProps {
  readonly name: string;
  readonly children: ComponentChildren;
}

/** A line of a description list. */
export function Fact({ name, children }: FactProps): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export interface PagerProps {
  readonly view: View;
  readonly path: string;
  /** The query of the next page; null on the last. */
  readonly next: string | null;
  readonly isFirst: boolean;
}

/** The way to older entries, and back. */
export function Pager({ view, path, next, isFirst }: PagerProps): VNode | null {
  if (next === null && isFirst) return null;
  return (
    <p class="pager">
      {isFirst ? null : <a href={path}>{view.text.nav.back}</a>}
      {next === null ? null : (
        <a class="button secondary" href={`${path}?${next}`}>
          {view.text.nav.more}
        </a>
      )}
    </p>
  );
}
