/**
 * What can be wrong with a plugin, a contract or a composition: one line for each code, kept equal to
 * `docs/errors.md` by a test.
 */
export const PLUGIN_ERRORS = {
  VF_ERR_CONTRACT: 'A contract contradicts itself.',
  VF_ERR_MANIFEST: 'A manifest does not follow its schema.',
  VF_ERR_CAPABILITY_UNKNOWN: 'A capability is named that the host does not know.',
  VF_ERR_CAPABILITY_VERSION: 'A plugin was written for another major version of a contract.',
  VF_ERR_PLUGIN_DUPLICATE: 'Two plugins have the same id.',
  VF_ERR_PLUGIN_UNKNOWN: 'An instance names a plugin that is not in the composition.',
  VF_ERR_INSTANCE_DUPLICATE: 'Two instances have the same id.',
  VF_ERR_INSTANCE_UNKNOWN: 'An instance is named that does not exist.',
  VF_ERR_INSTANCE_CONFIG: 'The settings of an instance do not follow the schema in its manifest.',
  VF_ERR_BINDING_DUPLICATE: 'Two providers are bound to one capability and scope.',
  VF_ERR_BINDING_MISSING: 'Nothing is bound to a capability that is needed.',
  VF_ERR_FEATURE_UNKNOWN: 'A provider declares a feature that its contract does not have.',
  VF_ERR_FEATURE_PARAMETERS: 'The parameters of a declared feature do not follow the contract.',
  VF_ERR_OPERATION_MISSING: 'A provider lacks an operation that it must have.',
  VF_ERR_PORTABILITY_MISSING: 'A provider of a stateful capability cannot hand its records on.',
  VF_ERR_START: 'A provider could not be started.',
  VF_ERR_EVENT: 'A provider announced something that its contract does not allow.',
  VF_ERR_EGRESS: 'A plugin called a host that its manifest does not name.',
} as const;

/** A code of the plugin author's catalogue; see {@link PLUGIN_ERRORS}. */
export type PluginErrorCode = keyof typeof PLUGIN_ERRORS;

/** What a {@link PluginError} is about. */
export interface PluginErrorDetail {
  /** What was given, in words. */
  readonly given: string;
  /** What was due. */
  readonly due: string;
  /** What to do. */
  readonly remedy: string;
  /** Path of the input field at fault, dotted, e.g. `settings.url`; where there is one. */
  readonly field?: string;
  readonly cause?: unknown;
}

/** A mistake in a plugin, a contract or a composition. The message says what was given, due, and what to do. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly code: PluginErrorCode;
  readonly field: string | undefined;

  constructor(code: PluginErrorCode, detail: PluginErrorDetail) {
    super(
      `${code}: ${PLUGIN_ERRORS[code]} Given: ${detail.given}. Due: ${detail.due}. ${detail.remedy}`,
      detail.cause === undefined ? undefined : { cause: detail.cause },
    );
    this.code = code;
    this.field = detail.field;
  }
}
