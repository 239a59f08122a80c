import { CapabilityError } from '@valfri/core';
import { OFFICE_ACTIONS } from '@valfri/sdk';
import { z } from 'zod';
import { tokenIn } from '../accounts/sessions.ts';
import { signInOf } from '../office/session-access.ts';
import type { OpenedSession } from '../office/office.ts';
import type { Standing } from '../people/people.ts';
import type { HostServices } from '../services.ts';
import { openerRouter } from './opener-router.ts';
import { operator, type RequestContext, router, signedIn } from './trpc.ts';

const id = z.uuid('is not an id');
const session = z.object({ session: id });

export const officeRouter = router({
  /** Which files can be opened, and with which editors. */
  formats: signedIn.query(async ({ ctx }) => {
    const { editors, runtime } = ctx.services;
    const formats = await editors.formats(ctx.standing);
    const titles = new Map(runtime.all.map((instance) => [instance.id, instance.title]));
    return formats.map((format) => ({ ...format, title: titles.get(format.instance) ?? format.instance }));
  }),

  /** Opens a file. */
  open: signedIn
    .input(
      z.object({
        file: id,
        action: z.enum(OFFICE_ACTIONS).optional(),
        language: z.enum(['sv', 'en']),
        theme: z.enum(['light', 'dark', 'contrast']),
        with: z.string().max(40).optional(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const opened = await ctx.services.office.open({ ...input, ...holderOf(ctx) });
      return { ...(await described(ctx.services, opened, ctx.standing)), data: opened.data };
    }),

  /** Says that the file is still open; every 20 seconds. What is not heard of for a minute counts as closed. */
  beat: signedIn.input(session).mutation(async ({ ctx, input }) => {
    const { office, editing } = ctx.services;
    const holder = holderOf(ctx);
    const ended = await office.beat(input.session, holder);
    const { file } = await office.own(input.session, holder);
    const people = (await editing.editors([file])).get(file) ?? [];
    return { open: ended === undefined, ...(ended ? { because: ended } : {}), people };
  }),

  close: signedIn.input(session).mutation(async ({ ctx, input }) => {
    const { office } = ctx.services;
    await office.own(input.session, holderOf(ctx));
    await office.close([input.session]);
    return {};
  }),

  /** Asks the server half of the page that shows the file. */
  ask: signedIn
    .input(
      session.extend({
        name: z
          .string()
          .regex(/^[a-z][\w-]*$/i, 'is not a word')
          .max(40),
        data: z.unknown(),
      }),
    )
    .mutation(async ({ ctx, input: { session: of, name, data = null } }) => {
      const { office, runtime } = ctx.services;
      const { instance, page, closedAt, revokedAt } = await office.own(of, holderOf(ctx));
      if (page === undefined || closedAt !== undefined || revokedAt !== undefined)
        throw new CapabilityError('NOT_FOUND', 'The session is over.', { field: 'session' });
      return { answer: await runtime.ask(instance, { page, name, data, person: ctx.standing.id }) };
    }),

  /** Who has which of some files open. */
  editors: signedIn.input(z.object({ files: z.array(id).max(1_000) })).query(async ({ ctx, input }) => {
    const found = await ctx.services.office.editorsOf(input.files, ctx.standing);
    return [...found].map(([file, people]) => ({ file, people }));
  }),

  /** Every file that somebody has open now. */
  sessions: operator.query(async ({ ctx }) => {
    const open = await ctx.services.editing.open();
    return open.map(({ id: session_, instance, person, file, action, openedAt, seenAt }) => ({
      ...{ id: session_, instance, person, file, action, openedAt, seenAt },
    }));
  }),

  /** Takes a session away; what its editor has not saved is lost. */
  revoke: operator.input(session).mutation(async ({ ctx, input }) => {
    const { office, editing, audit } = ctx.services;
    const found = await editing.get(input.session);
    if (!found) throw new CapabilityError('NOT_FOUND', 'There is no such session.', { field: 'session' });
    await office.revoke([found]);
    const details = { person: found.person, instance: found.instance };
    await audit.add({ actor: ctx.actor, action: 'office.revoked', target: found.file, details });
    return {};
  }),

  openers: openerRouter,
});

/** Who asks, by which sign-in: what was opened by one is no other's. @throws DENIED for the command line. */
function holderOf({ headers, standing }: RequestContext & { readonly standing: Standing }) {
  const token = tokenIn(headers.get('cookie') ?? undefined);
  if (token === undefined) throw new CapabilityError('DENIED', 'Files are opened by whoever is signed in.');
  return { standing, signIn: signInOf(token) };
}

/** A session as the shell needs it to show the file. */
async function described(services: HostServices, { session: of, page, file }: OpenedSession, standing: Standing) {
  const { runtime, people, pseudonyms, organisation } = services;
  const found = runtime.all.find((instance) => instance.id === of.instance)!;
  const { manifest } = runtime.plugin(found.plugin);
  const [person] = manifest.people.includes('displayName') ? await people.byIds(organisation, [standing.id]) : [];
  const { mediaType, size, id: version } = file.version!;
  return {
    session: of.id,
    instance: of.instance,
    /** What the editor is called. */
    editor: found.title,
    action: of.action,
    page: { id: page.id, kind: page.kind as 'editor' | 'vendor', title: page.title, url: page.url },
    file: { id: file.id, name: file.name, mediaType, size, version },
    person: { id: await pseudonyms(of.instance, standing.id), name: person?.name ?? '' },
  };
}
