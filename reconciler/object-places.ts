import { PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { Facts } from './facts.ts'
import type { Place } from './identity.ts'
import type { PlaceByConnection } from './match.ts'
import type { Entry } from './model.ts'
import type { Context } from './observe.ts'

/** Asks every Connection of documents and entries once where its objects live. Never throws. */
export async function placesOf(
  documents: readonly Pick<Facts, 'connection'>[],
  entries: Iterable<Entry>,
  context: Pick<Context, 'connections' | 'signal'>,
): Promise<PlaceByConnection> {
  const names = new Set([...documents, ...entries].map(({ connection }) => connection))
  const asked = [...names].map(async (name) => [name, await placeOrFault(name, context)] as const)
  return new Map(await Promise.all(asked))
}

async function placeOrFault(
  connection: string,
  context: Pick<Context, 'connections' | 'signal'>,
): Promise<Place | PlumblineError> {
  try {
    return await placeOf(connection, context)
  } catch (thrown) {
    return toPlumblineError(thrown)
  }
}

/** Nothing behind a paused Connection is asked. */
async function placeOf(
  connection: string,
  { connections, signal }: Pick<Context, 'connections' | 'signal'>,
): Promise<Place> {
  const connected = await connections.connection(connection)
  if (connected.paused) throw new PlumblineError('REFUSED', `the Connection ${connection} is paused`)
  return connected.place(signal)
}

/** The facts of one document with its place, for doors that look at documents one by one. Throws what keeps the system from telling. */
export async function withPlace(facts: Facts, context: Pick<Context, 'connections' | 'signal'>): Promise<Facts> {
  return facts.place === undefined ? { ...facts, place: await placeOf(facts.connection, context) } : facts
}
