import { realpath } from 'node:fs/promises';
import type { Move } from '../../../models/migration/migration.js';
import { openPlace, type Address } from '../../../models/migration/open_place.js';
import type { Place, PlaceOptions } from '../../../models/migration/place.js';
import { TRAIL } from '../../../models/migration/trail.js';
import { MODELS } from '../../../models/storage.js';
import { User } from '../../../models/user.js';
import type { Addresses } from '../../config/migration.js';

/** A place and what it was opened by. */
export interface Side {
  readonly place: Place;
  readonly address: Address;
}

/** What goes where; source and target are those of the users. */
export interface Route {
  readonly moves: readonly Move[];
  readonly source: Side;
  readonly target: Side;
}

/** All that takes part in a migration. */
export class Places {
  readonly #open: Place[] = [];
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /**
   * Opens everything and tells what goes where; a model whose place stays the same does not move.
   * @throws Error when there is nothing to move, or no store where it should come from; otherwise as openPlace.
   */
  async open({ from, to, sessionsFrom, sessionsTo }: Addresses): Promise<Route> {
    const source = await this.#opened(from, true);
    const sessionSource = sessionsFrom ? await this.#opened(sessionsFrom, true) : source;
    const target = await this.#opened(to, false);
    const sessionTarget = sessionsTo ? await this.#opened(sessionsTo, false) : target;
    const moves = [...MODELS, TRAIL]
      .map((model) =>
        model === User || model === TRAIL
          ? { model, source, target }
          : { model, source: sessionSource, target: sessionTarget },
      )
      .filter((move) => move.source !== move.target);
    if (moves.length === 0) throw new Error('source and target are the same place');
    if (!(await source.isThere())) throw new Error(`there is no store of Gatehouse: ${source.label}`);
    return { moves, source: { place: source, address: from }, target: { place: target, address: to } };
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((place) => place.close()));
  }

  /** One that is open already is not opened again: a folder can be held once only. */
  async #opened(address: Address, isSource: boolean): Promise<Place> {
    const options: PlaceOptions = { isSource, warn: this.#warn };
    const folder = address.kind === 'file' ? await realpath(address.folder).catch(() => null) : null;
    const known = this.#open.find(({ identity }) => identity === folder);
    if (known) return known;
    const place = await openPlace(address, options);
    const twin = this.#open.find(({ identity }) => identity === place.identity);
    if (!twin) this.#open.push(place);
    else await place.close();
    return twin ?? place;
  }
}
