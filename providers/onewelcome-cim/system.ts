import type { Kind } from '../../config/kind.ts'
import type { System } from '../../reconciler/adapter.ts'
import { placeBehind } from '../place-behind.ts'
import { type Adapters, sessionOf } from '../session.ts'
import { cimClient } from './client.ts'
import { CimDocument } from './document.ts'
import { actionTokenUrls, identityProviders } from './entries.ts'
import { LoginMethodsAdapter } from './login-methods.ts'
import { Messages } from './messages.ts'
import { UNITS, Units } from './units.ts'

function adaptersOf(document: CimDocument): Adapters {
  const units = Object.entries(UNITS).map(([name, facts]) => [name, (kind: Kind) => new Units(kind, facts, document)])
  return {
    ...Object.fromEntries(units),
    CimLoginMethod: (kind) => new LoginMethodsAdapter(kind, document),
    CimCustomMessages: (kind) => new Messages(kind, document),
    CimActionTokenUrl: (kind) => actionTokenUrls(kind, document),
    CimIdentityProvider: (kind) => identityProviders(kind, document),
  }
}

/** OneWelcome CIM (contract onewelcome-cim): one shared document without ETags, so one write at a time. */
export const OneWelcomeCim: System = {
  name: 'OneWelcomeCim',
  parallelWrites: 1,
  connect(options) {
    const document = new CimDocument(cimClient(options))
    return sessionOf('OneWelcomeCim', adaptersOf(document), {
      finalize: (signal) => document.reload(signal),
      refresh: () => document.refresh(),
      place: placeBehind(options, 'OneWelcomeCim'),
    })
  },
}
