import { PlumblineError } from '../config/errors.ts'
import { federatedMethod, type Method } from '../identity/directory/methods.ts'
import { approvalOf } from '../identity/login/device-approvals.ts'
import { sessionsOf } from '../identity/login/sessions.ts'
import { ArtifactAdapter } from '../identity/oidc/artifacts.ts'
import type { Agent } from '../signin/agent.ts'
import { type Begun, type Show, signIn } from '../signin/flow.ts'
import { sendForm } from './forms.ts'
import type { Person } from './people.ts'
import { trialPlace } from './place.ts'
import type { ShadowService } from './service.ts'

/** Whether a device of the person approves logins by a method. */
export const isApproved = (method: Method): boolean => method.startsWith(federatedMethod('QrCode', ''))

interface Pairing {
  /** The answer that leads to the picture. */
  readonly picture: Response
  readonly onDevice: Show
}

/** Approves a login on a device of the person, which stays signed in, and goes on with it here. */
export async function approved(
  shadow: ShadowService,
  { agent, handle }: Begun,
  person: Person,
  { picture, onDevice }: Pairing,
): Promise<Response> {
  const page = await agent.page(picture.headers.get('location') ?? '')
  const shown = await page.text()
  const approval = await approvalOf(shadow.service.deps, person.tenant, handle)
  const question = `/${person.tenant}/account/approve?login=${handle}`
  const number = { number: String(approval?.number ?? '') }
  const device = await deviceOf(shadow, person, onDevice)
  const asked = await device.page(question)
  const answer = asked.ok
    ? await sendForm(device, await asked.text(), number)
    : await afresh(shadow, person, onDevice, { question, number })
  if (!answer.ok) throw new PlumblineError('REFUSED', `the device may not approve it (status ${answer.status})`)
  return sendForm(agent, shown, {})
}

/** A device that has to sign in anew for it. */
async function afresh(
  shadow: ShadowService,
  person: Person,
  onDevice: Show,
  { question, number }: { readonly question: string; readonly number: Readonly<Record<string, string>> },
): Promise<Response> {
  const device = await signedIn(shadow, person, onDevice)
  await datedNow(shadow, person)
  const asked = await device.page(question)
  return asked.ok ? sendForm(device, await asked.text(), number) : asked
}

async function deviceOf(shadow: ShadowService, person: Person, onDevice: Show): Promise<Agent> {
  const key = `${person.tenant} ${person.username}`
  const device = shadow.devices.get(key) ?? (await signedIn(shadow, person, onDevice))
  shadow.devices.set(key, device)
  return device
}

async function signedIn(shadow: ShadowService, { tenant }: Person, onDevice: Show): Promise<Agent> {
  const { agent } = await signIn(trialPlace(shadow, tenant, shadow.signal), onDevice)
  return agent
}

/** The provider of the service dates logins by the time of day, and the clock of a trial may be ahead of it. */
async function datedNow({ service: { deps } }: ShadowService, { tenant, username }: Person): Promise<void> {
  const sessions = new ArtifactAdapter(deps, tenant, 'Session')
  for (const { session_id } of await sessionsOf(deps, tenant, username)) {
    const session = await sessions.findByUid(session_id)
    const loginTs = Math.floor(deps.now().getTime() / 1000)
    if (session?.jti !== undefined) await sessions.upsert(session.jti, { ...session, loginTs })
  }
}
