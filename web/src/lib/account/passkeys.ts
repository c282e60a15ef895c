// Passkeys as browsers have them, in the base64url of docs/openapi.yaml.
import type { Schema } from '../api';

/** Why there are no passkeys on this page, if so. */
export function passkeysMissing(): 'insecure' | 'unsupported' | undefined {
  // An address of numbers is no name that a passkey could be bound to.
  if (!globalThis.isSecureContext || /^[\d.]+$|:/.test(location.hostname)) return 'insecure';
  return 'PublicKeyCredential' in globalThis ? undefined : 'unsupported';
}

/** The person closed the browser's dialog, or it was closed on them. */
export const wasGivenUp = (error: unknown): boolean =>
  error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name);

/** The authenticator has a passkey of this account already. */
export const isThere = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'InvalidStateError';

const encoded = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const decoded = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

export async function createPasskey(
  options: Schema['PasskeyCreation'],
): Promise<Omit<Schema['NewPasskey'], 'name'>> {
  const credential = (await navigator.credentials.create({
    publicKey: {
      challenge: decoded(options.challenge),
      rp: { id: options.rp_id, name: options.rp_name },
      user: { id: decoded(options.user_handle), name: options.user_name, displayName: options.display_name },
      pubKeyCredParams: options.algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: options.known_credentials.map((id) => ({ type: 'public-key', id: decoded(id) })),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
      timeout: options.expires_in * 1000,
    },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    client_data: encoded(response.clientDataJSON),
    authenticator_data: encoded(response.getAuthenticatorData()),
  };
}

export async function askPasskey(options: Schema['PasskeyRequest']): Promise<Schema['PasskeySignIn']> {
  const credential = (await navigator.credentials.get({
    publicKey: {
      challenge: decoded(options.challenge),
      rpId: options.rp_id,
      userVerification: 'required',
      timeout: options.expires_in * 1000,
    },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    credential_id: encoded(credential.rawId),
    // Passkeys that can be found without a name always have one.
    user_handle: encoded(response.userHandle ?? new ArrayBuffer(0)),
    client_data: encoded(response.clientDataJSON),
    authenticator_data: encoded(response.authenticatorData),
    signature: encoded(response.signature),
  };
}
