import { PlumblineError } from '../config/errors.ts'
import type { Documents } from '../config/project/documents.ts'
import type { OpenOwned } from '../library/ownership.ts'
import { withoutNamespace } from '../library/readdressed.ts'
import type { RecordedInventory } from '../reconciler/inventory.ts'
import { EXIT, type ExitCode } from './exit.ts'
import type { Run } from './run.ts'

/**
 * Forgets a create that was begun and, as a person has seen in the system, did not happen. Throws USAGE when no such
 * create is open.
 */
export async function settleNotCreated(
  { terminal }: Run,
  documents: Documents,
  open: OpenOwned<RecordedInventory>,
  address: string,
): Promise<ExitCode> {
  const inventory = await open(documents)
  try {
    const entry = inventory.entries.get(address) ?? inventory.entries.get(withoutNamespace(address))
    if (entry === undefined || entry.id !== undefined) throw notOpen(address)
    await inventory.drop(entry.address)
    const text = () => `${address} counts as not created; the next apply creates it.`
    terminal.result('apply', { outcomes: [], notCreated: address }, { text })
    return EXIT.ok
  } finally {
    await inventory.close()
  }
}

const notOpen = (address: string): PlumblineError =>
  new PlumblineError('USAGE', `no create of ${address} is open`, {
    help: 'Addresses are Kind/name or Kind/namespace/name, as `plumbline plan` shows them.',
  })
