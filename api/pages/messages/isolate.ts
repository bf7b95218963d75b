/**
 * Keeps what people typed from turning the sentence around it: a name may be written from right to left, or hold marks
 * that say so (Unicode FSI and PDI).
 */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}
