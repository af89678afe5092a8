import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { engineEnvironment, ensureTool, findTool } from '../../../engine/engine.ts'

/** A program that answers every call with one line; as `go`, it "builds" a program that does the same. */
const saying = (line: string): string => `#!/bin/sh\necho '${line}'\n`
const GO = `#!/bin/sh
echo "$@" >> "$GO_CALLS"
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho built "$@"\\n' > "$2"
chmod 755 "$2"
`
const BROKEN_GO = '#!/bin/sh\necho "dial tcp: no route to the module proxy" >&2\nexit 1\n'

/** As `npm`, it "downloads" a program that says its version, into the place where the package `pulumi` lays it. */
const NPM = `#!/bin/sh
mkdir -p "$PULUMI_HOME/versions/3.259.0/bin"
for name in pulumi pulumi-language-nodejs; do
  printf '#!/bin/sh\\necho v3.259.0\\n' > "$PULUMI_HOME/versions/3.259.0/bin/$name"
  chmod 755 "$PULUMI_HOME/versions/3.259.0/bin/$name"
done
echo v3.259.0
`
const NPM_WITHOUT_NETWORK = '#!/bin/sh\necho "pulumi: fetch failed" >&2\nexit 1\n'

let folder: string

async function program(name: string, text: string): Promise<string> {
  const file = join(folder, 'bin', name)
  await writeFile(file, text)
  await chmod(file, 0o755)
  return file
}
const goCalls = async (): Promise<readonly string[]> =>
  (await readFile(join(folder, 'go-calls'), 'utf8')).trim().split('\n')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-engine-'))
  await mkdir(join(folder, 'bin'))
  vi.stubEnv('PATH', `${join(folder, 'bin')}:/usr/bin:/bin`)
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
  vi.stubEnv('GO_CALLS', join(folder, 'go-calls'))
  await program('npm', NPM_WITHOUT_NETWORK)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

describe('a program that the project needs', () => {
  it('is taken from the PATH when its version fits', async () => {
    const own = await program('pulumi', saying('v3.259.0'))
    expect(await ensureTool('pulumi')).toBe(own)
    expect(await findTool('pulumi')).toEqual({ from: 'PATH', path: own })
  })

  it('is passed over on the PATH when it is too old, and built into the cache', async () => {
    await program('pulumi', saying('v2.25.2'))
    await program('go', GO)
    const built = await ensureTool('pulumi')
    expect(built).toContain(join(folder, 'cache/plumbline/tools/pulumi-3.259.0-'))
    expect(await stat(built)).toBeDefined()
  })

  it('is the official one where the network gives it, and that brings the language host', async () => {
    await program('npm', NPM)
    const official = join(folder, 'cache/plumbline/tools/pulumi-3.259.0-official/versions/3.259.0/bin')
    expect(await ensureTool('pulumi')).toBe(join(official, 'pulumi'))
    expect(await findTool('pulumi-language-nodejs')).toEqual({
      from: 'download',
      path: join(official, 'pulumi-language-nodejs'),
    })
  })

  it('is built where a download comes with another version than the pinned one, which is not kept', async () => {
    await program('npm', NPM.replace('\necho v3.259.0\n', '\necho v3.1.0\n'))
    await program('go', GO)
    await ensureTool('pulumi')
    expect(await findTool('pulumi')).toMatchObject({ from: 'build' })
  })

  it('is built once, also when it is asked for twice at the same time', async () => {
    await program('go', GO)
    const [one, other] = await Promise.all([ensureTool('etcd'), ensureTool('etcd')])
    expect(one).toBe(other)
    expect(await goCalls()).toHaveLength(1)
  })

  it('is taken over from a build whose process has died', async () => {
    await program('go', GO)
    const built = await ensureTool('etcd')
    await rm(built)
    await writeFile(`${built}.lock`, '999999999')
    expect(await ensureTool('etcd')).toBe(built)
    expect(await goCalls()).toHaveLength(2)
  })

  it('is not there, and not built, when one only looks for it', async () => {
    await program('go', GO)
    expect(await findTool('etcd')).toBeUndefined()
  })

  it('is asked for in plain words when neither it nor Go is there', async () => {
    vi.stubEnv('PATH', join(folder, 'bin'))
    await expect(ensureTool('pulumi')).rejects.toMatchObject({
      code: 'IO',
      help: expect.stringMatching(/Install the Pulumi CLI .* or Go /),
    })
  })

  it('leaves nothing behind when its build fails, and says what Go said', async () => {
    await program('go', BROKEN_GO)
    await expect(ensureTool('etcd')).rejects.toMatchObject({ code: 'IO', message: expect.stringContaining('no route') })
    expect(await findTool('etcd')).toBeUndefined()
  })
})

describe('the environment of the engine', () => {
  beforeEach(async () => {
    await program('pulumi', saying('v3.259.0'))
    await program('pulumi-language-nodejs', saying('1234'))
  })

  it('keeps the state and a passphrase for its owner only in the folder', async () => {
    vi.stubEnv('PULUMI_CONFIG_PASSPHRASE', undefined)
    const { env } = await engineEnvironment(join(folder, 'state'))
    expect(env.PULUMI_BACKEND_URL).toBe(`file://${join(folder, 'state')}`)
    const passphrase = await stat(env.PULUMI_CONFIG_PASSPHRASE_FILE ?? '')
    expect(passphrase.mode & 0o777).toBe(0o600)
  })

  it('keeps its passphrase from run to run', async () => {
    const read = async () =>
      readFile((await engineEnvironment(join(folder, 'state'))).env.PULUMI_CONFIG_PASSPHRASE_FILE ?? '')
    expect(await read()).toEqual(await read())
  })

  it('leaves a backend that the caller has chosen', async () => {
    vi.stubEnv('PULUMI_BACKEND_URL', 's3://states')
    expect((await engineEnvironment(join(folder, 'state'))).env.PULUMI_BACKEND_URL).toBe('s3://states')
  })
})
