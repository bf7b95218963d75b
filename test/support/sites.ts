import { expect } from 'chai';
import { makeUser, PASSWORD, type TestApp } from './app.js';

export type Headers = Readonly<Record<string, string>>;

export const LOGIN = '/api/v1/auth_session/login';
export const LOGOUT = '/api/v1/auth_session/logout';
/** What a forged request is answered. */
export const REFUSAL = {
  error: 'request from another site refused: its origin is not listed in CORS_ORIGINS',
};
/** The one origin that may send requests, and our own. */
export const LISTED = 'https://app.example';
export const OWN = 'http://gate.example:5000';
export const ENV = { CORS_ORIGINS: LISTED };

/** Logs in at the course login with these headers; resolves to the status. */
export async function logInWith(app: TestApp, headers: Headers): Promise<number> {
  const { email } = await makeUser();
  const request = app.request().post(LOGIN).type('form').set('Host', 'gate.example:5000').set(headers);
  const response = await request.send({ email, password: PASSWORD });
  if (response.status === 403) {
    expect(response.body).to.deep.equal(REFUSAL);
    expect(response.headers).not.to.have.property('set-cookie');
  }
  return response.status;
}

/** What a browser says of where a request comes from. */
export const site = (value: string, origin?: string): Headers => ({
  'Sec-Fetch-Site': value,
  ...(origin !== undefined && { Origin: origin }),
});
