import type { FederatedLogin } from './methods.ts'
import { recordOf, textOf } from './values.ts'

/** Whether the other side is a device of the same person, which is signed in here already. */
export const isDevicePairing = ({ spec }: Pick<FederatedLogin, 'spec'>): boolean => spec.type === 'QrCode'

/** How a login is approved on a device. */
export interface PairingRules {
  /** The device has to be signed in anew for it; else the session that it has is enough. */
  readonly isFresh: boolean
  /** Apps that approve, by their shop. */
  readonly apps: { readonly android: string | undefined; readonly ios: string | undefined }
  /** A browser on a telephone gets a link in place of the picture. */
  readonly hasLink: boolean
  /** Where the device goes on after it followed the link. */
  readonly returnTo: string | undefined
}

/** A word that nobody here knows asks for more, not for less. */
const SESSION_IS_ENOUGH = /^(push)?$/i

export function pairingRules({ spec }: Pick<FederatedLogin, 'spec'>): PairingRules {
  const block = recordOf(spec.qrCode)
  const [android, ios, returnTo] = ['googlePlayLink', 'appStoreLink', 'deepLinkingRedirectUrl'].map((f) =>
    textOf(block[f]),
  )
  const hasLink = block.deepLinkingEnabled === true
  return {
    isFresh: !SESSION_IS_ENOUGH.test(textOf(block.mobileAuthenticationType) ?? ''),
    apps: { android, ios },
    hasLink,
    returnTo: hasLink ? returnTo : undefined,
  }
}
