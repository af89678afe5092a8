import type { FederatedLogin } from './methods.ts'

/** Whether the other side is a device of the same person, which is signed in here already. */
export const isDevicePairing = ({ spec }: Pick<FederatedLogin, 'spec'>): boolean => spec.type === 'QrCode'
