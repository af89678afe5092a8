import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { KINDS } from '../../config/kinds/index.ts'
import type { KubeObject } from '../../controller/kube/api.ts'
import { Metrics } from '../../controller/metrics.ts'
import { leaseOf } from '../../controller/scope.ts'
import { selectorOf } from '../../controller/selector.ts'
import { ensureTool } from '../../engine/engine.ts'
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

const example = async (name: string): Promise<readonly KubeObject[]> =>
  objectsIn(await run('kustomize', 'build', fileOf(`examples/kubernetes/${name}`)))

/** The roles of the controller itself, and not those for people. */
const isOfTheController = (o: KubeObject): boolean =>
  (o.kind?.endsWith('Role') ?? false) && !JSON.stringify(o.metadata.labels ?? {}).includes('/aggregate-to-')

const CORE = '/api/v1'
const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const ADMISSION = '/apis/admissionregistration.k8s.io/v1'
const PATHS: Readonly<Record<string, (namespace: string) => string>> = {
  Namespace: () => `${CORE}/namespaces`,
  ServiceAccount: (namespace) => `${CORE}/namespaces/${namespace}/serviceaccounts`,
  Service: (namespace) => `${CORE}/namespaces/${namespace}/services`,
  ClusterRole: () => `${RBAC}/clusterroles`,
  ClusterRoleBinding: () => `${RBAC}/clusterrolebindings`,
  Role: (namespace) => `${RBAC}/namespaces/${namespace}/roles`,
  RoleBinding: (namespace) => `${RBAC}/namespaces/${namespace}/rolebindings`,
  Deployment: (namespace) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
  PodDisruptionBudget: (namespace) => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
  ConfigMap: (namespace) => `${CORE}/namespaces/${namespace}/configmaps`,
  ValidatingAdmissionPolicy: () => `${ADMISSION}/validatingadmissionpolicies`,
  ValidatingAdmissionPolicyBinding: () => `${ADMISSION}/validatingadmissionpolicybindings`,
  NetworkPolicy: (namespace) => `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
}
const pathOf = ({ kind = '', metadata }: KubeObject): string => PATHS[kind]?.(metadata.namespace ?? '') ?? kind

const WAYS: Readonly<Record<string, () => Promise<readonly KubeObject[]>>> = {
  'the kustomize base': base,
  'the chart': () => chart(),
  'the chart with an external runtime': () => chart('runtime.mode=external', 'runtime.url=https://id.example'),
  'the chart with an embedded runtime': () => chart('runtime.mode=embedded', 'runtime.secretName=runtime'),
  'the chart for single namespaces, in shards': () =>
    chart('namespaces={shop}', 'shards=2', 'watchLabelSelector=a in (b)'),
  'the chart with all that is optional': () => chart('admissionPolicy.enabled=true', 'grafanaDashboard.enabled=true'),
  'the kustomize example for single namespaces': () => example('namespaced'),
  'the kustomize example in shards': () => example('sharded'),
}

interface PodSpec {
  readonly securityContext: object
  readonly containers: readonly { readonly securityContext: object; readonly readinessProbe?: object }[]
  readonly initContainers?: readonly { readonly securityContext: object }[]
}

let kube: Kube
beforeAll(async () => {
  kube = await startKube()
  for (const name of [NAMESPACE, 'shop'])
    await kube.call('POST', '/api/v1/namespaces', { body: { metadata: { name } } })
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
      const path = `${pathOf(object)}?dryRun=All&fieldValidation=Strict`
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

const METRIC = /(controller_runtime|workqueue|plumbline|leader_election|rest_client)_[a-z_]+/g

const namesOf = (objects: readonly KubeObject[], kind: string): readonly string[] =>
  objects.filter((o) => o.kind === kind).map((o) => o.metadata.name)

describe.each([
  ['the chart', () => chart('namespaces={shop}')],
  ['kustomize', () => example('namespaced')],
])('a controller for single namespaces, by %s', (_, render) => {
  it('is bound in each of them and in its own, and nowhere in the whole cluster', async () => {
    const objects = await render()
    expect(namesOf(objects, 'ClusterRoleBinding')).toEqual([])
    const bindings = objects.filter((o) => o.kind === 'RoleBinding')
    expect(bindings.map((o) => o.metadata.namespace).toSorted()).toEqual([NAMESPACE, 'shop'])
    expect(JSON.stringify(objects)).toContain('"--namespaces=shop"')
  })
})

describe.each([
  ['the chart', () => chart('shards=2')],
  ['kustomize', () => example('sharded')],
])('shards, by %s', (_, render) => {
  interface Deployment {
    readonly metadata: { readonly name: string }
    readonly spec: {
      readonly selector: { readonly matchLabels: Readonly<Record<string, string>> }
      readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> } }
    }
  }

  it('are Deployments that do not take pods from each other, with the right to a Lease each', async () => {
    const objects = await render()
    const deployments = objects.filter((o) => o.kind === 'Deployment') as unknown as readonly Deployment[]
    expect(deployments).toHaveLength(2)
    for (const { spec } of deployments) expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels)
    const shards = deployments.map((d) => d.spec.selector.matchLabels['plumbline.dev/shard'])
    expect(shards).toEqual(['1', '2'])
    for (const shard of shards) expect(JSON.stringify(deployments)).toContain(`"--shard=${shard}/2"`)
    const names = [1, 2].map((index) => leaseOf('plumbline-controller', { shard: { index, count: 2 } }))
    expect(JSON.stringify(objects.find((o) => o.kind === 'Role'))).toContain(JSON.stringify(names))
  })
})

describe('the chart', () => {
  it('grants the Lease of a selector', async () => {
    const lease = leaseOf('plumbline-controller', { selector: selectorOf('a in (b)') })
    const role = (await chart('watchLabelSelector=a in (b)')).find((o) => o.kind === 'Role')
    expect(JSON.stringify(role)).toContain(JSON.stringify([lease]))
  })

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
    const more = [
      'podLabels.team=identity',
      'tolerations[0].key=dedicated',
      'affinity.nodeAffinity.required=yes',
      'topologySpreadConstraints[0].maxSkew=1',
    ]
    const objects = await chart(...sets, ...more, 'extraEnv[0].name=HTTPS_PROXY', 'extraEnv[0].value=http://proxy')
    const { spec } = objects.find((o) => o.kind === 'Deployment') as unknown as { spec: { template: object } }
    expect(spec.template).toMatchObject({
      metadata: { annotations: { a: 'b' }, labels: { team: 'identity' } },
      spec: {
        priorityClassName: 'high',
        nodeSelector: { x: 'y' },
        imagePullSecrets: [{ name: 'pull' }],
        tolerations: [{ key: 'dedicated' }],
        affinity: { nodeAffinity: { required: 'yes' } },
        topologySpreadConstraints: [{ maxSkew: 1 }],
      },
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

  it.each([
    ['alerts', 'prometheusRule', 'PrometheusRule', 4],
    ['a dashboard', 'grafanaDashboard', 'ConfigMap', 15],
  ])('brings %s on the metrics that the controller has, where they are asked for', async (_, value, kind, least) => {
    const { registry } = new Metrics(
      1,
      () => 0,
      () => [],
    )
    const metrics = await registry.metrics()
    const asked = (await chart(`${value}.enabled=true`)).find((o) => o.kind === kind)
    expect((await chart()).some((o) => o.kind === kind)).toBe(false)
    const named = JSON.stringify(asked).match(METRIC) ?? []
    expect(new Set(named).size).toBeGreaterThanOrEqual(least)
    for (const name of named) expect(metrics).toContain(`# TYPE ${name.replace(/_bucket$/, '')} `)
  })

  it.each([
    ['admissionPolicy', 'admission-policy', 'ValidatingAdmissionPolicy'],
    ['grafanaDashboard', 'grafana-dashboard', 'ConfigMap'],
  ])('and the kustomize component have the same %s', async (value, component, kind) => {
    const own = (objects: readonly KubeObject[]) =>
      new Map(
        objects.filter((o) => o.kind === kind).map((o) => (o.data ? ['data', o.data] : [o.metadata.name, o.spec])),
      )
    const folder = await mkdtemp(fileOf('config/deploy/components/.test-'))
    try {
      await writeFile(join(folder, 'kustomization.yaml'), `components: [../${component}]\n`)
      const built = own(objectsIn(await run('kustomize', 'build', folder)))
      expect(built.size).toBeGreaterThan(0)
      expect(built).toEqual(own(await chart(`${value}.enabled=true`)))
    } finally {
      await rm(folder, { recursive: true })
    }
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
