import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bool,
  choice,
  fieldsOf,
  isListSchema,
  isMapSchema,
  isObjectSchema,
  itemOf,
  object,
  secret,
  type TSchema,
  text,
} from '../../config/field.ts'
import { isRecord, type JsonObject } from '../../config/json.ts'
import { KINDS } from '../../config/kinds/index.ts'
import { fromWire, toWire } from '../../config/wire.ts'
import { specArbitrary } from '../support/arbitrary.ts'

const schema = object(
  {
    optional: {
      pin: object({ optional: { enabled: bool('', { wire: 'use_pin' }) } }, ''),
      lockout: object({ optional: { window: text('', { wire: 'window_seconds' }) } }, '', { wire: 'block_config' }),
      step: choice({ Pin: 'PIN' }, '', { wire: 'login_step' }),
      note: text('', { local: true }),
      password: secret('', { wire: 'pass_word' }),
    },
  },
  '',
)

describe('toWire', () => {
  it('lays an object without a wire name into its parent', () => {
    expect(toWire(schema, { pin: { enabled: true } })).toEqual({ use_pin: true })
  })

  it('keeps an object with a wire name', () => {
    expect(toWire(schema, { lockout: { window: 'x' } })).toEqual({ block_config: { window_seconds: 'x' } })
  })

  it('says choices in the words of the system', () => {
    expect(toWire(schema, { step: 'Pin' })).toEqual({ login_step: 'PIN' })
  })

  it('leaves local fields at home', () => {
    expect(toWire(schema, { note: 'x' })).toEqual({})
  })

  it('sends null as null and absent as absent', () => {
    expect(toWire(schema, { step: null })).toEqual({ login_step: null })
  })

  it('leaves a secret out unless its value is revealed', () => {
    const spec = { password: { fromEnv: 'PASSWORD' } }
    expect(toWire(schema, spec)).toEqual({})
    expect(toWire(schema, spec, () => 'hunter2')).toEqual({ pass_word: 'hunter2' })
  })
})

describe('fromWire', () => {
  it('drops what the kind does not know', () => {
    expect(fromWire(schema, { use_pin: true, surprise: 1 })).toEqual({ pin: { enabled: true } })
  })

  it('keeps an unknown value of a choice, so that it shows up as a difference', () => {
    expect(fromWire(schema, { login_step: 'FACE' })).toEqual({ step: 'FACE' })
  })

  it('never reads a secret', () => {
    expect(fromWire(schema, { pass_word: 'hunter2' })).toEqual({})
  })
})

/** What a system can tell about a spec: no local, secret or unreadable field, and no empty object that is flattened. */
function readable(s: TSchema, spec: JsonObject): JsonObject {
  const shown = fieldsOf(s).filter(({ meta }) => !meta.local && !meta.secret && !meta.unreadable)
  const entries = shown
    .filter(({ name }) => spec[name] !== undefined)
    .map((f) => [f.name, readableValue(f.schema, spec[f.name]), f] as const)
    .filter(([, v, f]) => f.meta.wire !== undefined || !isRecord(v) || Object.keys(v).length > 0)
  return Object.fromEntries(entries)
}

function readableValue(s: TSchema, value: unknown): unknown {
  if (Array.isArray(value) && isListSchema(s)) return value.map((v) => readableValue(itemOf(s), v))
  return isRecord(value) && isObjectSchema(s) && !isMapSchema(s) ? readable(s, value) : value
}

describe('a spec that goes to the wire and back', () => {
  it.each(KINDS.filter((k) => k.system).map((kind) => [kind.name, kind] as const))('is the same for %s', (_n, kind) => {
    fc.assert(
      fc.property(specArbitrary(kind), (spec) => {
        expect(fromWire(kind.spec, toWire(kind.spec, spec))).toEqual(readable(kind.spec, spec))
      }),
      { numRuns: 50 },
    )
  })
})
