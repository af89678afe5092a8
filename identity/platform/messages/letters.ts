import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PlumblineError } from '../../../config/errors.ts'
import type { Mail } from '../mail/outbox.ts'
import { accountIn, sendByWebhook } from './providers.ts'

/** Hands messages over to what delivers them outside the service. */
export type LetterCarrier = (mail: Mail) => Promise<void>

/**
 * Reads PLUMBLINE_LETTER_URL: `file:///folder`, which gets a file for each letter, or a `webhook://` address. Throws USAGE for another one,
 * without showing it.
 */
export function letterCarrier(address: string): LetterCarrier {
  if (address.startsWith('file:///')) {
    const folder = fileURLToPath(address)
    return (mail) => writeLetter(folder, mail)
  }
  const { name, account } = accountIn('PLUMBLINE_LETTER_URL', address)
  if (name !== 'webhook')
    throw new PlumblineError(
      'USAGE',
      'PLUMBLINE_LETTER_URL has to look like file:///folder or webhook://user:password@host/path',
    )
  return ({ to, text, language }) => sendByWebhook(account, { channel: 'letter', to, text, language })
}

/** A file that is there whole or not at all is what its reader needs: the name ends in `.json` once it is written. */
async function writeLetter(folder: string, { to, subject, text, language }: Mail): Promise<void> {
  const path = join(folder, `${randomUUID()}.json`)
  await writeFile(path, `${JSON.stringify({ to, subject, text, language })}\n`, { mode: 0o600, flag: 'wx' })
}
