import { expect } from 'chai';
import type { Response } from 'supertest';
import { tagsOf, titleOf, type Attributes } from './html.js';

/** Checks that an answer says what is wrong where it is wrong, in the title and on top; resolves to the field. */
export function expectRefusal(
  { status, text }: Response,
  expected: { readonly status: number; readonly problem: string; readonly field: string },
): Attributes {
  expect(status).to.equal(expected.status);
  expect(titleOf(text)).to.match(/^Error: /);
  const summary = tagsOf(text, 'div').find((div) => div.get('role') === 'alert');
  expect(summary?.get('tabindex')).to.equal('-1');
  expect(summary?.has('autofocus')).to.equal(true);
  expect(text).to.include(`<a href="#${expected.field}">${expected.problem}</a>`);
  const field = tagsOf(text, 'input').find((input) => input.get('id') === expected.field);
  expect(field?.get('aria-invalid')).to.equal('true');
  expect(field?.get('aria-describedby')?.split(' ')).to.include(`${expected.field}-error`);
  expect(text).to.include(`id="${expected.field}-error">${expected.problem}</p>`);
  return field as Attributes;
}

/** Checks that no password is sent back, neither what was typed nor as a field's value. */
export function expectNoPassword(text: string, ...passwords: readonly string[]): void {
  for (const password of passwords) expect(text).not.to.include(password);
  for (const input of tagsOf(text, 'input').filter((one) => one.get('type') === 'password'))
    expect(input.has('value')).to.equal(false);
}
