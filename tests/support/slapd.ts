import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCertificate } from './certificate.ts'
import { answering, freePort } from './ports.ts'

/** Debian's package `slapd` puts it where only the administrator looks. */
const SLAPD = ['/usr/sbin/slapd', '/usr/local/libexec/slapd'].find(existsSync)

/** Tests that need it are left out where there is none, but never in the gate, which installs it. */
export const LACKS_SLAPD = SLAPD === undefined && process.env.CI === undefined
/** For the name of such tests. */
export const WHY_NO_SLAPD = LACKS_SLAPD ? ' (skipped: no slapd; apt-get install slapd)' : ''

export interface Slapd {
  readonly url: string
  close(): Promise<void>
}

const CONFIG = (folder: string, more: string) => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
${more}
database mdb
suffix "dc=acme,dc=example"
rootdn "cn=admin,dc=acme,dc=example"
rootpw admin-secret
directory ${folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
`

/** A real OpenLDAP server with these entries (LDIF). `tls`: it offers StartTLS, with a certificate that nobody trusts. */
export async function openSlapd(ldif: string, { tls = false } = {}): Promise<Slapd> {
  if (SLAPD === undefined) throw new Error('there is no slapd; apt-get install slapd')
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-slapd-'))
  await mkdir(join(folder, 'data'))
  const [config, data] = [join(folder, 'slapd.conf'), join(folder, 'data.ldif')]
  await writeFile(config, CONFIG(folder, tls ? await certificate(folder) : ''))
  await writeFile(data, ldif)
  execFileSync(SLAPD, ['-T', 'add', '-f', config, '-l', data], { stdio: 'pipe' })
  const port = await freePort()
  const url = `ldap://127.0.0.1:${port}`
  // With -d it stays in the foreground.
  const server = spawn(SLAPD, ['-d', '0', '-h', url, '-f', config], { stdio: 'ignore' })
  await answering(port)
  return {
    url,
    close: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

async function certificate(folder: string): Promise<string> {
  const { keyFile, certFile } = await writeCertificate(folder, 'localhost')
  return `TLSCertificateFile ${certFile}\nTLSCertificateKeyFile ${keyFile}`
}

/** Somebody in the branch `people`, with more attributes; the password is `secret of <uid>`. */
export const person = (uid: string, more = ''): string => `
dn: uid=${uid},ou=people,dc=acme,dc=example
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid} Doe
sn: Doe
userPassword: secret of ${uid}
${more}`

const branchOf = (name: string): string => `
dn: ou=${name},dc=acme,dc=example
objectClass: organizationalUnit
ou: ${name}
`

/** Entries of a directory: branches, people in them, and a program that may read. */
export const ldif = (
  branches: readonly string[],
  people: readonly string[],
  reader: { name: string; password: string },
) =>
  `dn: dc=acme,dc=example
objectClass: dcObject
objectClass: organization
o: Acme
dc: acme
${branches.map(branchOf).join('')}${people.join('')}
dn: cn=${reader.name},dc=acme,dc=example
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: ${reader.name}
userPassword: ${reader.password}
`
