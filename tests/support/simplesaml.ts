import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCertificate } from './certificate.ts'
import { answering, freePort } from './ports.ts'

/** Debian's package `simplesamlphp`. */
const HOME = '/usr/share/simplesamlphp/www'
const PHP = '/usr/bin/php'

/** Tests that need it are left out where there is none, but never in the gate, which installs it. */
export const LACKS_SIMPLESAML = !(existsSync(HOME) && existsSync(PHP)) && process.env.CI === undefined
/** For the name of such tests. */
export const WHY_NO_SIMPLESAML = LACKS_SIMPLESAML
  ? ' (skipped: no SimpleSAMLphp; apt-get install simplesamlphp php-cli php-xml)'
  : ''

const NAMES = 'urn:oasis:names:tc:SAML:2.0:'

/** Attributes of a person, by name. */
type Person = Readonly<Record<string, string>>

export interface SimpleSaml {
  readonly url: string
  /** Its metadata document. */
  metadata(): Promise<string>
  /** Reads the metadata documents of these services, and encrypts assertions to them or not. */
  trust(services: readonly string[], options?: { readonly encrypts?: boolean }): Promise<void>
  close(): Promise<void>
}

/** A real identity provider: SimpleSAMLphp, in which these people sign in with the password `secret of NAME`. */
export async function openSimpleSaml(people: Readonly<Record<string, Person>>): Promise<SimpleSaml> {
  if (!existsSync(HOME)) throw new Error('there is no SimpleSAMLphp; apt-get install simplesamlphp php-cli php-xml')
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-simplesaml-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  for (const name of ['metadata', 'sessions', 'tmp', 'log']) await mkdir(join(folder, name))
  await writeCertificate(folder, 'idp')
  const trust: SimpleSaml['trust'] = async (services, { encrypts = false } = {}) => {
    const files = services.map((_, i) => join(folder, `service-${i}.xml`))
    for (const [i, file] of files.entries()) await writeFile(file, String(services[i]))
    await writeFile(join(folder, 'config.php'), configuration(folder, url, files))
    await writeFile(join(folder, 'metadata', 'saml20-idp-hosted.php'), hosted(url, encrypts))
  }
  await trust([])
  await writeFile(join(folder, 'authsources.php'), sources(people))
  const env = { ...process.env, SIMPLESAMLPHP_CONFIG_DIR: folder }
  // What one request reads of the settings must not be what another one was given.
  const options = ['-d', 'opcache.enable=0', '-d', 'display_errors=stderr', '-S', `127.0.0.1:${port}`, '-t', HOME]
  const server = spawn(PHP, options, { env, stdio: 'ignore' })
  await answering(port)
  return {
    url,
    trust,
    metadata: async () => (await fetch(`${url}/saml2/idp/metadata.php`)).text(),
    close: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`

const configuration = (folder: string, url: string, services: readonly string[]): string =>
  `<?php
$config = [
  'baseurlpath' => '${url}/',
  'certdir' => '${folder}/',
  'loggingdir' => '${folder}/log/',
  'tempdir' => '${folder}/tmp/',
  'metadatadir' => '${folder}/metadata/',
  'attributenamemapdir' => '/usr/share/simplesamlphp/config/attributemap/',
  'secretsalt' => 'a salt of these tests alone',
  'auth.adminpassword' => 'a password of these tests alone',
  'technicalcontact_email' => 'nobody@example.com',
  'timezone' => 'UTC',
  'logging.handler' => 'file',
  'logging.level' => SimpleSAML\\Logger::DEBUG,
  'showerrors' => true,
  'enable.saml20-idp' => true,
  'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
  'store.type' => 'phpsession',
  'session.phpsession.savepath' => '${folder}/sessions',
  'session.cookie.secure' => false,
  'session.cookie.samesite' => 'Lax',
  'language.cookie.secure' => false,
  'trusted.url.domains' => ['127.0.0.1', 'app.example.com'],
  'metadata.sources' => [
    ['type' => 'flatfile'],
    ${services.map((file) => `['type' => 'xml', 'file' => '${file}'],`).join('\n    ')}
  ],
];
`.replaceAll('\\\\', '\\')

const hosted = (url: string, encrypts: boolean): string => `<?php
$metadata['${url}/idp'] = [
  'host' => '__DEFAULT__',
  'privatekey' => 'key.pem',
  'certificate' => 'cert.pem',
  'auth' => 'people',
  'NameIDFormat' => '${NAMES}nameid-format:persistent',
  'attributes.NameFormat' => '${NAMES}attrname-format:uri',
  'validate.authnrequest' => true,
  'validate.logout' => true,
  'redirect.validate' => true,
  'sign.logout' => true,
  'redirect.sign' => true,
  'saml20.sign.response' => ${!encrypts},
  'assertion.encryption' => ${encrypts},
  'authproc' => [
    3 => ['class' => 'saml:AttributeNameID', 'attribute' => 'uid', 'Format' => '${NAMES}nameid-format:persistent'],
    100 => ['class' => 'core:AttributeMap', 'name2oid'],
  ],
];
`

function sources(people: Readonly<Record<string, Person>>): string {
  const users = Object.entries(people).map(([name, person]) => {
    const attributes = Object.entries(person).map(([key, value]) => `${quoted(key)} => [${quoted(value)}]`)
    return `${quoted(`${name}:secret of ${name}`)} => [${attributes.join(', ')}],`
  })
  return `<?php\n$config = ['people' => ['exampleauth:UserPass', ${users.join('\n')}]];\n`
}
