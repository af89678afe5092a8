import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, filesBelow, type Ran, Stack } from '../../support/engine.ts'

const MARK = 'MARKED'
const FROM_CONFIG = `${MARK}-from-the-configuration`
const HASH = 'c0ffee00c0ffee00c0ffee00c0ffee00'
const CLIENT = `apiVersion: plumbline.dev/v1alpha1
kind: Client
metadata: {name: configured}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: acme-web}
  displayName: Configured
  type: Confidential
  clientSecret: {fromPulumiConfig: clientSecret}
`

/** A marked value for every secret that the example names. */
function markedSecrets(example: string, adminKey: string): NodeJS.ProcessEnv {
  const named = parseEnv(readFileSync(example, 'utf8'))
  const kinds: Readonly<Record<string, string>> = { 'admin-key': adminKey, hex32: HASH }
  return Object.fromEntries(Object.entries(named).map(([name, kind]) => [name, kinds[kind ?? ''] ?? `${MARK}-${name}`]))
}

describe('the example with every kind, with marked secrets', () => {
  let stack: Stack
  let runs: readonly Ran[]

  beforeAll(async () => {
    stack = await Stack.create('secrets')
    await stack.example('acme')
    await writeFile(join(stack.folder, 'project/documents/configured.yaml'), CLIENT)
    stack.env = markedSecrets(join(stack.folder, 'project/secrets.env.example'), await stack.adminKey())
    const configured = await stack.run(['config', 'set', '--secret', 'plumbline:clientSecret', FROM_CONFIG])
    const logged = ['--logtostderr', '-v=7']
    runs = [configured, await stack.up(...logged), await stack.run(['preview', '--diff', '--refresh', '--json'])]
  }, ENGINE_TIMEOUT)

  afterAll(() => stack.remove())

  it('comes up, and then nothing is left to do', async () => {
    expect(runs.map((ran) => ran.code)).toEqual([0, 0, 0])
    expect(await stack.run(['preview', '--expect-no-changes'])).toMatchObject({ code: 0 })
  })

  it('writes no secret to the state, the settings, the service or any other file', async () => {
    const written = await filesBelow(stack.folder)
    const leaks = [...written]
      .filter(([, text]) => text.includes(`${MARK}-`) || text.includes(HASH))
      .map(([file]) => file)
    expect([...written.keys()]).toContain(stack.stateFile)
    expect(leaks).toEqual([])
  })

  it('prints no secret, not even with the debugging log on', () => {
    expect(runs.filter(({ output }) => output.includes(`${MARK}-`) || output.includes(HASH))).toEqual([])
  })

  it('keeps what was sent encrypted in the state', async () => {
    const applied = (await stack.resources()).flatMap((r) =>
      r.outputs?.applied === undefined ? [] : [r.outputs.applied],
    )
    expect(applied.length).toBeGreaterThan(3)
    for (const value of applied) expect(value).toHaveProperty('ciphertext')
  })

  it('sends a secret again when its value has changed, and nothing else', async () => {
    await stack.run(['config', 'set', '--secret', 'plumbline:clientSecret', `${FROM_CONFIG}-rotated`])
    const ran = await stack.up()
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/~ 1 updated/) })
    expect(ran.output).toMatch(/Client::configured/)
  })

  it('needs at most 6 KB of state per resource', async () => {
    const sizes = (await stack.resources()).map((r) => JSON.stringify(r).length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024)
  })
})
