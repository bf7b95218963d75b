import type { Storage } from '../../models/storage.js';
import type { Keys } from './keys.js';

/** The name of the note in which processes leave what they know their keys by. */
export const KEYS_NOTE = 'keys';

/** Other processes on the same storage have other signing keys; the message says what to do. */
export class KeysNotSharedError extends Error {
  override readonly name = 'KeysNotSharedError';
}

/**
 * Makes sure that all processes on a storage can verify what each of them signs: this one needs a key in common with
 * the one that was started last, so that a new key can be put in front of the old one in one process after the other.
 * Only fingerprints of the keys are stored.
 * @throws KeysNotSharedError, StorageUnavailableError.
 */
export async function shareKeys(storage: Pick<Storage, 'note'>, keys: Keys): Promise<void> {
  const own = fingerprintsOf(keys);
  await storage.note(KEYS_NOTE, (known) => {
    const others = known?.split(' ') ?? own;
    if (others.some((fingerprint) => own.includes(fingerprint))) return own.join(' ');
    throw new KeysNotSharedError(
      'other servers on this storage sign with other keys, and none of them is known here: give all servers the same ' +
        "keys, by a copy of their keys file or by APP_KEYS. If the others' keys are lost for good, remove the note " +
        '"keys" from the storage (docs/configuration.md): what they signed is void then',
    );
  });
}

/** What the keys are known by, newest first; nothing can be signed with it. */
export function fingerprintsOf(keys: Keys): string[] {
  return keys.subkey('fingerprint').keys.map((key) => key.toString('base64url').slice(0, 22));
}
