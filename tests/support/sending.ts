import type { Answered, Outgoing } from '../../reconciler/send.ts'

/** A request that only asks, with no more than it has to have. */
export const asking = (more: Partial<Outgoing> = {}): Outgoing => ({
  method: 'GET',
  headers: {},
  redirect: 'manual',
  signal: new AbortController().signal,
  ...more,
})

export async function textOf({ body }: Answered): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
