import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { answering, freePort } from './ports.ts'

/** Debian's packages `krb5-kdc` and `krb5-admin-server` put them where only the administrator looks. */
const [KDC, CREATE, ADMINISTER] = ['krb5kdc', 'kdb5_util', 'kadmin.local'].map((name) => `/usr/sbin/${name}`) as [
  string,
  string,
  string,
]
const SIGN_IN = '/usr/bin/kinit'

function libraryAt(): string | undefined {
  const { resolve } = createRequire(import.meta.url)
  try {
    return resolve('kerberos')
  } catch {
    // It was not compiled: the headers of the Kerberos library were not there.
    return undefined
  }
}
const LIBRARY = libraryAt()

/** Tests that need it are left out where there is none, but never in the gate, which installs it. */
export const LACKS_KDC = !(LIBRARY && existsSync(KDC) && existsSync(SIGN_IN)) && process.env.CI === undefined
/** For the name of such tests. */
export const WHY_NO_KDC = LACKS_KDC
  ? ' (skipped: no KDC; apt-get install krb5-kdc krb5-admin-server krb5-user libkrb5-dev, then npm ci)'
  : ''

/** Somebody who has signed in to a realm. */
interface Member {
  /** For programs that show their tickets, such as a browser. */
  readonly env: Readonly<Record<string, string>>
  /** What a browser shows to a service (SPNEGO, base64), anew each time. */
  show(service?: string): Promise<string>
  /** From now on their clock is so many seconds fast. */
  hurry(seconds: number): Promise<void>
}

/** Realms; principals are named with theirs. */
export interface Kdc {
  /** A principal with a password, or with keys that nobody knows. */
  add(principal: string, password?: string): void
  /** People of one realm get tickets for services of another one. */
  trust(services: string, people: string): void
  /** Puts new keys of a principal beside those that a keytab has; returns the file in base64. */
  keytab(name: string, principal: string, ...options: readonly string[]): Promise<string>
  signIn(principal: string, password: string): Promise<Member>
  close(): Promise<void>
}

const CLIENT = (realms: readonly string[], port: number) => `
[libdefaults]
default_realm = ${realms[0]}
dns_lookup_kdc = false
dns_canonicalize_hostname = false
rdns = false
[realms]
${realms.map((realm) => `${realm} = {\nkdc = 127.0.0.1:${port}\n}`).join('\n')}
[domain_realm]
localhost = ${realms[0]}
`

const SERVER = (realms: readonly string[], folder: string, port: number) => `
[kdcdefaults]
kdc_listen = 127.0.0.1:${port}
kdc_tcp_listen = 127.0.0.1:${port}
[realms]
${realms.map((realm) => `${realm} = {\ndatabase_name = ${folder}/${realm}\nkey_stash_file = ${folder}/${realm}.stash\n}`).join('\n')}
`

/** A real KDC of MIT Kerberos for some realms; hosts are in the first one. */
export async function openKdc(...realms: readonly string[]): Promise<Kdc> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-kdc-'))
  const port = await freePort()
  const [client, server] = [join(folder, 'krb5.conf'), join(folder, 'kdc.conf')]
  await writeFile(client, CLIENT(realms, port))
  await writeFile(server, SERVER(realms, folder, port))
  const env = { KRB5_CONFIG: client, KRB5_KDC_PROFILE: server }
  const run = (program: string, ...args: readonly string[]) => execFileSync(program, args, { env, stdio: 'pipe' })
  const ask = (principal: string, query: string, realm = String(principal.split('@')[1])) =>
    void run(ADMINISTER, '-r', realm, '-q', `${query} ${principal}`)
  for (const realm of realms) run(CREATE, 'create', '-s', '-r', realm, '-P', 'master')
  // With -n it stays in the foreground.
  const kdc = spawn(KDC, ['-n', ...realms.flatMap((realm) => ['-r', realm])], { env, stdio: 'ignore' })
  await answering(port)
  let count = 0
  return {
    add: (principal, password) => ask(principal, `addprinc ${password ? `-pw ${password}` : '-randkey'}`),
    trust: (services, people) => {
      for (const realm of [services, people]) ask(`krbtgt/${services}@${people}`, 'addprinc -pw trust', realm)
    },
    keytab: async (name, principal, ...options) => {
      const file = join(folder, name)
      ask(principal, `ktadd -k ${file} ${options.join(' ')}`)
      return readFile(file, 'base64')
    },
    signIn: async (principal, password) => {
      const cache = join(folder, `cache-${++count}`)
      const own = { ...env, KRB5CCNAME: `FILE:${cache}` }
      execFileSync(SIGN_IN, [principal], { env: own, input: `${password}\n`, stdio: 'pipe' })
      return { env: own, show: (service = 'HTTP@localhost') => shown(own, service), hurry: (by) => setFast(cache, by) }
    },
    close: async () => {
      const ended = new Promise((resolve) => kdc.once('exit', resolve))
      kdc.kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

const SHOW = `
const kerberos = require(process.argv[1])
const options = { mechOID: kerberos.GSS_MECH_OID_SPNEGO, gssFlags: kerberos.GSS_C_MUTUAL_FLAG }
kerberos.initializeClient(process.argv[2], options).then((client) => client.step('')).then(console.log)
`

/** In a process of its own: the library finds tickets by the environment. */
async function shown(env: Readonly<Record<string, string>>, service: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', SHOW, String(LIBRARY), service], { env })
  return stdout.trim()
}

/** Where a file of tickets says how far the clock of the KDC is ahead (MIT Kerberos, "Credential cache file format"). */
const AHEAD = 8

async function setFast(cache: string, seconds: number): Promise<void> {
  const tickets = await readFile(cache)
  tickets.writeInt32BE(seconds, AHEAD)
  await writeFile(cache, tickets)
}
