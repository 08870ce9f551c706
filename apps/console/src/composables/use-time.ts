import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { gatewayNow } from '../api/request.js';

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Formats of a language. To make one takes as long as to draw a row. */
const formatsOf = (language: string) => ({
  ago: new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }),
  time: new Intl.DateTimeFormat(language, { timeStyle: 'medium' }),
  exact: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }),
});
const formats = new Map<string, ReturnType<typeof formatsOf>>();
const knownFormatsOf = (language: string): ReturnType<typeof formatsOf> => {
  const known = formats.get(language) ?? formatsOf(language);
  formats.set(language, known);
  return known;
};

/** How late "3 minutes ago" may be. */
const TICK_MS = 10_000;
const tick = ref(0);
setInterval(() => {
  if (document.visibilityState === 'visible') tick.value += 1;
}, TICK_MS);
document.addEventListener('visibilitychange', () => (tick.value += 1));

/** Times in the language of the page. */
export const useTime = () => {
  const { locale } = useI18n();
  const inLanguage = computed(() => knownFormatsOf(locale.value));
  return {
    /** Such as "3 minutes ago", which goes on while it is shown. */
    ago: (time: string | undefined): string => {
      if (time === undefined) return '';
      // Read, so that what is shown is made anew with it.
      void tick.value;
      const seconds = (Date.parse(time) - gatewayNow()) / 1_000;
      const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
      return inLanguage.value.ago.format(Math.round(seconds / size), unit);
    },
    /** The time of day, for times of today. */
    time: (time: string): string => inLanguage.value.time.format(new Date(time)),
    exact: (time: string | undefined): string =>
      time === undefined ? '' : inLanguage.value.exact.format(new Date(time)),
  };
};
