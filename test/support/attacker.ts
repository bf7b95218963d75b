import { listen } from './listening.js';

/** A form that somebody else's page sends by itself. */
export interface Trap {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Sends the request without saying where it comes from. */
  readonly hides?: boolean;
}

/** A web server of somebody else's; resolves to its port. Its page sends the form that its address describes. */
export async function startAttacker(): Promise<number> {
  const { port } = await listen((request, response) => {
    const trap = new URL(request.url ?? '/', 'http://x').searchParams.get('trap');
    response.setHeader('Content-Type', 'text/html');
    response.end(trap === null ? '<!doctype html>' : pageWith(JSON.parse(trap) as Trap));
  });
  return port;
}

/** The address that somebody is lured to. */
export function lure(origin: string, trap: Trap): string {
  return `${origin}/?trap=${encodeURIComponent(JSON.stringify(trap))}`;
}

function pageWith({ action, fields, hides = false }: Trap): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input name="${name}" value="${value.replaceAll('"', '&quot;')}">`,
  );
  const policy = hides ? '<meta name="referrer" content="no-referrer">' : '';
  const form = `<form method="post" action="${action}">${inputs.join('')}</form>`;
  return `<!doctype html>${policy}${form}<script>document.forms[0].submit()</script>`;
}
