import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { PlumblineError } from '../config/errors.ts'
import { hasPassword, isDatabase } from '../config/project/database-places.ts'
import type { OpenOwned } from '../library/ownership.ts'
import type { RecordedInventory } from '../reconciler/inventory.ts'
import { patiently } from '../reconciler/lock.ts'
import { openInventory } from '../reconciler/open-inventory.ts'
import { pulumiState } from './pulumi-state.ts'
import type { Run } from './run.ts'

export interface InventoryOptions {
  readonly inventory?: string
}

const PULUMI = 'pulumi:'

/** Adds the option that names another inventory. */
export const inventoried = (command: Command): Command =>
  command.option(
    '--inventory <place>',
    "inventory file or postgres:// URL, or pulumi:FILE with the output of `pulumi stack export --show-secrets` (default: the project's)",
    placeOf,
  )

/** Refuses a URL with a password. */
export function placeOf(place: string): string {
  if (!isDatabase(place) || !hasPassword(place)) return place
  throw new InvalidArgumentError(
    'Everybody on this machine can read it; leave the password to PGPASSWORD or ~/.pgpass.',
  )
}

/** Adds the option that takes objects from another owner. */
export const takingOver = (command: Command): Command =>
  command.option(
    '--take-over [owner]',
    'manage what another owner manages: an inventory, a stack or a cluster; without a name, whoever it is',
  )

export interface LockOptions {
  /** Seconds. */
  readonly lockTimeout: number
}

/** Adds the option that says how long to wait for another run. */
export const waiting = (command: Command): Command =>
  command.option('--lock-timeout <time>', 'how long to wait for another run to end, e.g. 30s or 10m', secondsOf, 0)

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

function secondsOf(text: string): number {
  const [, digits, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? []
  if (digits === undefined) throw new InvalidArgumentError('It is a number of seconds, or a time like 30s, 10m or 1h.')
  return Number(digits) * (SECONDS[unit] ?? 1)
}

/** The inventory of the documents, for one run that writes. */
export const ownInventory =
  ({ terminal, signal }: Run, { lockTimeout }: LockOptions): OpenOwned<RecordedInventory> =>
  (documents) =>
    patiently(() => openInventory(documents, 'write'), {
      seconds: lockTimeout,
      signal,
      onWait: (message) => terminal.note(`${message}. Waiting for it to end.`),
    })

/** The inventory that is named, else that of the documents; only for reading. */
export function readInventory({ inventory: place }: InventoryOptions): OpenOwned {
  if (place?.startsWith(PULUMI)) return async () => pulumiState(await readExport(place.slice(PULUMI.length)))
  return ({ inventory, scope }) => openInventory({ inventory: place ?? inventory, scope }, 'read')
}

async function readExport(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new PlumblineError('IO', `cannot read ${file}`, {
      cause,
      help: 'Write it with: pulumi stack export --show-secrets',
    })
  }
}
