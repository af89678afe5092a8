import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Every way in which a value could be written down: as it is, in JSON, in an address, in a form, in Base64, in hexadecimal. */
function writings(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  const form = new URLSearchParams({ v: value }).toString().slice(2)
  const quoted = JSON.stringify(value).slice(1, -1)
  return [value, quoted, encodeURIComponent(value), form, ...base64(value), bytes.toString('hex')]
}

/** Base64 depends on what stands before the value, e.g. the user name of Basic authentication: the part that never changes. */
function base64(value: string): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]).toString('base64')
    return text.slice(shift === 0 ? 0 : 4, Math.floor(text.replace(/=+$/, '').length / 4) * 4)
  })
}

/** Names of the secrets that can be read in a text or in bytes. */
export function secretsIn(content: string | Buffer, secrets: ReadonlyMap<string, string>): readonly string[] {
  const bytes = Buffer.from(content)
  return [...secrets].filter(([, value]) => writings(value).some((w) => bytes.includes(w))).map(([name]) => name)
}

/** Every file below a folder, with its content; once, by its own path, also when a link leads there. */
export function filesBelow(folder: string): readonly { readonly path: string; readonly content: Buffer }[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = new Set(files.map((entry) => realpathSync(join(entry.parentPath, entry.name))))
  return [...paths].map((path) => ({ path: relative(realpathSync(folder), path), content: readFileSync(path) }))
}
