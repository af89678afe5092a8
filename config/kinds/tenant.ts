import { bool, choice, int, list, object, text } from '../field.ts'
import { defineKind, organizationRef } from '../kind.ts'

const STEP = { Pin: 'PIN', Pattern: 'PATTERN' } as const
const CAMERA = 'Camera steps run in the client; the service stores the setting and hands it to the login page.'

const liveness = object(
  {
    optional: {
      stepsMin: int('Fewest gestures asked for.', {
        wire: 'number_steps_min',
        minimum: 1,
        maximum: 50,
        serverDefault: 4,
        safer: 'up',
      }),
      stepsMax: int('Most gestures asked for.', {
        wire: 'number_steps_max',
        minimum: 1,
        maximum: 50,
        serverDefault: 6,
        safer: 'up',
      }),
      durationSeconds: int('Seconds per gesture.', {
        wire: 'duration_in_seconds',
        minimum: 1,
        maximum: 600,
        serverDefault: 10,
      }),
      allowedFailures: int('Misses that are forgiven.', {
        wire: 'number_of_allowed_failures',
        minimum: 0,
        maximum: 50,
        serverDefault: 1,
        safer: 'down',
      }),
      gestures: list(text('Name of a gesture.', { minLength: 1, maxLength: 64 }), 'Gestures to choose from.', {
        wire: 'gesture_set',
      }),
      blinksMax: int('Most blinks; 0 with blinksMin 10000 means unchecked.', {
        wire: 'number_blinks_max',
        minimum: 0,
        serverDefault: 0,
      }),
      blinksMin: int('Fewest blinks.', { wire: 'number_blinks_min', minimum: 0, serverDefault: 10000 }),
    },
  },
  'Settings of the camera liveness steps. They can be changed and not be removed: the service keeps them.',
  { wire: 'liveness_config', storedOnly: CAMERA },
)

