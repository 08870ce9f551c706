const two = (value: number): string => String(value).padStart(2, '0');

/** A time as an input of type datetime-local has it, in this place's own clock; empty for none. */
export const localTime = (time: string): string => {
  const date = new Date(time);
  if (time === '' || Number.isNaN(date.getTime())) return '';
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** The opposite: in UTC, as the API wants it. */
export const utcTime = (local: string): string => {
  const date = new Date(local);
  return local === '' || Number.isNaN(date.getTime()) ? '' : date.toISOString();
};
