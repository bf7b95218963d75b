import { expect } from 'chai';
import { buildApp } from '../../support/app.js';
import { formsOf, readable, tagsOf } from '../../support/html.js';
import { FORMS } from '../../support/page_forms.js';
import { everyPage } from '../../support/page_list.js';

for (const who of ['nobody', 'admin'] as const) {
  describe(`every page for ${who}`, () => {
    it('V1.2.1, V3.2.2 keeps what people typed text', async () => {
      const { pages } = await everyPage(buildApp({ authType: 'session_auth' }), who);

      const shown = pages.filter(({ text }) => text.includes('alert('));
      expect(shown.length).to.be.at.least(who === 'admin' ? 4 : 2);
      for (const { path, text } of pages) {
        expect(text, path).not.to.match(/<script|<img src=x|<b>|onmouseover="/i);
        for (const tag of ['a', 'input', 'button', 'img', 'form', 'div', 'p', 'span'])
          for (const attributes of tagsOf(text, tag))
            expect(
              [...attributes.keys()].filter((name) => name.startsWith('on')),
              path,
            ).to.deep.equal([]);
        // Every `<` begins a tag of ours, which begins with its name.
        expect(text.replaceAll(/<\/?[a-z][a-z0-9]*(?=[\s/>])|<!doctype html>/g, ''), path).not.to.include(
          '<',
        );
      }
    });

    it('keeps marks that turn text around from turning the page', async () => {
      const { pages } = await everyPage(buildApp({ authType: 'session_auth' }), who);

      for (const { path, text } of pages) {
        const outside = text.replaceAll(/<bdi>[^<]*<\/bdi>|\u2068[^<]*?\u2069|value="[^"]*"/g, '');
        expect(outside, path).not.to.match(/[\u202E\u200F]/);
      }
    });

    it('V14.3.2 is stored nowhere, and is UTF-8', async () => {
      const { pages } = await everyPage(buildApp({ authType: 'session_auth' }), who);

      for (const { path, headers } of pages) {
        expect(headers, path).to.include({
          'cache-control': 'no-store',
          'content-type': 'text/html; charset=utf-8',
          'x-content-type-options': 'nosniff',
        });
      }
    });

    it('needs no script and has none, nor anything from elsewhere', async () => {
      const { pages } = await everyPage(buildApp({ authType: 'session_auth' }), who);

      for (const { path, text, headers } of pages) {
        expect(headers['content-security-policy'], path).to.match(
          /^default-src 'none';style-src 'self';img-src 'self';/,
        );
        expect(text, path).not.to.match(/\sstyle=|javascript:|<style|<iframe|<base/i);
        for (const [tag, name] of [
          ['a', 'href'],
          ['link', 'href'],
          ['img', 'src'],
          ['form', 'action'],
        ] as const)
          for (const attributes of tagsOf(text, tag))
            expect(attributes.get(name), path).to.match(/^(?:\/(?!\/)|#)/);
      }
    });

    it('has a token in each form, and each form is known to the table of forms', async () => {
      const { pages, admin } = await everyPage(buildApp({ authType: 'session_auth' }), who);
      const the = { user: admin, other: admin, token: '' };
      const known = new Set(FORMS.map(([, , form]) => form(the).action.replace(admin.id, ':id')));

      for (const { path, text } of pages) {
        expect((text.match(/<form/g) ?? []).length, path).to.equal(formsOf(text).length);
        for (const { action, fields } of formsOf(text)) {
          expect(fields.get('_csrf'), path).to.match(/^[\w-]{64}$/);
          expect(known).to.include(action.replace(/[\da-f-]{36}/, ':id'));
        }
      }
    });

    it('V6.2.6, V6.2.7 has fields that password managers know, into which anything can be pasted', async () => {
      const { pages } = await everyPage(buildApp({ authType: 'session_auth' }), who);
      const purposes = new Set<string>();

      for (const { path, text } of pages) {
        for (const input of tagsOf(text, 'input')) {
          const [name = '', type] = [input.get('name'), input.get('type')];
          if (type === 'hidden' || type === 'checkbox') continue;
          const purpose = input.get('autocomplete') ?? '';
          purposes.add(`${name}: ${type} ${purpose}`);
          expect(type === 'password', `${path} ${name}`).to.equal(/password/.test(name));
          if (type === 'password') expect(purpose).to.match(/^(?:current|new)-password$/);
          expect([...input.keys()].filter((key) => /^on|maxlength|pattern/.test(key))).to.deep.equal([]);
        }
      }

      expect([...purposes].toSorted()).to.deep.equal(PURPOSES[who]);
    });

    it('has a label for each field, one heading, and every id once', async () => {
      const { pages } = await everyPage(buildApp({ authType: 'session_auth' }), who);

      for (const { path, text } of pages) {
        const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
        expect(new Set(ids).size, path).to.equal(ids.length);
        expect(tagsOf(text, 'h1'), path).to.have.length(1);
        const labels = tagsOf(text, 'label').map((label) => label.get('for'));
        for (const input of tagsOf(text, 'input')) {
          if (input.get('type') === 'hidden' || input.has('hidden')) continue;
          expect(labels, path).to.include(input.get('id'));
          for (const note of input.get('aria-describedby')?.split(' ') ?? [])
            expect(ids, path).to.include(note);
        }
        expect(tagsOf(text, 'a')[0]?.get('href'), path).to.equal('#main');
      }
    });
  });
}

const PURPOSES = {
  nobody: [
    'email: email email',
    'email: email username',
    'first_name: text given-name',
    'last_name: text family-name',
    'new_password: password new-password',
    'password: password current-password',
    'password: password new-password',
    'token: text off',
  ],
  admin: [
    'current_password: password current-password',
    'email: email email',
    'first_name: text given-name',
    'last_name: text family-name',
    'new_password: password new-password',
    'password: password current-password',
    'password: password new-password',
    'token: text off',
    'username: email username',
  ],
};

describe('a page for somebody who is logged in', () => {
  it('V7.4.4 has the way out on it, errors too', async () => {
    const { pages } = await everyPage(buildApp({ authType: 'session_auth' }), 'admin');

    expect(pages.length).to.be.above(12);
    for (const { path, text } of pages) {
      expect(
        formsOf(text).map(({ action }) => action),
        path,
      ).to.include('/logout');
      expect(readable(text), path).to.match(/My Profile Log out/);
    }
  });

  it('V7.5.2 shows no session id, no digest and no password hash', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { pages, browser, admin } = await everyPage(app, 'admin');

    const record = JSON.stringify(admin.toRecord());
    const secrets = [browser.cookie() ?? '', ...(record.match(/"_password":"([^"]+)"/) ?? []).slice(1)];
    expect(secrets).to.have.length(2);
    for (const { text } of pages) for (const secret of secrets) expect(text).not.to.include(secret);
  });
});
