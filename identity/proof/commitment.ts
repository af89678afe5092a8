import { PlumblineError } from '../../config/errors.ts'
import { seal, unseal } from '../crypto/seal.ts'
import { parseMessage, StoredCommitment } from './messages.ts'

/** Whose commitment it is. */
export interface CommitmentOwner {
  readonly tenantId: string
  readonly userId: string
}

const LIMIT = 1024

/** The key is derived from tenant and user, so a commitment that is copied to another account does not open there. */
const purposeOf = ({ tenantId, userId }: CommitmentOwner): string => `commitment ${JSON.stringify([tenantId, userId])}`

/** A commitment as the database may hold it: AES-256-GCM under a key that is not in the database. */
export const sealCommitment = (masterKey: Uint8Array, owner: CommitmentOwner, commitment: StoredCommitment): string =>
  seal(masterKey, purposeOf(owner), JSON.stringify(commitment))

/** Throws INTERNAL when the stored text was changed, moved to another account, or sealed under another master key. */
export function openCommitment(masterKey: Uint8Array, owner: CommitmentOwner, sealed: string): StoredCommitment {
  try {
    return parseMessage(StoredCommitment, unseal(masterKey, purposeOf(owner), sealed), LIMIT)
  } catch (cause) {
    throw new PlumblineError('INTERNAL', `the stored commitment of user '${owner.userId}' cannot be opened`, {
      cause,
      help: 'restore the master key that the store was made with, or let the user reset the login secret',
    })
  }
}
