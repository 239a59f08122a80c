import { CapabilityError } from '@valfri/sdk';

/** An answer of the store that is no success. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** What the store calls it, such as `NoSuchKey`; empty where it does not say. */
  readonly code: string;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
  }
}

/** Whether the same request may go well a moment later. */
export function isPassing(error: unknown): boolean {
  const { status, code } = error as Partial<S3Refusal>;
  return error instanceof S3Refusal && (status === 0 || status === 429 || status! >= 500 || code === 'RequestTimeout');
}

/** What an operator has to know of an answer, and what to do. */
export function advice({ status, code, message }: S3Refusal, place: { endpoint: string; bucket: string }): string {
  const said = `${code || status}${message ? `: ${message}` : ''}`;
  if (status === 0) return `The S3 store at ${place.endpoint} does not answer (${message}).`;
  const remedy = REMEDIES[code];
  if (remedy) return `${remedy(place)} The store says ${said}`;
  if (status === 403) return `The access key may not do this in the bucket "${place.bucket}". The store says ${said}`;
  return `The S3 store at ${place.endpoint} refuses. It says ${said}`;
}

const key = () => 'The access key and the secret key do not belong together. Enter both again.';
const bucket = ({ bucket: name, endpoint }: { bucket: string; endpoint: string }) =>
  `There is no bucket "${name}" at ${endpoint}. Make it, or correct its name and the way buckets are addressed.`;
const region = () => 'The region is not the one of the bucket. Correct it.';

const REMEDIES: Readonly<Record<string, (place: { endpoint: string; bucket: string }) => string>> = {
  SignatureDoesNotMatch: key,
  InvalidAccessKeyId: () => 'The store does not know the access key. Enter it again.',
  NoSuchBucket: bucket,
  InvalidBucketName: bucket,
  AuthorizationHeaderMalformed: region,
  PermanentRedirect: region,
  RequestTimeTooSkewed: () => 'The clock of this machine and the one of the store differ. Set them right.',
};

/** As the error table has it, for whoever wanted the content: what is wrong is the operator's to read. */
export function unavailable(cause: unknown): CapabilityError {
  const { name, status } = cause as Partial<S3Refusal>;
  if (name !== 'S3Refusal') throw cause;
  const message =
    status === 0
      ? 'The store that keeps the files does not answer. Nothing is lost; try again in a while.'
      : 'The store that keeps the files refuses. Nothing is lost; tell whoever runs this workspace.';
  return new CapabilityError('UNAVAILABLE', message, { reason: 'CONTENT_STORE', cause });
}
