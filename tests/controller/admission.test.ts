import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { admissionPolicies } from '../../config/generate/admission.ts'
import { KINDS, kindOf } from '../../config/kinds/index.ts'
import type { Resource } from '../../config/resource.ts'
import { crds, type Kube, startKube, until } from '../support/kube.ts'

const BROKEN = new URL('../broken/', import.meta.url)
const EXAMPLES = new URL('../../examples/', import.meta.url)
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const ADMISSION = '/apis/admissionregistration.k8s.io/v1'

const documentsIn = (folder: URL, file: string): readonly Resource[] =>
  parseAllDocuments(readFileSync(new URL(file, folder), 'utf8'))
    .map((d) => d.toJS() as Resource)
    .filter((d) => kindOf(d?.kind ?? '') !== undefined)

const examples = readdirSync(EXAMPLES, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('plumbline.yaml') && !/Pulumi|overlays/.test(name))
  .flatMap((file) => documentsIn(EXAMPLES, file).map((document, i) => [`${file} #${i + 1}`, document] as const))
  // Variables are a matter of projects.
  .filter(([, document]) => !JSON.stringify(document).includes('${'))

const rules = readdirSync(BROKEN).filter((file) => file.startsWith('rule-'))

/** As a cluster takes it: secrets from Secrets, values into Secrets. */
function inCluster(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCluster)
  if (typeof value !== 'object' || value === null) return value
  const { fromEnv, fromFile, file, ...rest } = value as Record<string, unknown>
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, inCluster(inner)])),
    ...(fromEnv || fromFile ? { fromSecret: { name: 'name', key: 'key' } } : {}),
    ...(file ? { secret: { name: 'name', key: 'key' } } : {}),
  }
}

const brokenIn = (file: string): readonly Resource[] => documentsIn(BROKEN, file).map((d) => inCluster(d) as Resource)
const broken = rules.flatMap(brokenIn)

/** Documents that read a secret as a cluster does not. */
const reading = examples
  .map(([, document]) => document)
  .filter((document) => JSON.stringify(document.spec).match(/"from(Env|File)"/))

/** A definition without the rules of its kind, as an older release may have left it. */
function withoutRules(crd: object): object {
  const text = JSON.stringify(crd)
  const copy = JSON.parse(text)
  delete copy.spec.versions[0].schema.openAPIV3Schema.properties.spec['x-kubernetes-validations']
  return copy
}

describe('the admission policies (ValidatingAdmissionPolicy) on an API server whose definitions know no rules', () => {
  let kube: Kube
  const put = (document: Resource, dryRun = true) => {
    const namespace = document.metadata.namespace ?? 'default'
    const path = `/apis/plumbline.dev/v1alpha1/namespaces/${namespace}/${kindOf(document.kind)?.plural}`
    return kube.call('POST', dryRun ? `${path}?dryRun=All` : path, { body: document })
  }
  const BAD: Resource = {
    apiVersion: 'plumbline.dev/v1alpha1',
    kind: 'Tenant',
    metadata: { name: 'old' },
    spec: { connectionRef: { name: 'x' }, displayName: 'Old', twoFactor: true, passkeys: false },
  }
  const refused = async (documents: readonly Resource[]) => {
    const answers = await Promise.all(documents.map((document) => put(document)))
    return answers.filter((answer) => answer.status !== 201)
  }
  const messageOf = (body: unknown): string => String((body as { message?: string }).message)

  beforeAll(async () => {
    kube = await startKube()
    for (const crd of await crds()) {
      const path = `${CRDS}/${crd.metadata.name}`
      const { metadata } = (await kube.call('GET', path)).body as typeof crd
      const { resourceVersion } = metadata
      const body = { ...withoutRules(crd), metadata: { ...crd.metadata, resourceVersion } }
      expect((await kube.call('PUT', path, { body })).status).toBe(200)
    }
    for (const [, { metadata }] of examples)
      await kube.call('POST', '/api/v1/namespaces', { body: { metadata: { name: metadata.namespace ?? 'default' } } })
    await until('the definitions have changed', async () => (await put(BAD, false)).status === 201)
    for (const policy of admissionPolicies(KINDS)) {
      const plural = policy.kind === 'ValidatingAdmissionPolicy' ? 'policies' : 'policybindings'
      expect(await kube.call('POST', `${ADMISSION}/validatingadmission${plural}`, { body: policy })).toMatchObject({
        status: 201,
      })
    }
    // Each policy comes into force on its own.
    const expected = rules.length + reading.length
    await until('the policies count', async () => (await refused([...broken, ...reading])).length === expected)
  })
  afterAll(() => kube.stop())

  it.each(rules)('refuse %s with the words of its rule', async (file) => {
    const [refusal, ...others] = await refused(brokenIn(file))
    expect(others).toEqual([])
    const said = messageOf(refusal?.body)
    expect(said).toContain('ValidatingAdmissionPolicy')
    expect(KINDS.flatMap((k) => k.rules).some((rule) => said.includes(rule.message))).toBe(true)
  })

  it.each(examples)('take the example %s', async (_, document) => {
    expect(await put(inCluster(document) as Resource)).toMatchObject({ status: 201 })
  })

  it('refuse a secret from the environment of the controller, and a file that it should write', async () => {
    expect(reading.length).toBeGreaterThan(5)
    for (const document of reading)
      expect(messageOf((await put(document)).body)).toContain('environment and files are not read in a cluster')
    const [connectionRef, tenantRef] = [{ name: 'x' }, { name: 'y' }]
    const spec = { connectionRef, tenantRef, displayName: 'Key', scopes: ['users:read'], writeTo: { file: 'key.txt' } }
    const key: Resource = { ...BAD, kind: 'ApiKey', spec }
    expect(messageOf((await put(key)).body)).toContain('a file cannot be written from a cluster')
  })

  it('leave alone what was there before them, as long as its spec stays', async () => {
    const path = '/apis/plumbline.dev/v1alpha1/namespaces/default/tenants/old'
    const { body } = await kube.call('GET', path)
    const old = body as Resource & { metadata: { resourceVersion?: string } }
    const labelled = { ...old, metadata: { ...old.metadata, labels: { a: 'b' } } }
    expect((await kube.call('PUT', path, { body: labelled })).status).toBe(200)
    expect((await kube.call('DELETE', path)).status).toBe(200)
  })
})
