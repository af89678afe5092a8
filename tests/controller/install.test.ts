import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { KINDS } from '../../config/kinds/index.ts'
import type { KubeObject } from '../../controller/kube/api.ts'
import { Metrics } from '../../controller/metrics.ts'
import { ensureTool } from '../../tools/engine/engine.ts'
import { type Kube, startKube } from '../support/kube.ts'

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const CHART = fileOf('controller/deploy/chart')
const NAMESPACE = 'plumbline-system'

const run = async (tool: 'helm' | 'kustomize', ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(await ensureTool(tool), [...args])).stdout
const objectsIn = (text: string): readonly KubeObject[] =>
  parseAllDocuments(text).flatMap((d) => (d.toJS() as KubeObject | null) ?? [])
const chart = async (...sets: readonly string[]): Promise<readonly KubeObject[]> => {
  const flags = ['--namespace', NAMESPACE, '--kube-version', '1.36.0', ...sets.flatMap((s) => ['--set', s])]
  return objectsIn(await run('helm', 'template', 'plumbline', CHART, ...flags))
}
const base = async (): Promise<readonly KubeObject[]> =>
  objectsIn(await run('kustomize', 'build', fileOf('config/deploy')))

/** The roles of the controller itself, and not those for people. */
const isOfTheController = (o: KubeObject): boolean =>
  (o.kind?.endsWith('Role') ?? false) && !JSON.stringify(o.metadata.labels ?? {}).includes('/aggregate-to-')

