import { expect } from 'chai';
import { changeAccount } from '../../../api/services/accounts.js';
import { PasswordHasher } from '../../../models/password.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser, PASSWORD, SESSION_SCHEMES } from '../../support/app.js';

const NEW = 'a new long password';
const CHANGE = { current_password: PASSWORD, new_password: NEW };

/** Keeps the first check of a password back until the test asks for it; all others come at once. */
class SlowHasher extends PasswordHasher {
  #held: (() => void) | null = null;
  #isHeld!: () => void;
  readonly held = new Promise<void>((resolve) => (this.#isHeld = resolve));

  goOn(): void {
    this.#held?.();
  }

  override async verify(password: string, stored: string | null, from?: string): Promise<boolean> {
    const answer = await super.verify(password, stored, from);
    await this.#hold();
    return answer;
  }

  async #hold(): Promise<void> {
    if (this.#held) return;
    const goOn = new Promise<void>((resolve) => (this.#held = resolve));
    this.#isHeld();
    await goOn;
  }
}

/** Makes users hash with a new one. */
function slowHasher(): SlowHasher {
  const hasher = new SlowHasher({ cost: { logN: 4, r: 8, p: 1 }, parallel: 2, waiting: 64 });
  User.useHasher(hasher);
  return hasher;
}

for (const authType of SESSION_SCHEMES) {
  describe(`V7.4.3 a login under ${authType} whose password was still being checked`, () => {
    for (const [what, overtake] of [
      ['it was changed', (owner) => owner.send('put', '/auth/password', CHANGE)],
      ['it was reset', async (owner, user) => owner.send('post', '/auth/reset', await resetOf(user))],
      ['the account was disabled', (_, user) => changeAccount(user.id, { disabled: true })],
      ['the account was removed', (owner) => owner.send('delete', '/auth/account')],
    ] as readonly [string, (owner: Visitor, user: User) => Promise<unknown>][]) {
      for (const path of ['/auth/login', '/api/v1/auth_session/login']) {
        it(`is refused at ${path} when ${what}`, async () => {
          const app = buildApp({ authType });
          const user = await makeUser();
          const owner = new Visitor(app);
          await owner.login(user);
          app.clock.advance(1);
          const hasher = slowHasher();
          const thief = new Visitor(app);

          const attempt = thief.send('post', path, { email: user.email, password: PASSWORD });
          await hasher.held;
          await overtake(owner, user);
          const before = await UserSession.count();
          hasher.goOn();
          const { status } = await attempt;

          expect([status, thief.cookie(), thief.cookie('device')]).to.deep.equal([401, undefined, undefined]);
          expect(await UserSession.count()).to.equal(before);
        });
      }
    }
  });
}

async function resetOf(user: User): Promise<object> {
  return { token: await user.startReset(), new_password: NEW };
}
