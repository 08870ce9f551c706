import { SEAL_PURPOSES, type SealContext } from '@coffer/crypto';

type Fields = readonly string[];

const fieldsOf = ({ path, operation }: SealContext): Fields => [
  path.tenant,
  path.namespace,
  path.key,
  ...(operation === undefined ? [] : [operation]),
];

const placeInQueue = ({ partition, sentAt }: SealContext) => ({
  ...(partition === undefined ? {} : { partition }),
  ...(sentAt === undefined ? {} : { sentAt }),
});

const withFields = (context: SealContext, [tenant = '', namespace = '', key = '', operation]: Fields): SealContext => ({
  ...placeInQueue(context),
  purpose: context.purpose,
  path: { tenant, namespace, key },
  ...(operation === undefined ? {} : { operation }),
});

const replaced = (fields: Fields, changes: Readonly<Record<number, string>>): Fields =>
  fields.map((field, index) => changes[index] ?? field);

/** Every two fields in each other's place. */
const exchanged = (fields: Fields): Fields[] =>
  fields.flatMap((first, a) =>
    fields.slice(a + 1).map((second, distance) => replaced(fields, { [a]: second, [a + 1 + distance]: first })),
  );

/** The same characters in a row, with the border between two neighbours anywhere else. */
const withMovedBorders = (fields: Fields): Fields[] =>
  fields.slice(1).flatMap((right, a) => {
    const left = fields[a] ?? '';
    const both = left + right;
    return Array.from({ length: both.length + 1 }, (_, border) => border)
      .filter((border) => border !== left.length)
      .map((border) => replaced(fields, { [a]: both.slice(0, border), [a + 1]: both.slice(border) }));
  });

/** One field changed a little, or emptied. */
const withOneChanged = (fields: Fields): Fields[] =>
  fields.flatMap((field, a) =>
    [`${field}x`, field.slice(1), field.toUpperCase(), ''].map((other) => replaced(fields, { [a]: other })),
  );

/** With the operation taken away, or another one given. */
const otherOperations = ({ path, operation }: SealContext): Fields[] => {
  const fields = [path.tenant, path.namespace, path.key];
  return operation === undefined
    ? [
        [...fields, ''],
        [...fields, '1'],
      ]
    : [fields];
};

/** Another partition or time, none, and each in the other's place. */
const otherQueuePlaces = ({ partition, sentAt, ...rest }: SealContext): SealContext[] => {
  if (partition === undefined || sentAt === undefined)
    return [
      { ...rest, partition: 0 },
      { ...rest, sentAt: 0 },
    ];
  return [
    { ...rest, partition: partition + 1, sentAt },
    { ...rest, partition, sentAt: sentAt + 1 },
    { ...rest, partition: sentAt, sentAt: partition },
    { ...rest, partition },
    { ...rest, sentAt },
    rest,
  ];
};

/** Every place that differs from the context in a purpose or a field that the envelope is bound to. */
export const movedPlaces = (context: SealContext): SealContext[] => {
  const fields = fieldsOf(context);
  const moved = [
    ...exchanged(fields),
    ...withMovedBorders(fields),
    ...withOneChanged(fields),
    ...otherOperations(context),
  ];
  const same = JSON.stringify(fields);
  return [
    ...SEAL_PURPOSES.filter((purpose) => purpose !== context.purpose).map((purpose) => ({ ...context, purpose })),
    ...otherQueuePlaces(context),
    ...moved.filter((other) => JSON.stringify(other) !== same).map((other) => withFields(context, other)),
  ];
};
