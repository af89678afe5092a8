import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { PlumblineError } from '../config/errors.ts'
import type { Owned } from '../library/ownership.ts'
import { withoutNamespace } from '../library/readdressed.ts'
import type { Address, Entry } from '../reconciler/model.ts'

const STATE = Type.Object({
  deployment: Type.Object({
    resources: Type.Optional(
      Type.Array(
        Type.Object({
          outputs: Type.Optional(
            Type.Object({ entry: Type.Optional(Type.Unknown()), applied: Type.Optional(Type.Unknown()) }),
          ),
        }),
      ),
    ),
  }),
})
type StateResource = NonNullable<Static<typeof STATE>['deployment']['resources']>[number]

/** The parts of an entry without which it cannot be read. */
const ENTRY = Type.Object({
  address: Type.String(),
  kind: Type.String(),
  connection: Type.String(),
  key: Type.String(),
  deletionPolicy: Type.Enum(['Retain', 'Delete', 'Reset']),
  needs: Type.Array(Type.String()),
})
/** A secret output, decrypted. */
const PLAINTEXT = Type.Object({ plaintext: Type.String() })
const APPLIED = Type.Object({ key: Type.String(), memo: Type.Record(Type.String(), Type.Unknown()) })

interface Recorded {
  readonly entry: Entry
  readonly key: string
}

/**
 * What a Pulumi stack owns, from the JSON that `pulumi stack export --show-secrets` prints. Throws USAGE for anything
 * else, also for an export without decrypted secrets.
 */
export function pulumiState(text: string): Owned {
  const state = parsed(text)
  if (!Value.Check(STATE, state)) throw notAnExport()
  const recorded = (state.deployment.resources ?? []).flatMap((r) => recordedOf(r) ?? [])
  const entries = new Map<Address, Entry>(recorded.map(({ entry }) => [entry.address, entry]))
  const keys = new Map<Address, string>(recorded.map(({ entry, key }) => [entry.address, key]))
  return {
    entries,
    fingerprintKey: '',
    keyOf: (address) => keys.get(address) ?? keys.get(withoutNamespace(address)) ?? '',
    snapshot: () => ({ entries, finalizeDue: new Set() }),
    close: () => {},
  }
}

function recordedOf({ outputs }: StateResource): Recorded | undefined {
  if (outputs?.entry === undefined) return undefined
  const applied = appliedOf(outputs.applied)
  if (!Value.Check(ENTRY, outputs.entry) || !Value.Check(APPLIED, applied)) throw notAnExport()
  return { entry: { ...outputs.entry, memo: applied.memo }, key: applied.key }
}

/** Absent where everything can be read back. */
function appliedOf(output: unknown): unknown {
  if (output === undefined) return { key: '', memo: {} }
  return Value.Check(PLAINTEXT, output) ? parsed(output.plaintext) : output
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notAnExport(cause)
  }
}

const notAnExport = (cause?: unknown): PlumblineError =>
  new PlumblineError('USAGE', 'this is not a decrypted export of a Pulumi stack of Plumbline', {
    cause,
    help: 'Write it with: pulumi stack export --show-secrets',
  })
