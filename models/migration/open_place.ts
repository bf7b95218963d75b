import { FilePlace } from './file_place.js';
import type { Place, PlaceOptions } from './place.js';

/** What a place is opened by. A URL may hold a password: it is for the client of that store alone. */
export type Address =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 'postgres' | 'redis'; readonly url: string };

/** Opens a place; the clients of stores on servers are loaded when they are asked for. */
export async function openPlace(address: Address, options: PlaceOptions): Promise<Place> {
  if (address.kind === 'file') return FilePlace.open(address.folder, options);
  if (address.kind === 'postgres')
    return (await import('./postgres_place.js')).PostgresPlace.open(address.url, options);
  return (await import('./redis_place.js')).RedisPlace.open(address.url, options);
}
