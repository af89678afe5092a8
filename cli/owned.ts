import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { PlumblineError } from '../config/errors.ts'
import type { Documents } from '../config/project/documents.ts'
import { FileInventory } from '../reconciler/inventory.ts'
import type { Address, Entry, Inventory } from '../reconciler/model.ts'
import { pulumiState } from './pulumi-state.ts'

/** What we own, from wherever it is recorded. */
export interface Owned {
  readonly entries: ReadonlyMap<Address, Entry>
  /** Keys the fingerprints of a document's secrets; absent: one key for all. */
  readonly keyOf?: (address: Address) => string
  readonly fingerprintKey: string
  snapshot(): Inventory
  close(): void | Promise<void>
}

/** Opens what is owned of a set of documents. */
export type OpenOwned<O extends Owned = Owned> = (documents: Documents) => O | Promise<O>

export interface InventoryOptions {
  readonly inventory?: string
}

const PULUMI = 'pulumi:'

/** Adds the option that names another inventory. */
export const inventoried = (command: Command): Command =>
  command.option(
    '--inventory <place>',
    "inventory file, or pulumi:FILE with the output of `pulumi stack export --show-secrets` (default: the project's)",
  )

/** The inventory file of the documents, for one run that writes. */
export const ownInventory: OpenOwned<FileInventory> = ({ inventory }) => FileInventory.open(inventory, 'write')

/** The inventory that is named, else that of the documents; only for reading. */
export function readInventory({ inventory: place }: InventoryOptions): OpenOwned {
  if (place?.startsWith(PULUMI)) return async () => pulumiState(await readExport(place.slice(PULUMI.length)))
  return ({ inventory }) => FileInventory.open(place ?? inventory, 'read')
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
