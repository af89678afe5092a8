import pLimit from 'p-limit'

const EVERYTHING = { key: base64('/registry/'), range_end: base64('/registry0') }

/** What the API server keeps for itself, whenever it comes to it. */
const ITS_OWN = /^\/registry\/(masterleases|apiregistration\.k8s\.io)\/|\/kube-system\/|\/default\/kubernetes$/

/** Objects that no file may leave changed: all others of the start are the API server's own, which writes them again and again. */
const LASTING = /^\/registry\/(apiextensions\.k8s\.io|namespaces|clusterroles|clusterrolebindings)\//

/** Keys of etcd with the revision of their last change. */
export type Revisions = ReadonlyMap<string, string>

/** Requests at a time: each has a connection of its own, and a process may open a thousand. */
const PARALLEL = 32

interface Range {
  readonly header: { readonly revision: string }
  readonly kvs?: readonly { readonly key: string; readonly mod_revision: string }[]
}

/** Of every object that the API server has. */
export async function revisions(port: number): Promise<Revisions> {
  const { kvs = [] } = await ask<Range>(port, 'range', { ...EVERYTHING, keys_only: true })
  return new Map(kvs.map(({ key, mod_revision }) => [Buffer.from(key, 'base64').toString(), mod_revision]))
}

/** Removes every object that was made since; false when one that was there then has changed. */
export async function restored(port: number, initial: Revisions): Promise<boolean> {
  const now = await revisions(port)
  if ([...initial].some(([key, revision]) => LASTING.test(key) && now.get(key) !== revision)) return false
  const added = [...now.keys()].filter((key) => !initial.has(key) && !ITS_OWN.test(key))
  const limit = pLimit(PARALLEL)
  await Promise.all(added.map((key) => limit(() => ask(port, 'deleterange', { key: base64(key) }))))
  return true
}

/** Makes etcd forget the history of every object up to now. */
export async function compact(port: number): Promise<void> {
  const { header } = await ask<Range>(port, 'range', { key: base64('/') })
  await ask(port, 'compaction', { revision: header.revision, physical: true })
}

/** etcd's gateway from JSON to its RPCs (KV.Range, KV.DeleteRange, KV.Compact). */
async function ask<T>(port: number, path: string, body: object): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
