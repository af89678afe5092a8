import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportPKCS8, generateKeyPair } from 'jose'
import { selfSigned } from '../../identity/oidc/certificate.ts'

/** A key and a certificate that nobody trusts, as PEM files of a folder. */
export async function writeCertificate(
  folder: string,
  name: string,
): Promise<{ readonly keyFile: string; readonly certFile: string }> {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const pair = await generateKeyPair('RS256', { extractable: true })
  const der = await selfSigned(name, pair, Date.now())
  await writeFile(keyFile, await exportPKCS8(pair.privateKey))
  await writeFile(
    certFile,
    `-----BEGIN CERTIFICATE-----\n${der.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  )
  return { keyFile, certFile }
}
