import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PlumblineError } from '../../config/errors.ts'
import { markOf } from '../crypto/derived-keys.ts'
import { keyHash, sameHash } from '../crypto/hash.ts'
import { createOrGet } from '../store/create-or-get.ts'
import { type Collection, GLOBAL, type Store } from '../store/store.ts'
import { ADMINISTRATOR_KEYS, isFormOfAdminKey, newAdminKey } from './administrator-key.ts'

const MASTER_KEY_BYTES = 32
const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700

interface MasterKeyMark {
  readonly id: 'master'
  readonly mark: string
}

/** Tells whether a data folder's master key is the one that the store was made with, without telling the key. */
const MASTER_KEY_MARKS: Collection<MasterKeyMark> = { name: 'masterKeyMarks', id: (m) => m.id, indexes: [] }

/**
 * The master key in `<folder>/master.key` (mode 0600), made on first start. Throws REFUSED when the store was made with another
 * one: what it sealed could not be opened.
 */
export async function openMasterKey(folder: string, store: Store): Promise<Uint8Array> {
  const key = keyIn(
    folder,
    await readOrCreate(folder, 'master.key', () => randomBytes(MASTER_KEY_BYTES).toString('base64url')),
  )
  const mark = markOf(key)
  const stored = await createOrGet(store, MASTER_KEY_MARKS, { id: 'master', mark })
  if (!sameHash(stored.mark, mark))
    throw new PlumblineError('REFUSED', `the store was made with another master key than the one in '${folder}'`, {
      help: 'copy master.key from the data folder of the process that made the store',
    })
  return key
}

/** The master key of a data folder that is in use already. Throws IO when there is none: a mistyped folder must not get a fresh one. */
export async function readMasterKey(folder: string): Promise<Uint8Array> {
  const text = await readText(join(folder, 'master.key'))
  if (text === undefined)
    throw new PlumblineError('IO', `there is no master.key in '${folder}'`, {
      help: 'name the data folder of the service with --data',
    })
  return keyIn(folder, text)
}

function keyIn(folder: string, text: string): Uint8Array {
  const key = new Uint8Array(Buffer.from(text, 'base64url'))
  if (key.length !== MASTER_KEY_BYTES)
    throw new PlumblineError('IO', `'${join(folder, 'master.key')}' is damaged; restore it from a backup`)
  return key
}

/**
 * The administrator key: on the very first start it is made, kept in `<folder>/admin.key` (mode 0600) and returned once as
 * `created`. Of several replicas that start at once the store lets one win; the others keep no file. A key that is `given` takes the
 * place of a fresh one. Throws USAGE when it is none.
 */
export async function openAdminKey(
  folder: string,
  store: Store,
  given?: string,
): Promise<{ readonly created?: string }> {
  const known = await store.get(ADMINISTRATOR_KEYS, GLOBAL, 'administrator')
  if (known) return {}
  if (given !== undefined && !isFormOfAdminKey(given)) throw notAKey()
  // The file comes first: a crash in between must not leave a hash that no key belongs to.
  const key = await readOrCreate(folder, 'admin.key', () => given ?? newAdminKey())
  const hash = keyHash(key)
  const stored = await createOrGet(store, ADMINISTRATOR_KEYS, { id: 'administrator', hash })
  if (sameHash(stored.hash, hash)) return given === undefined ? { created: key } : {}
  await rm(join(folder, 'admin.key'))
  return {}
}

const notAKey = (): PlumblineError =>
  new PlumblineError('USAGE', 'PLUMBLINE_ADMIN_KEY has not the form of an administrator key', {
    help: 'Make one with: plumbline admin-key create',
  })

/** The clear administrator key of a data folder, when this folder holds it. */
export async function readAdminKey(folder: string): Promise<string | undefined> {
  return readText(join(folder, 'admin.key'))
}

/**
 * Makes another administrator key, which is kept in `<folder>/admin.key` and returned. The one before stays good for `overlapSeconds`, and
 * the one before that ends. Throws REFUSED when the store has none yet.
 */
export async function rotateAdminKey(
  { store, now }: { readonly store: Store; readonly now: () => Date },
  folder: string,
  overlapSeconds: number,
): Promise<{ readonly key: string; readonly formerUntil: Date }> {
  if (!(await store.get(ADMINISTRATOR_KEYS, GLOBAL, 'administrator')))
    throw new PlumblineError('REFUSED', 'the store has no administrator key yet; start the service once')
  const key = newAdminKey()
  const until = now().getTime() + overlapSeconds * 1000
  // The file comes first: after a crash in between its draft is there, and the key before is good.
  const draft = join(folder, `admin.key.${randomBytes(6).toString('hex')}`)
  await writeDurably(draft, key)
  await store.update(ADMINISTRATOR_KEYS, GLOBAL, 'administrator', ({ id, hash }) => ({
    id,
    hash: keyHash(key),
    former: { hash, until },
  }))
  await rename(draft, join(folder, 'admin.key'))
  return { key, formerUntil: new Date(until) }
}

/** Several processes may start at once: the file appears whole under its name, and the first one wins. */
async function readOrCreate(folder: string, name: string, make: () => string): Promise<string> {
  const path = join(folder, name)
  const found = await readText(path)
  if (found !== undefined) return found
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeDurably(draft, make())
  await link(draft, path).catch(unless('EEXIST'))
  await rm(draft)
  return (await readText(path)) ?? readOrCreate(folder, name, make)
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', PRIVATE_FILE)
  try {
    await file.writeFile(`${text}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await chmod(path, PRIVATE_FILE)
}

async function readText(path: string): Promise<string | undefined> {
  return (await readFile(path, 'utf8').catch(unless('ENOENT')))?.trim()
}

/** Lets one expected error of the file system pass as `undefined`. */
function unless(code: string): (error: unknown) => undefined {
  return (cause) => {
    if ((cause as { code?: string }).code === code) return undefined
    throw new PlumblineError('IO', (cause as Error).message, { cause })
  }
}
