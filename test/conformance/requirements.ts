/**
 * The lines of the security yardsticks this project measures itself by, in short: numbers with V are of OWASP ASVS
 * 5.0.0, SM and PS of OWASP's cheat sheets on session management and password storage, RS of the one on REST.
 * - `in`: must hold in the default build. `opt`: must hold once the feature is there. `doc`: is written down, and true.
 *   `out`: is not covered.
 * - The last column, where there is one, says why there is no test.
 */
const CHAPTERS = {
  'Passwords and login': `
V6.1.1 | 1 | doc | the limits and delays of guessing are written down, and hold
V6.1.2, V6.2.11 | 2 | in | a password holds neither the service's name, nor its host, nor the email's local part
V6.1.3, V6.3.4 | 2 | in | every way in is known, and passes the same throttle and the same lock
V6.2.1 | 1 | in | a password has a shortest length: never less than 8, in production 15 unless set otherwise
V6.2.2, V6.2.3 | 1 | in | a password is changed with the current one only
V6.2.4 | 1 | in | common passwords are refused, without asking another machine
V6.2.5 | 1 | in | nobody is told which kinds of characters to use
V6.2.6, V6.2.7 | 1 | in | password fields say what they are, and take what is pasted
V6.2.8 | 1 | in | a password is verified exactly as it was typed
V6.2.9 | 2 | in | long passwords are taken, and above 1,024 bytes there is a clear refusal
V6.2.10 | 2 | in | nobody has to change a password because it is old
V6.2.12 | 2 | opt | a list of breached passwords can be asked | not there yet
V6.3.1 | 1 | in | guessing is slowed down, and shuts no owner out
V6.3.2 | 1 | in | there is no account before somebody makes one
V6.3.3 | 2 | opt | a second factor, which a role can require | not there yet
V6.3.5, V6.3.7 | 3 | opt | a notice of odd logins and of changed credentials | there is no mail yet
V6.3.8 | 3 | in | a login does not tell an unknown account from a wrong password or a lock, in bytes or time
V6.4.1 | 1 | in | a token that lets somebody set a password is random, good once, and ends
V6.4.2 | 1 | in | no hints, no secret questions
V6.4.3 | 2 | opt | a reset does not get around the second factor | no second factor yet
V6.4.6 | 3 | in | admins start a reset, and never set a password
V6.5.1 | 2 | opt | one-time codes are good once | no second factor yet
V6.5.2 | 2 | opt | recovery codes are long, or stored slowly | no second factor yet
V6.5.3, V6.5.4, V6.5.5 | 2 | opt | codes are random, long enough, and end | no second factor yet
V6.5.6 | 3 | opt | a factor can be taken away again | no second factor yet
V6.5.8 | 3 | opt | codes are compared with the server's clock | no second factor yet
V6.6.x | 2 | out | codes by SMS or push | neither is sent
V6.7.x | 3 | out | passkeys and certificates | a later step
V6.8.x | 2 | out | logins of other providers | none in the core
`,
  Sessions: `
V7.1.1 | 2 | doc | idle and absolute limits are written down with their reasons, and hold
V7.1.2 | 2 | in | how many sessions a user may have, and what happens then
V7.2.1 | 1 | in | the server alone decides whether a session is good
V7.2.2 | 1 | in | a session's id is made for each login; no fixed key stands for one
V7.2.3, V11.5.1 | 2 | in | ids and tokens have 128 random bits at least, of the system's generator
V7.2.4 | 1 | in | a login and a renewed one get a new id, and the old one is dead
V7.3.1 | 2 | in | a session ends when nobody uses it
V7.3.2 | 2 | in | a session ends at some time although it is used
V7.4.1 | 1 | in | after a logout or its end a session is worth nothing, in every scheme
V7.4.2 | 1 | in | disabling or deleting a user ends the sessions
V7.4.3 | 2 | in | a changed password ends the other sessions
V7.4.4 | 2 | in | every page shows the way out
V7.4.5 | 2 | in | admins can end somebody's sessions, or everybody's
V7.5.1 | 2 | in | what decides about the account needs a fresh login
V7.5.2 | 2 | in | users see their sessions, and end them
V7.5.3 | 3 | opt | a second look before some routes | no second factor yet
V7.6.x | 2 | out | federated sessions | none in the core; no session is made without a login
SM fixation | – | in | an id that the server did not make is never taken for a session
SM no-URL ids | – | in | an id in the query or in a body counts for nothing
SM name | – | in | the cookie's name tells nothing, and begins with __Host- in production
SM no resurrection | – | in | no request that takes its time brings an ended session back
SM cache | – | in | nobody may store an answer that has a user or a cookie in it
`,
  'Rights and tokens': `
V8.1.1, V8.1.2 | 2 | doc | who may do what, by route and by field, is written down, and holds
V8.2.1 | 1 | in | every route answers every role as it should
V8.2.2 | 1 | in | what belongs to somebody else is as good as not there, or forbidden
V8.2.3, V15.3.3 | 2 | in | a request sets no field but those it may
V8.3.1 | 1 | in | rights are enforced by the server, before anything is looked at
V8.3.2 | 3 | in | a change of rights acts at once
V8.4.x | 2 | out | tenants | there are none
V9.1.1 | 1 | opt | a token's signature is checked first
V9.1.2 | 1 | opt | one algorithm, and never none
V9.1.3 | 1 | opt | no token chooses its own key
V9.2.1 | 1 | opt | a token is good between its times only
V9.2.2, V9.2.3, V9.2.4 | 2 | opt | a token of another kind, for others or of others is refused
`,
  'Web and HTTP': `
V1.2.1, V3.2.2 | 1 | in | pages show text as text
V1.5.2, V15.3.6 | 2 | in | what is parsed becomes known fields, and no prototype
V2.2.1 | 1 | in | every input is checked; no request is a failure of ours
V2.3.3, V15.4.x | 3 | in | all or nothing, also when many ask at once
V3.3.1, V3.3.2, V3.3.3, V3.3.4 | 2 | in | cookies are Secure, HttpOnly, SameSite and __Host-, and their value is in no body
V3.3.5 | 3 | in | cookies are smaller than 4,096 bytes
V3.4.1 | 1 | in | https stays https for a year
V3.4.2 | 1 | in | CORS has a list, and * never comes with credentials
V3.4.3, V3.4.4, V3.4.5, V3.4.6, V3.4.8 | 3 | in | headers forbid scripts, guessed types, leaking referrers, frames and foreign windows
V3.5.1, V3.5.2 | 1 | in | no other site can make a browser change anything
V3.5.3 | 1 | in | GET changes nothing
V3.5.8 | 3 | in | no other site can embed our answers
V3.7.2 | 2 | in | a redirect stays on our own site
V4.1.1 | 1 | in | an answer's type is what it is, with its charset
V4.1.3, V15.3.4 | 2 | in | what proxies say is believed of trusted proxies only
V4.1.4 | 3 | in | methods that a route does not have are refused
V4.2.1 | 2 | in | nobody can smuggle a request behind another
V5.3.2 | 1 | in | nothing that a client sends becomes a path
RS status codes | – | in | too large 413, another type 415, another method 405
`,
  'Keys, configuration, data, logs': `
V11.4.2, PS cost | 2 | in | passwords are hashed slowly, as OWASP lists it
PS upgrade | – | in | a weaker hash is replaced at the next good login
PS pepper | – | opt | a key outside the storage beside the hash | not there yet
V11.2.4 | 3 | in | secrets are compared in constant time
V11.1.1, V13.1.4, V13.3.1 | 3 | doc | where keys are, who can read them, and how they are changed
V12.2.1 | 1 | doc | https by a proxy or by ourselves, and no plain http in public by accident
V13.2.2, V13.2.4 | 2 | in | the server connects to nobody
V13.4.1, V13.4.2, V13.4.3, V13.4.4, V13.4.5, V13.4.6 | 3 | in | no files, listings, debugging, TRACE, internal pages or versions to be had
V14.2.1 | 1 | in | nothing secret in a URL
V14.2.7 | 3 | in | what is over is removed by itself
V14.3.1 | 1 | in | a logout clears what the browser has cached
V14.3.2 | 2 | in | no answer is cached
V15.1.2, V15.2.4 | 3 | in | every package is known, by an exact version, and runs nothing when it is installed
V15.2.2 | 2 | in | work that takes long is bounded
V15.3.5, V15.3.7 | 2 | in | a field of another type, or given twice, is refused
V16.2.x | 2 | in | the log says who, what, when and where, line by line
V16.2.5 | 2 | in | no password, id or token in any log
V16.3.1, V16.3.2, V16.3.3, V16.3.4 | 2 | in | logins, refusals, the throttle and failures are logged
V16.4.1 | 2 | in | nobody can forge a line of a log
V16.4.2 | 2 | opt | a log that shows when it was changed | it is append-only, without a chain of digests
V16.4.3 | 2 | doc | logs can go to another machine
V16.5.1, V16.5.2, V16.5.3, V16.5.4 | 3 | in | a failure tells nothing, lets nobody in, and is not the end
`,
};

export interface Requirement {
  readonly chapter: string;
  /** Numbers; one that ends with `x` stands for all that begin alike. */
  readonly ids: readonly string[];
  readonly level: string;
  readonly scope: 'in' | 'opt' | 'doc' | 'out';
  readonly what: string;
  /** Why there is no test for it; null: there must be one, unless the feature is not there. */
  readonly reason: string | null;
}

/** Every line, in order. */
export const REQUIREMENTS: readonly Requirement[] = Object.entries(CHAPTERS).flatMap(([chapter, text]) =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [ids = '', level = '', scope = '', what = '', reason = null] = line.split(' | ');
      return { chapter, ids: ids.split(', '), level, scope: scope as 'in', what, reason };
    }),
);
