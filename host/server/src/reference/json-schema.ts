import type { CapabilityDefinition } from '@valfri/core';
import { z } from 'zod';

/** A contract as JSON Schema, for providers and tools in other languages. */
export function contractJsonSchema(capability: CapabilityDefinition): Record<string, unknown> {
  const { id, major, minor, swap, summary, features, operations, events, records } = capability;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:valfri:contract:${id}:${major}.${minor}`,
    title: id,
    description: summary,
    swap,
    features: mapped(features, (feature) => schemaOf(feature, 'output')),
    operations: mapped(operations, ({ input, output, ...rest }) => ({
      ...rest,
      input: schemaOf(input, 'input'),
      output: schemaOf(output, 'output'),
    })),
    events: mapped(events, ({ payload, ...rest }) => ({ ...rest, payload: schemaOf(payload, 'output') })),
    records: mapped(records, ({ value, ...rest }) => ({ ...rest, value: schemaOf(value, 'output') })),
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function mapped<T, R>(from: Readonly<Record<string, T>>, as: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, as(value)]));
}
