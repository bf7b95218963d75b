/** What {@link later} was told to load, and nobody has asked for yet. */
const waiting = new Set<() => Promise<unknown>>();

/**
 * Makes a loader of a module that the first answers do not need: so the server listens before its slowest packages
 * are read. It loads at its first call, or with {@link loadTheRest}, and once. A failed load fails those who wait for
 * it; the next call tries again.
 */
export function later<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  const loaded = (): Promise<T> => {
    waiting.delete(loaded);
    return (loading ??= load().catch((error: unknown) => {
      loading = null;
      waiting.add(loaded);
      throw error;
    }));
  };
  waiting.add(loaded);
  return loaded;
}

/**
 * Loads what nobody has asked for yet, so that nobody will wait for it, nor miss it when the files of a running server
 * are replaced by a newer version's.
 * @throws the first error, after everything was tried; what failed is tried again when somebody asks for it.
 */
export async function loadTheRest(): Promise<void> {
  const results = await Promise.allSettled([...waiting].map((load) => load()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
