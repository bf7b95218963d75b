import { expect } from 'chai';
import { buildApp } from '../support/app.js';
import { listen } from '../support/listening.js';
import { bruteForce } from './brute_force.js';
import { Target } from './support/target.js';

describe('V6.1.3 V6.3.4 brute force under basic_auth', () => {
  it('finds the Basic header watched like every other door', async () => {
    const app = buildApp({ authType: 'basic_auth' });
    const { port } = await listen(app.listener);

    const attempts = await bruteForce(new Target({ url: `http://127.0.0.1:${port}` }));

    const outcomes = new Map(attempts.map(({ trick, outcome }) => [trick, outcome]));
    // /auth/login, /auth/confirm, /auth/password and Basic: there is no course login here.
    expect(outcomes.get('30 guesses, in turn at all 4 doors')).to.equal('refused');
    expect(outcomes.get('spraying')).to.equal('skipped');
    expect([...outcomes.values()]).not.to.include.members(['got in']);
    expect([...outcomes.values()]).not.to.include.members(['broken']);
  });
});