const PATHS: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`,
  Service: `/api/v1/namespaces/${NAMESPACE}/services`,
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/roles`,
  RoleBinding: `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/rolebindings`,
  Deployment: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
  PodDisruptionBudget: `/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets`,
  NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/networkpolicies`,
}

const WAYS: Readonly<Record<string, () => Promise<readonly KubeObject[]>>> = {
  'the kustomize base': base,
  'the chart': () => chart(),
  'the chart with an external runtime': () => chart('runtime.mode=external', 'runtime.url=https://id.example'),
  'the chart with an embedded runtime': () => chart('runtime.mode=embedded', 'runtime.secretName=runtime'),
}

interface PodSpec {
  readonly securityContext: object
  readonly containers: readonly { readonly securityContext: object; readonly readinessProbe?: object }[]
  readonly initContainers?: readonly { readonly securityContext: object }[]
}

let kube: Kube
beforeAll(async () => {
  kube = await startKube()
  await kube.call('POST', '/api/v1/namespaces', { body: { metadata: { name: NAMESPACE } } })
}, 600_000)
afterAll(() => kube.stop())

describe.each(Object.entries(WAYS))('%s', (_name, render) => {
  let objects: readonly KubeObject[]
  beforeAll(async () => {
    objects = await render()
  }, 600_000)

  const podOf = (): PodSpec => {
    const { spec } = objects.find((o) => o.kind === 'Deployment') as { spec: { template: { spec: PodSpec } } }
    return spec.template.spec
  }

  it('is taken by a real API server, field by field', async () => {
    for (const object of objects.filter((o) => o.kind !== 'Namespace')) {
      const path = `${PATHS[object.kind ?? '']}?dryRun=All&fieldValidation=Strict`
      expect(await kube.call('POST', path, { body: object }), object.kind).toMatchObject({ status: 201 })
    }
  })

  it('runs without root, without privileges and on a file system that it cannot change', () => {
    const pod = podOf()
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    for (const { securityContext } of [...pod.containers, ...(pod.initContainers ?? [])]) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  it('asks for readiness before it sends anybody there', () => {
    expect(podOf().containers[0]?.readinessProbe).toMatchObject({ httpGet: { path: '/readyz' } })
  })
})

describe('the chart', () => {
  it('passes its linter', async () => {
    expect(await run('helm', 'lint', '--strict', CHART)).toContain('1 chart(s) linted, 0 chart(s) failed')
  })

  it('grants the same rights as the kustomize base', async () => {
    const rules = (objects: readonly KubeObject[]) =>
      objects
        .filter(isOfTheController)
        .map((o) => [o.kind, (o as { rules?: unknown }).rules])
        .sort()
    expect(rules(await chart())).toEqual(rules(await base()))
  })

  it('tells an embedded runtime where people reach it, and which proxies to believe', async () => {
    const sets = ['publicUrl=https://login.example.com', 'trustedProxies={10.0.0.0/8,fd00::/8}', 'secretName=runtime']
    const text = JSON.stringify(await chart('runtime.mode=embedded', ...sets.map((set) => `runtime.${set}`)))
    expect(text).toContain('"--public-url=https://login.example.com","--trusted-proxies=10.0.0.0/8,fd00::/8"')
  })

  it('refuses values that nobody knows', async () => {
    await expect(chart('replcas=2')).rejects.toThrow("additional properties 'replcas' not allowed")
    await expect(chart('runtime.modus=off')).rejects.toThrow("additional properties 'modus' not allowed")
  })

  it('is scheduled, pulled and configured as a cluster needs it', async () => {
    const sets = ['priorityClassName=high', 'podAnnotations.a=b', 'nodeSelector.x=y', 'imagePullSecrets[0].name=pull']
    const objects = await chart(...sets, 'extraEnv[0].name=HTTPS_PROXY', 'extraEnv[0].value=http://proxy')
    const { spec } = objects.find((o) => o.kind === 'Deployment') as unknown as { spec: { template: object } }
    expect(spec.template).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      spec: { priorityClassName: 'high', nodeSelector: { x: 'y' }, imagePullSecrets: [{ name: 'pull' }] },
    })
    expect(JSON.stringify(spec.template)).toContain('{"name":"HTTPS_PROXY","value":"http://proxy"}')
  })

  it('lets the controller reach an external runtime on its port', async () => {
    const ports = async (url: string) => {
      const objects = await chart('runtime.mode=external', `runtime.url=${url}`)
      return JSON.stringify(objects.find((o) => o.kind === 'NetworkPolicy'))
    }
    expect(await ports('http://runtime.identity.svc:8470')).toContain('{"port":8470}')
    expect(await ports('http://runtime.identity.svc')).toContain('{"port":80}')
  })

  it('adds every kind, and no status, to the roles view, edit and admin', async () => {
    const plurals = KINDS.map(({ plural }) => plural).sort()
    const roles = (await chart()).filter(
      (o) =>
        o.metadata.labels?.['rbac.authorization.k8s.io/aggregate-to-view'] ??
        o.metadata.labels?.['rbac.authorization.k8s.io/aggregate-to-edit'],
    )
    expect(roles).toHaveLength(2)
    for (const role of roles)
      expect((role as unknown as { rules: { resources: string[] }[] }).rules[0]?.resources.toSorted()).toEqual(plurals)
  })

  it('brings alerts on the metrics that the controller has, where they are asked for', async () => {
    const metrics = await new Metrics(
      1,
      () => 0,
      () => [],
    ).registry.metrics()
    const rule = (await chart('prometheusRule.enabled=true')).find((o) => o.kind === 'PrometheusRule')
    const named = JSON.stringify(rule).match(/(controller_runtime|workqueue|plumbline|leader_election)_[a-z_]+/g) ?? []
    expect(named.length).toBeGreaterThan(3)
    for (const name of named) expect(metrics).toContain(`# TYPE ${name} `)
  })

  it('refuses an external runtime without its address', async () => {
    await expect(chart('runtime.mode=external')).rejects.toThrow('runtime.url is needed for mode external')
  })

  it('refuses an embedded runtime without a database', async () => {
    await expect(chart('runtime.mode=embedded')).rejects.toThrow('runtime.secretName is needed for mode embedded')
  })
})

describe('the metrics', () => {
  const monitorIn = (objects: readonly KubeObject[]) => objects.find((o) => o.kind === 'ServiceMonitor')
  interface Monitor {
    readonly spec: {
      readonly selector: { readonly matchLabels: Readonly<Record<string, string>> }
      readonly endpoints: readonly { readonly port: string }[]
    }
  }
  interface Service {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> }
    readonly spec: { readonly ports: readonly { readonly name: string }[] }
  }

  it.each([
    [
      'the kustomize component',
      () => run('kustomize', 'build', fileOf('examples/kubernetes/platform')).then(objectsIn),
    ],
    ['the chart', () => chart('serviceMonitor.enabled=true')],
  ] as const)(
    'are found by the ServiceMonitor of %s: its labels and its port are those of the Service',
    async (_, render) => {
      const objects = await render()
      const { spec } = monitorIn(objects) as unknown as Monitor
      const service = objects.find((o) => o.kind === 'Service') as unknown as Service
      expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels)
      expect(service.spec.ports.map((p) => p.name)).toContain(spec.endpoints[0]?.port)
    },
  )

  it('ask for no ServiceMonitor where nobody asked for one, since its definition may not be there', async () => {
    expect(monitorIn(await base())).toBeUndefined()
    expect(monitorIn(await chart())).toBeUndefined()
  })
})
