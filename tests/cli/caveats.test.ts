import { describe, expect, it } from 'vitest'
import { Project, PUBLIC_CLIENT, portal, RUNTIME, tenant } from './project.ts'

const NOTE =
  'note: /signingAlg "EdDSA": Nimbus, and with it Spring Security, cannot verify it; every OpenID library verifies RS256'

const client = (more: string) => portal(PUBLIC_CLIENT + more)

const planned = async (more: string, ...flags: readonly string[]) => {
  const project = await Project.create(RUNTIME, tenant('web', 8), client(more))
  return (await project.run('plan', ...flags)).stdout
}

describe('an algorithm that some libraries cannot verify', () => {
  it.each([
    ['left to the default of the contract', ''],
    ['asked for', '  signingAlg: EdDSA\n'],
  ])('%s is noted in the plan, and stays', async (_, more) => {
    expect(await planned(more)).toContain(NOTE)
    expect(await planned(more, '--format', 'markdown')).toContain('Note: `/signingAlg "EdDSA": Nimbus')
  })

  it('is not noted of another', async () => {
    const plan = await planned('  signingAlg: RS256\n')
    expect(plan).toContain('Client/portal')
    expect(plan).not.toContain('note:')
  })

  it('is named by explain-kind, and by explain login through the application', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8), client(''))
    expect((await project.run('explain-kind', 'Client.signingAlg')).stdout).toContain('Nimbus')
    expect((await project.run('apply', '--yes')).code).toBe(0)
    expect((await project.run('plan')).stdout).not.toContain('note:')
    const through = ['explain', 'login', '--tenant', 'web', '--client', 'portal']
    expect((await project.run(...through)).stdout).toContain(
      'signed with: EdDSA (Nimbus, and with it Spring Security, cannot verify it',
    )
  })
})
