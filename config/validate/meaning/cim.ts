import { kindOf } from '../../kinds/index.ts'
import { connectionOf, type Index, valueAt } from '../../references.ts'
import { addressOf, type Diagnostic, type Pointer, type Resource } from '../../resource.ts'
import { diagnose } from '../diagnose.ts'
import { groupBy, type MeaningCheck } from './world.ts'

/** The documents of one CIM installation: what is one document there is several here. */
interface Installation {
  readonly features: readonly Resource[]
  readonly attributes: readonly Resource[]
  readonly stepUp: readonly Resource[]
  readonly methods: readonly Resource[]
}

function installations(resources: readonly Resource[], index: Index): readonly Installation[] {
  const cim = resources.filter((r) => kindOf(r.kind)?.system === 'OneWelcomeCim')
  return groupBy(cim, (r) => {
    const connection = connectionOf(r, index)
    return connection && `${connection.metadata.namespace ?? ''} ${connection.metadata.name}`
  }).map((group) => ({
    features: group.filter((r) => r.kind === 'CimFeatures'),
    attributes: group.filter((r) => r.kind === 'CimAttributes'),
    stepUp: group.filter((r) => r.kind === 'CimStepUp'),
    methods: group.filter((r) => r.kind === 'CimLoginMethod'),
  }))
}

const perInstallation =
  (check: (installation: Installation) => readonly Diagnostic[]): MeaningCheck =>
  ({ resources, index }) =>
    installations(resources, index).flatMap(check)

interface Switch {
  readonly method: string
  readonly owner: 'features' | 'attributes'
  readonly at: Pointer
}

/** What makes a step-up method available (contract notes, "Features at run time"). */
const SWITCHES: readonly Switch[] = [
  { method: 'pin', owner: 'features', at: '/pinEnabled' },
  { method: 'sms', owner: 'features', at: '/smsEnabled' },
  { method: 'email', owner: 'attributes', at: '/verification/emailEnabled' },
  { method: 'googleAuthenticator', owner: 'features', at: '/googleAuthenticatorEnabled' },
  { method: 'push', owner: 'features', at: '/mobileAuthenticationEnabled' },
  { method: 'externallyDeliveredCode', owner: 'features', at: '/externallyDeliveredCodeEnabled' },
]

/** Actions of CimStepUp that demand a level. */
const ACTIONS = ['default', 'dashboard', 'changeEmail', 'changePassword', 'setUpMethods'] as const

/** A demanded level is yielded by a method that no document switches off. That no listed method yields it is a rule of the kind. */
export const stepUpIsPossible = perInstallation((installation) =>
  installation.stepUp.flatMap((stepUp) =>
    ACTIONS.flatMap((action) => {
      const off = switchedOff(stepUp, numberAt(stepUp, `/actions/${action}`), installation)
      return off === undefined ? [] : [unreachable(stepUp, action, off)]
    }),
  ),
)

/** The documents that switch off all methods yielding a level; `undefined` when one stays on, or none yields it. */
function switchedOff(stepUp: Resource, level: number, installation: Installation): readonly string[] | undefined {
  const able = level === 0 ? [] : SWITCHES.filter(({ method }) => numberAt(stepUp, `/levels/${method}`) >= level)
  const causes = able.map(({ method, owner, at }) => {
    const cause = installation[owner].find((r) => valueAt(r.spec, at) === false)
    return cause && `${method} (${addressOf(cause)} ${at})`
  })
  const off = causes.filter((cause) => cause !== undefined)
  return off.length > 0 && off.length === able.length ? off : undefined
}

function unreachable(stepUp: Resource, action: string, off: readonly string[]): Diagnostic {
  const message = `nobody can reach the level that ${action} demands: every method that yields it is off: ${off.join(', ')}`
  return diagnose(stepUp, `/spec/actions/${action}`, message)
}

function numberAt({ spec }: Resource, at: Pointer): number {
  const value = valueAt(spec, at)
  return typeof value === 'number' ? value : 0
}

/** `loginEnabled: true` with every described login method off is a login page without a way in. */
export const loginIsPossible = perInstallation(({ features, methods }) => {
  if (methods.length === 0 || methods.some((m) => m.spec.enabled !== false)) return []
  const names = methods.map(addressOf).join(', ')
  return features
    .filter((f) => f.spec.loginEnabled === true)
    .map((f) => diagnose(f, '/spec/loginEnabled', `login is on, but every login method is disabled: ${names}`))
})

/** Activation by e-mail, which is what an activation without a type is in the service, needs addresses that can be verified. */
export const activationIsPossible = perInstallation(({ features, attributes }) => {
  const cause = attributes.find((a) => valueAt(a.spec, '/verification/emailEnabled') === false)
  if (cause === undefined) return []
  return features.flatMap((f) => {
    const at = demandOf(f)
    const message = `activation by e-mail needs verified addresses, but ${addressOf(cause)} sets /verification/emailEnabled: false`
    return at === undefined ? [] : [diagnose(f, `/spec${at}`, message)]
  })
})

/** What demands an activation by e-mail; `undefined` when nothing does. */
function demandOf({ spec }: Resource): Pointer | undefined {
  const [type, enabled] = [valueAt(spec, '/personActivation/type'), valueAt(spec, '/personActivation/enabled')]
  if (type === 'Email') return enabled === false ? undefined : '/personActivation/type'
  return type === undefined && enabled === true ? '/personActivation/enabled' : undefined
}
