import type { Kernel } from '@valfri/core';
import type { Accounts } from './accounts/accounts.ts';
import type { AppPasswords } from './accounts/app-passwords.ts';
import type { Sessions } from './accounts/sessions.ts';
import type { AuditTrail } from './audit/audit-trail.ts';
import type { Screening } from './content/screening.ts';
import type { Uploads } from './content/uploads.ts';
import type { Database } from './database/database.ts';
import type { Hub } from './live/hub.ts';
import type { Outbox } from './live/outbox.ts';
import type { ReadState } from './live/read-state.ts';
import type { Links } from './links/links.ts';
import type { Log } from './log.ts';
import type { EditingSessions } from './office/editing-sessions.ts';
import type { Editors } from './office/editors.ts';
import type { Office } from './office/office.ts';
import type { OpenerRules } from './office/opener-rules.ts';
import type { Groups } from './people/groups.ts';
import type { PluginPages } from './pages/plugin-pages.ts';
import type { People } from './people/people.ts';
import type { Preferences } from './people/preferences.ts';
import type { InstanceStore } from './runtime/instance-store.ts';
import type { CheckedPlugin } from './runtime/manifests.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { BindingStore } from './swap/binding-store.ts';
import type { Swaps } from './swap/swaps.ts';
import type { Turns } from './turns.ts';
import type { Workspace } from './workspace.ts';

/** Everything that answering a request may need. */
export interface HostServices {
  readonly workspace: Workspace;
  /** Id of the organisation. */
  readonly organisation: string;
  readonly publicUrl: string;
  readonly version: string;
  readonly database: Database;
  readonly kernel: Kernel;
  readonly plugins: ReadonlyMap<string, CheckedPlugin>;
  readonly runtime: Runtime;
  readonly pages: PluginPages;
  /** Opens files in editors. */
  readonly office: Office;
  /** Who has which file open. */
  readonly editing: EditingSessions;
  /** The editors at work. */
  readonly editors: Editors;
  /** Which editor opens what. */
  readonly openers: OpenerRules;
  readonly instances: InstanceStore;
  readonly bindings: BindingStore;
  readonly swaps: Swaps;
  readonly people: People;
  readonly groups: Groups;
  readonly links: Links;
  readonly preferences: Preferences;
  readonly accounts: Accounts;
  readonly appPasswords: AppPasswords;
  readonly sessions: Sessions;
  readonly readState: ReadState;
  readonly outbox: Outbox;
  readonly hub: Hub;
  /** Content that people send in. */
  readonly uploads: Uploads;
  /** By which it is scanned. */
  readonly screening: Screening;
  readonly audit: AuditTrail;
  readonly log: Log;
  /** Taken by whatever changes which providers there are, and whom they serve. */
  readonly turns: Turns;
  /** The name by which an instance knows a person. */
  pseudonyms(instance: string, person: string): Promise<string>;
  /** Those of some ids that are nobody of the organisation. */
  unknownPeople(organisation: string, ids: readonly string[]): Promise<readonly string[]>;
}
