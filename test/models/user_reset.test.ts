import { expect } from 'chai';
import { useClock } from '../../models/base.js';
import { UnusablePasswordError } from '../../models/password.js';
import { useMemory } from '../../models/storage.js';
import { RESET_LIFETIME, User } from '../../models/user.js';
import { digestOf } from '../../models/user_session.js';
import { makeUser, PASSWORD, useFastHasher } from '../support/app.js';
import { bytesOf, storageIn, tempFolder } from '../support/temp_storage.js';

describe('a password reset', () => {
  let now: number;
  beforeEach(() => {
    useMemory();
    useFastHasher();
    now = Date.UTC(2026, 0, 2, 3, 4, 5);
    useClock(() => now);
  });

  it('V6.4.1 has a random token of 192 bits, of which a digest is kept', async () => {
    const user = await makeUser();

    const tokens = [await user.startReset(), await user.startReset()];
    const record = (await User.get(user.id))?.toRecord();

    expect(tokens[0]).to.match(/^[\w-]{32}$/);
    expect(tokens[1]).to.not.equal(tokens[0]);
    expect(record?.['reset_digest']).to.equal(digestOf(tokens[1]!));
    expect(record?.['reset_expires_at']).to.equal('2026-01-02T04:04:05.000Z');
    expect(JSON.stringify(record)).to.not.contain(tokens[1]);
    expect(JSON.stringify(await User.get(user.id))).to.not.contain(digestOf(tokens[1]!));
  });

  it('V6.4.1 gives a token’s user once, and says whose it is before', async () => {
    const user = await makeUser();
    const token = await user.startReset();

    expect((await User.findByReset(token))?.id).to.equal(user.id);
    expect((await User.findByReset(token))?.id).to.equal(user.id);
    expect((await User.redeemReset(token))?.id).to.equal(user.id);
    expect(await User.findByReset(token)).to.equal(null);
    expect(await User.redeemReset(token)).to.equal(null);
    expect(await (await User.get(user.id))?.isValidPassword(PASSWORD)).to.equal(true);
  });

  it('V6.4.1 has one winner of twenty who use the token at once', async () => {
    const user = await makeUser();
    const token = await user.startReset();
    const passwords = Array.from({ length: 20 }, (_, number) => `new password ${number}`);

    const results = await Promise.all(passwords.map((password) => User.redeemReset(token, password)));

    const winners = passwords.filter((_, number) => results[number] !== null);
    expect(winners).to.have.length(1);
    expect(await (await User.get(user.id))?.isValidPassword(winners[0])).to.equal(true);
  });

  it('has one winner on disk too, and a token outlives a restart as a digest', async () => {
    const folder = await tempFolder();
    const storage = await storageIn(folder);
    const { id } = await makeUser();
    const token = await (await User.get(id))!.startReset();
    await storage.close();

    await storageIn(folder);
    const results = await Promise.all([User.redeemReset(token), User.redeemReset(token)]);

    expect(results.filter((result) => result !== null)).to.have.length(1);
    expect(JSON.stringify(await bytesOf(folder))).to.not.contain(token);
  });

  it('V6.4.1 ends after an hour', async () => {
    const user = await makeUser();
    const token = await user.startReset();

    now += RESET_LIFETIME - 1;
    expect((await User.findByReset(token))?.id).to.equal(user.id);
    now += 1;
    expect(await User.findByReset(token)).to.equal(null);
    expect(await User.redeemReset(token, 'new password')).to.equal(null);
    expect(await (await User.get(user.id))?.isValidPassword(PASSWORD)).to.equal(true);
  });

  it('is ended by a newer one and by being taken back', async () => {
    const user = await makeUser();
    const [first, second] = [await user.startReset(), await user.startReset()];

    expect(await User.redeemReset(first)).to.equal(null);
    await user.cancelReset();
    expect(await User.redeemReset(second)).to.equal(null);
  });

  it('is for nobody without a token, or with any but the right one', async () => {
    const user = await makeUser();
    await makeUser();
    const token = await user.startReset();

    for (const wrong of [
      null,
      undefined,
      '',
      5,
      {},
      [token],
      digestOf(token),
      `${token} `,
      token.slice(1),
      'null',
    ])
      expect(await User.redeemReset(wrong)).to.equal(null);
    expect(await User.findByReset(token)).to.not.equal(null);
  });

  it('sets the password with the token, and costs no token when it cannot', async () => {
    const user = await makeUser();
    const token = await user.startReset();
    now += 1000;

    const error = await User.redeemReset(token, 'x'.repeat(1025)).catch((thrown: unknown) => thrown);
    const changed = await User.redeemReset(token, 'new password');

    expect(error).to.be.instanceOf(UnusablePasswordError);
    expect(await changed?.isValidPassword('new password')).to.equal(true);
    expect(await changed?.isValidPassword(PASSWORD)).to.equal(false);
    expect(changed?.updated_at.getTime()).to.equal(now);
  });

  it('is not brought back by saving a copy from before it was used', async () => {
    const user = await makeUser();
    const token = await user.startReset();
    const copy = await User.get(user.id);
    await User.redeemReset(token, 'new password');

    for (const old of [user, copy!]) {
      old.first_name = 'Ann';
      await old.save();
    }

    expect(await User.findByReset(token)).to.equal(null);
    expect(await (await User.get(user.id))?.isValidPassword('new password')).to.equal(true);
  });

  it('is not for a disabled or a removed user', async () => {
    const user = await makeUser();
    const token = await user.startReset();
    user.disabled = true;
    await user.save();

    expect(await User.findByReset(token)).to.equal(null);
    expect(await User.redeemReset(token, 'new password')).to.equal(null);
    await user.remove();
    expect(await User.redeemReset(token)).to.equal(null);
  });

  it('is nobody else’s business: users without one do not collide', async () => {
    const [one, two] = [await makeUser(), await makeUser()];
    const token = await one.startReset();
    await two.startReset();

    await Promise.all([two.cancelReset(), (await makeUser()).cancelReset()]);

    expect((await User.redeemReset(token))?.id).to.equal(one.id);
  });
});

describe('User.disabled', () => {
  beforeEach(() => {
    useMemory();
    useFastHasher();
  });

  it('is stored, and shown to nobody', async () => {
    const user = await makeUser({ disabled: true });

    const loaded = await User.get(user.id);

    expect(loaded?.disabled).to.equal(true);
    expect(loaded?.toRecord()['disabled']).to.equal(true);
    expect(loaded?.toJSON()).to.not.have.property('disabled');
  });

  it('is false for users who were stored without it', async () => {
    for (const disabled of [undefined, null, 'true', 1])
      expect(new User({ email: 'a@x', disabled } as object).disabled).to.equal(false);
  });
});
