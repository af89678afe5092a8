import { PlumblineError } from '../config/errors.ts'
import type { ChainStore, Slot, Tail } from '../evidence/store.ts'
import type { KubeApi, KubeObject } from './kube/api.ts'
import { absent, SECRETS } from './sessions.ts'

const NAME = 'plumbline-evidence'
/** Controllers of several shards add to one chain: of two that do at once, one begins anew. */
const TRIES = 20

type Texts = Readonly<Partial<Record<Slot | 'tail', string>>>

/** The Secret as it was seen last, by a read or as the answer to a write. */
interface Seen {
  readonly secret: KubeObject | undefined
  readonly texts: Texts
}

export interface EvidenceStoreOptions {
  readonly api: KubeApi
  /** The controller's own namespace. */
  readonly namespace: string
  /** Keeps a line for good: the log. */
  readonly keep: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * A chain whose lines go into the log, and whose end and keys are in a Secret of the controller's namespace: it survives
 * a change of the leader. The end is written first, by compare-and-swap, so nothing that is acknowledged is lost in a
 * crash before it is logged: whoever adds to an end that somebody else has written logs that, too.
 */
export class SecretStore implements ChainStore {
  readonly place = `in the Secret ${NAME}`
  readonly #o: EvidenceStoreOptions
  #own: string | undefined
  #seen: Seen | undefined

  constructor(options: EvidenceStoreOptions) {
    this.#o = options
  }

  async append(make: (tail: Tail) => Promise<readonly string[]>): Promise<void> {
    const { tail = '' } = await this.#swap(async ({ tail = '' }) => {
      if (tail !== this.#own) this.#keep(tail)
      const line = tail.trimEnd().split('\n').at(-1)
      const lines = await make({ torn: 0, ...(line && { line }) })
      return { tail: lines.map((added) => `${added}\n`).join('') }
    })
    this.#own = tail
    this.#keep(tail)
  }

  /** The end of the chain; the log has all of it. */
  async text(): Promise<string | undefined> {
    return (await this.#read()).texts.tail
  }

  async read(slot: Slot): Promise<string | undefined> {
    return (await this.#read()).texts[slot]
  }

  async change(slot: Slot, change: (before: string | undefined) => Promise<string>): Promise<string> {
    const texts = await this.#swap(async (before) => ({ [slot]: await change(before[slot]) }))
    return texts[slot] ?? ''
  }

  #keep(tail: string): void {
    for (const line of tail.split('\n')) if (line !== '') this.#o.keep(line)
  }

  async #swap(change: (before: Texts) => Promise<Texts>): Promise<Texts> {
    for (let tried = 1; ; tried++) {
      // Whoever else has written meanwhile makes the write below fail, so what was seen last need not be read again.
      const { secret, texts } = this.#seen ?? (await this.#read())
      this.#seen = undefined
      const changed = await change(texts)
      try {
        this.#seen = seenIn(await this.#write(secret, changed))
        return changed
      } catch (thrown) {
        if (!isOutrun(thrown) || tried === TRIES) throw thrown
      }
    }
  }

  async #read(): Promise<Seen> {
    const { api, namespace, signal } = this.#o
    return seenIn(await api.get(SECRETS, namespace, NAME, signal).catch(absent))
  }

  #write(secret: KubeObject | undefined, texts: Texts): Promise<KubeObject> {
    const { api, namespace, signal } = this.#o
    const data = Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, toBase64(value)]))
    const at = { name: NAME, namespace }
    if (secret === undefined)
      return api.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: at, data }, signal)
    const { resourceVersion } = secret.metadata
    return api.patch(SECRETS, at, { metadata: { resourceVersion }, data }, signal)
  }
}

function seenIn(secret: KubeObject | undefined): Seen {
  const texts = Object.entries(secret?.data ?? {}).map(([key, value]) => [key, fromBase64(value)])
  return { secret, texts: Object.fromEntries(texts) }
}

/** Somebody else was first, or has taken the Secret away. */
const isOutrun = (thrown: unknown): boolean =>
  thrown instanceof PlumblineError && ['PLAN_STALE', 'ALREADY_EXISTS', 'NOT_FOUND'].includes(thrown.code)

const toBase64 = (text: string): string => Buffer.from(text).toString('base64')
const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8')
