import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocuments } from '../../config/project/documents.ts'
import { type Decision, values } from '../../identity/policy/decision.ts'
import { effectivePolicy } from '../../identity/policy/policy.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { ORGANIZATION, Project, PUBLIC_CLIENT, portal } from './project.ts'
import { branched, SERVICE, THIEF, webTenant } from './reviewed.ts'

describe('review', () => {
  it('says in words what a branch does to people, and asks for consent', async () => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    await project.documents(SERVICE, ORGANIZATION, webTenant(4))
    const { code, stdout } = await project.run('review', '--base', 'main')
    expect(code).toBe(2)
    expect(stdout).toMatch(/^This change makes logins weaker\. It needs consent\.\n/)
    expect(stdout).toContain('web: people choose PINs of 4 digits instead of 6')
    expect((await project.run('review', '--base', 'main', '--allow', 'weakening')).code).toBe(0)
  })

  it('holds a change to the rules of the project, as the base has them', async () => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    const file = await readFile(join(project.folder, 'plumbline.yaml'), 'utf8')
    const rule = '{id: short-pins, says: PINs are short, cel: secret.pinSize < 7}'
    await project.write('plumbline.yaml', `${file}posture: {rules: [${rule}]}\n`)
    await project.documents(SERVICE, ORGANIZATION, webTenant(8))
    const { code, stdout } = await project.run('review', '--base', 'main')
    expect(stdout).toContain('- web: breaks the rule that PINs are short')
    expect(code).toBe(2)
  })

  it('insists on a way in for break-glass accounts, as the base demands it', async () => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    const file = await readFile(join(project.folder, 'plumbline.yaml'), 'utf8')
    await project.write('plumbline.yaml', `${file}guards: {breakGlass: [{role: emergency, method: Pin}]}\n`)
    await project.git('commit', '-qam', 'break glass')
    await project.git('branch', '-f', 'main')
    const two = webTenant(6).replace('displayName: Web', 'displayName: Web\n  twoFactor: true')
    await project.write('plumbline.yaml', file)
    await project.documents(SERVICE, ORGANIZATION, two)
    const { code, stdout } = await project.run('review', '--base', 'main')
    expect(stdout).toContain('! web: break-glass accounts (role emergency) cannot sign in with a PIN alone')
    expect(code).toBe(1)
  })

  it('signs in as everybody, before and after, where it is told to', async () => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    await project.documents(SERVICE, ORGANIZATION, webTenant(8))
    const { code, stdout, stderr } = await project.run('review', '--base', 'main', '--sign-in')
    expect(stderr).toContain('signing in before and after the change')
    expect(stdout).not.toContain('!')
    expect(code).toBe(0)
  })

  it('refuses what locks people out, on the line that does it', async () => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    await project.documents(SERVICE, ORGANIZATION, webTenant(6).replace('pin: {enabled: true', 'pin: {enabled: false'))
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
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    await project.documents(SERVICE, ORGANIZATION, webTenant(6), THIEF)
    const { code, stdout, stderr } = await project.run('review', '--base', 'main')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('a new Connection: http://127.0.0.1:9')
    expect(stdout).toContain('a secret from the environment variable AWS_SECRET_ACCESS_KEY')
  })

  it('tells a renamed document of one object as moved', async () => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    await project.documents(
      SERVICE,
      ORGANIZATION,
      webTenant(6, '  tenantId: web\n').replace('{name: web}', '{name: shop}'),
    )
    expect((await project.run('review', '--base', 'main')).stdout).toContain('Tenant/shop  moved from Tenant/web')
  })

  it('says what becomes of objects that no document describes any longer', async () => {
    const client = portal(PUBLIC_CLIENT)
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6), client)
    const shop = webTenant(6).replace('{name: web}', '{name: shop}')
    await project.documents(
      SERVICE,
      ORGANIZATION,
      shop,
      client.replace('tenantRef: {name: web}', 'tenantRef: {name: shop}'),
    )
    const { stdout } = await project.run('review', '--base', 'main')
    expect(stdout).toContain('Tenant/web  removed; the object stays as it is')
    expect(stdout).toContain(
      'Client/portal  changed; it means Client shop/portal now, and Client web/portal stays as it is',
    )
  })

  it('reads no file outside the project, whatever a link of the branch points at', async () => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    await mkdir(join(project.folder, 'documents/more'))
    await symlink('/etc/hostname', join(project.folder, 'documents/more/link.yaml'))
    const { code, stdout } = await project.run('review', '--base', 'main')
    expect(code).toBe(1)
    expect(stdout).toContain('documents/more/link.yaml:1:1 this link leads out of the folder and is not followed')
  })

  it('writes a result that says why when the documents have mistakes', async () => {
    const project = await branched(SERVICE, ORGANIZATION, webTenant(6))
    await project.documents(SERVICE, ORGANIZATION, webTenant(99))
    const { code, stdout } = await project.run('review', '--base', 'main', '--format', 'markdown')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^\*\*The documents have mistakes\.\*\*\n/)
    expect(stdout).toContain('/spec/pin/size')
  })

  it('makes of documents the policy that the service goes by once they are applied', async () => {
    const project = await Project.create(
      SERVICE,
      ORGANIZATION,
      webTenant(8, '  twoFactor: true\n  passkeys: true\n  lockout: {userAttempts: 3}\n'),
    )
    expect((await project.run('apply', '--yes')).code).toBe(0)
    const { stdout } = await project.run('explain', 'login', '--tenant', 'web', '--format', 'json')
    const served = new Map(
      JSON.parse(stdout).decisions.map((d: { decision: string; value: unknown }) => [d.decision, d.value]),
    )
    const { resources } = readDocuments({ project: join(project.folder, 'plumbline.yaml') }, {})
    const documents = settingsByTenant(resources).get('web')?.documents ?? {}
    const policy = effectivePolicy({ documents, enrolled: [] })
    for (const [part, decisions] of Object.entries(policy))
      for (const [name, value] of Object.entries(values(decisions as Readonly<Record<string, Decision<unknown>>>)))
        expect([`${part}.${name}`, value]).toEqual([`${part}.${name}`, served.get(`${part}.${name}`)])
  })
})
