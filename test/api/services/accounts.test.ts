import { expect } from 'chai';
import { changeAccount, LastAdminError, removeAccount } from '../../../api/services/accounts.js';
import { bindModel } from '../../../models/base.js';
import { MemoryEngine } from '../../../models/engine/memory_engine.js';
import type { StoredRecord } from '../../../models/engine/storage_engine.js';
import { useMemory } from '../../../models/storage.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { makeUser, useFastHasher } from '../../support/app.js';

async function refusal(change: Promise<unknown>): Promise<unknown> {
  return change.then(
    () => null,
    (error: unknown) => error,
  );
}

/** An engine that lets somebody else come between the question and the first write of a record. */
function overtakenEngine(): {
  engine: MemoryEngine;
  meanwhile: (id: string, work: () => Promise<unknown>) => void;
} {
  let [of, work]: [string, () => Promise<unknown>] = ['', async () => {}];
  class OvertakenEngine extends MemoryEngine {
    override async update(...change: Parameters<MemoryEngine['update']>): Promise<StoredRecord | null> {
      if (change[0] === of) {
        of = '';
        await work();
      }
      return super.update(...change);
    }
  }
  return { engine: new OvertakenEngine(User), meanwhile: (id, next) => ([of, work] = [id, next]) };
}

describe('a change of an account', () => {
  beforeEach(() => {
    useMemory();
    useFastHasher();
  });

  it('sets role and disabled, together or one alone, and shows the user', async () => {
    const user = await makeUser();
    await makeUser({ role: 'admin' });

    const promoted = await changeAccount(user.id, { role: 'admin' });
    const disabled = await changeAccount(user.id, { disabled: true });
    const both = await changeAccount(user.id, { role: 'user', disabled: false });

    expect([promoted?.role, promoted?.disabled]).to.deep.equal(['admin', false]);
    expect([disabled?.role, disabled?.disabled]).to.deep.equal(['admin', true]);
    expect([both?.role, both?.disabled]).to.deep.equal(['user', false]);
    expect((await User.get(user.id))?.toRecord()).to.deep.equal(both?.toRecord());
  });

  it('is null for nobody', async () => {
    expect(await changeAccount('nobody', { disabled: true })).to.equal(null);
    expect(await removeAccount('nobody')).to.equal(false);
  });

  it('V7.4.2 ends the sessions and the reset of whoever is disabled, and nobody else’s', async () => {
    const [user, other] = [await makeUser(), await makeUser()];
    for (const { id } of [user, user, other]) await UserSession.start(id);
    const token = await user.startReset();

    await changeAccount(user.id, { disabled: true });
    await changeAccount(user.id, { disabled: false });

    expect((await UserSession.all()).map(({ user_id }) => user_id)).to.deep.equal([other.id]);
    expect(await User.redeemReset(token)).to.equal(null);
  });

  it('does not let a session in that was made while the account was disabled', async () => {
    const user = await makeUser();
    await changeAccount(user.id, { disabled: true });
    await UserSession.start(user.id);

    await changeAccount(user.id, { disabled: false });

    expect(await UserSession.count()).to.equal(0);
  });

  it('leaves the sessions of whoever gets another role', async () => {
    const user = await makeUser();
    await UserSession.start(user.id);

    await changeAccount(user.id, { role: 'admin' });

    expect(await UserSession.count()).to.equal(1);
  });

  it('does not take the last admin, for whom disabled ones do not count', async () => {
    const admin = await makeUser({ role: 'admin' });
    await makeUser({ role: 'admin', disabled: true });
    await makeUser();

    for (const change of [
      changeAccount(admin.id, { role: 'user' }),
      changeAccount(admin.id, { disabled: true }),
      changeAccount(admin.id, { role: 'admin', disabled: true }),
      removeAccount(admin.id),
    ])
      expect(await refusal(change)).to.be.instanceOf(LastAdminError);
    const now = await User.get(admin.id);
    expect([now?.role, now?.disabled]).to.deep.equal(['admin', false]);
  });

  it('takes a disabled admin, and one of two', async () => {
    const [one, two, off] = [
      await makeUser({ role: 'admin' }),
      await makeUser({ role: 'admin' }),
      await makeUser({ role: 'admin', disabled: true }),
    ];

    expect((await changeAccount(off.id, { role: 'user' }))?.role).to.equal('user');
    expect(await removeAccount(off.id)).to.equal(true);
    expect(await removeAccount(one.id)).to.equal(true);
    expect(await refusal(removeAccount(two.id))).to.be.instanceOf(LastAdminError);
    expect((await changeAccount(two.id, { role: 'admin', disabled: false }))?.id).to.equal(two.id);
  });

  it('leaves one admin when all are taken at once', async () => {
    const admins = await Promise.all(Array.from({ length: 6 }, () => makeUser({ role: 'admin' })));
    const ways = [
      (id: string) => changeAccount(id, { role: 'user' }),
      (id: string) => changeAccount(id, { disabled: true }),
      removeAccount,
    ];

    const refusals = await Promise.all(admins.map(({ id }, index) => refusal(ways[index % 3]!(id))));

    expect(refusals.filter((error) => error instanceof LastAdminError)).to.have.length(1);
    expect((await User.search({ role: 'admin', disabled: false })).length).to.equal(1);
  });

  for (const [way, take] of [
    ['demoted', (id: string) => changeAccount(id, { role: 'user' })],
    ['disabled', (id: string) => changeAccount(id, { disabled: true })],
    ['removed', removeAccount],
  ] as const) {
    it(`leaves one who is ${way} while another server does the same to the only other one`, async () => {
      const { engine, meanwhile } = overtakenEngine();
      bindModel(User, engine, { isShared: true });
      const [one, two] = [await makeUser({ role: 'admin' }), await makeUser({ role: 'admin' })];
      const session = await UserSession.start(one.id);
      meanwhile(one.id, () => engine.update(two.id, { role: 'user' }));

      const error = await refusal(take(one.id));

      const left = (await User.get(one.id)) as User;
      expect(error).to.be.instanceOf(LastAdminError);
      expect([
        left.role,
        left.disabled,
        left.admits((await UserSession.findBySessionId(session))!),
      ]).to.deep.equal(['admin', false, true]);
    });
  }

  it('works where there never was an admin', async () => {
    const user = await makeUser();

    expect((await changeAccount(user.id, { disabled: true }))?.disabled).to.equal(true);
    expect(await removeAccount(user.id)).to.equal(true);
  });
});
