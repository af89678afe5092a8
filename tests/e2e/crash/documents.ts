/** Documents over four systems, reached over HTTP at `url`. */
export const documents = (url: string, pigelloId?: string): string => `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: runtime}
spec: {system: SecretsVault, endpoint: '${url}', credentials: {apiKey: {fromEnv: ADMIN_KEY}}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: sailpoint}
spec:
  system: SailPoint
  endpoint: ${url}/orgs/acme/sailpoint
  organizationRef: {name: acme}
  credentials: {clientId: {fromEnv: ONE}, clientSecret: {fromEnv: TWO}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: cim}
spec:
  system: OneWelcomeCim
  endpoint: ${url}/orgs/acme/cim
  organizationRef: {name: acme}
  credentials: {username: {fromEnv: ONE}, password: {fromEnv: TWO}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: pigello}
spec:
  system: Pigello
  endpoint: ${url}/orgs/acme/pigello
  organizationRef: {name: acme}
  credentials:
    customerId: {fromEnv: ONE}
    applicationId: {fromEnv: ONE}
    serviceId: {fromEnv: ONE}
    serviceVersionId: {fromEnv: ONE}
    clientCt: {fromEnv: ONE}
    clientEntity: {fromEnv: ONE}
    clientSecret: {fromEnv: TWO}
---
apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec:
  connectionRef: {name: runtime}
  id: 0b8f7c52-3e63-4e31-9a55-2f8d0b9a1c11
  access:
    sailpoint: {clientId: {fromEnv: ONE}, clientSecret: {fromEnv: TWO}}
    cim: {username: {fromEnv: ONE}, password: {fromEnv: TWO}}
    pigello:
      customerId: {fromEnv: ONE}
      applicationId: {fromEnv: ONE}
      serviceId: {fromEnv: ONE}
      serviceVersionId: {fromEnv: ONE}
      clientCt: {fromEnv: ONE}
      clientEntity: {fromEnv: ONE}
      clientSecret: {fromEnv: TWO}
---
apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: web}
spec: {connectionRef: {name: runtime}, organizationRef: {name: acme}, pin: {enabled: true, size: 8}}
---
apiVersion: plumbline.dev/v1alpha1
kind: User
metadata: {name: jane}
spec: {connectionRef: {name: runtime}, tenantRef: {name: web}, username: jane, email: jane@acme.example}
---
apiVersion: plumbline.dev/v1alpha1
kind: ApiKey
metadata: {name: ci}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  displayName: ci
  scopes: ['users:read']
  writeTo: {file: ci.key}
---
apiVersion: plumbline.dev/v1alpha1
kind: PasswordOrgConfig
metadata: {name: reset-codes}
spec: {connectionRef: {name: sailpoint}, digitToken: {enabled: true, length: 9}}
---
apiVersion: plumbline.dev/v1alpha1
kind: CimPasswordPolicy
metadata: {name: passwords}
spec: {connectionRef: {name: cim}, minLength: 12}
---
apiVersion: plumbline.dev/v1alpha1
kind: CimActionTokenUrl
metadata: {name: app}
spec: {connectionRef: {name: cim}, url: 'https://app.acme.example/callback'}
---
apiVersion: plumbline.dev/v1alpha1
kind: CimCustomMessages
metadata: {name: texts}
spec: {connectionRef: {name: cim}, locale: nl_NL, messages: {login.title: Welkom}}
---
apiVersion: plumbline.dev/v1alpha1
kind: SecurityConfiguration
metadata: {name: security}
spec:
  connectionRef: {name: pigello}
  organization: {id: 0b8f7c52-3e63-4e31-9a55-2f8d0b9a1c11}
  customers: {bankId: true, requireMfa: false}
${pigelloId === undefined ? '' : `  externalRef: {id: ${pigelloId}}\n`}`