/** Contract: secrets-vault, schemas Tenant and TenantUpdate. */
export const Tenant = defineKind({
  name: 'Tenant',
  plural: 'tenants',
  shortNames: ['plt'],
  description: 'A tenant of the Secrets Vault service with its login policy.',
  system: 'SecretsVault',
  operations: ['createTenant', 'getTenant', 'updateTenant', 'listTenants'],
  shape: 'collection',
  scope: 'connection',
  key: (spec, name) => spec.tenantId ?? name,
  references: [{ at: '/organizationRef', kind: 'Organization', stored: true }],
  deletion: ['Retain'],
  rules: [
    {
      cel: '!(has(self.pin) && has(self.pin.enabled) && !self.pin.enabled && has(self.pattern) && has(self.pattern.enabled) && !self.pattern.enabled && has(self.passkeys) && !self.passkeys)',
      message: 'at least one of pin, pattern and passkeys has to be enabled',
      at: '/pin/enabled',
    },
    {
      cel: '!has(self.twoFactor) || !self.twoFactor || !has(self.passkeys) || self.passkeys',
      message: 'twoFactor needs passkeys: it demands a knowledge factor and a passkey',
      at: '/twoFactor',
    },
    {
      cel: '!has(self.twoFactor) || !self.twoFactor || !(has(self.pin) && has(self.pin.enabled) && !self.pin.enabled && has(self.pattern) && has(self.pattern.enabled) && !self.pattern.enabled)',
      message: 'twoFactor needs a PIN or a pattern: it demands a knowledge factor and a passkey',
      at: '/twoFactor',
    },
    {
      cel: '!has(self.loginOrder) || !has(self.pin) || !has(self.pin.enabled) || self.pin.enabled == self.loginOrder.exists(s, s == "Pin")',
      message: 'loginOrder has to hold exactly the enabled steps; Pin does not fit pin.enabled',
      at: '/loginOrder',
    },
    {
      cel: '!has(self.loginOrder) || !has(self.pattern) || !has(self.pattern.enabled) || self.pattern.enabled == self.loginOrder.exists(s, s == "Pattern")',
      message: 'loginOrder has to hold exactly the enabled steps; Pattern does not fit pattern.enabled',
      at: '/loginOrder',
    },
    {
      cel: '!has(self.liveness) || !has(self.liveness.stepsMin) || !has(self.liveness.stepsMax) || self.liveness.stepsMin <= self.liveness.stepsMax',
      message: 'stepsMin is above stepsMax',
      at: '/liveness/stepsMin',
    },
  ],
  spec: object(
    {
      optional: {
        organizationRef,
        tenantId: text(
          'Id in addresses and tokens (default: the name of the document). `v1`, `scim` and `.well-known` are reserved.',
          {
            wire: 'tenant_id',
            createOnly: true,
            pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$',
            not: { enum: ['v1', 'scim', '.well-known'] },
            maxLength: 128,
          },
        ),
        displayName: text('Title on the login page.', { wire: 'display_name', maxLength: 256, serverDefault: '' }),
        registration: bool('People may sign up; the client has to allow it too.', {
          wire: 'register_enable',
          serverDefault: false,
          safer: 'down',
        }),
        twoFactor: bool('A knowledge factor and a passkey are both demanded. The service takes it at creation only.', {
          wire: 'is_2fa',
          createOnly: true,
          serverDefault: false,
          safer: 'up',
        }),
        pin: object(
          {
            optional: {
              enabled: bool('The login secret has a PIN.', { wire: 'use_pin', serverDefault: true }),
              size: int('Digits of a new PIN.', {
                wire: 'pin_size',
                minimum: 4,
                maximum: 12,
                serverDefault: 6,
                safer: 'up',
              }),
              showWhenTyping: bool('Show digits while typing.', {
                wire: 'show_pin_when_typing',
                serverDefault: true,
                safer: 'down',
              }),
            },
          },
          'The PIN step.',
        ),
        pattern: object(
          {
            optional: {
              enabled: bool('The login secret has a pattern.', { wire: 'use_pattern', serverDefault: true }),
              size: int('Side of the grid; 3 gives nine cells.', {
                wire: 'patter_size',
                minimum: 3,
                maximum: 5,
                serverDefault: 3,
                safer: 'up',
              }),
            },
          },
          'The pattern step.',
        ),
        loginOrder: list(choice(STEP, 'A step.'), 'Order of the input screens: exactly the enabled steps.', {
          wire: 'login_order',
          list: 'ordered',
          uniqueItems: true,
          maxItems: 2,
        }),
        refuseWeakSecrets: bool(
          'The login pages refuse a new PIN or pattern that is easy to guess (123456, the user name, an L). The rule is an addition of the embedded service: off for tenants that are older than it, unknown to another Secrets Vault service.',
          { wire: 'refuses_weak_secrets', serverDefault: true, safer: 'up' },
        ),
        trustDirectoryAddresses: bool(
          'An e-mail address that a directory sets by SCIM counts as confirmed, so that people who come from there can set their first PIN, pattern or password by a mailed code. An addition of the embedded service, as refuseWeakSecrets is.',
          { wire: 'trusts_directory_addresses', serverDefault: false, safer: 'down' },
        ),
        passkeys: bool('Passkeys can be registered and used.', {
          wire: 'passkey_enabled',
          serverDefault: false,
          safer: 'up',
        }),
        faceRecognition: bool('The client compares faces.', {
          wire: 'use_face_recognition',
          serverDefault: false,
          storedOnly: CAMERA,
        }),
        livenessCheck: bool('The client asks for gestures.', {
          wire: 'use_liveness',
          serverDefault: false,
          storedOnly: CAMERA,
        }),
        liveness,
        usernameAndEmail: bool('Sign-up asks for a user name and an address; off: one identifier serves as both.', {
          wire: 'has_username_and_email',
          serverDefault: true,
        }),
        lockout: object(
          {
            optional: {
              ipAttempts: int('Failures from one address that start a block.', {
                wire: 'ip_attempts_limit',
                minimum: 1,
                serverDefault: 5,
                safer: 'down',
              }),
              ipResetMinutes: int('Minutes after which an address is forgotten.', {
                wire: 'ip_attempts_reset_minutes',
                minimum: 1,
                serverDefault: 10080,
                safer: 'up',
              }),
              userAttempts: int('Failures on one account that start a block.', {
                wire: 'user_attempts_limit',
                minimum: 1,
                serverDefault: 15,
                safer: 'down',
              }),
              userWindowSeconds: int('Length of the sliding window for an account.', {
                wire: 'user_timeframe_seconds',
                minimum: 1,
                serverDefault: 300,
                safer: 'up',
              }),
              initialBlockSeconds: int('Length of the first block; it doubles each time.', {
                wire: 'initial_block_seconds',
                minimum: 1,
                serverDefault: 60,
                safer: 'up',
              }),
              maxBlockMinutes: int('Longest block.', {
                wire: 'max_block_time_minutes',
                minimum: 1,
                serverDefault: 2880,
                safer: 'up',
              }),
            },
          },
          'When guessing is stopped.',
          { wire: 'block_config' },
        ),
      },
    },
    'Login policy of a tenant.',
  ),
})
