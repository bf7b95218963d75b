import { de } from './de.js';
import { en, type Messages } from './en.js';

/** The languages of the pages by their codes (BCP 47); the first is for who asks for none of them. */
export type Languages = readonly [Messages, ...(readonly Messages[])];

export const LANGUAGES: Languages = [en, de];
