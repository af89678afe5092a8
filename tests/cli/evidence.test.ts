import { readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { outputOf } from './output.ts'
import { ORGANIZATION, Project, SECRETS, tenant } from './project.ts'
import { SERVICE } from './reviewed.ts'

const FILE = '.plumbline/evidence.jsonl'

interface Statement {
  readonly predicate: Readonly<Record<string, unknown>>
}

const statements = async (project: Project): Promise<readonly Statement[]> => {
  const lines = (await readFile(join(project.folder, FILE), 'utf8')).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString()))
}

const verified = async (project: Project, ...options: readonly string[]) => {
  const { code, stdout } = await project.run('audit', 'verify', '--format', 'json', ...options)
  const checks = outputOf('audit verify', stdout) as { subject: string; status: string; message: string }[]
  return { code, ...checks.find(({ subject }) => subject === 'records of apply') }
}

describe('the record of an apply', { timeout: 120_000 }, () => {
  let project: Project
  beforeAll(async () => {
    project = await Project.lasting(SERVICE, ORGANIZATION, tenant('web', 6))
    await project.write('.gitignore', '.plumbline\n')
    await project.git('init', '-q', '-b', 'main')
    await project.git('add', '-A')
    await project.git('commit', '-qm', 'a web shop')
    await project.run('apply', '--yes', '--approved-by', 'bea', '--change', 'https://git.example/pull/7')
    return () => project.remove()
  })

  it('says who, what, by which commit and with whose approval, before and after; and no secret', async () => {
    const [begun, ended] = await statements(project)
    expect(begun?.predicate).toMatchObject({
      phase: 'begun',
      command: 'apply',
      approvedBy: ['bea'],
      change: 'https://git.example/pull/7',
      commit: { id: expect.stringMatching(/^[0-9a-f]{40}$/), changed: false },
    })
    expect(ended).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: expect.arrayContaining([{ name: 'Tenant/web', digest: { sha256: expect.any(String) } }]),
      predicate: {
        phase: 'ended',
        run: begun?.predicate.run,
        plan: begun?.predicate.plan,
        objects: expect.arrayContaining([
          expect.objectContaining({
            address: 'Tenant/web',
            action: 'create',
            status: 'done',
            after: expect.any(String),
            requests: expect.arrayContaining([
              {
                operation: 'createTenant',
                status: 201,
                id: expect.stringMatching(/^[0-9a-f-]{36}$/),
                trace: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/),
              },
            ]),
          }),
        ]),
      },
    })
    const text = JSON.stringify(await statements(project))
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret)
  })

  it('is signed with a key that is made at its first use, for its owner only', async () => {
    for (const file of ['.plumbline/evidence-key.json', FILE])
      expect((await stat(join(project.folder, file))).mode & 0o777).toBe(0o600)
    expect(await verified(project)).toMatchObject({ code: 0, status: 'ok', message: expect.stringContaining('2 good') })
  })

  it('is not made where nothing is done', async () => {
    await project.run('apply', '--yes')
    expect(await statements(project)).toHaveLength(2)
  })

  it('of corrected drift has the digests of before and after, and log tells the story with git', async () => {
    await project.changePinSize('web', 4)
    await project.run('apply', '--yes')
    const last = (await statements(project)).at(-1)
    const [object] = (last?.predicate.objects ?? []) as Record<string, unknown>[]
    expect(object).toMatchObject({ address: 'Tenant/web', drift: true, fields: ['/pin/size'], status: 'done' })
    expect(object?.before).not.toBe(object?.after)
    const { stdout } = await project.run('log', 'Tenant/web', '--format', 'json')
    expect(outputOf('log', stdout)).toMatchObject([
      { what: 'committed', by: 'test', text: 'a web shop' },
      { what: 'applied', approvedBy: ['bea'], change: 'https://git.example/pull/7' },
      { what: 'drift corrected', text: 'update /pin/size' },
    ])
    const unknown = await project.run('log', 'Tenant/wep')
    expect(unknown.stderr).toContain('nothing is known of Tenant/wep; did you mean Tenant/web?')
  })

  it('that was cut off by a crash does not break the chain; one that was changed is named', async () => {
    const path = join(project.folder, FILE)
    await truncate(path, (await stat(path)).size - 20)
    expect(await verified(project)).toMatchObject({ code: 0, status: 'warn' })
    await project.changePinSize('web', 5)
    await project.run('apply', '--yes')
    expect(await verified(project)).toMatchObject({ code: 0, message: expect.stringContaining('5 good records') })
    const text = await readFile(path, 'utf8')
    await project.write('moved.jsonl', text.replace(/^(.*\n.{200})./, '$1!'))
    expect(
      await verified(project, '--evidence', 'moved.jsonl', '--keys', '.plumbline/evidence-keys.json'),
    ).toMatchObject({ code: 1, status: 'fail', message: expect.stringContaining('record 2 ') })
  })

  it('by a key from the environment is checked with its public half', async () => {
    const key =
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----'
    await project.changePinSize('web', 7)
    await project.runWith({ PLUMBLINE_EVIDENCE_KEY: key }, 'apply', '--yes')
    expect(await verified(project)).toMatchObject({ code: 0, message: expect.stringContaining('7 good records') })
    const wrong = await project.runWith({ PLUMBLINE_EVIDENCE_KEY: 'marked-key' }, 'apply', '--yes')
    await project.changePinSize('web', 8)
    const refused = await project.runWith({ PLUMBLINE_EVIDENCE_KEY: 'marked-key' }, 'apply', '--yes')
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no private Ed25519 key') })
    expect(wrong.stderr + refused.stderr).not.toContain('marked-key')
    expect((await project.call('GET', '/v1/tenants/web')).body, 'nothing was sent').toMatchObject({ pin_size: 8 })
  })
})
