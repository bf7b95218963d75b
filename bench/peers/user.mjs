/** Whom every peer answers with: as many bytes as Gatehouse's own answer. */
export const USER = {
  id: '0b5f2bd6-6a2f-4f0e-9d58-5e7a33a7a5a1',
  created_at: '2026-01-01T00:00:00',
  updated_at: '2026-01-01T00:00:00',
  email: 'ann@example.org',
  first_name: 'Ann',
  last_name: 'Example',
};

export const PATH = '/api/v1/users/me';
export const port = Number(process.env.PORT);
export const up = () => process.stdout.write('up\n');
