import type { Messages } from './en.js';
import { isolate } from './isolate.js';

/** Every text of the pages, in German. */
export const de: Messages = {
  language: 'de',
  title: (page, service) => `${page} – ${service}`,
  errorTitle: (page) => `Fehler: ${page}`,
  skip: 'Zum Inhalt springen',
  mainNavigation: 'Hauptmenü',
  accountNavigation: 'Konto',

  nav: {
    login: 'Anmelden',
    register: 'Registrieren',
    myProfile: 'Mein Profil',
    logout: 'Abmelden',
    profile: 'Profil',
    sessions: 'Geräte',
    activity: 'Verlauf',
    users: 'Konten',
    more: 'Mehr zeigen',
    back: 'Zurück zur ersten Seite',
  },

  home: {
    title: 'Willkommen',
    heading: 'Ein Konto, in Ihrer Hand',
    lead: (service) =>
      `${service} kümmert sich um Ihre Anmeldung. Sehen Sie, wo Sie angemeldet sind, beenden Sie Sitzungen auf jedem Gerät, und gehen Sie, wann Sie möchten.`,
    register: 'Konto anlegen',
    login: 'Anmelden',
    greeting: (name) => `Hallo ${isolate(name)}`,
    welcomeBack: 'Sie sind angemeldet. Was möchten Sie tun?',
    devices: 'Ihre Geräte',
    devicesText: 'Sehen Sie, wo Sie angemeldet sind, und beenden Sie, was Sie nicht kennen.',
    activity: 'Ihr Verlauf',
    activityText: 'Anmeldungen, falsche Passwörter und Änderungen an Ihrem Konto.',
    profile: 'Ihr Profil',
    profileText: 'Ändern Sie Namen oder Passwort, oder löschen Sie Ihr Konto.',
    developers: 'Für Programme',
    developersText: 'Dieselben Konten über HTTP und JSON, unter /auth und /api/v1.',
  },

  login: {
    title: 'Anmelden',
    email: 'E-Mail',
    password: 'Passwort',
    remember: 'Auf diesem Gerät angemeldet bleiben',
    rememberHint: 'Für 30 Tage. Nicht auf Geräten, die auch andere benutzen.',
    submit: 'Anmelden',
    registerQuestion: 'Neu hier?',
    register: 'Konto anlegen',
  },

  register: {
    title: 'Konto anlegen',
    email: 'E-Mail',
    password: 'Passwort',
    passwordHint: (least) =>
      `Mindestens ${least} Zeichen. Gut sind ein paar Wörter, die nichts miteinander zu tun haben.`,
    firstName: 'Vorname (freiwillig)',
    lastName: 'Nachname (freiwillig)',
    submit: 'Konto anlegen',
    loginQuestion: 'Sie haben schon ein Konto?',
    login: 'Anmelden',
  },

  profile: {
    title: 'Mein Profil',
    since: 'Registriert',
    names: 'Ihr Name',
    firstName: 'Vorname',
    lastName: 'Nachname',
    saveNames: 'Namen speichern',
    password: 'Passwort',
    passwordText: 'Eine Änderung beendet Ihre Sitzungen auf allen anderen Geräten.',
    currentPassword: 'Bisheriges Passwort',
    newPassword: 'Neues Passwort',
    savePassword: 'Passwort ändern',
    remove: 'Konto löschen',
    removeText: 'Ihr Konto und alle Sitzungen sind sofort weg. Das lässt sich nicht rückgängig machen.',
    removePassword: 'Passwort, damit wir wissen, dass Sie es sind',
    removeSubmit: 'Mein Konto löschen',
  },

  sessions: {
    title: 'Geräte',
    lead: 'Hier sind Sie angemeldet. Beenden Sie Sitzungen, die Sie nicht kennen, und ändern Sie dann Ihr Passwort.',
    current: 'Dieses Gerät',
    lastSeen: 'Zuletzt gesehen',
    since: 'Angemeldet',
    address: 'Adresse',
    end: 'Sitzung beenden',
    endLabel: (device) => `Sitzung beenden: ${device}`,
    endOthers: 'Alle anderen Sitzungen beenden',
    onlyThis: 'Sie sind nirgends sonst angemeldet.',
  },

  activity: {
    title: 'Verlauf',
    lead: 'Was mit Ihrem Konto geschehen ist, das Neueste zuerst.',
    none: 'Hier ist nichts.',
    events: {
      login: 'Angemeldet',
      failure: 'Falsches Passwort',
      throttle: 'Zu viele falsche Passwörter: musste warten',
      logout: 'Abgemeldet',
      revoke: 'Sitzung beendet',
      password: 'Passwort geändert',
      confirm: 'Passwort bestätigt',
      register: 'Konto angelegt',
      delete: 'Konto gelöscht',
      admin: 'Von der Verwaltung geändert',
      denied: 'Zugriff verweigert',
    },
    otherEvent: 'Etwas anderes',
  },

  confirm: {
    title: 'Bestätigen Sie, dass Sie es sind',
    lead: 'Was jetzt kommt, verdient einen zweiten Blick. Geben Sie Ihr Passwort ein, um fortzufahren.',
    password: 'Passwort',
    submit: 'Bestätigen',
  },

  reset: {
    title: 'Neues Passwort festlegen',
    lead: 'Alle Ihre Sitzungen enden damit.',
    token: 'Einmal-Schlüssel',
    tokenHint: 'Was Sie von der Verwaltung bekommen haben.',
    password: 'Neues Passwort',
    submit: 'Passwort festlegen',
  },

  users: {
    title: 'Konten',
    add: 'Konto hinzufügen',
    admin: 'Verwaltung',
    disabled: 'Gesperrt',
    userTitle: 'Konto',
    id: 'Kennung',
    name: 'Name',
    email: 'E-Mail',
    since: 'Registriert',
    rights: 'Rechte',
    makeAdmin: 'Verwaltungsrechte geben',
    makeUser: 'Verwaltungsrechte nehmen',
    access: 'Zugang',
    enabledText: 'Eine Sperre beendet alle Sitzungen. Niemand kann sich dann mit dem Konto anmelden.',
    disabledText: 'Niemand kann sich mit diesem Konto anmelden.',
    disable: 'Konto sperren',
    enable: 'Konto entsperren',
    sessions: 'Sitzungen',
    noSessions: 'Nirgends angemeldet.',
    moreSessions: (count) => `Und ${count} ältere.`,
    endSessions: 'Alle Sitzungen beenden',
    back: 'Alle Konten',
  },

  device: (browser, system) => `${browser} auf ${system}`,
  unknownDevice: 'Unbekanntes Gerät',

  notices: {
    registered: 'Ihr Konto ist bereit. Melden Sie sich damit an.',
    user_registered: 'Das Konto ist bereit.',
    logged_out: 'Sie sind abgemeldet.',
    login_first: 'Bitte melden Sie sich zuerst an. Es wurde nichts geändert.',
    names_saved: 'Ihr Name ist gespeichert.',
    password_changed: 'Ihr Passwort ist geändert. Ihre Sitzungen auf anderen Geräten sind beendet.',
    password_set: 'Ihr neues Passwort gilt. Melden Sie sich damit an.',
    account_deleted: 'Ihr Konto ist gelöscht.',
    session_ended: 'Die Sitzung ist beendet.',
    sessions_ended: 'Alle anderen Sitzungen sind beendet.',
    confirm_first: 'Bestätigen Sie Ihr Passwort und tun Sie es dann noch einmal. Es wurde nichts geändert.',
    user_changed: 'Das Konto ist geändert.',
    user_sessions_ended: 'Die Sitzungen sind beendet.',
  },

  missing: {
    email: 'Geben Sie Ihre E-Mail-Adresse ein',
    password: 'Geben Sie Ihr Passwort ein',
    current_password: 'Geben Sie Ihr bisheriges Passwort ein',
    new_password: 'Geben Sie ein neues Passwort ein',
    token: 'Geben Sie den Einmal-Schlüssel ein',
  },

  problems: {
    summary: (count) => (count === 1 ? 'Es gibt ein Problem' : `Es gibt ${count} Probleme`),
    email_shape: 'Geben Sie eine E-Mail-Adresse wie name@example.org ein',
    email_too_long: (limit) => `Die E-Mail-Adresse darf höchstens ${limit} Zeichen haben`,
    email_taken: 'Diese E-Mail-Adresse ist schon registriert',
    password_too_short: (limit) => `Das Passwort muss mindestens ${limit} Zeichen haben`,
    password_too_long: (limit) => `Das Passwort darf höchstens ${limit} Bytes haben`,
    password_common: 'Dieses Passwort ist eines der ersten, die jemand raten würde',
    password_has_email: 'Das Passwort darf den Namen aus Ihrer E-Mail-Adresse nicht enthalten',
    password_has_service: 'Das Passwort darf den Namen dieses Dienstes nicht enthalten',
    password_has_host: 'Das Passwort darf den Namen dieses Servers nicht enthalten',
    password_wrong: 'Das Passwort ist falsch',
    login_failed: 'E-Mail oder Passwort ist falsch',
    reset_gone:
      'Dieser Schlüssel ist verbraucht, abgelaufen oder war nie gültig. Bitten Sie die Verwaltung um einen neuen',
    not_fresh: 'Bestätigen Sie zuerst Ihr Passwort',
    last_admin: 'Das letzte Konto mit Verwaltungsrechten muss sie behalten',
    registration_closed: 'Nur die Verwaltung kann hier Konten anlegen',
    too_many_attempts: (seconds) => `Zu viele Versuche. Versuchen Sie es in ${wait(seconds)} wieder`,
    form_token:
      'Dieses Formular ist zu alt, oder Ihr Browser speichert keine Cookies für diese Seite. Gehen Sie zurück, laden Sie ' +
      'die Seite neu und senden Sie es noch einmal; erlauben Sie Cookies, wenn es wieder abgelehnt wird. Programme wie ' +
      'curl senden stattdessen JSON oder benutzen /auth',
    other_site:
      'Das hat eine andere Website gesendet. Wenn Sie es selbst wollten, öffnen Sie die Seite hier und versuchen Sie es noch einmal',
  },

  errors: {
    400: [
      'Das hat nicht geklappt',
      'Der Server konnte nicht lesen, was Ihr Browser gesendet hat. Gehen Sie zurück und versuchen Sie es noch einmal.',
    ],
    401: ['Bitte melden Sie sich an', 'Diese Seite ist für angemeldete Personen.'],
    403: ['Das ist nicht für Sie', 'Diese Seite dürfen Sie nicht sehen, oder das dürfen Sie nicht tun.'],
    404: [
      'Diese Seite gibt es nicht',
      'Vielleicht ist die Adresse vertippt, oder was hier war, gibt es nicht mehr.',
    ],
    405: [
      'Das geht hier nicht',
      'Die Adresse stimmt, aber nicht für das, was Ihr Browser damit machen wollte.',
    ],
    408: ['Das hat zu lange gedauert', 'Ihr Browser hat mittendrin aufgehört. Versuchen Sie es noch einmal.'],
    413: ['Das ist zu viel', 'Was Ihr Browser gesendet hat, ist größer, als dieser Server annimmt.'],
    415: [
      'Dieses Format geht nicht',
      'Senden Sie das Formular so, wie es auf der Seite ist, oder JSON aus einem Programm.',
    ],
    429: ['Zu viele Versuche', 'Warten Sie ein wenig und versuchen Sie es noch einmal.'],
    500: ['Etwas ist schiefgegangen', 'Das lag nicht an Ihnen. Versuchen Sie es später noch einmal.'],
    503: ['Sehr beschäftigt', 'Der Server schafft das gerade nicht. Versuchen Sie es gleich noch einmal.'],
  },
  errorHome: 'Zur Startseite',
  errorRequest: (id) => `Wenn Sie um Hilfe bitten, nennen Sie diese Nummer: ${id}`,
  errorStatus: (status) => `Fehler ${status}`,
};

function wait(seconds: number): string {
  if (seconds < 100) return seconds === 1 ? '1 Sekunde' : `${seconds} Sekunden`;
  return `${Math.ceil(seconds / 60)} Minuten`;
}
