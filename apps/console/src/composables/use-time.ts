import { useI18n } from 'vue-i18n';

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Times in the language of the page. */
export const useTime = () => {
  const { locale } = useI18n();
  return {
    /** Such as "3 minutes ago". */
    ago: (time: string | undefined): string => {
      if (time === undefined) return '';
      const seconds = (Date.parse(time) - Date.now()) / 1_000;
      const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
      const format = new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto', style: 'short' });
      return format.format(Math.round(seconds / size), unit);
    },
    exact: (time: string | undefined): string =>
      time === undefined
        ? ''
        : new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time)),
  };
};
