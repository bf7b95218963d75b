import { join } from 'node:path';
import fs from 'fs-extra';
import type { Address } from '../../../models/migration/open_place.js';
import type { KeySettings } from '../../config/migration.js';
import { openKeys } from '../../services/keys_file.js';
import { fingerprintsOf, KEYS_NOTE } from '../../services/shared_keys.js';
import type { Side } from './places.js';

/**
 * Signing keys are in no store, and what they signed (JSON Web Tokens, forms, what the throttle counts by) is worth
 * nothing without them. Only looks: keys are the operator's to carry.
 */
export class SigningKeys {
  readonly #settings: KeySettings;
  readonly #warn: (message: string) => void;

  constructor(settings: KeySettings, warn: (message: string) => void) {
    this.#settings = settings;
    this.#warn = warn;
  }

  /**
   * Leaves what the source's keys are known by in a target that keeps such notes, so that it refuses servers with
   * other keys. For before anything is copied.
   * @throws Error when the target's servers are known to have other keys.
   */
  async handOver(source: Side, target: Side): Promise<void> {
    const [own, others] = [
      await this.#known(source),
      (await target.place.note(KEYS_NOTE))?.split(' ') ?? null,
    ];
    if (own && others && !own.some((fingerprint) => others.includes(fingerprint)))
      throw new Error(
        'the servers on the target have other signing keys than those on the source. Nothing was changed. Remove the ' +
          'note "keys" from gatehouse_meta there, and give them the same keys',
      );
    if (own) await target.place.leaveNote(KEYS_NOTE, own.join(' '));
  }

  /** What the operator must do about keys now. */
  async advice(source: Side, target: Side): Promise<string> {
    const file = this.#fileOf(source.address);
    const [own, found] = [await this.#known(source), await this.#inFiles(target.address)];
    const isShared = own !== null && found !== null && own.some((fingerprint) => found.includes(fingerprint));
    if (isShared && this.#settings.appKeys.length > 0)
      return 'Signing keys are in no store: keep APP_KEYS as it is for the servers on the target.';
    if (isShared)
      return `Signing keys are in no store: keep ${this.#fileOf(target.address)} for the servers on the target.`;
    return (
      'Signing keys are in no store. Give the servers on the target the keys that those on the source have, by a copy ' +
      `of their keys file (${file}) or the same APP_KEYS, before you start one: ` +
      (found ? `${this.#fileOf(target.address)} has OTHER keys. ` : '') +
      'without them tokens and open forms are void, and the throttle forgets what it has counted.'
    );
  }

  async #known({ place, address }: Side): Promise<readonly string[] | null> {
    return (await place.note(KEYS_NOTE))?.split(' ') ?? this.#inFiles(address);
  }

  async #inFiles(address: Address): Promise<readonly string[] | null> {
    const keysFile = this.#fileOf(address);
    const { appKeys } = this.#settings;
    // Opening would make one.
    if (appKeys.length === 0 && !(await fs.pathExists(keysFile))) return null;
    return fingerprintsOf(await openKeys({ keysFile, appKeys, warn: this.#warn }));
  }

  #fileOf(address: Address): string {
    const { keysFile, isKeysFileSet } = this.#settings;
    if (isKeysFileSet || address.kind !== 'file') return keysFile;
    return join(address.folder, 'keys.json');
  }
}
