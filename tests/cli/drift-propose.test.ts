import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakePull, GitHubFake } from '../forge/github-fake.ts'
import { outputOf } from './output.ts'
import { Project, type Ran } from './project.ts'
import { SERVICE } from './reviewed.ts'

const PATIENCE_MS = 120_000

const TENANT = `# The web shop.
apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: web}
spec:
  connectionRef: {name: runtime}
  displayName: "Web"   # as people see it


  pin: {enabled: true, size: 6}   # digits
  pattern: {enabled: false}
`

interface Proposal {
  readonly connection: string
  readonly what: string
  readonly left: readonly { readonly why: string }[]
}

describe('drift --propose', { timeout: PATIENCE_MS }, () => {
  let fake: GitHubFake
  let project: Project
  beforeEach(async () => {
    fake = await GitHubFake.start()
    project = await Project.create(SERVICE, TENANT)
    await project.write('.gitignore', '.plumbline\n')
    await project.git('init', '-q', '-b', 'main')
    await main()
  })
  afterEach(async () => {
    await fake.stop()
    expect(fake.problems).toEqual([])
  })

  /** Commits what lies there as the tip of main. */
  async function main(): Promise<void> {
    await project.git('add', '-A')
    await project.git('commit', '-q', '--allow-empty', '-m', 'main')
    await project.git('push', '-q', '--force', fake.git.folder, 'HEAD:refs/heads/main')
  }

  const env = { PLUMBLINE_FORGE_TOKEN: 'token-of-bot' }
  const run = (...options: readonly string[]): Promise<Ran> =>
    project.runWith(env, 'drift', '--propose', `${fake.site}/acme/identity`, '--forge', 'GitHub', ...options)

  /** What became of the proposals. */
  async function proposed(...options: readonly string[]): Promise<readonly Proposal[]> {
    const { stdout, stderr } = await run('--format', 'json', ...options)
    expect(stderr).not.toContain('error')
    return (outputOf('drift', stdout) as { readonly proposals: readonly Proposal[] }).proposals
  }

  /** Lines that the branch of a pull request takes away and adds. */
  function diff({ branch }: FakePull): readonly string[] {
    const args = ['-C', fake.git.folder, 'diff', '--unified=0', 'main', branch]
    const text = execFileSync('git', args, { encoding: 'utf8' })
    return text.split('\n').filter((line) => /^[-+](?![-+])/.test(line))
  }

  const change = (only: number, values: object): void => {
    const pull = fake.pulls[only - 1]
    if (pull !== undefined) Object.assign(pull, values)
  }

  it('opens one pull request that changes the one line, and writes nothing while the drift is the same', async () => {
    await project.run('apply', '--yes')
    await project.changePinSize('web', 4)
    expect(await proposed()).toEqual([{ connection: 'runtime', what: 'opened', url: expect.any(String), left: [] }])
    const [pull] = fake.pulls as [FakePull]
    expect(pull).toMatchObject({ title: 'Drift of runtime: 1 object', base: 'main' })
    expect(pull.body).toContain('| `Tenant/web` | `/pin/size` | `6` | `4` | ⚠️ weaker |')
    expect(diff(pull)).toEqual([
      '-  pin: {enabled: true, size: 6}   # digits',
      '+  pin: {enabled: true, size: 4}   # digits',
    ])
    const head = fake.git.tip(pull.branch)
    fake.calls.length = 0
    expect(await proposed()).toMatchObject([{ what: 'unchanged' }])
    expect(fake.calls.filter((call) => !call.startsWith('GET'))).toEqual([])
    expect(fake.git.tip(pull.branch)).toBe(head)
    expect(fake.pulls).toHaveLength(1)
  })

  it('brings it up to date when the drift changes, and withdraws it when the drift is gone', async () => {
    await project.run('apply', '--yes')
    await project.changePinSize('web', 4)
    await run()
    await project.changePinSize('web', 5)
    expect(await proposed()).toMatchObject([{ what: 'updated' }])
    expect(diff(fake.pulls[0] as FakePull).at(-1)).toContain('size: 5')
    await project.changePinSize('web', 6)
    expect(await proposed()).toMatchObject([{ what: 'withdrawn' }])
    expect(fake.pulls).toMatchObject([{ state: 'closed' }])
    expect(await proposed()).toEqual([])
  })

  it('is accepted by its merge: the next plan is empty', async () => {
    await project.run('apply', '--yes')
    await project.changePinSize('web', 4)
    await run()
    await project.git('pull', '-q', fake.git.folder, (fake.pulls[0] as FakePull).branch)
    await main()
    change(1, { state: 'closed', merged: true })
    expect((await project.run('plan')).code).toBe(0)
    expect(await proposed()).toEqual([])
  })

  it('is taken back when it is closed with the label: it does not come again, and the next apply corrects', async () => {
    await project.run('apply', '--yes')
    await project.changePinSize('web', 4)
    await run()
    change(1, { state: 'closed', labels: ['revert'] })
    expect(await proposed()).toMatchObject([{ what: 'reverting' }])
    await project.run('apply', '--yes')
    expect((await project.call('GET', '/v1/tenants/web')).body).toMatchObject({ pin_size: 6 })
    expect(await proposed()).toEqual([])
    await project.changePinSize('web', 4)
    expect(await proposed(), 'the same drift a second time').toMatchObject([{ what: 'opened' }])
  })

  it('leaves a branch alone that somebody has pushed to', async () => {
    await project.run('apply', '--yes')
    await project.changePinSize('web', 4)
    await run()
    const { branch } = fake.pulls[0] as FakePull
    await project.git('fetch', '-q', fake.git.folder, branch)
    await project.git('push', '-q', '--force', fake.git.folder, `HEAD:refs/heads/${branch}`)
    const head = fake.git.tip(branch)
    await project.changePinSize('web', 5)
    expect(await proposed()).toMatchObject([{ what: 'changed by hand' }])
    expect(fake.git.tip(branch)).toBe(head)
  })

  it('proposes no change that main has and nobody has applied', async () => {
    await project.run('apply', '--yes')
    await project.documents(SERVICE, TENANT.replace('size: 6', 'size: 8'))
    await main()
    expect(await proposed()).toEqual([])
  })

  it('is for what is committed and what the branch has', async () => {
    await project.run('apply', '--yes')
    await project.changePinSize('web', 4)
    await project.write('documents/all.yaml', `${SERVICE}---\n${TENANT.replace('pattern', '# \n  pattern')}`)
    expect((await run()).stderr).toContain('documents/all.yaml is not as it was committed')
    await project.git('commit', '-qam', 'not on main')
    expect((await run()).stderr).toContain('the checkout is not what main of acme/identity is now')
    expect(fake.pulls).toEqual([])
  })

  it('changes a variable where a value comes from one, and says why where it cannot', async () => {
    const file = (variables: string) =>
      project.write(
        'plumbline.yaml',
        `apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\nvariables:\n${variables}`,
      )
    await file('  digits: 6 # of a PIN\n  brand: Web\n')
    await project.documents(
      SERVICE,
      TENANT.replace('size: 6', `size: "\${digits}"`).replace('"Web"', `"\${brand} shop"`),
    )
    await main()
    await project.run('apply', '--yes')
    const { body } = await project.call('GET', '/v1/tenants/web')
    const { is_2fa: _, ...tenant } = body
    await project.call('PUT', '/v1/tenants/web', { ...tenant, pin_size: 4, display_name: 'Shop' })
    const [proposal] = await proposed()
    expect(proposal?.left).toEqual([expect.objectContaining({ why: 'a variable is a part of the value' })])
    expect(diff(fake.pulls[0] as FakePull)).toEqual(['-  digits: 6 # of a PIN', '+  digits: 4 # of a PIN'])
  })
})
