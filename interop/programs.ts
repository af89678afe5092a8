import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the libraries of others are installed: outside the checkout. */
export const CACHE = process.env.PLUMBLINE_INTEROP_CACHE ?? join(homedir(), '.cache', 'plumbline-interop')
const PYTHON = join(CACHE, 'python')

type Command = readonly [program: string, ...words: string[]]

/** Software of others, and the program of ours that lets it work. A program prints `ok <what>` or `fail <what>: <why>` by the line. */
export interface Program {
  readonly name: string
  /** What is tried. */
  readonly tries: string
  readonly install: readonly Command[]
  readonly run: Command
  readonly folder?: string
}

const python = (...packages: string[]): readonly Command[] => [
  ['python3', '-m', 'venv', PYTHON],
  [join(PYTHON, 'bin', 'pip'), 'install', '--quiet', ...packages],
]
const pythonRun = (file: string): Command => [join(PYTHON, 'bin', 'python'), join('interop', 'python', file)]
const JAVA: readonly Command[] = [
  ['mvn', '-q', '-B', '-f', 'interop/java/pom.xml', 'compile', `-DbuildDirectory=${join(CACHE, 'java')}`],
]
const javaRun = (main: string): Command => [
  'mvn',
  '-q',
  '-B',
  '-f',
  'interop/java/pom.xml',
  'exec:java',
  `-Dexec.mainClass=${main}`,
  `-DbuildDirectory=${join(CACHE, 'java')}`,
]
const GO_BINARY = join(CACHE, 'go-interop')
const goRun = (which: string): Command => [GO_BINARY, which]
const GO: readonly Command[] = [['go', '-C', 'interop/go', 'build', '-o', GO_BINARY, '.']]

export const PROGRAMS: readonly Program[] = [
  {
    name: 'scim2-tester',
    tries: 'SCIM: discovery, every attribute of users and groups, PATCH',
    install: python('scim2-tester', 'httpx2'),
    run: pythonRun('tester.py'),
  },
  {
    name: 'scim-sanity',
    tries: 'SCIM: seven phases of a life cycle',
    install: python('scim-sanity'),
    run: pythonRun('sanity.py'),
  },
  {
    name: 'UnboundID SCIM 2 SDK',
    tries: 'SCIM: discovery, create, search, replace, PATCH, delete',
    install: JAVA,
    run: javaRun('Scim'),
  },
  {
    name: 'sailpoint (PyPI)',
    tries: 'login, the three operations',
    install: python('sailpoint'),
    run: pythonRun('sailpoint_sdk.py'),
  },
  {
    name: 'sailpoint-api-client (npm)',
    tries: 'login, the three operations in beta, v3 and v2024',
    install: [['npm', 'install', '--silent', '--prefix', join(CACHE, 'node'), 'sailpoint-api-client']],
    run: ['node', 'interop/node/sailpoint.cjs', join(CACHE, 'node')],
  },
  {
    name: 'authlib (PyPI)',
    tries: 'code flow with PKCE, client credentials, revocation, introspection',
    install: python('authlib', 'requests'),
    run: pythonRun('authlib_client.py'),
  },
  { name: 'go-oidc', tries: 'discovery, code flow, ID token, userinfo', install: GO, run: goRun('go-oidc') },
  {
    name: 'zitadel/oidc',
    tries: 'discovery, code flow with PKCE, ID token, userinfo, refresh',
    install: GO,
    run: goRun('zitadel'),
  },
  {
    name: 'Nimbus',
    tries: 'discovery, code flow with PKCE, ID token, userinfo, introspection',
    install: JAVA,
    run: javaRun('Nimbus'),
  },
]
