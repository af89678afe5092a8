// Checks one ticket in a process of its own (see check.ts): reads it from standard input and writes whom it is of. Plain JavaScript, so
// that Node.js runs the same file beside the sources and beside the bundle.
import { randomUUID } from 'node:crypto'
import { openSync, unlinkSync, writeSync } from 'node:fs'
import { json } from 'node:stream/consumers'

/** In memory, so that no key reaches a disk. */
const FOLDER = '/dev/shm'
const LACKS_LIBRARY = 'the service lacks the package kerberos, or the Kerberos library of the system'

/** @returns the name of a file that only this process can open: it has none in any folder. */
function hiddenFile(bytes) {
  const name = `${FOLDER}/plumbline-${randomUUID()}`
  const file = openSync(name, 'wx+', 0o600)
  unlinkSync(name)
  writeSync(file, bytes)
  return `/proc/self/fd/${file}`
}

async function checked({ token, service, keytab }) {
  const library = await import('kerberos').catch(() => undefined)
  if (library === undefined) return { problem: LACKS_LIBRARY }
  process.env.KRB5_KTNAME = `FILE:${hiddenFile(Buffer.from(keytab, 'base64'))}`
  // No settings of the machine: they could name other keys, map names or load modules.
  process.env.KRB5_CONFIG = '/dev/null'
  // Which tickets were shown, for all processes of this user.
  process.env.KRB5RCACHEDIR = FOLDER
  const server = await library.default.initializeServer(service)
  await server.step(token)
  return server.contextComplete
    ? { principal: server.username, answer: server.response }
    : { problem: 'the ticket is incomplete' }
}

const said = await json(process.stdin)
  .then(checked)
  .catch((error) => ({ problem: error.message }))
process.stdout.write(JSON.stringify(said))
