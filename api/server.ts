import { createApp } from './app.js';
import { ConfigError, loadConfig, type Config } from './config.js';
import { HttpServer } from './http_server.js';
import { loadTheRest } from './later.js';
import { createLog, type Log } from './log.js';
import { openKeys } from './services/keys_file.js';
import { shareKeys } from './services/shared_keys.js';
import { startSweeper } from './sweeper.js';
import { Audit } from './services/audit/audit.js';
import { Readiness } from './services/readiness.js';
import { sessionTerms } from './v1/auth/index.js';
import { parsePostgresUrl } from '../models/engine/postgres/postgres_url.js';
import { nameOf, parseRedisUrl } from '../models/engine/redis/redis_url.js';
import { PasswordHasher } from '../models/password.js';
import { openStorage } from '../models/storage.js';
import { User } from '../models/user.js';

/** Milliseconds that requests under way have to finish when the server stops. */
const DEADLINE = 5000;

/** A start that failed for a reason the operator can mend; the message says which. */
class StartError extends Error {}

/** Starts everything, until a signal stops it. */
async function start(config: Config, warnings: readonly string[], { log, flush }: Log): Promise<void> {
  // Shown whatever LOG_LEVEL is: who starts a server must see where it is and what is wrong with it.
  const notice = log.child({}, { level: 'info' });
  for (const warning of warnings) notice.warn(warning);
  User.useHasher(new PasswordHasher(config.scrypt));
  const terms = sessionTerms(config);
  const storage = await openStorage({
    folder: config.storageDir,
    url: config.storageUrl,
    sessionUrl: config.sessionStorageUrl,
    ...terms,
    warn: (message) => notice.warn(message),
  }).catch((error: unknown) => {
    const names = [storageName(config)];
    if (config.sessionStorageUrl !== null) names.push('SESSION_STORAGE_URL');
    throw new StartError(`${names.join(', ')}: ${(error as Error).message}`);
  });

  const keys = await openKeys({ ...config, warn: (message) => notice.warn(message) }).catch(
    async (error: unknown) => {
      await storage.close();
      throw new StartError(`KEYS_FILE: ${(error as Error).message}`);
    },
  );
  await shareKeys(storage, keys).catch(async (error: unknown) => {
    await storage.close();
    throw new StartError(`KEYS_FILE, APP_KEYS: ${(error as Error).message}`);
  });
  const audit = await Audit.open(storage, {
    ...config.audit,
    warn: (message) => notice.warn(message),
    digestKey: keys.subkey('audit').keys[0]?.toString('base64') ?? null,
  }).catch(async (error: unknown) => {
    await storage.close();
    throw new StartError(`${storageName(config)}: ${(error as Error).message}`);
  });
  const readiness = new Readiness({ check: () => storage.check() });
  const { app, sessions, throttle } = createApp({ config, keys, audit, readiness, log });
  const handle = app.callback();
  const server = new HttpServer((request, response) => void handle(request, response), config.tls);
  const port = await server.listen(config.port, config.host).catch(async (error: unknown) => {
    await audit.close();
    await storage.close();
    throw new StartError(
      `API_HOST, API_PORT: cannot listen on ${config.host}:${config.port}: ${String(error)}`,
    );
  });
  const stopSweeper = startSweeper({ sessions, throttle }, log);
  const stop = async (): Promise<void> => {
    readiness.stop();
    await server.stop(DEADLINE);
    await stopSweeper();
    await sessions.close();
    await audit.close();
    await storage.close();
    notice.info('Gatehouse stopped');
    flush();
  };
  // Before anybody is told that it listens: who waits for that may stop it at once.
  stopOnSignal(stop, { log, flush });
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const scheme = config.authType ?? 'no scheme (open)';
  notice.info(
    `Gatehouse listens on ${config.tls ? 'https' : 'http'}://${host}:${port}, scheme: ${scheme}, storage: ${placeOf(config)}`,
  );
  loadTheRest().catch((error: unknown) => {
    log.error(
      { err: error },
      'not all of this server can be loaded: it tries again when it needs what is missing',
    );
  });
}

/** The setting that says where users and the audit trail are. */
function storageName({ storageUrl }: Config): string {
  return storageUrl === null ? 'STORAGE_DIR' : 'STORAGE_URL';
}

/** Where records are kept, for people; nothing of the users and passwords of URLs. */
function placeOf({ storageUrl, sessionStorageUrl, storageDir }: Config): string {
  const place = storageUrl === null ? storageDir : `postgres://${parsePostgresUrl(storageUrl).label}`;
  return sessionStorageUrl === null
    ? place
    : `${place}, sessions: redis://${nameOf(parseRedisUrl(sessionStorageUrl))}`;
}

/** Stops once, at the first signal: Ctrl-C under npm delivers two, and the second must not cut requests off. */
function stopOnSignal(stop: () => Promise<void>, { log, flush }: Log): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'could not stop cleanly');
        flush();
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function main(): Promise<void> {
  const { config, warnings } = loadConfig(process.env);
  const log = await createLog(config.logLevel);
  const die = (error: unknown): void => {
    log.log.fatal({ err: error }, 'unexpected error: stopping, because nobody knows what state this left');
    log.flush();
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  await start(config, warnings, log);
}

main().catch((error: unknown) => {
  const isKnown = error instanceof ConfigError || error instanceof StartError;
  process.stderr.write(`${isKnown ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});
