import { object } from '../field.ts'
import { defineKind } from '../kind.ts'
import { MFA_RULES, mfaSettings } from './mfa.ts'

/** Contract: navixy, schema UpdateDefaultMfaSettingsRequest. */
export const MfaDefault = defineKind({
  name: 'MfaDefault',
  plural: 'mfadefaults',
  shortNames: ['plmfad'],
  description: 'Second-factor settings that new users of a Navixy dealer are given. Existing users keep theirs.',
  system: 'Navixy',
  operations: ['readDefaultMfaSettings', 'updateDefaultMfaSettings'],
  shape: 'singleton',
  scope: 'connection',
  key: () => '',
  references: [],
  deletion: ['Retain'],
  rules: MFA_RULES,
  spec: object(mfaSettings(), 'Default second-factor settings.'),
})
