import type { ProblemCode } from '../../errors.js';
import type { AuditEventName } from '../../services/audit/audit_event.js';
import { isolate } from './isolate.js';

/** Every text of the pages, in English. A translation has the same keys; docs/pages.md says how to add one. */
export const en = {
  language: 'en',
  title: (page: string, service: string) => `${page} – ${service}`,
  errorTitle: (page: string) => `Error: ${page}`,
  skip: 'Skip to content',
  mainNavigation: 'Main',
  accountNavigation: 'Account',

  nav: {
    login: 'Login',
    register: 'Register',
    myProfile: 'My Profile',
    logout: 'Log out',
    profile: 'Profile',
    sessions: 'Devices',
    activity: 'Activity',
    users: 'Users',
    more: 'Show more',
    back: 'Back to the first page',
  },

  home: {
    title: 'Welcome',
    heading: 'One account, in your hands',
    lead: (service: string) =>
      `${service} looks after your login. See where you are logged in, end a session on any device, and leave whenever you like.`,
    register: 'Create an account',
    login: 'Log in',
    greeting: (name: string) => `Hello, ${isolate(name)}`,
    welcomeBack: 'You are logged in. What would you like to do?',
    devices: 'Your devices',
    devicesText: 'See where you are logged in, and end what you do not know.',
    activity: 'Your activity',
    activityText: 'Logins, wrong passwords and changes to your account.',
    profile: 'Your profile',
    profileText: 'Change your name or password, or delete your account.',
    developers: 'For programs',
    developersText: 'The same accounts over HTTP and JSON, under /auth and /api/v1.',
  },

  login: {
    title: 'Log in',
    email: 'Email',
    password: 'Password',
    remember: 'Remember me on this device',
    rememberHint: 'For 30 days. Not on a device that others use.',
    submit: 'Log in',
    registerQuestion: 'New here?',
    register: 'Create an account',
  },

  register: {
    title: 'Create an account',
    email: 'Email',
    password: 'Password',
    passwordHint: (least: number) =>
      `At least ${least} characters. A few words that do not belong together make a good one.`,
    firstName: 'First name (optional)',
    lastName: 'Last name (optional)',
    submit: 'Create account',
    loginQuestion: 'Have an account already?',
    login: 'Log in',
  },

  profile: {
    title: 'My Profile',
    since: 'Registered',
    names: 'Your name',
    firstName: 'First name',
    lastName: 'Last name',
    saveNames: 'Save name',
    password: 'Password',
    passwordText: 'Changing it ends your sessions on all other devices.',
    currentPassword: 'Current password',
    newPassword: 'New password',
    savePassword: 'Change password',
    remove: 'Delete account',
    removeText: 'Your account and all your sessions are gone at once. This cannot be undone.',
    removePassword: 'Password, to be sure it is you',
    removeSubmit: 'Delete my account',
  },

  sessions: {
    title: 'Devices',
    lead: 'Where you are logged in. End a session that you do not know, and then change your password.',
    current: 'This device',
    lastSeen: 'Last seen',
    since: 'Logged in',
    address: 'Address',
    end: 'End session',
    endLabel: (device: string) => `End session: ${device}`,
    endOthers: 'End all other sessions',
    onlyThis: 'You are logged in nowhere else.',
  },

  activity: {
    title: 'Activity',
    lead: 'What happened to your account, newest first.',
    none: 'There is nothing here.',
    events: {
      login: 'Logged in',
      failure: 'Wrong password',
      throttle: 'Too many wrong passwords: had to wait',
      logout: 'Logged out',
      revoke: 'Session ended',
      password: 'Password changed',
      confirm: 'Password confirmed',
      register: 'Account created',
      delete: 'Account deleted',
      admin: 'Changed by an administrator',
      denied: 'Access refused',
    } satisfies Record<AuditEventName, string>,
    otherEvent: 'Something else',
  },

  confirm: {
    title: 'Confirm that it is you',
    lead: 'What comes next is worth a second look. Enter your password to go on.',
    password: 'Password',
    submit: 'Confirm',
  },

  reset: {
    title: 'Set a new password',
    lead: 'All your sessions end when you do.',
    token: 'Token',
    tokenHint: 'What an administrator gave you.',
    password: 'New password',
    submit: 'Set password',
  },

  users: {
    title: 'Users',
    add: 'Add a user',
    admin: 'Admin',
    disabled: 'Disabled',
    userTitle: 'User',
    id: 'Id',
    name: 'Name',
    email: 'Email',
    since: 'Registered',
    rights: 'Rights',
    makeAdmin: 'Make an admin',
    makeUser: 'Make an ordinary user',
    access: 'Access',
    enabledText: 'Disabling ends all sessions. Nobody can log in with the account then.',
    disabledText: 'Nobody can log in with this account.',
    disable: 'Disable account',
    enable: 'Enable account',
    sessions: 'Sessions',
    noSessions: 'Logged in nowhere.',
    moreSessions: (count: number) => `And ${count} older ones.`,
    endSessions: 'End all sessions',
    back: 'All users',
  },

  device: (browser: string, system: string) => `${browser} on ${system}`,
  unknownDevice: 'Unknown device',

  notices: {
    registered: 'Your account is ready. Log in to use it.',
    user_registered: 'The account is ready.',
    logged_out: 'You are logged out.',
    login_first: 'Please log in first. Nothing was changed.',
    names_saved: 'Your name is saved.',
    password_changed: 'Your password is changed. Your sessions on other devices have ended.',
    password_set: 'Your new password is set. Log in with it.',
    account_deleted: 'Your account is deleted.',
    session_ended: 'The session has ended.',
    sessions_ended: 'All other sessions have ended.',
    confirm_first: 'Confirm your password, then do it again. Nothing was changed.',
    user_changed: 'The account is changed.',
    user_sessions_ended: 'The sessions have ended.',
  },

  /** What to write into a field that was left empty. */
  missing: {
    email: 'Enter your email',
    password: 'Enter your password',
    current_password: 'Enter your current password',
    new_password: 'Enter a new password',
    token: 'Enter the token',
  },

  problems: {
    summary: (count: number) => (count === 1 ? 'There is a problem' : `There are ${count} problems`),
    email_shape: 'Enter an email address such as name@example.org',
    email_too_long: (limit: number) => `The email may have ${limit} characters at most`,
    email_taken: 'This email is registered already',
    password_too_short: (limit: number) => `The password must have at least ${limit} characters`,
    password_too_long: (limit: number) => `The password may have ${limit} bytes at most`,
    password_common: 'This password is one of the first that anybody would guess',
    password_has_email: 'The password must not contain the name in your email',
    password_has_service: 'The password must not contain the name of this service',
    password_has_host: 'The password must not contain the name of this server',
    password_wrong: 'The password is wrong',
    login_failed: 'Email or password is wrong',
    reset_gone: 'This token was used, has expired or never was. Ask an administrator for a new one',
    not_fresh: 'Confirm your password first',
    last_admin: 'The last administrator must stay one',
    registration_closed: 'Only administrators can create accounts here',
    too_many_attempts: (seconds: number) => `Too many attempts. Try again in ${wait(seconds)}`,
    form_token:
      'This form is too old, or your browser keeps no cookies for this site. Go back, reload the page and send it again; ' +
      'allow cookies if it is refused again. A program such as curl sends JSON instead, or uses /auth',
    other_site: 'Another website sent this. If you did it yourself, open the page here and try again',
  } satisfies { summary: (count: number) => string } & Record<
    ProblemCode,
    string | ((limit: number) => string)
  >,

  /** Pages for answers that refuse: a title and what to do, by status. */
  errors: {
    400: ['This did not work', 'The server could not read what your browser sent. Go back and try again.'],
    401: ['Please log in', 'This page is for people who are logged in.'],
    403: ['This is not for you', 'You may not see this page or do this.'],
    404: ['There is no such page', 'The address may be mistyped, or what was here is gone.'],
    405: ['This does not work here', 'The address is right, but not for what your browser wanted to do.'],
    408: ['This took too long', 'Your browser stopped in the middle. Try again.'],
    413: ['This is too much', 'What your browser sent is larger than this server takes.'],
    415: ['This format does not work', 'Send the form as it is on the page, or JSON where a program does.'],
    429: ['Too many attempts', 'Wait a little and try again.'],
    500: ['Something went wrong', 'That was not your fault. Try again later.'],
    503: ['Very busy', 'The server cannot do this just now. Try again in a moment.'],
  } satisfies Record<number, [title: string, text: string]>,
  errorHome: 'Go to the start page',
  errorRequest: (id: string) => `If you ask for help, give this number: ${id}`,
  errorStatus: (status: number) => `Error ${status}`,
};

function wait(seconds: number): string {
  if (seconds < 100) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

export type Messages = typeof en;
