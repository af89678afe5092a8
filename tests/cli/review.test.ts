import { execFileSync } from 'node:child_process'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocuments } from '../../config/project/documents.ts'
import { type Decision, values } from '../../identity/policy/decision.ts'
import { effectivePolicy } from '../../identity/policy/policy.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { ORGANIZATION, Project } from './project.ts'

const SERVICE = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: runtime}
spec: {system: SecretsVault, endpoint: embedded}
`

const tenant = (pinSize: number, more = ''): string => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: web}
spec:
  connectionRef: {name: runtime}
  organizationRef: {name: acme}
  displayName: Web
  pin: {enabled: true, size: ${pinSize}}
  pattern: {enabled: false}
${more}`

const THIEF = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: thief}
spec:
  system: SecretsVault
  endpoint: http://127.0.0.1:9
  credentials: {apiKey: {fromEnv: AWS_SECRET_ACCESS_KEY}}
`

/** A project whose documents are committed on `main`, and whose checkout is a branch. */
async function branched(...documents: readonly string[]): Promise<Project> {
  const project = await Project.create(...documents)
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: project.folder })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-qm', 'base')
  git('checkout', '-qb', 'change')
  return project
}

describe('review', () => {
  it('says in words what a branch does to people, and asks for consent', async () => {
    const project = await branched(SERVICE, ORGANIZATION, tenant(6))
    await project.documents(SERVICE, ORGANIZATION, tenant(4))
    const { code, stdout } = await project.run('review', '--base', 'main')
    expect(code).toBe(2)
    expect(stdout).toMatch(/^This change makes logins weaker\. It needs consent\.\n/)
    expect(stdout).toContain('web: people choose PINs of 4 digits instead of 6')
    expect((await project.run('review', '--base', 'main', '--allow', 'weakening')).code).toBe(0)
  })

  it('refuses what locks people out, on the line that does it', async () => {
    const project = await branched(SERVICE, ORGANIZATION, tenant(6))
    await project.documents(SERVICE, ORGANIZATION, tenant(6).replace('pin: {enabled: true', 'pin: {enabled: false'))
    const { code, stdout } = await project.run('review', '--base', 'main', '--format', 'json', '--sarif', 'out.sarif')
    expect(code).toBe(1)
    const [environment] = JSON.parse(stdout).environments
    expect(environment.lockouts[0]).toMatchObject({
      text: 'people with a PIN can no longer sign in',
      mend: 'set /pin/enabled of Tenant/web to true',
    })
    const sarif = JSON.parse(await readFile(join(project.folder, 'out.sarif'), 'utf8'))
    expect(sarif.runs[0].results[0]).toMatchObject({ ruleId: 'lockout', level: 'error' })
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('documents/all.yaml')
  })

  it('follows no Connection and opens no secret that the branch brings along', async () => {
    const project = await branched(SERVICE, ORGANIZATION, tenant(6))
    await project.documents(SERVICE, ORGANIZATION, tenant(6), THIEF)
    const { code, stdout, stderr } = await project.run('review', '--base', 'main')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('a new Connection: http://127.0.0.1:9')
    expect(stdout).toContain('a secret from the environment variable AWS_SECRET_ACCESS_KEY')
  })

  it('tells a renamed document of one object as moved', async () => {
    const project = await branched(SERVICE, ORGANIZATION, tenant(6))
    await project.documents(
      SERVICE,
      ORGANIZATION,
      tenant(6, '  tenantId: web\n').replace('{name: web}', '{name: shop}'),
    )
    expect((await project.run('review', '--base', 'main')).stdout).toContain('Tenant/shop  moved from Tenant/web')
  })

  it('reads no file outside the project, whatever a link of the branch points at', async () => {
    const project = await branched(SERVICE, ORGANIZATION, tenant(6))
    await mkdir(join(project.folder, 'documents/more'))
    await symlink('/etc/hostname', join(project.folder, 'documents/more/link.yaml'))
    const { code, stdout } = await project.run('review', '--base', 'main')
    expect(code).toBe(1)
    expect(stdout).toContain('documents/more/link.yaml:1:1 this link leads out of the folder and is not followed')
  })

  it('writes a result that says why when the documents have mistakes', async () => {
    const project = await branched(SERVICE, ORGANIZATION, tenant(6))
    await project.documents(SERVICE, ORGANIZATION, tenant(99))
    const { code, stdout } = await project.run('review', '--base', 'main', '--format', 'markdown')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^\*\*The documents have mistakes\.\*\*\n/)
    expect(stdout).toContain('/spec/pin/size')
  })

  it('makes of documents the policy that the service goes by once they are applied', async () => {
    const project = await Project.create(
      SERVICE,
      ORGANIZATION,
      tenant(8, '  twoFactor: true\n  passkeys: true\n  lockout: {userAttempts: 3}\n'),
    )
    expect((await project.run('apply', '--yes')).code).toBe(0)
    const { stdout } = await project.run('explain', 'login', '--tenant', 'web', '--format', 'json')
    const served = new Map(
      JSON.parse(stdout).decisions.map((d: { decision: string; value: unknown }) => [d.decision, d.value]),
    )
    const { resources } = readDocuments({ project: join(project.folder, 'plumbline.yaml') })
    const documents = settingsByTenant(resources).get('web')?.documents ?? {}
    const policy = effectivePolicy({ documents, enrolled: [] })
    for (const [part, decisions] of Object.entries(policy))
      for (const [name, value] of Object.entries(values(decisions as Readonly<Record<string, Decision<unknown>>>)))
        expect([`${part}.${name}`, value]).toEqual([`${part}.${name}`, served.get(`${part}.${name}`)])
  })
})
