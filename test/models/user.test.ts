import { inspect } from 'node:util';
import { expect } from 'chai';
import { Base, useClock } from '../../models/base.js';
import { UniqueViolationError } from '../../models/engine/storage_engine.js';
import { PasswordHasher } from '../../models/password.js';
import { useMemory } from '../../models/storage.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('User', () => {
  let now: number;
  beforeEach(() => {
    useMemory();
    User.useHasher(new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 }, parallel: 2, waiting: 64 }));
    now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    useClock(() => now);
  });
  afterEach(() => useClock(Date.now));

  async function saved(
    attributes: ConstructorParameters<typeof User>[0],
    password = 'secret pass',
  ): Promise<User> {
    const user = new User(attributes);
    await user.setPassword(password);
    await user.save();
    return user;
  }

  it('gives its public form as JSON text, as it was loaded or last stored', async () => {
    const user = await saved({ email: 'Ann@example.org', first_name: 'Ann' });
    const before = user.storedText();
    const copy = await User.get(user.id);

    user.first_name = 'Anna';
    const unsaved = user.storedText();
    now += 60_000;
    await user.save();

    expect(before).to.equal(JSON.stringify(copy));
    expect(unsaved).to.equal(before);
    expect(copy?.storedText()).to.equal(before);
    expect(user.storedText()).to.equal(JSON.stringify(user));
    expect((await User.get(user.id))?.storedText()).to.equal(JSON.stringify(user));
    expect(JSON.parse(user.storedText())).to.include({
      first_name: 'Anna',
      updated_at: '2026-01-02T03:05:05',
    });
  });

  it('gives the JSON text of a user who was never stored', () => {
    const user = new User({ email: 'Ann@example.org', first_name: 'Ann' });

    user.first_name = 'Anna';

    expect(user.storedText()).to.equal(JSON.stringify(user));
  });

  it('has a random id and shows timestamps as the course does', async () => {
    const user = new User();

    expect(user.id).to.match(UUID);
    expect(user.toJSON()).to.deep.equal({
      id: user.id,
      created_at: '2026-01-02T03:04:05',
      updated_at: '2026-01-02T03:04:05',
      email: null,
      first_name: null,
      last_name: null,
    });
  });

  it('cannot leak its hash, however it is shown', async () => {
    const user = await saved({ email: 'bob@hbtn.io' });
    const stored = user.toRecord()['_password'] as string;

    expect(stored).to.have.length(128);
    for (const shown of [
      JSON.stringify(user),
      JSON.stringify({ user: [user] }),
      inspect(user, { depth: 9 }),
      String(user),
    ]) {
      expect(shown).to.not.contain(stored).and.not.contain('secret pass');
    }
    expect(Object.keys(user)).to.not.include('_password');
  });

  it('is stored with everything and loaded again', async () => {
    const user = await saved({ email: 'Bob@Hbtn.io', first_name: 'Bob', role: 'admin' });
    now += 1000;

    const loaded = await User.get(user.id);

    expect(loaded?.toRecord()).to.deep.equal(user.toRecord());
    expect(loaded?.equals(user)).to.equal(true);
    expect(await loaded?.isValidPassword('secret pass')).to.equal(true);
    expect([loaded?.isAdmin, loaded?.created_at]).to.deep.equal([true, user.created_at]);
  });

  it('is equal to the same class with the same id only', () => {
    const user = new User();

    expect(user.equals(new User({ id: user.id }))).to.equal(true);
    expect(user.equals(new User())).to.equal(false);
    expect(user.equals(new UserSession({ id: user.id }))).to.equal(false);
    expect(user.equals(null)).to.equal(false);
  });

  it('moves updated_at when it is saved, and only then', async () => {
    const user = await saved({ email: 'bob@hbtn.io' });
    now += 5000;
    user.first_name = 'Bob';
    const before = user.updated_at;
    await user.save();

    expect(user.updated_at.getTime() - before.getTime()).to.equal(5000);
    expect((await User.get(user.id))?.created_at).to.deep.equal(user.created_at);
  });

  it('is a copy: an unsaved change is nobody else’s business', async () => {
    const user = await saved({ email: 'bob@hbtn.io' });
    user.first_name = 'Changed';

    expect((await User.get(user.id))?.first_name).to.equal(null);
  });

  it('keeps both of two changes made to copies of one user', async () => {
    const user = await saved({ email: 'bob@hbtn.io' });
    const [one, two] = [await User.get(user.id), await User.get(user.id)];
    one!.first_name = 'Bob';
    two!.last_name = 'Dylan';
    await Promise.all([one!.save(), two!.save()]);

    expect((await User.get(user.id))?.displayName()).to.equal('Bob Dylan');
  });

  it('does not take back what others changed when one object is saved twice', async () => {
    const user = await saved({ email: 'bob@hbtn.io' }, 'old password');
    const other = await User.get(user.id);
    await other!.setPassword('new password');
    await other!.save();
    for (const name of ['X', 'Y']) {
      user.first_name = name;
      await user.save();
    }

    const stored = await User.get(user.id);
    expect(await stored?.isValidPassword('new password')).to.equal(true);
    expect(stored?.first_name).to.equal('Y');
  });

  it('is not brought back by saving an old copy, but by saving what was removed here', async () => {
    const user = await saved({ email: 'bob@hbtn.io' });
    const copy = await User.get(user.id);

    expect([await user.remove(), await user.remove()]).to.deep.equal([true, false]);
    expect(await copy?.save()).to.equal(false);
    expect(await User.count()).to.equal(0);
    expect(await user.save()).to.equal(true);
    expect(await User.count()).to.equal(1);
  });

  it('keeps its email unique in NFC lower case and as typed', async () => {
    await saved({ email: 'Zoe\u0301@Example.com' });

    const error = await saved({ email: 'zo\u00e9@example.COM' }).catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(UniqueViolationError);
    expect((await User.findByEmail('ZO\u00c9@EXAMPLE.com'))?.email).to.equal('Zoe\u0301@Example.com');
  });

  it('gets by text ids only, and nothing for what is unknown', async () => {
    for (const id of [null, undefined, 5, {}, 'nope', '__proto__', 'constructor']) {
      expect(await User.get(id)).to.equal(null);
    }
  });

  it('searches by every named attribute, strictly; no attribute finds all, in order of creation', async () => {
    await saved({ email: 'a@x', first_name: 'Ann', last_name: 'X' });
    await saved({ email: 'b@x', first_name: 'Bob', last_name: 'X' });
    const emails = async (attributes: Parameters<typeof User.search>[0]): Promise<unknown[]> =>
      (await User.search(attributes)).map(({ email }) => email);

    expect(await emails({ last_name: 'X' })).to.deep.equal(['a@x', 'b@x']);
    expect(await emails({ last_name: 'X', first_name: 'Bob' })).to.deep.equal(['b@x']);
    expect(await emails({ email: 'A@X', first_name: 'Bob' })).to.deep.equal([]);
    expect(await emails({ email: 'A@X', first_name: 'Ann' })).to.deep.equal(['a@x']);
    expect(await emails({ nothing: 'like it' })).to.deep.equal([]);
    expect(await emails({})).to.deep.equal(['a@x', 'b@x']);
    expect((await User.all()).map(({ email }) => email)).to.deep.equal(['a@x', 'b@x']);
  });

  it('has an empty table before anything was saved', async () => {
    expect([await User.count(), await User.all(), await UserSession.search({ user_id: 'x' })]).to.deep.equal([
      0,
      [],
      [],
    ]);
  });

  const names: [email: string | null, first: string | null, last: string | null, shown: string][] = [
    [null, null, null, ''],
    ['bob@hbtn.io', null, null, 'bob@hbtn.io'],
    ['bob@hbtn.io', 'Bob', null, 'Bob'],
    ['bob@hbtn.io', null, 'Dylan', 'Dylan'],
    [null, 'Bob', 'Dylan', 'Bob Dylan'],
  ];
  for (const [email, first_name, last_name, shown] of names) {
    it(`is displayed as "${shown}" with ${email}, ${first_name}, ${last_name}`, () => {
      expect(new User({ email, first_name, last_name }).displayName()).to.equal(shown);
    });
  }

  it('accepts no password that is no text, and none when it has none', async () => {
    const user = await saved({ email: 'bob@hbtn.io' });
    for (const password of [null, undefined, 5, ['secret pass'], {}, 'wrong']) {
      expect(await user.isValidPassword(password)).to.equal(false);
    }
    await user.setPassword(5);
    expect(await user.isValidPassword('secret pass')).to.equal(false);
    expect(user.toRecord()['_password']).to.equal(null);
  });

  it('strengthens a weak hash, but leaves a password alone that was changed meanwhile', async () => {
    const user = await saved({ email: 'bob@hbtn.io' });
    const weak = user.toRecord()['_password'];
    User.useHasher(new PasswordHasher({ cost: { logN: 5, r: 8, p: 1 }, parallel: 2, waiting: 64 }));
    const late = await User.get(user.id);

    await user.strengthenPassword('secret pass');

    const strong = (await User.get(user.id))?.toRecord()['_password'];
    expect(strong).to.not.equal(weak);
    expect(await (await User.get(user.id))?.isValidPassword('secret pass')).to.equal(true);
    await late?.strengthenPassword('secret pass');
    expect((await User.get(user.id))?.toRecord()['_password']).to.equal(strong);
  });

  it('does not hash again what is strong enough', async () => {
    const user = await saved({ email: 'bob@hbtn.io' });
    const before = user.toRecord()['_password'];

    await user.strengthenPassword('secret pass');

    expect(user.toRecord()['_password']).to.equal(before);
  });

  it('treats broken stored dates as long ago instead of failing', async () => {
    const user = new User({ created_at: 'yesterday', updated_at: 'nonsense' });

    expect(user.toJSON()['created_at']).to.equal('1970-01-01T00:00:00');
  });

  it('says so when a model was never bound to an engine', async () => {
    class Unbound extends Base {
      protected override ownAttributes() {
        return {};
      }
      protected override publicAttributes() {
        return {};
      }
    }

    expect(await Unbound.count().catch((error: unknown) => error)).to.be.instanceOf(Error);
  });
});
