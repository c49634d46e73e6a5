/** What a card's driver gives as proof of what the card is. */
export interface Evidence {
  readonly report: Uint8Array;
  /** PEM, the card's own first. */
  readonly certificates: string;
}

/** What a vendor's key in a card has vouched for. */
export interface Attested {
  /** Such as `nvidia`. */
  readonly vendor: string;
  /** The vendor's name for the kind of chip, such as `GH100`. */
  readonly chip: string;
  /**
   * SHA-256 of the public key in the card's own certificate, 64 hexadecimal digits: one chip has one. Of the certificate itself
   * anybody can make another that is as valid: the second of two signatures follows from the first.
   */
  readonly key: string;
  /** SHA-256 of the report. */
  readonly report: string;
}

/** One vendor's way to vouch for a card: one file each. */
export interface AttestationScheme {
  readonly vendor: string;
  /**
   * @param nonce 32 bytes that the report must be signed over
   * @param now milliseconds since 1970
   * @throws TouchstoneError `attestation.unreadable`, `attestation.untrusted`, `attestation.wrong-signature`; nothing else, whatever
   *   the evidence
   */
  verify(evidence: Evidence, nonce: Uint8Array, now: number): Attested;
}
