import { onBeforeUnmount, onMounted } from 'vue';

type Handler = (event: KeyboardEvent) => void;

const isTyping = (event: KeyboardEvent): boolean => {
  // In a shadow tree as well, of which `event.target` is the host only.
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type))
  );
};

/** Whether a dialog is open. One that is closed is seen for a moment more, while it fades. */
const hasDialog = (): boolean =>
  [...document.querySelectorAll('[role="dialog"][aria-modal="true"]')].some(
    (each) => each.checkVisibility() && each.closest('[class*="-leave-active"]') === null,
  );

/**
 * Keys of a page, by `KeyboardEvent.key`, while the component is there. They do nothing while somebody types, nor while a
 * dialog is open, unless `inDialogs`.
 */
export const useShortcuts = (keys: Readonly<Record<string, Handler>>, options: { inDialogs?: boolean } = {}): void => {
  const listener = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const handler = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (handler === undefined || (options.inDialogs !== true && hasDialog())) return;
    event.preventDefault();
    handler(event);
  };
  onMounted(() => document.addEventListener('keydown', listener));
  onBeforeUnmount(() => document.removeEventListener('keydown', listener));
};
