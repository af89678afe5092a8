import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { faults, overflows } from '../identity/pages/axe.ts'
import { LACKS_BROWSER, launchBrowser, WHY_NOT } from '../support/browser.ts'
import { Project, RUNTIME } from './project.ts'

const tenant = (pinSize: number, displayName = 'Web'): string => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: web}
spec: {connectionRef: {name: runtime}, displayName: ${displayName}, pin: {enabled: true, size: ${pinSize}}, twoFactor: true, passkeys: true}
`
const SIZE = `posture:
  without: [account-changes-protected]
  rules:
    - {id: short-names, says: names are short, about: Tenant, cel: size(self.displayName) < 5}
`

async function project(posture: string, ...documents: readonly string[]): Promise<Project> {
  const made = await Project.create(...documents)
  const file = await readFile(join(made.folder, 'plumbline.yaml'), 'utf8')
  await made.write('plumbline.yaml', `${file}${posture}`)
  return made
}

describe('posture', () => {
  it('ends with 0 where every rule holds, and with 2 where one is violated', async () => {
    const made = await project(SIZE, RUNTIME, tenant(6))
    const good = await made.run('posture')
    expect(good.stdout).toContain('web: ')
    expect(good.stdout).not.toContain('violated')
    expect(good.code).toBe(0)
    await made.documents(RUNTIME, tenant(4))
    const { code, stdout } = await made.run('posture')
    expect(code).toBe(2)
    expect(stdout).toContain('violates        pin-length: PINs have at least six digits')
    expect(stdout).toContain('because of Tenant/web/pin/size (documents/all.yaml:')
    expect(stdout).toContain('NIST SP 800-63B-4 section 3.2.10')
  })

  it('lets a rule be broken until a day, by somebody who answers for it', async () => {
    const exception = '  exceptions: [{rule: pin-length, owner: anna, until: "2999-12-31", reason: kiosk}]\n'
    const made = await project(SIZE + exception, RUNTIME, tenant(4))
    const { code, stdout } = await made.run('posture')
    expect(code).toBe(0)
    expect(stdout).toContain('exception of anna, until 2999-12-31: kiosk')
  })

  it('writes SARIF on the lines that decide', async () => {
    const made = await project(SIZE, RUNTIME, tenant(6, 'Warehouse'))
    await made.run('posture', '--sarif', 'posture.sarif')
    const { runs } = JSON.parse(await readFile(join(made.folder, 'posture.sarif'), 'utf8'))
    expect(runs[0].results).toMatchObject([
      { ruleId: 'short-names', locations: [{ physicalLocation: { artifactLocation: { uri: 'documents/all.yaml' } } }] },
    ])
  })

  it.each([
    ['an expression that cannot be read', 'rules: [{id: x, says: x, cel: "a b"}]', 'this is no CEL expression'],
    ['a kind that is none', 'rules: [{id: x, says: x, about: Tenants, cel: "true"}]', 'did you mean Tenant?'],
    [
      'a day that is none',
      'exceptions: [{rule: pin-length, owner: a, until: "2026-02-30", reason: x}]',
      'is not a date',
    ],
    ['a rule that is none', 'without: [pin-lenght]', 'did you mean pin-length?'],
  ])('refuses %s', async (_, posture, message) => {
    const made = await project(`posture: {${posture}}\n`, RUNTIME, tenant(6))
    const { code, stderr } = await made.run('posture')
    expect(stderr).toContain(message)
    expect(code).toBe(1)
  })

  it.skipIf(LACKS_BROWSER)(`writes a page that everybody can read${WHY_NOT}`, async () => {
    const made = await project(SIZE, RUNTIME, tenant(4, '<script>document.title = "owned"</script>'))
    await made.run('posture', '--html', 'posture.html')
    const browser = await launchBrowser()
    try {
      const page = await browser.newPage()
      await page.goto(pathToFileURL(join(made.folder, 'posture.html')).href)
      expect(await page.title()).toMatch(/^Posture on \d{4}-\d\d-\d\d$/)
      expect(await page.getByRole('row', { name: /PINs have at least six digits/ }).textContent()).toContain('violates')
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await faults(page)).toEqual([])
      }
      expect(await overflows(page)).toBe(false)
    } finally {
      await browser.close()
    }
  })
})
