import type { S3Place } from './s3/s3-client.ts';

/** An instance's settings; see the manifest for what each is. */
export interface Settings {
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3Bucket?: string;
  readonly s3Prefix?: string;
  readonly s3PathStyle?: boolean;
  readonly s3AccessKey?: string;
  readonly s3SecretKey?: string;
}

const NEEDED = ['s3Endpoint', 's3Bucket', 's3AccessKey', 's3SecretKey'] as const;

/** Where content goes in an S3 store; `undefined` where it goes to the disk. @throws where only some of it is said. */
export function s3PlaceOf(settings: Settings, instance: string): S3Place | undefined {
  const missing = NEEDED.filter((name) => !settings[name]);
  if (missing.length === NEEDED.length) return undefined;
  if (missing.length > 0)
    throw new Error(`Settings for an S3 store are incomplete: ${missing.join(', ')} missing. Give them all, or none.`);
  return {
    endpoint: settings.s3Endpoint!,
    bucket: settings.s3Bucket!,
    accessKey: settings.s3AccessKey!,
    secretKey: settings.s3SecretKey!,
    region: settings.s3Region || 'us-east-1',
    prefix: settings.s3Prefix || `${instance}/`,
    pathStyle: settings.s3PathStyle ?? true,
  };
}
