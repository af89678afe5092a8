import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assemble } from '../../identity/assemble.ts'
import type { Deps } from '../../identity/deps.ts'
import { openStore } from '../../identity/store/open.ts'

/** Dependencies over an empty embedded store, with a clock that stands still unless a test moves it. */
export interface Still {
  readonly deps: Deps
  readonly clock: { now: Date }
  /** Where the store keeps its files. */
  readonly folder: string
  close(): Promise<void>
}

export async function openStill(): Promise<Still> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-still-'))
  const clock = { now: new Date('2026-03-01T12:00:00Z') }
  const now = () => clock.now
  const store = await openStore(folder, now)
  return {
    deps: assemble({ store, now, masterKey: new Uint8Array(32).fill(7) }),
    clock,
    folder,
    close: async () => {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}
