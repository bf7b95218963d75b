/**
 * Where attackers would like a login to send its visitor: texts for `next` that lead elsewhere in at least one
 * browser, behind at least one proxy, or for a careless comparison. All of them must lead to `/`.
 */
export const NEXT_TRICKS: readonly string[] = [
  // A host without a scheme; browsers take backslashes for slashes.
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '/a\\..\\..\\evil.example',
  // A scheme, with as many slashes as it likes.
  'https://evil.example',
  'HTTPS://evil.example/',
  'https:evil.example',
  'https:/evil.example',
  'http:\\\\evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'mailto:a@evil.example',
  // What becomes a host behind our own: gate.example.evil.example.
  'evil.example',
  '@evil.example',
  '.evil.example',
  '?next=//evil.example',
  '#//evil.example',
  '',
  // Browsers drop tabs and line breaks wherever they are, and spaces in front.
  ' //evil.example',
  ' /profile',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '\t//evil.example',
  '\u0000//evil.example',
  '/\u0000/evil.example',
  '/profile\r\nSet-Cookie: session=evil',
  '/\u0085/evil.example',
  '/\u2028/evil.example',
  '/\u007f',
  // Two slashes once the dots are resolved.
  '/.//evil.example',
  '/..//evil.example',
  '/./\\evil.example',
  '/a/..//evil.example',
  '/a/.././/evil.example',
  '/%2e//evil.example',
  '/%2E%2e//evil.example',
  // Some proxies decode slashes.
  '/%2fevil.example',
  '/%2F%2Fevil.example',
  '/%5cevil.example',
  '/%5C/evil.example',
  '/.%09/\\evil.example',
  // Too long to be honest, and no Unicode at all.
  `/${'a'.repeat(2000)}`,
  '/\uD800',
  '/\uFFFD',
];
