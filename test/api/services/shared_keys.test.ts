import { expect } from 'chai';
import { Keys } from '../../../api/services/keys.js';
import { KeysNotSharedError, shareKeys } from '../../../api/services/shared_keys.js';
import type { Storage } from '../../../models/storage.js';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => Buffer.from(letter.repeat(32))) as [Buffer, Buffer, Buffer];

describe('the signing keys of processes on one storage', () => {
  let note: string | null;
  const storage: Pick<Storage, 'note'> = {
    note: async (_name, next) => {
      note = next(note);
    },
  };
  beforeEach(() => {
    note = null;
  });

  async function start(...secrets: Buffer[]): Promise<boolean> {
    return shareKeys(storage, new Keys(secrets)).then(
      () => true,
      (error: unknown) => {
        expect(error).to.be.instanceOf(KeysNotSharedError);
        return false;
      },
    );
  }

  it('may be the same', async () => {
    expect([await start(A), await start(A)]).to.deep.equal([true, true]);
  });

  it('may not be others, and a start that is refused changes nothing', async () => {
    expect([await start(A), await start(B), await start(A)]).to.deep.equal([true, false, true]);
  });

  it('may be rotated in one process after the other', async () => {
    const starts = [await start(A), await start(B, A), await start(A), await start(B, A), await start(B, A)];
    const without = [await start(B), await start(C, B), await start(A)];

    expect(starts).to.deep.equal([true, true, true, true, true]);
    expect(without).to.deep.equal([true, true, false]);
  });

  it('leave nothing there that says what they are', async () => {
    await start(A, B);

    for (const secret of [A, B]) {
      for (const encoding of ['utf8', 'hex', 'base64url'] as const)
        expect(note).not.to.include(secret.toString(encoding).slice(0, 16));
    }
    expect(note).to.match(/^[\w-]{22} [\w-]{22}$/);
  });
});
